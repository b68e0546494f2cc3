// File: yaml/comment.h
//
// CommentMap: the comments of a file that begin with one word, each with what
// it stands beside or above.
//
//   const CommentMap map(text, "meshvet:");
//   for (const Comment& comment : map.comments()) Use(map.TextOf(comment));
//
// What is a comment is decided by where libyaml's tokens are, so a `#` in
// quotes, in a block scalar or within a word (`a#b`) is none. Documents that
// cannot be read have no comments.
//
// Immutable; refers to the text. Time is linear in the text, and memory in its
// comments of that word and its scalars of several lines.

#ifndef MESHVET_YAML_COMMENT_H_
#define MESHVET_YAML_COMMENT_H_

#include <cstddef>
#include <string_view>
#include <utility>
#include <vector>

#include "yaml/parse.h"
#include "yaml/position.h"

namespace meshvet::yaml {

struct Comment {
  // What it speaks of.
  enum class Reach {
    kLine,      // it stands behind something: its line
    kEntry,     // alone on its line: the key or item below, and what that holds
    kDocument,  // before the first key of its document, or beside the `---`
    kNothing,   // nothing follows in its document
  };

  Range range;  // from the `#` to its last character that is not blank
  Reach reach = Reach::kNothing;
  bool owns_line = false;
  // No content of the file stands before it.
  bool is_at_top = false;
  // Of kEntry and kDocument: the bytes they take, `end` included.
  size_t begin = 0;
  size_t end = 0;

  // A byte of the document it belongs to: its own, unless it stands above all
  // of the document's content.
  size_t ContentBegin() const {
    return reach == Reach::kDocument ? begin : range.start.offset;
  }
  // Whether what starts at `place` is within its reach.
  bool Reaches(const Position& place) const;
};

class CommentMap {
 public:
  // More are not looked at.
  static constexpr size_t kMostComments = 10'000;

  // Of comments that begin with `word`, white space before it not counted.
  CommentMap(std::string_view text, std::string_view word,
             const Limits& limits = {});

  const std::vector<Comment>& comments() const { return comments_; }
  // There are more than kMostComments.
  bool is_cut_short() const { return is_cut_short_; }
  // Behind the `#` and the blanks after it.
  std::string_view TextOf(const Comment& comment) const;
  Range RangeOf(size_t begin, size_t end) const;

  // Whether a comment may begin at this byte: no scalar runs across it and no
  // comment stands before it on the line.
  bool Allows(size_t byte) const;
  // The line that a byte is on: where it begins, and where it ends without its
  // line break.
  size_t LineBegin(size_t byte) const;
  size_t LineEnd(size_t byte) const;
  // Where the next line begins, or the text ends.
  size_t NextLine(size_t byte) const;

 private:
  class Scanner;
  using Span = std::pair<size_t, size_t>;

  // The scalar that runs across `byte`, begun before it; else null.
  const Span* ScalarAcross(size_t byte) const;

  std::string_view text_;
  PositionMap positions_;
  std::vector<Comment> comments_;
  // Sorted: those that hold a line break or a `#`.
  std::vector<Span> scalars_;
  bool is_cut_short_ = false;
};

}  // namespace meshvet::yaml

#endif  // MESHVET_YAML_COMMENT_H_

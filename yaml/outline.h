// File: yaml/outline.h
//
// Outline: one document as its text has it: which entries a collection is
// written with, where each begins and ends, what aliases share. Where a value
// is, is a number of Items; where text is, a byte of the piece of the file the
// Outline was made of.
//
// Immutable; refers to the text and the Items it was made of.

#ifndef MESHVET_YAML_OUTLINE_H_
#define MESHVET_YAML_OUTLINE_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mesh/result.h"
#include "yaml/items.h"
#include "yaml/position.h"
#include "yaml/render.h"

namespace meshvet::yaml {

// One entry of a collection as it is written; `<<` is one, what it merges not.
struct Entry {
  std::string name;  // a mapping's key, as JSON has it
  uint32_t key = 0;  // its item; of a sequence's entry, the value's
  uint32_t value = 0;
  // The `-` of a block sequence's entry, the key of a mapping's, the value of
  // any other.
  size_t begin = 0;
  // Behind the `-`, or behind the key's `:`; npos where there is neither.
  size_t indicator_end = std::string_view::npos;
  size_t end = 0;
};

class Outline {
 public:
  Outline(std::string_view text, const Items& items,
          const PositionMap& positions);

  const Item& item(uint32_t index) const { return items_.list[index]; }
  std::string_view text() const { return text_; }
  size_t Begin(uint32_t index) const;
  size_t End(uint32_t index) const;
  // The text of an item behind its anchor and tag.
  std::string_view Content(uint32_t index) const;

  std::vector<Entry> Entries(uint32_t collection) const;

  // The line that `at` is on: its first byte, where its content ends, and the
  // same of the line before (npos if there is none).
  size_t LineBegin(size_t at) const;
  size_t LineEnd(size_t at) const;
  size_t PreviousLineEnd(size_t at) const;
  // Where the content of the entry's last line ends. Blank lines below a `|+`
  // are part of its text.
  size_t LastLineEnd(const Entry& entry) const;
  // Where the next line begins, or the text ends.
  size_t NextLine(size_t at) const;
  // Whether only spaces stand before it on its line.
  bool StartsLine(size_t at) const;
  size_t Column(size_t at) const { return at - LineBegin(at); }
  std::string_view IndentOf(size_t at) const;
  bool HasComment(size_t begin, size_t end) const {
    return text_.substr(begin, end - begin).find('#') != text_.npos;
  }

  // The anchor of the item itself, if an alias stands for it.
  bool IsShared(uint32_t index) const;
  // Whether an alias beyond items [begin, end) needs an anchor among them.
  bool IsNeededElsewhere(uint32_t begin, uint32_t end) const;

  // How this document is written.
  const BlockStyle& block_style() const { return block_style_; }
  bool is_json() const { return is_json_; }

 private:
  void AddKey(Entry& entry) const;
  bool KeepsBlankLines(uint32_t index) const;
  void AddDash(Entry& entry, size_t from) const;
  size_t SkipBlank(size_t from) const;
  void FindStyle();
  void NoteStep(size_t column, const Entry& entry, bool& has_step,
                bool& has_sequence_step);

  std::string_view text_;
  const Items& items_;
  const PositionMap& positions_;
  std::vector<std::pair<uint32_t, uint32_t>> aliases_;  // alias, its target
  BlockStyle block_style_;
  bool is_json_ = false;
};

}  // namespace meshvet::yaml

#endif  // MESHVET_YAML_OUTLINE_H_

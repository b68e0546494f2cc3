// File: lint/input/suppress_comments.h
//
// IgnoreComments: the comments of one file that silence findings.
//
//   host: reviews  # meshvet:ignore virtual-service-unknown-host -- not yet
//
// Behind a value a comment speaks of its line; alone on a line, of the key or
// item below and all that it holds; before the first key, of the document; and
// `meshvet:ignore-file`, before all content, of the whole file. Rules are named
// by id, alias or `tag:NAME`, with commas between; the reason comes after
// ` -- `. A comment that names no rule, or one there is not, silences nothing
// and is a complaint. JSON has no comments.

#ifndef MESHVET_LINT_INPUT_SUPPRESS_COMMENTS_H_
#define MESHVET_LINT_INPUT_SUPPRESS_COMMENTS_H_

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lint/input/source_file.h"
#include "rules/policy.h"
#include "rules/rule.h"
#include "yaml/comment.h"
#include "yaml/parse.h"

namespace meshvet::lint {

// What every comment to this program begins with.
inline constexpr std::string_view kCommentWord = "meshvet:";

// A rule as a comment names it.
struct IgnoredRule {
  std::string name;
  yaml::Range range;
  std::vector<const rules::Rule*> rules;  // several of an alias or a tag
};

struct IgnoreComment {
  yaml::Comment place;
  bool is_of_file = false;
  std::vector<IgnoredRule> ignored;
  std::string reason;  // empty where nobody says why
  // What goes when the comment goes: its line, or it and the blanks before it.
  yaml::Range removal;

  bool Reaches(const yaml::Position& at) const {
    return is_of_file || place.Reaches(at);
  }
};

struct CommentComplaint {
  std::string message;
  yaml::Range range;
  size_t content = 0;  // Comment::ContentBegin
};

struct IgnoreComments {
  std::vector<IgnoreComment> comments;
  std::vector<CommentComplaint> complaints;

  bool empty() const { return comments.empty() && complaints.empty(); }
};

// The rule of that id, or all that share the alias, of `rules` and the
// loader's; or all with `tag:NAME`.
std::vector<const rules::Rule*> RulesToSilence(
    std::string_view name, std::span<const rules::Rule* const> rules);

// Why `named`, which is not empty, cannot be silenced by the author of an
// object; empty if it can.
std::string WhyNotSilenced(std::string_view name,
                           const std::vector<const rules::Rule*>& named,
                           const rules::Policy& policy);

// With ` (did you mean …?)`, for a rule or a tag there is not.
std::string UnknownRuleMessage(std::string_view name,
                               std::span<const rules::Rule* const> rules);

bool IsJsonFile(std::string_view name);

// `rules` are those that findings may be of, besides the loader's.
IgnoreComments ReadIgnoreComments(const SourceFile& file,
                                  const rules::Policy& policy,
                                  std::span<const rules::Rule* const> rules,
                                  const yaml::Limits& limits);

}  // namespace meshvet::lint

#endif  // MESHVET_LINT_INPUT_SUPPRESS_COMMENTS_H_

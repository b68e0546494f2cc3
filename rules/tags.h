// File: rules/tags.h
//
// Tags: what rules are about, in words that several share, so that a
// configuration or a flag can name them all: `tag:tls`.
//
//   for (const Rule* rule : RulesTagged("tls")) …
//
// A tag is a list of rules, as a preset is, and is written down like one: what
// it means is what is in it.

#ifndef MESHVET_RULES_TAGS_H_
#define MESHVET_RULES_TAGS_H_

#include <span>
#include <string_view>
#include <vector>

#include "mesh/result.h"
#include "rules/list.h"
#include "rules/rule.h"

namespace meshvet::rules {

struct Tag {
  std::string_view name;
  std::string_view meaning;             // "rules about …"
  List<std::string_view, 12> rule_ids;  // sorted
};

// Sorted by name.
std::span<const Tag> AllTags();
std::vector<std::string_view> TagNames();

// Empty if there is no such tag.
std::vector<const Rule*> RulesTagged(std::string_view tag);
// The same for a name that somebody wrote; an error with "did you mean" if
// there is no such tag.
Result<std::vector<const Rule*>> FindTagged(std::string_view tag);
// Sorted names.
std::vector<std::string_view> TagsOf(const Rule& rule);

// Before a tag's name, where a rule could stand.
inline constexpr std::string_view kTagPrefix = "tag:";

// How closely a word names a rule. Of several, the closest counts.
enum class Closeness { kTag, kAlias, kId };
Closeness ClosenessOf(std::string_view word);

}  // namespace meshvet::rules

#endif  // MESHVET_RULES_TAGS_H_

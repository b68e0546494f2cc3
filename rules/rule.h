// File: rules/rule.h
//
// Rule: one check, as one constant in one file. Its head is data (at once its
// documentation and its tests), its body one function without state:
//
//   void Check(const Object& gateway, RuleContext& ctx) { … }
//
//   extern constinit const Rule gateway_http_without_redirect = {
//       .id = "gateway-http-without-redirect", …, .check = Check};
//
// The file's folder and name, joined by an underscore, are the symbol's name,
// and with hyphens the id. CMake lists rules/*/*.cc and writes AllRules(): a
// rule is registered by existing.

#ifndef MESHVET_RULES_RULE_H_
#define MESHVET_RULES_RULE_H_

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "mesh/kinds.h"
#include "mesh/object.h"
#include "rules/finding.h"
#include "rules/list.h"
#include "rules/rule_context.h"

namespace meshvet::rules {

// YAML, the object under test first; further documents are its inventory. An
// Example's inventory is the whole mesh (Coverage::complete) unless
// `is_whole_mesh` is false.
struct Example {
  std::string_view title;
  std::string_view yaml;
  // The rule's options for this example, as JSON; empty for the defaults.
  std::string_view options = {};
  bool is_whole_mesh = true;
};

enum class OptionType {
  kBool,
  kStrings,           // a list of strings
  kGlobs,             // a list of globs
  kGlobsByNamespace,  // {namespace: [glob, …]}
  kRequiredLabels,    // a list of `key` or {key, pattern}
  kConsents,          // a list of {from, to, hosts}
};

struct Option {
  std::string_view name;
  OptionType type;
  std::string_view default_text;  // JSON
  std::string_view meaning;
};

struct Rule {
  std::string_view id;
  std::string_view title;
  Severity severity = Severity::kWarning;  // of its gravest finding
  // Why it matters and how the fix works, in Markdown paragraphs.
  std::string_view rationale;
  // The codes people know it by: IST0101, KIA1107.
  List<std::string_view, 6> aliases = {};
  List<GroupKind, 8> kinds;
  // The kinds it looks up in the inventory.
  List<GroupKind, 16> needs = {};
  List<Option, 4> options = {};
  // The most the webhook does about a finding unless the policy says otherwise.
  // References to what does not exist stay at kWarn: GitOps applies in any
  // order.
  Action strictest = Action::kDeny;
  // Whether /mutate applies its safe fixes unless the policy says otherwise.
  bool auto_fix = false;
  // Off unless the policy mentions it.
  bool off_by_default = false;
  // Whether a single object may not silence it (by annotation), because it
  // protects others from that object's author.
  bool locked = false;
  List<Example, 8> bad = {};
  List<Example, 8> good = {};
  // Judges an object as it is to be stored.
  void (*check)(const Object& object, RuleContext& ctx) = nullptr;
  // Judges the deletion of an object; the view no longer has it.
  void (*check_delete)(const Object& object, RuleContext& ctx) = nullptr;
};

// Whether that is its id; its id or one of its aliases; in any case of letters.
bool HasId(const Rule& rule, std::string_view id);
bool IsNamed(const Rule& rule, std::string_view id_or_alias);

// Every rule, sorted by id.
std::span<const Rule* const> AllRules();
// By id or alias, in any case of letters; null if there is none. Of several
// rules with one alias, the first.
const Rule* FindRule(std::string_view id_or_alias);
// The rule of that id, or all that share the alias: IST0101 is any reference
// to what does not exist.
std::vector<const Rule*> FindRules(std::string_view id_or_alias);

}  // namespace meshvet::rules

#endif  // MESHVET_RULES_RULE_H_

// File: lint/config/rule_selection.h
//
// The rules a run was asked for on the command line, laid over the policy: a
// flag wins over the configuration and its overrides.
//
//   RuleSelection selection{.ignore = {"KIA*", "helm-template"}};
//   if (auto error = Apply(selection, policy)) …

#ifndef MESHVET_LINT_CONFIG_RULE_SELECTION_H_
#define MESHVET_LINT_CONFIG_RULE_SELECTION_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mesh/result.h"
#include "rules/policy.h"
#include "rules/rule.h"

namespace meshvet::lint {

// Each entry is an id, an alias, a glob of either, "tag:NAME", or "all".
struct RuleSelection {
  std::vector<std::string> select;  // only these, if there are any
  std::vector<std::string> extend_select;
  std::vector<std::string> ignore;
  std::vector<std::string> severity;  // "ID=error"
};

// The rules `name` stands for, in any case of letters; all that share an alias
// or a tag.
// An error with "did you mean" if there is none.
Result<std::vector<const rules::Rule*>> RulesNamed(std::string_view name);

// Nothing when all went well. The error's `where` is the flag.
std::optional<Error> Apply(const RuleSelection& selection,
                           rules::Policy& policy);

std::optional<rules::Severity> ParseSeverity(std::string_view name);

}  // namespace meshvet::lint

#endif  // MESHVET_LINT_CONFIG_RULE_SELECTION_H_

// File: rules/rule_options.h
//
// Whether the options that a policy gives a rule have the shape the rule
// declares.

#ifndef MESHVET_RULES_RULE_OPTIONS_H_
#define MESHVET_RULES_RULE_OPTIONS_H_

#include "rules/policy_scope.h"
#include "rules/rule.h"

namespace meshvet::rules {

// Says an error for every option the rule does not have and every value of
// another shape.
void CheckOptions(const Rule& rule, const Scope& options);

}  // namespace meshvet::rules

#endif  // MESHVET_RULES_RULE_OPTIONS_H_

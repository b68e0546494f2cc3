// File: lint/command/rules_command.h
//
// `meshvet rules` but for the reading of flags.

#ifndef MESHVET_LINT_COMMAND_RULES_COMMAND_H_
#define MESHVET_LINT_COMMAND_RULES_COMMAND_H_

#include <string>

#include "lint/command/lint_command.h"
#include "lint/report/rule_text.h"

namespace meshvet::lint {

struct RulesOptions {
  DocFormat format = DocFormat::kText;
  // Only rules that are on, by the configuration a run here would use.
  bool enabled = false;
  // Only rules that offer a fix for one of their own wrong examples.
  bool fixable = false;
  std::string tag;     // only rules that have it; empty for all
  std::string config;  // found when empty
  bool no_config = false;
};

LintOutcome RunRules(const RulesOptions& options);

}  // namespace meshvet::lint

#endif  // MESHVET_LINT_COMMAND_RULES_COMMAND_H_

// File: lint/command/baseline_command.h
//
// BaselineCommand: `meshvet baseline create|update|prune|show` but the reading
// of flags.
//
//   RunBaselineCreate({.lint = {.paths = {"deploy"}}, .today = "2026-11-27"});

#ifndef MESHVET_LINT_COMMAND_BASELINE_COMMAND_H_
#define MESHVET_LINT_COMMAND_BASELINE_COMMAND_H_

#include <string>

#include "lint/command/lint_command.h"
#include "lint/command/lint_setup.h"

namespace meshvet::lint {

struct BaselineOptions {
  LintOptions lint;
  bool force = false;
  std::string today;  // 2026-11-27
  bool as_json = false;
};

// Writes down every finding. An existing file is only replaced with `force`.
LintOutcome RunBaselineCreate(const BaselineOptions& options);
// Adds what is found and not yet agreed.
LintOutcome RunBaselineUpdate(const BaselineOptions& options);
// Drops what is no longer found.
LintOutcome RunBaselinePrune(const BaselineOptions& options);
LintOutcome RunBaselineShow(const BaselineOptions& options);

}  // namespace meshvet::lint

#endif  // MESHVET_LINT_COMMAND_BASELINE_COMMAND_H_

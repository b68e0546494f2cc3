// File: lint/command/gate_command.h
//
// GateCommand: `meshvet gate` but the reading of flags: lint for a pipeline,
// where only what a change brings may fail it.
//
//   GateOptions options;
//   options.lint.paths = {"deploy"};
//   options.base = "origin/main";
//   const LintOutcome outcome = RunGate(options, ProcessEnvironment);

#ifndef MESHVET_LINT_COMMAND_GATE_COMMAND_H_
#define MESHVET_LINT_COMMAND_GATE_COMMAND_H_

#include <cstddef>
#include <optional>
#include <string>

#include "lint/command/lint_command.h"
#include "lint/command/lint_setup.h"
#include "lint/report/terminal.h"

namespace meshvet::lint {

enum class StaleBaseline { kError, kWarn, kOff };

struct GateOptions {
  LintOptions lint;
  // What findings are held against: a commit, or a report (`-o json`). Those
  // that are there as well are known. Empty: all are new.
  std::string base;
  // Only files that differ from the commit are judged; the rest is context.
  bool changed_only = false;
  // How many new warnings there may be.
  std::optional<size_t> max_warnings;
  // A suppression has to say why.
  bool require_reason = false;
  // What is suppressed must have been so in the base.
  bool no_new_suppressions = false;
  StaleBaseline stale = StaleBaseline::kWarn;
  // Fail exactly when the webhook would deny one of the objects.
  bool as_webhook = false;
  // A file that the Markdown summary goes to; "auto" is the page of the job,
  // where the CI system has one.
  std::string summary = "auto";
  // Add nothing for the CI system it runs in.
  bool no_ci = false;
};

LintOutcome RunGate(const GateOptions& options, const Environment& environment);

}  // namespace meshvet::lint

#endif  // MESHVET_LINT_COMMAND_GATE_COMMAND_H_

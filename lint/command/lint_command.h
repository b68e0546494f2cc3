// File: lint/command/lint_command.h
//
// LintCommand: all of `meshvet lint` but the reading of flags.
//
//   LintOptions options{.paths = {"deploy"}};
//   const LintOutcome outcome = RunLint(options, ProcessEnvironment);

#ifndef MESHVET_LINT_COMMAND_LINT_COMMAND_H_
#define MESHVET_LINT_COMMAND_LINT_COMMAND_H_

#include <string>

#include "lint/command/lint_setup.h"
#include "lint/report/report.h"
#include "lint/report/terminal.h"

namespace meshvet::lint {

struct LintOutcome {
  int exit_code = 0;
  std::string out;  // for standard output: results only
  std::string err;  // for standard error
};

// Text of strangers for standard output, so that none of it looks like a
// command to GitHub's runner or Azure's agent, where one of these reads it.
std::string TextForLog(std::string text, const Environment& environment);

// Exit code 2.
LintOutcome Refuse(const Complaints& complaints);
// Whether anything was looked at. A document that could not be read counts:
// there is a finding about it. A chart or a template does not: nothing in it
// was looked at. Nor does what the configuration has too much of.
bool HasLinted(const Report& report);
inline constexpr const char* kNothingToLint =
    "nothing to lint (--allow-empty if that is meant)";
// A report without what is agreed on.
Result<Report> AgainstBaseline(const LintSetup& setup, Report report);
// What is found, without what is agreed on.
Result<Report> LintAgainstBaseline(const LintSetup& setup);
// Writes the report wherever it is wanted, and settles the exit code.
LintOutcome Deliver(const LintSetup& setup, Report report,
                    const Environment& environment);

LintOutcome RunLint(const LintOptions& options, const Environment& environment);

}  // namespace meshvet::lint

#endif  // MESHVET_LINT_COMMAND_LINT_COMMAND_H_

// File: lint/command/fix_command.h
//
// FixCommand: all of `meshvet fix` but the reading of flags: what is mended,
// what is written or shown, the report of what is left, and the exit code.
//
//   FixOptions options{.lint = {.paths = {"deploy"}}, .diff = true};
//   const LintOutcome outcome = RunFix(options, ProcessEnvironment);
//
// A file that cannot be written back (lint/fix/write_back.h) makes the run end
// with 3. A run that is stopped (LintOptions::stop) begins no other file.

#ifndef MESHVET_LINT_COMMAND_FIX_COMMAND_H_
#define MESHVET_LINT_COMMAND_FIX_COMMAND_H_

#include <string>
#include <vector>

#include "lint/command/lint_command.h"
#include "lint/command/lint_setup.h"
#include "lint/report/terminal.h"

namespace meshvet::lint {

struct FixOptions {
  LintOptions lint;
  // Which fixes are carried out; what the configuration says if neither.
  bool safe = false;
  bool unsafe = false;
  bool diff = false;   // show what would change; nothing is written
  bool check = false;  // say whether anything would; nothing is written
  // The new text of the one file goes to standard output, not into the file.
  bool prints_text = false;
  // Write comments that silence the findings of these rules, and mend nothing.
  std::vector<std::string> add_ignore;
  std::string reason;  // for those comments
};

LintOutcome RunFix(const FixOptions& options, const Environment& environment);

}  // namespace meshvet::lint

#endif  // MESHVET_LINT_COMMAND_FIX_COMMAND_H_

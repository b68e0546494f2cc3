// File: cli/deliver.h
//
// Deliver: what a command has to say, to where it belongs: results to standard
// output, everything else to standard error.

#ifndef MESHVET_CLI_DELIVER_H_
#define MESHVET_CLI_DELIVER_H_

#include "lint/command/lint_command.h"

namespace meshvet::cli {

// Returns the exit code: the outcome's, or 3 with a word about it where its
// results could not be written.
int Deliver(const lint::LintOutcome& outcome);

}  // namespace meshvet::cli

#endif  // MESHVET_CLI_DELIVER_H_

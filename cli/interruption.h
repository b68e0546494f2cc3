// File: cli/interruption.h
//
// An interruption, SIGINT or SIGTERM, as a wish that a run ends with what it
// knows. A second one ends the process at once.
//
//   options.stop = ListenForInterruption();
//   … the run ends early once *options.stop is a signal …
//   return EndAsInterrupted(exit_code);
//
// For one run in a process, and before it has threads.

#ifndef MESHVET_CLI_INTERRUPTION_H_
#define MESHVET_CLI_INTERRUPTION_H_

#include "lint/input/stop.h"

namespace meshvet::cli {

// From now on. What it points to is 0, or the signal that came.
lint::StopFlag ListenForInterruption();

// Dies of the SIGINT or SIGTERM that came, for a shell stops its script only if
// it sees that; without one returns `exit_code`.
int EndAsInterrupted(int exit_code);

// The same wish for another reason, of which nobody dies; for a handler, too.
void AskToEnd(int signal);

}  // namespace meshvet::cli

#endif  // MESHVET_CLI_INTERRUPTION_H_

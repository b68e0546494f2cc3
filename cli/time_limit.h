// File: cli/time_limit.h
//
// The time limit of --timeout. Both do nothing for a limit of 0.
//
//   StartTimer(2.5);
//   … 2.5 seconds later the program is at its end or ended …

#ifndef MESHVET_CLI_TIME_LIMIT_H_
#define MESHVET_CLI_TIME_LIMIT_H_

namespace meshvet::cli {

// Ends the program with 3 when so much time has passed.
void StartTimer(double seconds);

// Asks the run to end with what it knows, as an interruption does, and ends the
// program one second later.
void StartPatientTimer(double seconds);

}  // namespace meshvet::cli

#endif  // MESHVET_CLI_TIME_LIMIT_H_

// File: lint/command/exit_code.h
//
// What a command ends with: one table for all.

#ifndef MESHVET_LINT_COMMAND_EXIT_CODE_H_
#define MESHVET_LINT_COMMAND_EXIT_CODE_H_

namespace meshvet::lint {

inline constexpr int kExitDone = 0;
inline constexpr int kExitNo = 1;          // done, and the answer is "no"
inline constexpr int kExitUsage = 2;       // wrong usage or configuration
inline constexpr int kExitUnfinished = 3;  // the answer is unknown

}  // namespace meshvet::lint

#endif  // MESHVET_LINT_COMMAND_EXIT_CODE_H_

// File: cli/completion.h
//
// The scripts that complete meshvet's commands in a shell, each whole: a shell
// that has read one starts the program no more.

#ifndef MESHVET_CLI_COMPLETION_H_
#define MESHVET_CLI_COMPLETION_H_

#include <string>
#include <vector>

#include "cli/command_tree.h"
#include "cli/value.h"

namespace meshvet::cli {

// bash 4.4 or later; without the package bash-completion, too.
std::string BashCompletion(const Command& program);
// As a function for $fpath, or to be sourced after compinit.
std::string ZshCompletion(const Command& program);
// fish 3.1 or later.
std::string FishCompletion(const Command& program);

// In single quotes, as bash and zsh read it.
std::string ShellQuoted(const std::string& text);

// How the command of a line is found: behind `from`, `word` leads to `to`.
// Commands are named by what stands behind the program: "baseline create".
struct Step {
  std::string from;
  std::string word;
  std::string to;
};
std::vector<Step> StepsOf(const Command& program);

// "baseline create" of "meshvet baseline create"; empty of the program.
std::string BelowProgram(const Command& command);

// What may stand for the value of `flag`.
Offer OfferFor(const Command& program, const Flag& flag);

}  // namespace meshvet::cli

#endif  // MESHVET_CLI_COMPLETION_H_

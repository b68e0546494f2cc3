// File: cli/command_tree.h
//
// The commands and flags of the program as plain data, taken from the very
// parser that reads them and prints --help: what completion and man pages are
// made of, so that neither can differ from what runs.
//
//   const Command meshvet = DescribeCommands(app);

#ifndef MESHVET_CLI_COMMAND_TREE_H_
#define MESHVET_CLI_COMMAND_TREE_H_

#include <functional>
#include <string>
#include <vector>

namespace CLI {
class App;
}  // namespace CLI

namespace meshvet::cli {

struct Flag {
  std::vector<std::string> names;  // "-o", "--output"; none of an argument
  std::string value;               // cli/value.h; empty when it takes none
  bool is_list = false;            // several times, or with commas
  bool is_required = false;
  std::string meaning;
  std::string variable;  // its environment form; may be empty
};

struct Command {
  std::string name;
  std::vector<std::string> aliases;
  // From the program on: "meshvet baseline create".
  std::string path;
  std::string meaning;
  std::vector<Flag> flags;
  // What stands by its place: "paths".
  std::vector<Flag> arguments;
  std::vector<Command> commands;
  std::string footer;  // examples, as --help shows them
};

// `app` and all below it. `help`, which is no subcommand to the parser, is one
// here.
Command DescribeCommands(const CLI::App& app);

// Calls `visit` for `command` and all below it, itself first.
void ForEachCommand(const Command& command,
                    const std::function<void(const Command&)>& visit);

}  // namespace meshvet::cli

#endif  // MESHVET_CLI_COMMAND_TREE_H_

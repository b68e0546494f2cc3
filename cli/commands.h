// File: cli/commands.h
//
// The subcommands of `meshvet`. Each stands in its own file, cli/<name>.cc,
// declares its flags and sets what runs when it is chosen:
//
//   CLI::App* AddVersion(CLI::App& app, int& exit_code) {
//     CLI::App* command = app.add_subcommand("version", "Print the version");
//     command->footer(Examples({{"meshvet version", "for people"}}));
//     command->callback([&exit_code] { exit_code = PrintVersion(); });
//     return command;
//   }
//
// What a callback captures by reference must outlive the parse: `exit_code`
// lives in main, the options of a command in a shared_ptr its callback holds.
// Every long flag also has an environment form, which main gives it.

#ifndef MESHVET_CLI_COMMANDS_H_
#define MESHVET_CLI_COMMANDS_H_

#include <initializer_list>
#include <string>
#include <string_view>

#include "lint/command/exit_code.h"

namespace CLI {
class App;
}  // namespace CLI

namespace meshvet::cli {

using lint::kExitDone;
using lint::kExitNo;
using lint::kExitUnfinished;
using lint::kExitUsage;

CLI::App* AddLint(CLI::App& app, int& exit_code);
CLI::App* AddFix(CLI::App& app, int& exit_code);
CLI::App* AddGate(CLI::App& app, int& exit_code);
CLI::App* AddBaseline(CLI::App& app, int& exit_code);
CLI::App* AddSnapshot(CLI::App& app, int& exit_code);
CLI::App* AddTest(CLI::App& app, int& exit_code);
CLI::App* AddRules(CLI::App& app, int& exit_code);
CLI::App* AddExplain(CLI::App& app, int& exit_code);
CLI::App* AddConfig(CLI::App& app, int& exit_code);
CLI::App* AddCompletion(CLI::App& app, int& exit_code);
CLI::App* AddMan(CLI::App& app, int& exit_code);
CLI::App* AddVersion(CLI::App& app, int& exit_code);
CLI::App* AddServe(CLI::App& app, int& exit_code);
CLI::App* AddReview(CLI::App& app, int& exit_code);
CLI::App* AddCerts(CLI::App& app, int& exit_code);

// One line of a help text's examples.
struct CommandExample {
  std::string_view command;
  std::string_view meaning;
};

// The examples as a footer of the help text; at least three a command.
std::string Examples(std::initializer_list<CommandExample> examples);

}  // namespace meshvet::cli

#endif  // MESHVET_CLI_COMMANDS_H_

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <vector>

#include "cli/command_tree.h"
#include "cli/commands.h"
#include "cli/configuration.h"
#include "cli/deliver.h"
#include "cli/man_page.h"
#include "cli/value.h"
#include "mesh/suggestion.h"

namespace meshvet::cli {
namespace {

namespace fs = std::filesystem;

struct ManOptions {
  std::vector<std::string> command;
  std::string folder;
};

// The command that the words lead to, or the word that leads nowhere.
Result<Command> Find(const Command& program,
                     const std::vector<std::string>& words) {
  Command found = program;
  for (const std::string& word : words) {
    std::vector<std::string_view> names;
    std::optional<Command> next;
    for (const Command& below : found.commands) {
      if (below.name == "help") continue;
      names.push_back(below.name);
      if (below.name == word) next = below;
    }
    if (!next) {
      return Error{"unknown command \"" + word + "\"" +
                   DidYouMean(word, names)};
    }
    found = *std::move(next);
  }
  return found;
}

int WritePages(const Command& program, const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) return Complain(Unfinished({error.message(), folder.string()}));
  std::string written;
  std::string failed;
  ForEachCommand(program, [&](const Command& command) {
    if (command.name == "help" || !failed.empty()) return;
    const fs::path file = folder / (ManPageName(command) + ".1");
    std::ofstream out(file, std::ios::binary);
    out << ManPage(program, command);
    out.close();
    if (!out) failed = file.string();
    written += file.string() + "\n";
  });
  if (!failed.empty()) {
    return Complain(Unfinished({"cannot be written", failed}));
  }
  return Deliver({kExitDone, written, {}});
}

int Run(const Command& program, const ManOptions& options) {
  if (!options.folder.empty()) {
    if (options.command.empty()) return WritePages(program, options.folder);
    return Complain(
        Usage({"writes every page: name no command", "--output-dir"}));
  }
  const auto command = Find(program, options.command);
  if (!command) return Complain(Usage(command.error()));
  return Deliver({kExitDone, ManPage(program, *command), {}});
}

}  // namespace

CLI::App* AddMan(CLI::App& app, int& exit_code) {
  CLI::App* command = app.add_subcommand("man", "Print manual pages");
  auto options = std::make_shared<ManOptions>();
  command
      ->add_option("command", options->command,
                   "of this command (default: of meshvet)")
      ->type_name(kCommand);
  command
      ->add_option("--output-dir", options->folder,
                   "write the pages of all commands into this folder")
      ->type_name(kFolder);
  command->footer(Examples(
      {{"meshvet man lint | man -l -", "read one"},
       {"meshvet man baseline create", "of a command below another"},
       {"meshvet man --output-dir share/man/man1", "all, to be installed"}}));
  command->callback([&app, options, &exit_code] {
    exit_code = Run(DescribeCommands(app), *options);
  });
  return command;
}

}  // namespace meshvet::cli

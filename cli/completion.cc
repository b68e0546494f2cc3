#include "cli/completion.h"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <map>
#include <memory>

#include "cli/commands.h"
#include "cli/deliver.h"

namespace meshvet::cli {
namespace {

using Writer = std::string (*)(const Command&);

const std::map<std::string, Writer>& Shells() {
  static const std::map<std::string, Writer> shells = {
      {"bash", BashCompletion},
      {"zsh", ZshCompletion},
      {"fish", FishCompletion}};
  return shells;
}

void AddSteps(const Command& command, std::vector<Step>& steps) {
  for (const Command& below : command.commands) {
    std::vector<std::string> words = {below.name};
    words.insert(words.end(), below.aliases.begin(), below.aliases.end());
    for (const std::string& word : words) {
      steps.push_back({BelowProgram(command), word, BelowProgram(below)});
    }
    AddSteps(below, steps);
  }
}

}  // namespace

std::string ShellQuoted(const std::string& text) {
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'') quoted += "'\\'";
    quoted += c;
  }
  return quoted + "'";
}

std::string BelowProgram(const Command& command) {
  const size_t space = command.path.find(' ');
  return space == command.path.npos ? "" : command.path.substr(space + 1);
}

std::vector<Step> StepsOf(const Command& program) {
  std::vector<Step> steps;
  AddSteps(program, steps);
  return steps;
}

Offer OfferFor(const Command& program, const Flag& flag) {
  Offer offer = OfferFor(flag.value);
  if (flag.value != kCommand) return offer;
  for (const Command& command : program.commands) {
    offer.words.push_back(command.name);
  }
  return offer;
}

CLI::App* AddCompletion(CLI::App& app, int& exit_code) {
  CLI::App* command = app.add_subcommand(
      "completion", "Print what completes commands in a shell");
  auto shell = std::make_shared<std::string>();
  TakeOneOf(command->add_option("shell", *shell, "the shell"),
            {"bash", "zsh", "fish"})
      ->required();
  command->footer(Examples(
      {{"meshvet completion bash > meshvet.bash", "to be sourced in ~/.bashrc"},
       {"meshvet completion zsh > ~/.zfunc/_meshvet", "a folder of $fpath"},
       {"meshvet completion fish | source", "in config.fish"}}));
  command->callback([&app, shell, &exit_code] {
    exit_code =
        Deliver({kExitDone, Shells().at(*shell)(DescribeCommands(app)), {}});
  });
  return command;
}

}  // namespace meshvet::cli

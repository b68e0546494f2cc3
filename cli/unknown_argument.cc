#include "cli/unknown_argument.h"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <string_view>

#include "mesh/suggestion.h"

namespace meshvet::cli {
namespace {

std::vector<const CLI::App*> CommandsOf(const CLI::App& app) {
  return app.get_subcommands([](const CLI::App*) { return true; });
}

// As it is typed: "meshvet baseline create".
std::string PathOf(const CLI::App& command) {
  const CLI::App* parent = command.get_parent();
  const std::string before = parent == nullptr ? "" : PathOf(*parent) + " ";
  return before + command.get_name();
}

std::string WhereListed(const CLI::App& command) {
  return "; `" + PathOf(command) + " --help` lists them";
}

std::string UnknownCommand(const CLI::App& app, const std::string& word) {
  std::vector<std::string_view> names;
  if (app.get_parent() == nullptr) names.emplace_back("help");
  for (const CLI::App* command : CommandsOf(app)) {
    names.push_back(command->get_name());
  }
  return "unknown command \"" + word + "\"" + DidYouMean(word, names) +
         WhereListed(app);
}

std::string UnknownFlag(const CLI::App& command, const std::string& flag) {
  std::vector<std::string> flags;
  for (const CLI::Option* option : command.get_options()) {
    for (const std::string& name : option->get_lnames()) {
      flags.push_back("--" + name);
    }
  }
  const std::vector<std::string_view> names(flags.begin(), flags.end());
  return "unknown flag " + flag + DidYouMean(flag, names) +
         WhereListed(command);
}

bool IsLongFlag(const std::string& argument) {
  return argument.size() > 2 && argument.starts_with("--");
}

// The subcommand of `app` called `word`, by its name or an alias.
const CLI::App* FindCommand(const CLI::App& app, const std::string& word) {
  for (const CLI::App* command : CommandsOf(app)) {
    if (command->check_name(word)) return command;
  }
  return nullptr;
}

}  // namespace

std::string FindUnknown(const CLI::App& app,
                        const std::vector<std::string>& arguments) {
  const CLI::App* command = &app;
  for (const std::string& argument : arguments) {
    if (argument == "--") break;
    if (IsLongFlag(argument)) {
      const std::string flag = argument.substr(0, argument.find('='));
      const bool is_known = command->get_option_no_throw(flag) != nullptr;
      if (!is_known) return UnknownFlag(*command, flag);
    } else if (!argument.starts_with('-') && !CommandsOf(*command).empty()) {
      const CLI::App* next = FindCommand(*command, argument);
      if (next == nullptr) return UnknownCommand(*command, argument);
      command = next;
    }
  }
  return {};
}

}  // namespace meshvet::cli

#include "cli/command_tree.h"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <utility>

#include "cli/value.h"

namespace meshvet::cli {
namespace {

Flag Describe(const CLI::Option& option) {
  Flag flag;
  for (const std::string& name : option.get_snames()) {
    flag.names.push_back("-" + name);
  }
  for (const std::string& name : option.get_lnames()) {
    flag.names.push_back("--" + name);
  }
  if (option.get_items_expected_max() > 0) flag.value = option.get_type_name();
  flag.is_list =
      option.get_delimiter() != '\0' ||
      (option.get_positional() && option.get_items_expected_max() > 1);
  flag.is_required = option.get_required();
  flag.meaning = option.get_description();
  flag.variable = option.get_envname();
  return flag;
}

Command Describe(const CLI::App& app, const std::string& above) {
  Command command;
  // The program may have been called by another name.
  command.name = above.empty() ? "meshvet" : app.get_name();
  command.aliases = app.get_aliases();
  command.path = above.empty() ? command.name : above + " " + command.name;
  command.meaning = app.get_description();
  command.footer = app.get_footer();
  for (const CLI::Option* option : app.get_options()) {
    (option->get_positional() ? command.arguments : command.flags)
        .push_back(Describe(*option));
  }
  for (const CLI::App* below :
       app.get_subcommands([](const CLI::App*) { return true; })) {
    command.commands.push_back(Describe(*below, command.path));
  }
  return command;
}

Command Help(const std::string& above) {
  Command help;
  help.name = "help";
  help.path = above + " help";
  help.meaning = "Say how a command is used";
  help.arguments = {{.names = {},
                     .value = kCommand,
                     .is_list = true,
                     .meaning = "the command",
                     .variable = {}}};
  return help;
}

}  // namespace

Command DescribeCommands(const CLI::App& app) {
  Command all = Describe(app, "");
  all.commands.push_back(Help(all.path));
  return all;
}

void ForEachCommand(const Command& command,
                    const std::function<void(const Command&)>& visit) {
  visit(command);
  for (const Command& below : command.commands) ForEachCommand(below, visit);
}

}  // namespace meshvet::cli

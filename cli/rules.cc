#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <memory>

#include "cli/commands.h"
#include "cli/deliver.h"
#include "cli/doc_format.h"
#include "cli/value.h"
#include "lint/command/rules_command.h"
#include "rules/tags.h"

namespace meshvet::cli {

CLI::App* AddRules(CLI::App& app, int& exit_code) {
  CLI::App* command = app.add_subcommand("rules", "List the rules");
  auto options = std::make_shared<lint::RulesOptions>();
  AddDocFormat(*command, "table", options->format);
  command->add_flag("--enabled", options->enabled,
                    "only those the configuration leaves on");
  command->add_flag("--fixable", options->fixable,
                    "only those that offer a fix");
  const auto tags = rules::TagNames();
  TakeOneOf(
      command->add_option("--tag", options->tag, "only those with this tag"),
      {tags.begin(), tags.end()});
  command
      ->add_option("--config", options->config,
                   "configuration file (default: the nearest "
                   ".meshvet.yaml)")
      ->type_name(kFile);
  command->add_flag("--no-config", options->no_config,
                    "use no configuration file");
  command->footer(Examples({{"meshvet rules", "as a table"},
                            {"meshvet rules --enabled", "what a run here uses"},
                            {"meshvet rules --tag tls", "of one subject"},
                            {"meshvet rules -o json", "for programs"},
                            {"meshvet rules -o markdown", "for a document"}}));
  command->callback(
      [options, &exit_code] { exit_code = Deliver(lint::RunRules(*options)); });
  return command;
}

}  // namespace meshvet::cli

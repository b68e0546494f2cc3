#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <memory>

#include "cli/commands.h"
#include "cli/deliver.h"
#include "cli/doc_format.h"
#include "cli/value.h"
#include "lint/command/explain_command.h"

namespace meshvet::cli {

CLI::App* AddExplain(CLI::App& app, int& exit_code) {
  CLI::App* command = app.add_subcommand(
      "explain", "Say what a rule finds, why, and how to mend it");
  auto options = std::make_shared<lint::ExplainOptions>();
  command
      ->add_option("rules", options->names,
                   "ids, aliases such as IST0101, or globs")
      ->type_name(kRule);
  command->add_flag("--all", options->all, "every rule");
  command
      ->add_option("--output-dir", options->directory,
                   "write one Markdown page a rule, and an index")
      ->type_name(kFolder);
  AddDocFormat(*command, "text", options->format);
  command->footer(
      Examples({{"meshvet explain virtual-service-unknown-host", "one rule"},
                {"meshvet explain IST0101", "by the code you know"},
                {"meshvet explain --all -o markdown --output-dir docs/rules",
                 "the documentation"}}));
  command->callback([options, &exit_code] {
    exit_code = Deliver(lint::RunExplain(*options));
  });
  return command;
}

}  // namespace meshvet::cli

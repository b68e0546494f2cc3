#include <unistd.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <memory>

#include "cli/commands.h"
#include "cli/doc_format.h"
#include "cli/print.h"
#include "lint/loader_rules.h"

namespace meshvet::cli {

CLI::App* AddRules(CLI::App& app, int& exit_code) {
  CLI::App* command = app.add_subcommand("rules", "List the rules");
  auto format = std::make_shared<lint::DocFormat>(lint::DocFormat::kText);
  AddDocFormat(*command, "table", *format);
  command->footer(Examples({{"meshvet rules", "as a table"},
                            {"meshvet rules -o json", "for programs"},
                            {"meshvet rules -o markdown", "for a document"}}));
  command->callback([format, &exit_code] {
    const bool printed =
        Print(STDOUT_FILENO, lint::WriteRuleList(lint::EveryRule(), *format));
    exit_code = printed ? kExitDone : kExitUnfinished;
  });
  return command;
}

}  // namespace meshvet::cli

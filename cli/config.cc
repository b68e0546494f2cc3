#include <unistd.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <memory>

#include "cli/commands.h"
#include "cli/print.h"
#include "lint/json_report.h"

namespace meshvet::cli {
namespace {

void AddSchema(CLI::App& config, int& exit_code) {
  CLI::App* schema =
      config.add_subcommand("schema", "Print the JSON Schema of a format");
  auto report = std::make_shared<bool>(false);
  schema->add_flag("--report", *report, "of `meshvet lint -o json`")
      ->required();
  schema->footer(Examples(
      {{"meshvet config schema --report", "what reports look like"},
       {"meshvet config schema --report > report.schema.json", "keep it"},
       {"meshvet config schema --report | jq .properties", "its fields"}}));
  schema->callback([report, &exit_code] {
    const bool printed = Print(STDOUT_FILENO, lint::ReportSchema());
    exit_code = printed ? kExitDone : kExitUnfinished;
  });
}

}  // namespace

CLI::App* AddConfig(CLI::App& app, int& exit_code) {
  CLI::App* command =
      app.add_subcommand("config", "Schemas of the formats meshvet writes");
  command->require_subcommand(1);
  command->footer(Examples(
      {{"meshvet config schema --report", "the schema of JSON reports"},
       {"meshvet config schema --report | jq .", "to look at"},
       {"meshvet config schema --help", "which schemas there are"}}));
  AddSchema(*command, exit_code);
  return command;
}

}  // namespace meshvet::cli

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <memory>
#include <string>

#include "cli/commands.h"
#include "cli/deliver.h"
#include "cli/value.h"
#include "lint/config_command.h"
#include "lint/json_report.h"

namespace meshvet::cli {
namespace {

std::shared_ptr<lint::ConfigOptions> AddFinding(CLI::App& command) {
  auto options = std::make_shared<lint::ConfigOptions>();
  command
      .add_option("path", options->path,
                  "where to look for .meshvet.yaml from (default .)")
      ->type_name(kPath);
  command.add_option("--config", options->config, "this file instead")
      ->type_name(kFile);
  return options;
}

void AddShow(CLI::App& config, int& exit_code) {
  CLI::App* show = config.add_subcommand(
      "show", "Print what holds in the end, and where it comes from");
  const auto options = AddFinding(*show);
  show->footer(Examples(
      {{"meshvet config show", "what a run here would use"},
       {"meshvet config show deploy/shop", "what a run there would use"},
       {"meshvet config show --config policy.yaml", "of this file"}}));
  show->callback([options, &exit_code] {
    exit_code = Deliver(lint::RunConfigShow(*options));
  });
}

void AddValidate(CLI::App& config, int& exit_code) {
  CLI::App* validate = config.add_subcommand(
      "validate", "Say every mistake of a configuration file");
  const auto options = AddFinding(*validate);
  validate->footer(Examples(
      {{"meshvet config validate", "the file a run here would use"},
       {"meshvet config validate --config policy.yaml", "this file"},
       {"meshvet config validate deploy/shop", "the one that counts there"}}));
  validate->callback([options, &exit_code] {
    exit_code = Deliver(lint::RunConfigValidate(*options));
  });
}

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
    exit_code = Deliver({kExitDone, std::string(lint::ReportSchema()), {}});
  });
}

}  // namespace

CLI::App* AddConfig(CLI::App& app, int& exit_code) {
  CLI::App* command = app.add_subcommand(
      "config", "Show or check the configuration, print schemas");
  command->require_subcommand(1);
  command->footer(Examples(
      {{"meshvet config show", "what holds, and which line says so"},
       {"meshvet config validate", "every mistake, with its line"},
       {"meshvet config schema --report", "the schema of JSON reports"}}));
  AddShow(*command, exit_code);
  AddValidate(*command, exit_code);
  AddSchema(*command, exit_code);
  return command;
}

}  // namespace meshvet::cli

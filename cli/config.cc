#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <memory>
#include <string>

#include "cli/commands.h"
#include "cli/deliver.h"
#include "cli/value.h"
#include "lint/command/config_command.h"
#include "lint/config/config_schema.h"
#include "lint/report/json_report.h"

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
  show->add_flag("--no-config", options->no_config,
                 "what holds without a configuration file");
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
  CLI::App* schema = config.add_subcommand(
      "schema", "Print the JSON Schema of the configuration, or of reports");
  auto report = std::make_shared<bool>(false);
  schema->add_flag("--report", *report, "of `meshvet lint -o json`");
  schema->footer(Examples(
      {{"meshvet config schema > .meshvet.schema.json", "for your editor"},
       {"meshvet config schema --report", "what reports look like"},
       {"meshvet config schema | jq .properties", "its keys"}}));
  schema->callback([report, &exit_code] {
    exit_code = Deliver(
        {kExitDone,
         *report ? std::string(lint::ReportSchema()) : lint::ConfigSchema(),
         {}});
  });
}

void AddInit(CLI::App& config, int& exit_code) {
  CLI::App* init = config.add_subcommand(
      "init", "Write a .meshvet.yaml that shows what can be said");
  auto folder = std::make_shared<std::string>(".");
  init->add_option("folder", *folder, "where (default .)")->type_name(kFolder);
  init->footer(Examples({{"meshvet config init", "for this repository"},
                         {"meshvet config init deploy/", "for this folder"},
                         {"meshvet config validate", "after a change"}}));
  init->callback([folder, &exit_code] {
    exit_code = Deliver(lint::RunConfigInit(*folder));
  });
}

}  // namespace

CLI::App* AddConfig(CLI::App& app, int& exit_code) {
  CLI::App* command = app.add_subcommand(
      "config", "Show, check or begin a configuration, print schemas");
  command->require_subcommand(1);
  command->footer(
      Examples({{"meshvet config show", "what holds, and which line says so"},
                {"meshvet config validate", "every mistake, with its line"},
                {"meshvet config init", "a file to begin with"}}));
  AddShow(*command, exit_code);
  AddValidate(*command, exit_code);
  AddSchema(*command, exit_code);
  AddInit(*command, exit_code);
  return command;
}

}  // namespace meshvet::cli

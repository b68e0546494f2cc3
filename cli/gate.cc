#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <map>
#include <memory>
#include <string>

#include "cli/commands.h"
#include "cli/lint_flags.h"
#include "cli/value.h"
#include "lint/command/gate_command.h"

namespace meshvet::cli {
namespace {

using lint::GateOptions;
using lint::StaleBaseline;

void AddGateFlags(CLI::App& command, GateOptions& options) {
  command.add_option("--base", options.base,
                     "what is not new: a commit (main, HEAD~1, main... for "
                     "where HEAD parted from it), or a report (FILE.json)");
  command.add_flag("--changed-only", options.changed_only,
                   "judge only files that differ from --base; the rest is "
                   "context");
  command
      .add_option("--max-warnings", options.max_warnings,
                  "fail when there are more new warnings")
      ->check(CheckWholeNumber, "");
  command.add_flag("--require-reason", options.require_reason,
                   "fail when a suppression gives no reason");
  command.add_flag("--no-new-suppressions", options.no_new_suppressions,
                   "fail when something is suppressed that was not in --base");
  static const std::map<std::string, StaleBaseline> kStale = {
      {"error", StaleBaseline::kError},
      {"warn", StaleBaseline::kWarn},
      {"off", StaleBaseline::kOff}};
  TakeOneOf(command.add_option_function<std::string>(
                "--stale-baseline",
                [&options](const std::string& text) {
                  options.stale = kStale.at(text);
                },
                "what a baseline that names mended findings is (default warn)"),
            {"error", "warn", "off"});
  command.add_flag("--as-webhook", options.as_webhook,
                   "fail exactly when the webhook would deny");
  command
      .add_option("--summary", options.summary,
                  "file for a summary in Markdown; auto (default) is the "
                  "job's page on GitHub")
      ->type_name(kFile);
  command.add_flag("--no-ci", options.no_ci,
                   "add nothing for the CI system this runs in");
}

}  // namespace

CLI::App* AddGate(CLI::App& app, int& exit_code) {
  CLI::App* command = app.add_subcommand(
      "gate", "Check a change in CI: only what is new fails");
  auto options = std::make_shared<GateOptions>();
  AddInputs(*command, options->lint);
  AddIgnoreSuppressions(*command, options->lint);
  AddGateFlags(*command, *options);
  AddRun(
      *command, options->lint,
      [options] { return lint::RunGate(*options, lint::ProcessEnvironment); },
      exit_code);
  command->footer(
      Examples({{"meshvet gate --base origin/main... deploy/",
                 "only what this branch brings"},
                {"meshvet gate --base main --changed-only .",
                 "only files that differ; the rest is context"},
                {"meshvet gate --as-webhook deploy/",
                 "fail exactly when the webhook would deny"},
                {"meshvet gate --base old.json -o sarif=new.sarif .",
                 "against the report of an earlier run"}}));
  return command;
}

}  // namespace meshvet::cli

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <chrono>
#include <iomanip>
#include <memory>
#include <sstream>
#include <string>

#include "cli/commands.h"
#include "cli/deliver.h"
#include "cli/interruption.h"
#include "cli/lint_flags.h"
#include "lint/command/baseline_command.h"

namespace meshvet::cli {
namespace {

using lint::BaselineOptions;
using Verb = lint::LintOutcome (*)(const BaselineOptions&);

// UTC, as a day: 2026-11-27.
std::string Today() {
  const std::chrono::year_month_day day =
      std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now());
  std::ostringstream text;
  text << static_cast<int>(day.year()) << std::setfill('0') << '-'
       << std::setw(2) << static_cast<unsigned>(day.month()) << '-'
       << std::setw(2) << static_cast<unsigned>(day.day());
  return text.str();
}

CLI::App* AddVerb(CLI::App& baseline, const char* name, const char* meaning,
                  Verb verb, const std::shared_ptr<BaselineOptions>& options,
                  int& exit_code) {
  CLI::App* command = baseline.add_subcommand(name, meaning);
  AddInputs(*command, options->lint);
  const ReadCluster read_cluster = AddContext(*command, options->lint);
  AddRuleFlags(*command, options->lint);
  AddBaselineFlag(*command, options->lint);
  command->callback([options, verb, read_cluster, &exit_code] {
    if (const auto failed = read_cluster()) {
      exit_code = *failed;
      return;
    }
    options->today = Today();
    options->lint.stop = ListenForInterruption();
    exit_code = Deliver(verb(*options));
  });
  return command;
}

}  // namespace

CLI::App* AddBaseline(CLI::App& app, int& exit_code) {
  CLI::App* command = app.add_subcommand(
      "baseline", "Agree on findings that are to be mended later");
  command->require_subcommand(1);
  const auto options = std::make_shared<BaselineOptions>();
  AddVerb(*command, "create", "Write down everything that is found",
          lint::RunBaselineCreate, options, exit_code)
      ->footer(
          Examples({{"meshvet baseline create", "of the working directory"},
                    {"meshvet baseline create --force deploy", "anew"},
                    {"meshvet baseline create --baseline old.json deploy",
                     "into this file"}}))
      ->add_flag("--force", options->force, "replace the file that is there");
  AddVerb(*command, "update", "Add what is found and not yet agreed",
          lint::RunBaselineUpdate, options, exit_code)
      ->footer(Examples(
          {{"meshvet baseline update", "of the working directory"},
           {"meshvet baseline update deploy/shop", "of one folder"},
           {"meshvet baseline update --select 'gateway-*'", "of some rules"}}));
  AddVerb(*command, "prune", "Drop what is no longer found",
          lint::RunBaselinePrune, options, exit_code)
      ->footer(Examples(
          {{"meshvet baseline prune", "of the working directory"},
           {"meshvet baseline prune deploy/shop", "of one folder"},
           {"meshvet baseline prune --baseline old.json", "in this file"}}));
  AddVerb(*command, "show", "List what is agreed", lint::RunBaselineShow,
          options, exit_code)
      ->footer(Examples(
          {{"meshvet baseline show", "of the working directory"},
           {"meshvet baseline show --json", "as it is written"},
           {"meshvet baseline show --baseline old.json", "of this file"}}))
      ->add_flag("--json", options->as_json, "the file itself");
  command->footer(Examples(
      {{"meshvet baseline create", "start with an old repository"},
       {"meshvet lint --baseline .meshvet-baseline.json", "only what is new"},
       {"meshvet baseline prune", "after mending"}}));
  return command;
}

}  // namespace meshvet::cli

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <chrono>
#include <iomanip>
#include <memory>
#include <sstream>
#include <string>
#include <utility>

#include "cli/commands.h"
#include "cli/deliver.h"
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

// Of a verb that looks at manifests.
CLI::App* AddVerb(CLI::App& baseline, const char* name, const char* meaning,
                  Verb verb, const std::shared_ptr<BaselineOptions>& options,
                  int& exit_code) {
  CLI::App* command = baseline.add_subcommand(name, meaning);
  AddInputs(*command, options->lint);
  ReadCluster read = AddContext(*command, options->lint);
  AddRuleFlags(*command, options->lint);
  AddBaselineFlag(*command, options->lint);
  AddAllowEmpty(*command, options->lint);
  const auto run = [options, verb] {
    options->today = Today();
    return verb(*options);
  };
  AddWork(*command, options->lint, std::move(read), run, exit_code);
  return command;
}

// It reads no manifests, only where the file is.
void AddShow(CLI::App& baseline,
             const std::shared_ptr<BaselineOptions>& options, int& exit_code) {
  CLI::App* show = baseline.add_subcommand("show", "List what is agreed");
  AddPaths(*show, options->lint,
           "where to look for .meshvet.yaml from (default .)");
  AddConfigFlags(*show, options->lint);
  AddBaselineFlag(*show, options->lint);
  show->add_flag("--json", options->as_json, "the file itself");
  AddQuiet(*show, options->lint.quiet);
  show->callback([options, &exit_code] {
    exit_code = Deliver(lint::RunBaselineShow(*options));
  });
  show->footer(Examples(
      {{"meshvet baseline show", "of the working directory"},
       {"meshvet baseline show --json", "as it is written"},
       {"meshvet baseline show --baseline old.json", "of this file"}}));
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
  AddShow(*command, options, exit_code);
  command->footer(Examples(
      {{"meshvet baseline create", "start with an old repository"},
       {"meshvet lint --baseline .meshvet-baseline.json", "only what is new"},
       {"meshvet baseline prune", "after mending"}}));
  return command;
}

}  // namespace meshvet::cli

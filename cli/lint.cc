#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <memory>

#include "cli/commands.h"
#include "cli/lint_flags.h"
#include "lint/command/fix_command.h"
#include "lint/command/lint_command.h"

namespace meshvet::cli {
namespace {

lint::LintOutcome Lint(const lint::LintOptions& options, bool fix) {
  return fix ? lint::RunFix({.lint = options}, lint::ProcessEnvironment)
             : lint::RunLint(options, lint::ProcessEnvironment);
}

}  // namespace

CLI::App* AddLint(CLI::App& app, int& exit_code) {
  CLI::App* command =
      app.add_subcommand("lint", "Check manifests, report, exit by severity");
  command->alias("check");
  auto options = std::make_shared<lint::LintOptions>();
  AddInputs(*command, *options);
  AddIgnoreSuppressions(*command, *options);
  auto fix = std::make_shared<bool>(false);
  command->add_flag("--fix", *fix,
                    "first mend what is safe to mend, as `meshvet fix` does");
  AddRun(
      *command, *options, [options, fix] { return Lint(*options, *fix); },
      exit_code);
  command->footer(Examples(
      {{"meshvet lint deploy/", "check every manifest below deploy/"},
       {"helm template . | meshvet lint -", "check what a chart renders"},
       {"meshvet lint --context platform/ shop.yaml",
        "judge one file, knowing the rest"},
       {"meshvet lint -o full -o sarif=meshvet.sarif .",
        "for people and for code scanning"}}));
  return command;
}

}  // namespace meshvet::cli

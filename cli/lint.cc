#include <malloc.h>
#include <unistd.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <memory>

#include "cli/commands.h"
#include "cli/deliver.h"
#include "cli/lint_flags.h"
#include "lint/lint_command.h"

namespace meshvet::cli {
namespace {

using lint::LintOptions;

// Every document's tree is large enough that glibc first sweeps its fast bins,
// a twelfth of all instructions; without these bins there is nothing to sweep.
// That it fails only means to be slower.
void TuneAllocator() {
  mallopt(M_MXFAST, 0);  // NOLINT(concurrency-mt-unsafe): no threads yet
}

int Run(const LintOptions& options) {
  TuneAllocator();
  return Deliver(lint::RunLint(options, lint::ProcessEnvironment));
}

}  // namespace

CLI::App* AddLint(CLI::App& app, int& exit_code) {
  CLI::App* command =
      app.add_subcommand("lint", "Check manifests, report, exit by severity");
  command->alias("check");
  auto options = std::make_shared<LintOptions>();
  options->stdout_is_terminal = isatty(STDOUT_FILENO) != 0;
  AddInputs(*command, *options);
  AddContext(*command, *options);
  AddRuleFlags(*command, *options);
  AddBaselineFlag(*command, *options);
  AddReportFlags(*command, *options);
  auto timeout = std::make_shared<double>(0);
  AddTimeout(*command, *timeout);
  command->footer(Examples(
      {{"meshvet lint deploy/", "check every manifest below deploy/"},
       {"helm template . | meshvet lint -", "check what a chart renders"},
       {"meshvet lint --context platform/ shop.yaml",
        "judge one file, knowing the rest"},
       {"meshvet lint -o full -o sarif=meshvet.sarif .",
        "for people and for code scanning"}}));
  command->callback([options, timeout, &exit_code] {
    StartTimer(*timeout);
    exit_code = Run(*options);
  });
  return command;
}

}  // namespace meshvet::cli

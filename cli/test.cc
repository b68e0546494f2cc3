#include <unistd.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <memory>

#include "cli/commands.h"
#include "cli/deliver.h"
#include "cli/interruption.h"
#include "cli/lint_flags.h"
#include "cli/time_limit.h"
#include "cli/value.h"
#include "ruletest/test_command.h"

namespace meshvet::cli {
namespace {

using ruletest::TestOptions;

void AddTestFlags(CLI::App& command, TestOptions& options) {
  command
      .add_option("paths", options.paths,
                  "files and directories with documents of kind RuleTest "
                  "(default .)")
      ->type_name(kPath);
  command.add_option("--run", options.run,
                     "run the cases alone whose \"test/case\" this regular "
                     "expression matches");
  AddList(command, "-o,--output", options.outputs,
          "FORMAT or FORMAT=FILE, several times; formats: text (default), "
          "junit, json")
      ->type_name(kTestFormat);
  command.add_flag("--update-snapshots", options.updates_snapshots,
                   "write the files of `patched` and `fixed` anew");
  AddColor(command, options.color);
  AddQuiet(command, options.quiet);
  command.add_flag("-v,--verbose", options.verbose, "list what passed, too");
  AddJobs(command, options.jobs);
}

}  // namespace

CLI::App* AddTest(CLI::App& app, int& exit_code) {
  CLI::App* command = app.add_subcommand(
      "test", "Run unit tests of policy, documents of kind RuleTest");
  auto options = std::make_shared<TestOptions>();
  options->stdout_is_terminal = isatty(STDOUT_FILENO) != 0;
  AddTestFlags(*command, *options);
  auto timeout = std::make_shared<double>(0);
  AddTimeout(*command, *timeout);
  command->footer(Examples(
      {{"meshvet test tests/", "run every test below tests/"},
       {"meshvet test --run 'shop/.*denied'", "some cases alone"},
       {"meshvet test -o text -o junit=tests.xml", "for people and for CI"},
       {"meshvet test --update-snapshots tests/",
        "take what is found for what is wanted"}}));
  command->callback([options, timeout, &exit_code] {
    options->stop = ListenForInterruption();
    StartPatientTimer(*timeout);
    exit_code = Deliver(ruletest::RunTest(*options, lint::ProcessEnvironment));
  });
  return command;
}

}  // namespace meshvet::cli

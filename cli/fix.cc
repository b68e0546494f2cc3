#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <memory>

#include "cli/commands.h"
#include "cli/lint_flags.h"
#include "lint/command/fix_command.h"

namespace meshvet::cli {
namespace {

using lint::FixOptions;

void AddFixFlags(CLI::App& command, FixOptions& options) {
  command.add_flag("--safe", options.safe,
                   "carry out the safe fixes alone, also where the "
                   "configuration says otherwise");
  command.add_flag("--unsafe", options.unsafe,
                   "carry out the fixes that need a second look, too");
  command.add_flag("--diff", options.diff,
                   "print what would change, for patch -p0; write nothing");
  command.add_flag("--check", options.check,
                   "exit 1 if anything would change; write nothing");
  command.add_flag("--stdout", options.prints_text,
                   "print the new text of the one file; write nothing");
  AddList(command, "--add-ignore", options.add_ignore,
          "mend nothing: write comments that silence the findings of these "
          "rules");
  command.add_option("--reason", options.reason,
                     "why, for the comments of --add-ignore");
}

}  // namespace

CLI::App* AddFix(CLI::App& app, int& exit_code) {
  CLI::App* command = app.add_subcommand(
      "fix", "Mend manifests where a finding has a fix, report what is left");
  auto options = std::make_shared<FixOptions>();
  AddInputs(*command, options->lint);
  AddFixFlags(*command, *options);
  AddRun(
      *command, options->lint,
      [options] { return lint::RunFix(*options, lint::ProcessEnvironment); },
      exit_code);
  command->footer(Examples(
      {{"meshvet fix deploy/", "mend what is safe to mend"},
       {"meshvet fix --diff --unsafe deploy/", "see all there is to mend"},
       {"meshvet fix --check .", "exit 1 if anything would change"},
       {"meshvet fix --select IST0101 shop.yaml", "mend this finding alone"},
       {"meshvet fix --add-ignore IST0101 --reason 'moves in May' deploy/",
        "agree to what is found today, by comments"}}));
  return command;
}

}  // namespace meshvet::cli

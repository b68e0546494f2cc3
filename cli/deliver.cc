#include "cli/deliver.h"

#include <unistd.h>

#include <cerrno>
#include <string>
#include <system_error>

#include "cli/commands.h"
#include "cli/log.h"
#include "cli/print.h"
#include "lint/report/machine_text.h"

namespace meshvet::cli {

int Deliver(const lint::LintOutcome& outcome) {
  int exit_code = outcome.exit_code;
  // It quotes strangers, and the annotations in it need no "##[".
  std::string err =
      lint::WithoutLogCommands(outcome.err, lint::kSpacedNumberSign);
  if (!Print(STDOUT_FILENO, outcome.out)) {
    err +=
        "meshvet: standard output: " + std::generic_category().message(errno) +
        "\n";
    exit_code = kExitUnfinished;
  }
  return PrintLog(err, exit_code) ? exit_code : kExitUnfinished;
}

}  // namespace meshvet::cli

// meshvet: vets Istio configuration before it reaches the mesh.

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <array>
#include <exception>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/commands.h"
#include "cli/environment.h"
#include "cli/interruption.h"
#include "cli/log.h"
#include "cli/unknown_argument.h"

namespace meshvet::cli {
namespace {

constexpr const char* kAbout =
    "meshvet vets Istio configuration before it reaches the mesh.\n";

struct CommandEntry {
  std::string_view name;
  CLI::App* (*add)(CLI::App& app, int& exit_code);
  // Whether it tells of all the others.
  bool wants_all = false;
};

// In the order the help text lists them.
constexpr std::array kCommands = {
    CommandEntry{"serve", AddServe},
    CommandEntry{"lint", AddLint},
    CommandEntry{"fix", AddFix},
    CommandEntry{"gate", AddGate},
    CommandEntry{"baseline", AddBaseline},
    CommandEntry{"snapshot", AddSnapshot},
    CommandEntry{"test", AddTest},
    CommandEntry{"explain", AddExplain},
    CommandEntry{"rules", AddRules},
    CommandEntry{"review", AddReview},
    CommandEntry{"certs", AddCerts},
    CommandEntry{"config", AddConfig},
    CommandEntry{"completion", AddCompletion, true},
    CommandEntry{"man", AddMan, true},
    CommandEntry{"version", AddVersion},
};

// All flags of all commands are a third of what a short run takes, so where the
// first word is a command, it is made alone. Aliases, mistakes and the help of
// the program need them all.
void AddCommands(CLI::App& app, std::string_view first_word, int& exit_code) {
  const auto* chosen =
      std::ranges::find(kCommands, first_word, &CommandEntry::name);
  if (chosen != kCommands.end() && !chosen->wants_all) {
    chosen->add(app, exit_code);
    return;
  }
  for (const CommandEntry& command : kCommands) command.add(app, exit_code);
}

// kubectl calls its plugin for `kubectl meshvet` so.
bool IsPlugin(std::string_view program) {
  return program.substr(program.rfind('/') + 1) == "kubectl-meshvet";
}

void Describe(CLI::App& app, std::string_view program) {
  app.name(IsPlugin(program) ? "kubectl meshvet" : "meshvet");
  app.require_subcommand(1);
  app.get_formatter()->column_width(34);
  app.set_version_flag("--version", std::string("meshvet " MESHVET_VERSION));
  app.footer(
      Examples({{"meshvet lint deploy/", "check every manifest below deploy/"},
                {"meshvet serve", "run the admission webhook"},
                {"meshvet explain IST0101", "what a finding means"}}) +
      "\nExit codes: 0 done, 1 the answer is no, 2 wrong usage, "
      "3 could not finish.\n");
}

// `help lint` is `lint --help`.
std::vector<std::string> Arguments(int argc, char** argv) {
  std::vector<std::string> arguments(argv + 1, argv + argc);
  if (!arguments.empty() && arguments.front() == "help") {
    arguments.erase(arguments.begin());
    arguments.emplace_back("--help");
  }
  return arguments;
}

int Refuse(const std::string& complaint) {
  const bool told = PrintLog("meshvet: " + complaint + "\n", kExitUsage);
  return told ? kExitUsage : kExitUnfinished;
}

int Run(int argc, char** argv) {
  CLI::App app(kAbout);
  int exit_code = kExitDone;
  Describe(app, argv[0]);
  std::vector<std::string> arguments = Arguments(argc, argv);
  ChooseLogFormat(arguments);
  AddCommands(app, arguments.empty() ? "" : arguments.front(), exit_code);
  AddLogFormat(app);
  NameEnvironment(app);
  if (const std::string complaint = FindUnknown(app, arguments);
      !complaint.empty()) {
    return Refuse(complaint);
  }
  try {
    std::ranges::reverse(arguments);  // the order the parser wants
    app.parse(std::move(arguments));
  } catch (const CLI::ParseError& stop) {
    // Help and version come this way too, as success.
    if (stop.get_exit_code() == 0) return app.exit(stop);
    return Refuse(std::string(stop.what()) + "; --help says more");
  }
  return exit_code;
}

}  // namespace
}  // namespace meshvet::cli

int main(int argc, char** argv) {
  try {
    return meshvet::cli::EndAsInterrupted(meshvet::cli::Run(argc, argv));
  } catch (const std::exception& error) {
    constexpr int kExitCode = meshvet::cli::kExitUnfinished;
    static_cast<void>(meshvet::cli::PrintLog(
        "meshvet: internal error: " + std::string(error.what()) + "\n",
        kExitCode));
    return kExitCode;
  }
}

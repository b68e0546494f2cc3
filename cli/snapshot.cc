#include <unistd.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "cli/cluster_context.h"
#include "cli/commands.h"
#include "cli/lint_flags.h"
#include "cli/log.h"
#include "cli/print.h"
#include "cli/time_limit.h"
#include "cli/value.h"
#include "lint/report/counted.h"
#include "lint/report/output.h"

namespace meshvet::cli {
namespace {

struct SnapshotOptions {
  ClusterFlags cluster;
  std::string file;  // standard output if empty
  bool allow_partial = false;
  bool quiet = false;
  double timeout_seconds = 0;
};

std::optional<Failure> Write(const std::string& file, const std::string& text) {
  if (file.empty() || file == "-") {
    if (Print(STDOUT_FILENO, text)) return std::nullopt;
    return Unfinished({"standard output does not take it all"});
  }
  const auto written = lint::WriteFile(file, text);
  if (!written) return Unfinished(written.error());
  return std::nullopt;
}

std::string Summary(const TakenSnapshot& taken) {
  std::string text = lint::Counted(taken.objects, "object") + " of " +
                     lint::Counted(taken.kinds, "kind") + " from " + taken.url;
  if (!taken.kubernetes.empty()) text += " (" + taken.kubernetes + ")";
  if (!taken.not_installed.empty()) {
    text += "; not installed: " + Joined(taken.not_installed, ", ");
  }
  return text + "\n";
}

int Run(const SnapshotOptions& options) {
  StartTimer(options.timeout_seconds);
  const auto read = TakeSnapshotOf(options.cluster);
  if (const auto* failure = std::get_if<Failure>(&read)) {
    return Complain(*failure);
  }
  const auto& taken = std::get<TakenSnapshot>(read);
  if (const auto failure = Write(options.file, taken.text)) {
    return Complain(*failure);
  }
  std::string notes;
  for (const std::string& gap : taken.gaps) {
    notes += "meshvet: not in the snapshot: " + gap + "\n";
  }
  if (!options.quiet) notes += Summary(taken);
  const bool is_whole = taken.gaps.empty() || options.allow_partial;
  const int exit_code = is_whole ? kExitDone : kExitUnfinished;
  return PrintLog(notes, exit_code) ? exit_code : kExitUnfinished;
}

}  // namespace

CLI::App* AddSnapshot(CLI::App& app, int& exit_code) {
  CLI::App* command = app.add_subcommand(
      "snapshot", "Write the mesh of a cluster to a file for offline runs");
  auto options = std::make_shared<SnapshotOptions>();
  command
      ->add_option("-o,--output", options->file,
                   "the file, replaced as a whole (default: standard output)")
      ->type_name(kFile);
  AddClusterReadFlags(*command, options->cluster);
  command->add_flag("--allow-partial", options->allow_partial,
                    "kinds that may not be read are no failure: rules that "
                    "need them will not run (default: exit 3)");
  AddQuiet(*command, options->quiet);
  AddTimeout(*command, options->timeout_seconds);
  command->footer(Examples(
      {{"meshvet snapshot -o mesh.yaml", "of the cluster kubectl would ask"},
       {"meshvet gate --context mesh.yaml deploy/", "what it is for"},
       {"meshvet snapshot --kubeconfig ci.yaml --timeout 2m > mesh.yaml",
        "as a job of CI"}}));
  command->callback([options, &exit_code] { exit_code = Run(*options); });
  return command;
}

}  // namespace meshvet::cli

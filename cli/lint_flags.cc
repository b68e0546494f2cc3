#include "cli/lint_flags.h"

#include <malloc.h>
#include <unistd.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <string_view>

#include "cli/cluster_context.h"
#include "cli/commands.h"
#include "cli/deliver.h"
#include "cli/durations.h"
#include "cli/interruption.h"
#include "cli/log.h"
#include "cli/time_limit.h"
#include "cli/value.h"
#include "lint/progress.h"
#include "lint/report/report_format.h"

namespace meshvet::cli {
namespace {

using lint::LintOptions;

const std::map<std::string, lint::ColorChoice>& Colors() {
  static const std::map<std::string, lint::ColorChoice> colors = {
      {"auto", lint::ColorChoice::kAuto},
      {"always", lint::ColorChoice::kAlways},
      {"never", lint::ColorChoice::kNever}};
  return colors;
}

// "500ms", "30s", "2m"; nothing for other text.
std::optional<double> ParseTime(const std::string& text) {
  const size_t unit = text.find_first_not_of("0123456789");
  if (unit == text.npos || unit == 0 || unit > 9) return std::nullopt;
  const auto units = Seconds();
  const auto factor = units.find(text.substr(unit));
  if (factor == units.end()) return std::nullopt;
  return std::stod(text.substr(0, unit)) * factor->second;
}

std::string CheckTime(const std::string& text) {
  if (ParseTime(text)) return {};
  return "\"" + text + "\" is no time such as 500ms, 30s or 2m";
}

void AddReportFlags(CLI::App& command, LintOptions& options) {
  AddList(command, "-o,--output", options.outputs,
          "FORMAT or FORMAT=FILE, several times; formats: " +
              lint::FormatList() + " (default full)")
      ->type_name(kReportFormat);
  command.add_option("--sarif-category", options.sarif_category,
                     "tells apart SARIF uploads for one commit");
  command.add_flag("--sarif-include-suppressed",
                   options.sarif_include_suppressed,
                   "write suppressed findings, with the reason, to SARIF");
  NameValues(command.add_option("--fail-on", options.fail_on,
                                "exit 1 from this severity on (default error)"),
             {"error", "warning", "info", "never"});
  NameValues(
      command.add_option("--show", options.show,
                         "list findings from this severity on (default info)"),
      {"error", "warning", "info"});
  command
      .add_option("--max-findings", options.max_findings,
                  "list no more than these")
      ->check(CheckWholeNumber, "");
  command.add_flag("--statistics", options.statistics,
                   "count findings by rule");
  command.add_flag("--no-excerpt", options.no_excerpt,
                   "leave out the lines of the files");
  command.add_flag("--exit-zero", options.exit_zero,
                   "exit 0 whatever is found");
  AddAllowEmpty(command, options);
  AddColor(command, options.color);
}

// Every document's tree is large enough that glibc first sweeps its fast bins,
// a twelfth of all instructions; without these bins there is nothing to sweep.
// That it fails only means to be slower.
void TuneAllocator() {
  mallopt(M_MXFAST, 0);  // NOLINT(concurrency-mt-unsafe): no threads yet
}

}  // namespace

void AddAllowEmpty(CLI::App& command, LintOptions& options) {
  command.add_flag("--allow-empty", options.allow_empty,
                   "nothing to lint is no error");
}

void AddQuiet(CLI::App& command, bool& quiet) {
  command.add_flag("-q,--quiet", quiet, "no summary");
}

void AddColor(CLI::App& command, lint::ColorChoice& color) {
  TakeOneOf(
      command.add_option_function<std::string>(
          "--color",
          [&color](const std::string& text) { color = Colors().at(text); },
          "colour the report (default auto: on a terminal)"),
      {"auto", "always", "never"});
}

void AddJobs(CLI::App& command, size_t& jobs) {
  command.add_option("-j,--jobs", jobs, "threads (default: one for each core)")
      ->check(CheckWholeNumber, "");
}

void AddTimeout(CLI::App& command, double& seconds) {
  command
      .add_option_function<std::string>(
          "--timeout",
          [&seconds](const std::string& text) {
            seconds = ParseTime(text).value_or(0);
          },
          "give up after this time: 500ms, 30s, 2m (default: never)")
      ->type_name(kTime)
      ->check(CheckTime, "");
}

std::string CheckWholeNumber(const std::string& text) {
  const bool is_number = !text.empty() && text.size() <= 9 &&
                         text.find_first_not_of("0123456789") == text.npos;
  return is_number ? "" : "\"" + text + "\" is no whole number";
}

CLI::Option* AddList(CLI::App& command, const char* name,
                     std::vector<std::string>& into,
                     const std::string& meaning) {
  return command.add_option(name, into, meaning)
      ->allow_extra_args(false)
      ->delimiter(',');
}

void AddPaths(CLI::App& command, LintOptions& options,
              const std::string& meaning) {
  command.add_option("paths", options.paths, meaning)->type_name(kPath);
}

void AddInputs(CLI::App& command, LintOptions& options) {
  AddPaths(command, options,
           "files, directories, globs, or - for standard input (default .)");
  // After `paths`, which would overwrite them.
  command
      .add_option_function<std::vector<std::string>>(
          "-f,--file",
          [&options](const std::vector<std::string>& files) {
            options.paths.insert(options.paths.end(), files.begin(),
                                 files.end());
          },
          "one more path, several times")
      ->type_name(kPath)
      ->allow_extra_args(false)
      ->delimiter(',');
  command.add_option("--stdin-filename", options.stdin_filename,
                     "what to call standard input");
  AddList(command, "--exclude", options.exclude,
          "globs of paths below directories to leave out");
  AddList(command, "--include-ext", options.extensions,
          "extensions of the files to read below directories (default yaml, "
          "yml, json)");
  command.add_flag("--no-gitignore", options.no_gitignore,
                   "read what .gitignore files leave out, too");
  command.add_flag("--follow-symlinks", options.follow_symlinks,
                   "follow symbolic links below directories");
}

ReadCluster AddContext(CLI::App& command, LintOptions& options) {
  AddList(command, "--context", options.context,
          "files and directories whose objects are known but not judged")
      ->type_name(kPath);
  command.add_flag("--complete", options.complete,
                   "input and context are the whole mesh: what is not there "
                   "does not exist");
  AddList(command, "--assume-host", options.assume_hosts,
          "globs of hosts that exist although nothing defines them");
  command
      .add_option("--mesh-config", options.mesh_config,
                  "istiod's mesh.yaml, or the ConfigMap that holds it")
      ->type_name(kFile);
  command.add_option("--root-namespace", options.root_namespace,
                     "the mesh's root namespace (default istio-system)");
  command.add_option("--istio-version", options.istio_version,
                     "the release the mesh runs, as in 1.24: whose versions of "
                     "the API may be used (default: any)");
  command.add_option("-n,--namespace", options.default_namespace,
                     "of objects that name none (default default)");
  return AddClusterContext(command, options);
}

void AddConfigFlags(CLI::App& command, LintOptions& options) {
  command
      .add_option("--config", options.config,
                  "configuration file (default: the nearest .meshvet.yaml)")
      ->type_name(kFile);
  command.add_flag("--no-config", options.no_config,
                   "use no configuration file");
}

void AddRuleFlags(CLI::App& command, LintOptions& options) {
  AddConfigFlags(command, options);
  AddList(command, "--select", options.rules.select,
          "run these rules alone: ids, aliases, globs, tag:NAME, or all")
      ->type_name(kRule);
  AddList(command, "--extend-select", options.rules.extend_select,
          "run these rules too")
      ->type_name(kRule);
  AddList(command, "--ignore", options.rules.ignore, "leave these rules out")
      ->type_name(kRule);
  AddList(command, "--severity", options.rules.severity,
          "change a rule's severity: ID=error")
      ->type_name(kRuleSeverity);
}

void AddBaselineFlag(CLI::App& command, LintOptions& options) {
  command
      .add_option("--baseline", options.baseline,
                  "file of findings that are agreed to be mended later")
      ->type_name(kFile);
}

void AddIgnoreSuppressions(CLI::App& command, LintOptions& options) {
  command.add_flag("--ignore-suppressions", options.ignore_suppressions,
                   "report what comments, annotations and the configuration "
                   "silence, too");
}

namespace {

// Whoever types the input needs the line for himself.
bool IsTyped(const LintOptions& options) {
  return std::ranges::find(options.paths, lint::kStdin) !=
             options.paths.end() &&
         isatty(STDIN_FILENO) != 0;
}

std::unique_ptr<lint::Progress> StartProgress(const LintOptions& options) {
  // A line that is written over is no line of a log.
  const bool is_wanted = !options.quiet && !IsLogJson() && !IsTyped(options) &&
                         lint::CanShowProgress(lint::ProcessEnvironment,
                                               isatty(STDERR_FILENO) != 0);
  return is_wanted ? std::make_unique<lint::Progress>(STDERR_FILENO) : nullptr;
}

lint::LintOutcome RunWithProgress(LintOptions& options, const LintRun& run) {
  const auto progress = StartProgress(options);
  options.progress = progress.get();
  return run();
}

}  // namespace

void AddWork(CLI::App& command, LintOptions& options, ReadCluster read,
             LintRun run, int& exit_code) {
  AddQuiet(command, options.quiet);
  command.add_flag("-v,--verbose", options.verbose, "list what was skipped");
  AddJobs(command, options.jobs);
  auto timeout = std::make_shared<double>(0);
  AddTimeout(command, *timeout);
  command.callback([run = std::move(run), read = std::move(read), timeout,
                    &options, &exit_code] {
    StartTimer(*timeout);
    TuneAllocator();
    if (const auto failed = read()) {
      exit_code = *failed;
      return;
    }
    options.stop = ListenForInterruption();
    exit_code = Deliver(RunWithProgress(options, run));
  });
}

void AddRun(CLI::App& command, LintOptions& options, LintRun run,
            int& exit_code) {
  options.stdout_is_terminal = isatty(STDOUT_FILENO) != 0;
  ReadCluster read = AddContext(command, options);
  AddRuleFlags(command, options);
  AddBaselineFlag(command, options);
  AddReportFlags(command, options);
  AddWork(command, options, std::move(read), std::move(run), exit_code);
}

}  // namespace meshvet::cli

// File: cli/lint_flags.h
//
// The flags that the commands which read manifests share: one name and one
// meaning each. What they fill must outlive the parse.

#ifndef MESHVET_CLI_LINT_FLAGS_H_
#define MESHVET_CLI_LINT_FLAGS_H_

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "lint/command/lint_command.h"
#include "lint/command/lint_setup.h"
#include "lint/report/terminal.h"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace meshvet::cli {

// A flag that takes a list: given several times, or with commas.
CLI::Option* AddList(CLI::App& command, const char* name,
                     std::vector<std::string>& into,
                     const std::string& meaning);

void AddInputs(CLI::App& command, lint::LintOptions& options);
// The first of these: the paths alone.
void AddPaths(CLI::App& command, lint::LintOptions& options,
              const std::string& meaning);
// What is returned must run before the options are used: it reads the cluster
// of --cluster, and gives an exit code if that fails.
using ReadCluster = std::function<std::optional<int>()>;
ReadCluster AddContext(CLI::App& command, lint::LintOptions& options);
// --config and --no-config.
void AddConfigFlags(CLI::App& command, lint::LintOptions& options);
// These, and those that choose rules.
void AddRuleFlags(CLI::App& command, lint::LintOptions& options);
void AddAllowEmpty(CLI::App& command, lint::LintOptions& options);
void AddBaselineFlag(CLI::App& command, lint::LintOptions& options);
void AddIgnoreSuppressions(CLI::App& command, lint::LintOptions& options);
// What is wrong with the text of a number; empty if nothing is.
std::string CheckWholeNumber(const std::string& text);
void AddQuiet(CLI::App& command, bool& quiet);
void AddColor(CLI::App& command, lint::ColorChoice& color);
void AddJobs(CLI::App& command, size_t& jobs);

// --timeout, for what cli/time_limit.h does.
void AddTimeout(CLI::App& command, double& seconds);

using LintRun = std::function<lint::LintOutcome()>;
// The flags of every run: what it tells, its threads and its time; and what
// runs when the command is chosen: `read`, then `run`, which must hold
// `options`.
void AddWork(CLI::App& command, lint::LintOptions& options, ReadCluster read,
             LintRun run, int& exit_code);
// The same with all of the above but the inputs, and the flags of reports.
void AddRun(CLI::App& command, lint::LintOptions& options, LintRun run,
            int& exit_code);

}  // namespace meshvet::cli

#endif  // MESHVET_CLI_LINT_FLAGS_H_

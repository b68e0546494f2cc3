// File: lint/lint_command.h
//
// LintCommand: all of `meshvet lint` but the reading of flags: the
// configuration, the request, the outputs and the exit code.
//
//   LintOptions options{.paths = {"deploy"}};
//   const LintOutcome outcome = RunLint(options, ProcessEnvironment);

#ifndef MESHVET_LINT_LINT_COMMAND_H_
#define MESHVET_LINT_LINT_COMMAND_H_

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "lint/rule_selection.h"
#include "lint/terminal.h"

namespace meshvet::lint {

struct LintOptions {
  std::vector<std::string> paths;  // the working directory when empty
  std::string stdin_filename = "<stdin>";
  std::vector<std::string> exclude;
  std::vector<std::string> extensions;  // yaml, yml and json when empty
  bool no_gitignore = false;
  bool follow_symlinks = false;

  std::vector<std::string> context;
  bool complete = false;
  std::vector<std::string> assume_hosts;
  std::string mesh_config;
  std::string root_namespace;
  std::string default_namespace = "default";

  RuleSelection rules;
  std::string config;  // found when empty
  bool no_config = false;

  std::vector<std::string> outputs;  // FORMAT or FORMAT=FILE
  bool sarif_include_suppressed = false;
  std::string sarif_category;
  std::optional<std::string> fail_on;
  std::string show = "info";
  size_t max_findings = 0;  // 0 for all
  bool statistics = false;
  bool no_excerpt = false;
  bool exit_zero = false;
  bool allow_empty = false;

  bool quiet = false;
  bool verbose = false;
  ColorChoice color = ColorChoice::kAuto;
  size_t jobs = 0;  // 0: as many as there are cores
  bool stdout_is_terminal = false;
};

struct LintOutcome {
  int exit_code = 0;
  std::string out;  // for standard output: results only
  std::string err;  // for standard error
};

LintOutcome RunLint(const LintOptions& options, const Environment& environment);

}  // namespace meshvet::lint

#endif  // MESHVET_LINT_LINT_COMMAND_H_

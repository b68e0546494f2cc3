// File: lint/command/lint_setup.h
//
// LintSetup: what a run needs, made of flags and the configuration they lead
// to. `lint`, `gate`, `fix` and `baseline` all start from it.
//
//   auto made = SetUp(options);
//   if (const auto* errors = std::get_if<Complaints>(&made)) …
//   const Result<Report> report = Lint(std::get<LintSetup>(made).request);

#ifndef MESHVET_LINT_COMMAND_LINT_SETUP_H_
#define MESHVET_LINT_COMMAND_LINT_SETUP_H_

#include <cstddef>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "lint/config/rule_selection.h"
#include "lint/input/stop.h"
#include "lint/linter.h"
#include "lint/report/output.h"
#include "lint/report/terminal.h"
#include "mesh/result.h"
#include "rules/finding.h"

namespace meshvet::lint {

struct LintOptions {
  std::vector<std::string> paths;  // the working directory when empty
  std::string stdin_filename = "<stdin>";
  std::vector<std::string> exclude;
  std::vector<std::string> extensions;  // yaml, yml and json when empty
  bool no_gitignore = false;
  bool follow_symlinks = false;

  std::vector<std::string> context;
  std::vector<ContextText> context_texts;
  bool complete = false;
  std::vector<std::string> assume_hosts;
  std::string mesh_config;
  std::string root_namespace;
  std::string istio_version;  // that of the configuration when empty
  std::string default_namespace = "default";

  RuleSelection rules;
  std::string config;  // found when empty
  bool no_config = false;
  std::string baseline;  // that of the configuration when empty

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
  bool ignore_suppressions = false;

  bool quiet = false;
  bool verbose = false;
  ColorChoice color = ColorChoice::kAuto;
  size_t jobs = 0;          // 0: as many as there are cores
  StopFlag stop = nullptr;  // as LintRequest's
  bool stdout_is_terminal = false;
  Progress* progress = nullptr;  // of the run; null for none
};

struct LintSetup {
  LintOptions options;
  LintRequest request;
  std::string repository;     // the directory that holds .git, or the inputs
  std::string configuration;  // its file; empty for none
  std::string baseline;       // its file, which may be missing; empty for none
  std::vector<Output> outputs;
  // The severity from which on a run fails; nothing for "never".
  std::optional<rules::Severity> fail_on;
  rules::Severity show = rules::Severity::kInfo;

  // `path` of the configuration file, as the process sees it.
  std::string FromConfiguration(const std::string& path) const;
};

// Why a run ends before there is a report: exit code 2.
using Complaints = std::vector<Error>;
// A line each, for standard error.
std::string Text(const Complaints& complaints);

std::variant<LintSetup, Complaints> SetUp(LintOptions options);

}  // namespace meshvet::lint

#endif  // MESHVET_LINT_COMMAND_LINT_SETUP_H_

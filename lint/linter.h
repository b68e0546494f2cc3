// File: lint/linter.h
//
// Lint: files in, a Report out. The same engine as the webhook's judges every
// object, in a mesh made of all the files and the context.
//
//   LintRequest request;
//   request.paths = {"deploy"};
//   request.policy = std::make_shared<const Policy>(RecommendedPolicy());
//   const Result<Report> report = Lint(request);
//
// An error is wrong usage (exit code 2): a path that does not exist. What could
// not be read is in Report::failures, beside the findings in the rest; nothing
// is then taken to be missing from the mesh.

#ifndef MESHVET_LINT_LINTER_H_
#define MESHVET_LINT_LINTER_H_

#include <cstddef>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "lint/input/input_files.h"
#include "lint/input/stop.h"
#include "lint/progress.h"
#include "lint/report/report.h"
#include "mesh/mesh_config.h"
#include "mesh/result.h"
#include "rules/policy.h"
#include "rules/rule.h"
#include "yaml/parse.h"

namespace meshvet::lint {

// Why a file is skipped that a run which was stopped did not come to.
inline constexpr const char* kNotReadInTime = "not read in time";

struct ContextText {
  std::string name;
  std::string text;
};

struct LintRequest {
  std::vector<std::string> paths;
  InputOptions inputs;
  std::string stdin_filename = "<stdin>";
  // Files and directories whose objects are known but not judged.
  std::vector<std::string> context;
  // The same, by names of their own, for what is in no file.
  std::vector<ContextText> context_texts;
  // Rules, overrides, suppressions, sets, coverage and the mesh's settings.
  std::shared_ptr<const rules::Policy> policy;
  // Laid over everything else that names it; empty for none.
  std::string root_namespace;
  // Whether a ConfigMap `istio` in the root namespace is believed.
  bool believes_config_map = true;
  // Of objects that name none.
  std::string default_namespace = "default";
  // What overrides, suppressions, sets and fingerprints see paths relative to;
  // the working directory when empty.
  std::string root_directory;
  // What to take for the text of a path, instead of reading it; kStdin for
  // standard input.
  std::map<std::string, std::string> texts;
  // As the webhook, which sees no files: what overrides and suppressions say of
  // files does not count.
  bool as_webhook = false;
  // The policy's files, by the names that `extends` has for them, and what
  // their paths are relative to: what is wrong with its suppressions is
  // reported there.
  std::map<std::string, std::shared_ptr<const SourceFile>> policy_files;
  std::string policy_directory;
  // Whether Report::objects is wanted.
  bool lists_objects = false;

  // Whoever wants the run to end sets it, even in a signal's handler. The
  // report then has what is known, and a failure that says that it is not all:
  // no rule has judged unless every file was read. Null for never.
  StopFlag stop = nullptr;

  bool is_stopped() const { return IsStopped(stop); }

  // Is told how far it is, where somebody waits; null for nobody.
  Progress* progress = nullptr;
  size_t jobs = 1;
  yaml::Limits limits;
  // AllRules() if empty.
  std::span<const rules::Rule* const> rules = {};
};

Result<Report> Lint(const LintRequest& request);

}  // namespace meshvet::lint

#endif  // MESHVET_LINT_LINTER_H_

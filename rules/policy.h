// File: rules/policy.h
//
// Policy: what a team decided about the rules, and the rest of its
// configuration file (docs/configuration.md). `serve`, `lint` and `gate` read
// the same format.
//
//   const auto policy = ReadPolicy(document, loader);
//   std::get<Policy>(policy).For(rule, object, file).action
//
// Immutable once read; safe to use from many threads.

#ifndef MESHVET_RULES_POLICY_H_
#define MESHVET_RULES_POLICY_H_

#include <array>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "mesh/document.h"
#include "mesh/inventory.h"
#include "mesh/istio_release.h"
#include "mesh/mesh_config.h"
#include "mesh/object.h"
#include "mesh/result.h"
#include "rules/pattern.h"
#include "rules/rule.h"

namespace meshvet::rules {

// What the policy says of one rule; what it does not say is the rule's own.
struct RuleSettings {
  std::optional<bool> enabled;
  std::optional<Severity> severity;
  std::optional<Action> action;
  std::optional<bool> auto_fix;
  Node options;  // of the policy's document

  // `stronger` laid over this.
  void Merge(const RuleSettings& stronger);
};

// Which objects an override speaks of; an empty list stands for all. Globs.
struct ObjectMatch {
  std::vector<std::string> files;
  std::vector<std::string> namespaces;
  std::vector<std::string> kinds;
  std::vector<std::string> names;
  Node selector;  // labels, missing for all

  bool Matches(const Object& object, std::string_view file) const;
};

struct Override {
  ObjectMatch match;
  std::map<std::string_view, RuleSettings> rules;  // by rule id
};

// An agreed exception, with its reason.
struct Suppression {
  std::string rule;    // id
  std::string object;  // glob of "Kind/namespace/name"; empty for all
  std::string file;    // glob; empty for all
  std::string reason;
  std::optional<std::chrono::sys_days> until;  // the last day it holds
  // Where it is written: the file, by the name that `extends` has for it (empty
  // for the main one), and the entry's JSON Pointer in it.
  std::string config = {};
  std::string pointer = {};

  bool Matches(const Rule& of, const Object& object,
               std::string_view in_file) const;
  bool HasExpired(std::chrono::sys_days today) const {
    return until && *until < today;
  }
};

// What `output.formats` may name; lint/ writes them.
inline constexpr std::array<std::string_view, 10> kReportFormats = {
    "full",   "concise", "json",   "sarif",    "junit",
    "github", "gitlab",  "rdjson", "markdown", "policyreport"};

struct FileSelection {
  std::vector<std::string> include;
  std::vector<std::string> exclude;
};

struct Policy {
  std::map<std::string_view, RuleSettings> rules;  // by rule id
  std::vector<Override> overrides;
  std::vector<Suppression> suppressions;
  bool require_reason = false;
  std::vector<std::string> locked;  // rule ids no object may silence
  // Whether Istio's own annotation silences our rules, too.
  bool ist_compat = true;
  // For an audit: nothing is silenced, whoever says so.
  bool ignores_suppressions = false;

  // istio: and context:
  MeshConfig mesh;
  std::optional<IstioRelease> istio_release;
  std::optional<std::string> mesh_config_file;
  std::vector<std::string> context_paths;
  Coverage coverage;

  // For lint and gate alone.
  FileSelection files;
  std::map<std::string, std::vector<std::string>> sets;
  std::optional<std::string> baseline;
  std::vector<std::string> formats;
  std::optional<std::string> fail_on;
  bool fix_unsafe = false;
  std::vector<std::string> fix_disabled;

  // Every `pattern` of an option, compiled.
  Patterns patterns;

  // Everything above points into these.
  std::vector<std::shared_ptr<const Document>> documents;

  // The settings of `rule` for `object`, overrides included.
  RuleSettings For(const Rule& rule, const Object& object,
                   std::string_view file) const;
  bool IsLocked(const Rule& rule) const;
};

// Several problems at once, so that an author mends them in one go. Each
// `where` is a JSON Pointer, preceded by the file for an extended policy.
struct PolicyErrors {
  std::vector<Error> errors;
};

// Gives the document that `extends: [./path.yaml]` names, seen from the main
// file: what "teams/shop.yaml" calls "./base.yaml" is "teams/./base.yaml".
using PolicyLoader =
    std::function<Result<std::shared_ptr<const Document>>(std::string_view)>;

// Reads a configuration. Strict: unknown keys, rules, options, values of the
// wrong type are errors, with "did you mean" where something is near. Paths
// stay as written, relative to the file they stand in.
std::variant<Policy, PolicyErrors> ReadPolicy(
    std::shared_ptr<const Document> document, const PolicyLoader& loader);

// What holds when there is no configuration at all: preset:recommended.
Policy RecommendedPolicy();

}  // namespace meshvet::rules

#endif  // MESHVET_RULES_POLICY_H_

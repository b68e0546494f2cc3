#include "lint/command/lint_setup.h"

#include <algorithm>
#include <filesystem>
#include <memory>
#include <utility>

#include "lint/config/configuration.h"
#include "lint/input/processors.h"
#include "lint/mesh_file.h"
#include "lint/report/printable.h"
#include "mesh/istio_release.h"

namespace meshvet::lint {
namespace {

// Severities from which on a run fails; nothing for "never".
struct Threshold {
  std::optional<rules::Severity> severity;
};

Result<Threshold> ParseThreshold(const std::string& name) {
  if (name == "never") return Threshold{};
  if (const auto severity = ParseSeverity(name)) return Threshold{severity};
  return Error{"unknown severity \"" + name +
                   "\"; there are error, warning, info and never",
               "--fail-on"};
}

// ".yaml" -> "yaml".
std::vector<std::string> WithoutDots(std::vector<std::string> extensions) {
  for (std::string& extension : extensions) {
    if (extension.starts_with('.')) extension.erase(0, 1);
  }
  return extensions;
}

class Builder {
 public:
  explicit Builder(LintOptions options) {
    options_ = std::move(options);
    if (options_.paths.empty()) options_.paths = {"."};
  }

  std::variant<LintSetup, Complaints> Build() {
    if (ReadConfiguration() && ReadRules() && ReadOutputs() && ReadMesh() &&
        FillRequest()) {
      return std::move(setup_);
    }
    return std::move(complaints_);
  }

 private:
  bool Complain(Error error) {
    complaints_.push_back(std::move(error));
    return false;
  }

  std::vector<std::string> PlacesToLookFrom() const {
    std::vector<std::string> places = options_.paths;
    for (std::string& place : places) {
      if (place == kStdin && options_.stdin_filename != "<stdin>") {
        place = options_.stdin_filename;
      }
    }
    return places;
  }

  bool ReadConfiguration() {
    const std::vector<std::string> places = PlacesToLookFrom();
    std::string file = options_.config;
    if (file.empty() && !options_.no_config) file = FindConfiguration(places);
    setup_.repository = FindRoot(places);
    request_.root_directory = setup_.repository;
    if (file.empty()) {
      configuration_.policy = rules::RecommendedPolicy();
      return true;
    }
    auto read = lint::ReadConfiguration(file);
    if (const auto* errors = std::get_if<std::vector<Error>>(&read)) {
      complaints_ = *errors;
      return false;
    }
    configuration_ = std::get<Configuration>(std::move(read));
    request_.root_directory = configuration_.directory;
    request_.policy_files = configuration_.sources;
    request_.policy_directory = configuration_.directory;
    setup_.configuration = file;
    return true;
  }

  bool ReadRules() {
    auto error = Apply(options_.rules, configuration_.policy);
    return !error || Complain(*std::move(error));
  }

  bool ReadOutputs() {
    const rules::Policy& policy = configuration_.policy;
    Result<std::vector<Output>> outputs = ParseOutputs(
        options_.outputs.empty() ? policy.formats : options_.outputs);
    if (!outputs) {
      Error error = outputs.error();
      if (options_.outputs.empty()) error.where = configuration_.file;
      return Complain(std::move(error));
    }
    setup_.outputs = *std::move(outputs);
    const std::string fail_on =
        options_.fail_on.value_or(policy.fail_on.value_or("error"));
    const Result<Threshold> threshold = ParseThreshold(fail_on);
    if (!threshold) return Complain(threshold.error());
    setup_.fail_on = threshold->severity;
    request_.lists_objects = std::ranges::any_of(
        setup_.outputs,
        [](const Output& output) { return output.format->lists_objects; });
    const auto show = ParseSeverity(options_.show);
    if (!show) {
      return Complain({"unknown severity \"" + options_.show +
                           "\"; there are error, warning and info",
                       "--show"});
    }
    setup_.show = *show;
    return true;
  }

  bool ReadMesh() {
    rules::Policy& policy = configuration_.policy;
    if (!options_.istio_version.empty()) {
      const auto release = IstioRelease::Parse(options_.istio_version);
      if (!release) {
        return Complain({release.error().message, "--istio-version"});
      }
      policy.istio_release = *release;
    }
    std::string file = options_.mesh_config;
    if (file.empty() && policy.mesh_config_file) {
      file = setup_.FromConfiguration(*policy.mesh_config_file);
    }
    if (file.empty()) return true;
    Result<MeshConfig> mesh = ReadMeshFile(file, policy.mesh);
    if (!mesh) return Complain(mesh.error());
    policy.mesh = *std::move(mesh);
    request_.believes_config_map = false;
    return true;
  }

  bool FillRequest() {
    rules::Policy& policy = configuration_.policy;
    policy.ignores_suppressions = options_.ignore_suppressions;
    setup_.baseline = options_.baseline;
    if (setup_.baseline.empty() && policy.baseline) {
      setup_.baseline = setup_.FromConfiguration(*policy.baseline);
    }
    request_.context = options_.context;
    request_.context_texts = options_.context_texts;
    for (const std::string& path : policy.context_paths) {
      request_.context.push_back(setup_.FromConfiguration(path));
    }
    Coverage& coverage = policy.coverage;
    coverage.complete |= options_.complete;
    coverage.assumed_hosts.insert(coverage.assumed_hosts.end(),
                                  options_.assume_hosts.begin(),
                                  options_.assume_hosts.end());
    request_.paths = options_.paths;
    request_.inputs.follow_symlinks = options_.follow_symlinks;
    request_.inputs.obeys_gitignore = !options_.no_gitignore;
    if (!options_.extensions.empty()) {
      request_.inputs.extensions = WithoutDots(options_.extensions);
    }
    request_.inputs.filters = {
        {configuration_.directory, policy.files.include, policy.files.exclude},
        {"", {}, options_.exclude}};
    request_.stdin_filename = options_.stdin_filename;
    request_.root_namespace = options_.root_namespace;
    request_.default_namespace = options_.default_namespace;
    request_.progress = options_.progress;
    request_.stop = options_.stop;
    request_.jobs = options_.jobs == 0 ? UsableProcessors() : options_.jobs;
    request_.policy = std::make_shared<const rules::Policy>(std::move(policy));
    return true;
  }

  LintSetup setup_;
  LintOptions& options_ = setup_.options;
  LintRequest& request_ = setup_.request;
  Configuration configuration_;
  Complaints complaints_;
};

}  // namespace

std::string LintSetup::FromConfiguration(const std::string& path) const {
  return (std::filesystem::path(request.root_directory) / path)
      .lexically_normal()
      .string();
}

std::string Text(const Complaints& complaints) {
  std::string text;
  for (const Error& error : complaints) {
    text += "meshvet: ";
    if (!error.where.empty()) text += Printable(error.where) + ": ";
    text += Printable(error.message) + "\n";
  }
  return text;
}

std::variant<LintSetup, Complaints> SetUp(LintOptions options) {
  return Builder(std::move(options)).Build();
}

}  // namespace meshvet::lint

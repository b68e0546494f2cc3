#include "lint/lint_command.h"

#include <algorithm>
#include <filesystem>
#include <random>
#include <utility>
#include <variant>

#include "lint/configuration.h"
#include "lint/linter.h"
#include "lint/loader_rules.h"
#include "lint/mesh_file.h"
#include "lint/output.h"
#include "lint/parallel.h"
#include "lint/printable.h"
#include "lint/text_report.h"

namespace meshvet::lint {
namespace {

constexpr int kNo = 1;
constexpr int kUsage = 2;
constexpr int kUnfinished = 3;

// Why a run ends before there is a report.
using Complaints = std::vector<Error>;

std::string Text(const Complaints& complaints) {
  std::string text;
  for (const Error& error : complaints) {
    text += "meshvet: ";
    if (!error.where.empty()) text += Printable(error.where) + ": ";
    text += Printable(error.message) + "\n";
  }
  return text;
}

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

// Text of strangers must not look like a workflow command to GitHub's runner.
std::string FencedForGitHub(const std::string& text) {
  std::random_device random;
  std::string token = "meshvet-";
  for (int i = 0; i < 4; ++i) token += std::to_string(random());
  return "::stop-commands::" + token + "\n" + text + "::" + token + "::\n";
}

// ".yaml" -> "yaml".
std::vector<std::string> WithoutDots(std::vector<std::string> extensions) {
  for (std::string& extension : extensions) {
    if (extension.starts_with('.')) extension.erase(0, 1);
  }
  return extensions;
}

class Command {
 public:
  Command(const LintOptions& options, const Environment& environment)
      : options_(options), environment_(environment) {
    if (options_.paths.empty()) options_.paths = {"."};
  }

  LintOutcome Run() {
    if (!Prepare()) return Refused();
    Result<Report> report = Lint(request_);
    if (!report) {
      complaints_ = {report.error()};
      return Refused();
    }
    return Deliver(*report);
  }

 private:
  LintOutcome Refused() const { return {kUsage, {}, Text(complaints_)}; }

  bool Complain(Error error) {
    complaints_.push_back(std::move(error));
    return false;
  }

  bool Prepare() {
    return ReadConfiguration() && ReadRules() && ReadOutputs() && ReadMesh() &&
           FillRequest();
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
    repository_ = FindRoot(places);
    request_.root_directory = repository_;
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
    if (configuration_.policy.baseline) {
      return Complain({"`baseline` is not supported yet", file});
    }
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
    outputs_ = *std::move(outputs);
    const std::string fail_on =
        options_.fail_on.value_or(policy.fail_on.value_or("error"));
    const Result<Threshold> threshold = ParseThreshold(fail_on);
    if (!threshold) return Complain(threshold.error());
    threshold_ = *threshold;
    request_.lists_objects = std::ranges::any_of(
        outputs_,
        [](const Output& output) { return output.format->lists_objects; });
    const auto show = ParseSeverity(options_.show);
    if (!show) {
      return Complain({"unknown severity \"" + options_.show +
                           "\"; there are error, warning and info",
                       "--show"});
    }
    show_ = *show;
    return true;
  }

  // `path` of the configuration file.
  std::string FromConfiguration(const std::string& path) const {
    return (std::filesystem::path(configuration_.directory) / path)
        .lexically_normal()
        .string();
  }

  bool ReadMesh() {
    rules::Policy& policy = configuration_.policy;
    std::string file = options_.mesh_config;
    if (file.empty() && policy.mesh_config_file) {
      file = FromConfiguration(*policy.mesh_config_file);
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
    request_.context = options_.context;
    for (const std::string& path : policy.context_paths) {
      request_.context.push_back(FromConfiguration(path));
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
    request_.jobs = options_.jobs == 0 ? DefaultJobs() : options_.jobs;
    request_.policy = std::make_shared<const rules::Policy>(std::move(policy));
    return true;
  }

  // A document that could not be read counts: there is a finding about it. A
  // chart or a template does not: nothing in it was looked at.
  static bool HasLinted(const Report& report) {
    const auto is_notice = [](const Diagnostic& diagnostic) {
      return SaysRenderFirst(diagnostic.finding.rule);
    };
    return report.summary.objects > 0 ||
           !std::ranges::all_of(report.diagnostics, is_notice);
  }

  // 3 beats 1: when something was not read, the answer is not known.
  int ExitCode(const Report& report) const {
    if (!report.failures.empty()) return kUnfinished;
    if (!options_.allow_empty && !HasLinted(report)) return kUsage;
    const bool fails = std::ranges::any_of(
        report.diagnostics, [&](const Diagnostic& diagnostic) {
          return threshold_.severity && !diagnostic.is_suppressed() &&
                 diagnostic.finding.severity >= *threshold_.severity;
        });
    return fails && !options_.exit_zero ? kNo : 0;
  }

  // What --show and --max-findings leave out is still counted.
  void Trim(Report& report) const {
    size_t shown = 0;
    std::erase_if(report.diagnostics, [&](const Diagnostic& diagnostic) {
      if (diagnostic.is_suppressed()) return false;
      const bool wanted =
          diagnostic.finding.severity >= show_ &&
          (options_.max_findings == 0 || shown < options_.max_findings);
      shown += wanted ? 1 : 0;
      report.not_shown += wanted ? 0 : 1;
      return !wanted;
    });
  }

  LintOutcome Deliver(Report& report) {
    LintOutcome outcome;
    report.exit_code = ExitCode(report);
    report.fail_on = threshold_.severity;
    report.repository = repository_;
    for (const Error& failure : report.failures) {
      outcome.err += Text({failure});
    }
    const std::string statistics =
        options_.statistics ? WriteStatistics(report) : std::string();
    Trim(report);
    for (const Output& output : outputs_) {
      if (!DeliverTo(output, report, outcome)) report.exit_code = kUnfinished;
    }
    outcome.err += statistics;
    if (!options_.quiet) {
      outcome.err += WriteSummary(report, options_.verbose);
    }
    if (report.exit_code == kUsage) {
      outcome.err +=
          "meshvet: nothing to lint (--allow-empty if that is meant)\n";
    }
    outcome.exit_code = report.exit_code;
    return outcome;
  }

  ReportStyle StyleOf(const Output& output) const {
    ReportStyle style;
    style.text.excerpts = !options_.no_excerpt;
    style.text.unicode = IsUtf8Locale(environment_);
    style.text.color =
        UseColor(options_.color, environment_,
                 options_.stdout_is_terminal && output.file.empty());
    style.sarif.include_suppressed = options_.sarif_include_suppressed;
    style.sarif.category = options_.sarif_category;
    return style;
  }

  bool DeliverTo(const Output& output, const Report& report,
                 LintOutcome& outcome) const {
    std::string text = output.format->write(report, StyleOf(output));
    if (output.file.empty()) {
      const bool is_fenced = output.format->is_text && !text.empty() &&
                             environment_("GITHUB_ACTIONS") == "true";
      outcome.out = is_fenced ? FencedForGitHub(text) : std::move(text);
      return true;
    }
    const Result<Unit> written = WriteFile(output.file, text);
    if (!written) outcome.err += Text({written.error()});
    return written.ok();
  }

  LintOptions options_;
  const Environment& environment_;
  Configuration configuration_;
  LintRequest request_;
  std::string repository_;
  std::vector<Output> outputs_;
  Threshold threshold_;
  rules::Severity show_ = rules::Severity::kInfo;
  Complaints complaints_;
};

}  // namespace

LintOutcome RunLint(const LintOptions& options,
                    const Environment& environment) {
  return Command(options, environment).Run();
}

}  // namespace meshvet::lint

#include "lint/command/gate_command.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <set>
#include <utility>
#include <variant>

#include "lint/command/exit_code.h"
#include "lint/command/gate_base.h"
#include "lint/input/git_tree.h"
#include "lint/input/loader_rules.h"
#include "lint/linter.h"
#include "lint/report/counted.h"
#include "lint/report/github_report.h"
#include "lint/report/gitlab_report.h"
#include "lint/report/markdown_report.h"
#include "lint/report/output.h"
#include "rules/engine.h"

namespace meshvet::lint {
namespace {

namespace fs = std::filesystem;

// Where GitLab's template looks for it.
constexpr const char* kCodeQualityFile = "gl-code-quality-report.json";

bool IsDenial(const Diagnostic& diagnostic) {
  return !diagnostic.is_suppressed() &&
         diagnostic.finding.action == rules::Action::kDeny;
}

bool HasFormat(const LintSetup& setup, std::string_view name) {
  return std::ranges::any_of(setup.outputs, [&](const Output& output) {
    return output.format->name == name;
  });
}

class Gate {
 public:
  Gate(const GateOptions& options, const Environment& environment)
      : options_(options), environment_(environment) {}

  LintOutcome Run() {
    if (auto error = FindMisuse()) return Refuse({*std::move(error)});
    auto made = SetUp(options_.lint);
    if (const auto* errors = std::get_if<Complaints>(&made)) {
      return Refuse(*errors);
    }
    setup_ = std::get<LintSetup>(std::move(made));
    setup_.request.as_webhook = options_.as_webhook;
    for (const auto step : {&Gate::ReadBase, &Gate::LeaveOutUnchanged}) {
      if (auto error = (this->*step)()) {
        return setup_.request.is_stopped() ? DeliverNothing()
                                           : Refuse({*std::move(error)});
      }
    }
    Result<Report> report = LintAgainstBaseline(setup_);
    if (!report) return Refuse({report.error()});
    if (base_) base_->Compare(*report, setup_.request.root_directory);
    Object(*report);
    return DeliverEverywhere(*std::move(report));
  }

 private:
  using MaybeError = std::optional<Error>;

  LintOutcome DeliverEverywhere(Report report) {
    report.repository = setup_.repository;
    const std::string notices = NoticesFor(report);
    LintOutcome outcome = Deliver(setup_, std::move(report), environment_);
    outcome.err += notices;
    if (is_unfinished_) outcome.exit_code = kExitUnfinished;
    return outcome;
  }

  // Of half a base nothing follows, not even what is new.
  LintOutcome DeliverNothing() {
    Report report;
    report.failures.push_back(
        {"interrupted before it was read", options_.base});
    return DeliverEverywhere(std::move(report));
  }

  // Each of these would pass without having looked.
  MaybeError FindMisuse() const {
    if (!options_.lint.ignore_suppressions) return std::nullopt;
    const std::array others = {
        std::pair(options_.require_reason, "--require-reason"),
        std::pair(options_.no_new_suppressions, "--no-new-suppressions"),
        std::pair(options_.as_webhook, "--as-webhook")};
    for (const auto& [is_given, flag] : others) {
      if (!is_given) continue;
      return Error{"excludes --ignore-suppressions", flag};
    }
    return std::nullopt;
  }

  MaybeError ReadBase() {
    const bool needs_base =
        options_.changed_only || options_.no_new_suppressions;
    if (options_.base.empty()) {
      return needs_base ? MaybeError(Error{"needs --base",
                                           options_.changed_only
                                               ? "--changed-only"
                                               : "--no-new-suppressions"})
                        : std::nullopt;
    }
    Result<GateBase> base = options_.base.ends_with(".json")
                                ? GateBase::OfReport(options_.base)
                                : GateBase::OfCommit(setup_, options_.base);
    if (!base) return base.error();
    base_ = *std::move(base);
    return std::nullopt;
  }

  // The files that are not judged stay known.
  MaybeError LeaveOutUnchanged() {
    if (!options_.changed_only) return std::nullopt;
    if (base_->commit().empty()) {
      return Error{"needs a commit as --base", "--changed-only"};
    }
    const auto changed =
        ChangedFiles(setup_.repository, base_->commit(), setup_.request.stop);
    if (!changed) return changed.error();
    LintRequest& request = setup_.request;
    const auto inputs = FindInputFiles(request.paths, request.inputs);
    if (!inputs) return inputs.error();
    std::set<std::string> names;
    for (const std::string& file : *changed) {
      names.insert(Canonical(fs::path(setup_.repository) / file));
    }
    request.paths.clear();
    for (const std::string& path : inputs->paths) {
      (names.contains(Canonical(path)) ? request.paths : request.context)
          .push_back(path);
    }
    // That nothing has changed is no mistake.
    setup_.options.allow_empty = true;
    return std::nullopt;
  }

  static std::string Canonical(const fs::path& path) {
    std::error_code error;
    const fs::path canonical = fs::weakly_canonical(path, error);
    return error ? path.lexically_normal().string() : canonical.string();
  }

  // Everything but severities that the change may be stopped for.
  void Object(Report& report) {
    std::vector<std::string>& objections = report.objections;
    if (options_.as_webhook) {
      setup_.fail_on.reset();
      const auto denied = std::ranges::count_if(report.diagnostics, IsDenial);
      if (denied > 0) {
        objections.push_back("the webhook would deny this: " +
                             Counted(static_cast<size_t>(denied), "finding"));
      }
      ObjectToUnread(report);
    }
    const size_t warnings = report.summary.warnings();
    if (options_.max_warnings && warnings > *options_.max_warnings) {
      objections.push_back(
          Counted(warnings, "new warning") + "; there may be " +
          std::to_string(*options_.max_warnings) + " (--max-warnings)");
    }
    if (options_.stale == StaleBaseline::kError && !report.stale.empty()) {
      objections.emplace_back(
          "the baseline names what is no longer found (--stale-baseline)");
    }
    if (options_.stale == StaleBaseline::kOff) report.stale.clear();
    ObjectToSuppressions(report);
  }

  // What nobody can read, the webhook cannot let in.
  static void ObjectToUnread(Report& report) {
    for (const Diagnostic& diagnostic : report.diagnostics) {
      if (IsUnsuppressible(diagnostic.finding.rule)) {
        report.objections.push_back(Place(diagnostic) + "cannot be judged");
      }
    }
  }

  void ObjectToSuppressions(Report& report) const {
    if (options_.require_reason) {
      for (const Diagnostic& diagnostic : report.diagnostics) {
        if (diagnostic.is_suppressed() &&
            !rules::GivesReason(diagnostic.finding)) {
          report.objections.push_back(Place(diagnostic) +
                                      "suppressed without a reason "
                                      "(--require-reason)");
        }
      }
    }
    if (!options_.no_new_suppressions) return;
    for (const Diagnostic* diagnostic : base_->NewlySuppressed(report)) {
      report.objections.push_back(Place(*diagnostic) +
                                  "newly suppressed (--no-new-suppressions)");
    }
  }

  static std::string Place(const Diagnostic& diagnostic) {
    return diagnostic.path + ":" + std::to_string(diagnostic.range.start.line) +
           ": " + std::string(diagnostic.finding.rule) + ": ";
  }

  // For the CI system: annotations beside the lines, a page for the job.
  std::string NoticesFor(const Report& report) {
    std::string notices;
    if (!options_.no_ci && environment_("GITHUB_ACTIONS") == "true" &&
        !HasFormat(setup_, "github")) {
      notices += WriteGithub(report);
    }
    if (!options_.no_ci && environment_("GITLAB_CI") == "true" &&
        !HasFormat(setup_, "gitlab")) {
      Keep(WriteFile(kCodeQualityFile, WriteGitlab(report)), notices);
      notices += std::string("Code Quality report: ") + kCodeQualityFile + "\n";
    }
    WriteSummaryPage(report, notices);
    return notices;
  }

  void WriteSummaryPage(const Report& report, std::string& notices) {
    if (options_.summary != "auto") {
      Keep(WriteFile(options_.summary, WriteMarkdown(report)), notices);
      return;
    }
    const std::string page = environment_("GITHUB_STEP_SUMMARY");
    if (options_.no_ci || page.empty()) return;
    // Other steps write there, too.
    std::ofstream file(page, std::ios::app);
    file << WriteMarkdown(report);
    file.close();
    if (!file) Keep(Error{"cannot be written", page}, notices);
  }

  void Keep(const Result<Unit>& written, std::string& notices) {
    if (written) return;
    notices += Text({written.error()});
    is_unfinished_ = true;
  }

  const GateOptions& options_;
  const Environment& environment_;
  LintSetup setup_;
  std::optional<GateBase> base_;
  bool is_unfinished_ = false;
};

}  // namespace

LintOutcome RunGate(const GateOptions& options,
                    const Environment& environment) {
  return Gate(options, environment).Run();
}

}  // namespace meshvet::lint

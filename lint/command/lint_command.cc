#include "lint/command/lint_command.h"

#include <algorithm>
#include <random>
#include <string_view>
#include <utility>
#include <variant>

#include "lint/baseline.h"
#include "lint/command/exit_code.h"
#include "lint/input/loader_rules.h"
#include "lint/linter.h"
#include "lint/report/machine_text.h"
#include "lint/report/output.h"
#include "lint/report/text_edit.h"
#include "lint/report/text_report.h"

namespace meshvet::lint {
namespace {

class Delivery {
 public:
  Delivery(const LintSetup& setup, const Environment& environment)
      : setup_(setup), options_(setup.options), environment_(environment) {}

  LintOutcome Deliver(Report& report) const {
    LintOutcome outcome;
    report.exit_code = ExitCode(report);
    report.fail_on = setup_.fail_on;
    report.repository = setup_.repository;
    for (const Error& failure : report.failures) {
      outcome.err += Text({failure});
    }
    const std::string statistics =
        options_.statistics ? WriteStatistics(report) : std::string();
    Trim(report);
    WorkOutEdits(report);
    for (const Output& output : setup_.outputs) {
      if (!DeliverTo(output, report, outcome))
        report.exit_code = kExitUnfinished;
    }
    outcome.err += statistics;
    if (!options_.quiet) {
      outcome.err += WriteSummary(report, options_.verbose);
    }
    for (const std::string& objection : report.objections) {
      outcome.err += Text({{objection, {}}});
    }
    if (report.exit_code == kExitUsage) {
      outcome.err += Text({{kNothingToLint, {}}});
    }
    outcome.exit_code = report.exit_code;
    return outcome;
  }

 private:
  // 3 beats 1: when something was not read, the answer is not known.
  int ExitCode(const Report& report) const {
    if (!report.failures.empty()) return kExitUnfinished;
    if (!options_.allow_empty && !HasLinted(report)) return kExitUsage;
    const bool fails =
        !report.objections.empty() ||
        std::ranges::any_of(
            report.diagnostics, [&](const Diagnostic& diagnostic) {
              return setup_.fail_on && !diagnostic.is_suppressed() &&
                     diagnostic.finding.severity >= *setup_.fail_on;
            });
    return fails && !options_.exit_zero ? kExitNo : 0;
  }

  // What --show and --max-findings leave out is still counted.
  void Trim(Report& report) const {
    size_t shown = 0;
    std::erase_if(report.diagnostics, [&](const Diagnostic& diagnostic) {
      if (diagnostic.is_suppressed()) return false;
      const bool wanted =
          diagnostic.finding.severity >= setup_.show &&
          (options_.max_findings == 0 || shown < options_.max_findings);
      shown += wanted ? 1 : 0;
      report.not_shown += wanted ? 0 : 1;
      return !wanted;
    });
  }

  void WorkOutEdits(Report& report) const {
    const bool wanted = std::ranges::any_of(
        setup_.outputs,
        [](const Output& output) { return output.format->shows_edits; });
    // Who interrupts a run waits for what is known, no more.
    if (!wanted || setup_.request.is_stopped()) return;
    FindEdits(report.diagnostics, setup_.request.limits, setup_.request.jobs);
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
      outcome.out = output.format->is_text
                        ? TextForLog(std::move(text), environment_)
                        : std::move(text);
      return true;
    }
    const Result<Unit> written = WriteFile(output.file, text);
    if (!written) outcome.err += Text({written.error()});
    return written.ok();
  }

  const LintSetup& setup_;
  const LintOptions& options_;
  const Environment& environment_;
};

std::string FencedForGitHub(const std::string& text) {
  std::random_device random;
  std::string token = "meshvet-";
  for (int i = 0; i < 4; ++i) token += std::to_string(random());
  return "::stop-commands::" + token + "\n" + text + "::" + token + "::\n";
}

}  // namespace

std::string TextForLog(std::string text, const Environment& environment) {
  // Azure's agent knows no fence.
  if (!environment("TF_BUILD").empty()) {
    text = WithoutLogCommands(text, kSpacedNumberSign);
  }
  const bool is_fenced =
      !text.empty() && environment("GITHUB_ACTIONS") == "true";
  return is_fenced ? FencedForGitHub(text) : text;
}

LintOutcome Refuse(const Complaints& complaints) {
  return {kExitUsage, {}, Text(complaints)};
}

bool HasLinted(const Report& report) {
  const auto is_notice = [](const Diagnostic& diagnostic) {
    const std::string_view rule = diagnostic.finding.rule;
    return SaysRenderFirst(rule) || IsAboutSuppressions(rule);
  };
  return report.summary.objects > 0 ||
         !std::ranges::all_of(report.diagnostics, is_notice);
}

LintOutcome Deliver(const LintSetup& setup, Report report,
                    const Environment& environment) {
  return Delivery(setup, environment).Deliver(report);
}

Result<Report> AgainstBaseline(const LintSetup& setup, Report report) {
  if (setup.baseline.empty()) return report;
  const Result<Baseline> baseline = ReadBaseline(setup.baseline);
  if (!baseline) return baseline.error();
  baseline->Apply(report, setup.request.root_directory);
  return report;
}

Result<Report> LintAgainstBaseline(const LintSetup& setup) {
  Result<Report> report = Lint(setup.request);
  if (!report) return report;
  return AgainstBaseline(setup, *std::move(report));
}

LintOutcome RunLint(const LintOptions& options,
                    const Environment& environment) {
  const auto made = SetUp(options);
  if (const auto* errors = std::get_if<Complaints>(&made)) {
    return Refuse(*errors);
  }
  const auto& setup = std::get<LintSetup>(made);
  Result<Report> report = LintAgainstBaseline(setup);
  if (!report) return Refuse({report.error()});
  return Deliver(setup, *std::move(report), environment);
}

}  // namespace meshvet::lint

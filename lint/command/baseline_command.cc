#include "lint/command/baseline_command.h"

#include <filesystem>
#include <optional>
#include <utility>
#include <variant>

#include "lint/baseline.h"
#include "lint/command/exit_code.h"
#include "lint/linter.h"
#include "lint/report/counted.h"
#include "lint/report/output.h"
#include "lint/report/printable.h"
#include "lint/report/text_report.h"

namespace meshvet::lint {
namespace {

// A run that has read all there is to read.
struct Looked {
  LintSetup setup;
  Report report;
};

std::variant<Looked, LintOutcome> Look(const LintOptions& options) {
  auto made = SetUp(options);
  if (const auto* errors = std::get_if<Complaints>(&made)) {
    return Refuse(*errors);
  }
  Looked looked{std::get<LintSetup>(std::move(made)), {}};
  if (looked.setup.baseline.empty()) {
    looked.setup.baseline = looked.setup.FromConfiguration(kBaselineFile);
  }
  Result<Report> report = Lint(looked.setup.request);
  if (!report) return Refuse({report.error()});
  if (!report->failures.empty()) {
    report->failures.push_back(
        {"not written: not all was looked at", looked.setup.baseline});
    return LintOutcome{kExitUnfinished, {}, Text(report->failures)};
  }
  if (!options.allow_empty && !HasLinted(*report)) {
    LintOutcome refusal = Refuse({{kNothingToLint, {}}});
    if (!options.quiet) {
      refusal.err.insert(0, WriteLeftOut(*report, options.verbose));
    }
    return refusal;
  }
  looked.report = *std::move(report);
  return looked;
}

size_t CountOf(const std::vector<BaselineEntry>& entries) {
  size_t count = 0;
  for (const BaselineEntry& entry : entries) count += entry.count;
  return count;
}

// Whether a plain `meshvet lint` will know of the file.
std::string Hint(const LintSetup& setup) {
  const auto& policy = *setup.request.policy;
  if (policy.baseline && setup.options.baseline.empty()) return {};
  return "meshvet: to use it, lint with --baseline, or write `baseline: "
         "FILE` into the configuration\n";
}

// `what` was done, and what was not looked at, which nothing is agreed on.
LintOutcome Keep(const Looked& looked, const Baseline& baseline,
                 const std::string& what, const std::string& hint = {}) {
  const LintSetup& setup = looked.setup;
  const Result<Unit> written = WriteFile(setup.baseline, baseline.Write());
  if (!written) return {kExitUnfinished, {}, Text({written.error()})};
  if (setup.options.quiet) return {};
  return {0,
          {},
          what + " in " + Printable(setup.baseline) + "\n" +
              WriteLeftOut(looked.report, setup.options.verbose) + hint};
}

std::string Line(const BaselineEntry& entry) {
  std::string line = Printable(entry.file) + ": " + Printable(entry.rule) +
                     ": " + Printable(entry.object) + ": " +
                     Printable(entry.about);
  if (entry.count > 1) line += " (" + std::to_string(entry.count) + " times)";
  if (!entry.added.empty()) line += ", since " + Printable(entry.added);
  return line + "\n";
}

}  // namespace

LintOutcome RunBaselineCreate(const BaselineOptions& options) {
  auto looked = Look(options.lint);
  if (auto* outcome = std::get_if<LintOutcome>(&looked)) {
    return std::move(*outcome);
  }
  const auto& found = std::get<Looked>(looked);
  const auto& [setup, report] = found;
  std::error_code error;
  if (!options.force && std::filesystem::exists(setup.baseline, error)) {
    return Refuse(
        {{"is there already: `meshvet baseline update` adds to it, "
          "--force replaces it",
          setup.baseline}});
  }
  const Baseline baseline = Baseline::Of(report, options.today);
  return Keep(found, baseline,
              Counted(CountOf(baseline.entries()), "finding") + " agreed",
              Hint(setup));
}

LintOutcome RunBaselineUpdate(const BaselineOptions& options) {
  auto looked = Look(options.lint);
  if (auto* outcome = std::get_if<LintOutcome>(&looked)) {
    return std::move(*outcome);
  }
  const auto& found = std::get<Looked>(looked);
  const auto& [setup, report] = found;
  const Result<Baseline> agreed = ReadBaseline(setup.baseline);
  if (!agreed) return Refuse({agreed.error()});
  const Baseline merged =
      agreed->MergedWith(Baseline::Of(report, options.today));
  const size_t more = CountOf(merged.entries()) - CountOf(agreed->entries());
  return Keep(found, merged, Counted(more, "finding") + " added");
}

LintOutcome RunBaselinePrune(const BaselineOptions& options) {
  auto looked = Look(options.lint);
  if (auto* outcome = std::get_if<LintOutcome>(&looked)) {
    return std::move(*outcome);
  }
  auto& found = std::get<Looked>(looked);
  auto& [setup, report] = found;
  const Result<Baseline> agreed = ReadBaseline(setup.baseline);
  if (!agreed) return Refuse({agreed.error()});
  agreed->Apply(report, setup.request.root_directory);
  return Keep(found, agreed->Without(report.stale),
              Counted(CountOf(report.stale), "finding") + " dropped");
}

LintOutcome RunBaselineShow(const BaselineOptions& options) {
  const auto made = SetUp(options.lint);
  if (const auto* errors = std::get_if<Complaints>(&made)) {
    return Refuse(*errors);
  }
  const auto& setup = std::get<LintSetup>(made);
  const Result<Baseline> agreed = ReadBaseline(
      setup.baseline.empty() ? setup.FromConfiguration(kBaselineFile)
                             : setup.baseline);
  if (!agreed) return Refuse({agreed.error()});
  if (options.as_json) return {0, agreed->Write(), {}};
  LintOutcome outcome;
  for (const BaselineEntry& entry : agreed->entries()) {
    outcome.out += Line(entry);
  }
  if (options.lint.quiet) return outcome;
  outcome.err = Counted(CountOf(agreed->entries()), "finding") + " agreed\n";
  return outcome;
}

}  // namespace meshvet::lint

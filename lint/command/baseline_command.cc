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
  looked.report = *std::move(report);
  return looked;
}

size_t CountOf(const std::vector<BaselineEntry>& entries) {
  size_t count = 0;
  for (const BaselineEntry& entry : entries) count += entry.count;
  return count;
}

LintOutcome Keep(const LintSetup& setup, const Baseline& baseline,
                 const std::string& what) {
  const Result<Unit> written = WriteFile(setup.baseline, baseline.Write());
  if (!written) return {kExitUnfinished, {}, Text({written.error()})};
  return {0, {}, what + " in " + Printable(setup.baseline) + "\n"};
}

// Whether a plain `meshvet lint` will know of the file.
std::string Hint(const LintSetup& setup) {
  const auto& policy = *setup.request.policy;
  if (policy.baseline && setup.options.baseline.empty()) return {};
  return "meshvet: to use it, lint with --baseline, or write `baseline: "
         "FILE` into the configuration\n";
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
  const auto& [setup, report] = std::get<Looked>(looked);
  std::error_code error;
  if (!options.force && std::filesystem::exists(setup.baseline, error)) {
    return Refuse(
        {{"is there already: `meshvet baseline update` adds to it, "
          "--force replaces it",
          setup.baseline}});
  }
  const Baseline baseline = Baseline::Of(report, options.today);
  LintOutcome outcome =
      Keep(setup, baseline,
           Counted(CountOf(baseline.entries()), "finding") + " agreed");
  if (outcome.exit_code == 0) outcome.err += Hint(setup);
  return outcome;
}

LintOutcome RunBaselineUpdate(const BaselineOptions& options) {
  auto looked = Look(options.lint);
  if (auto* outcome = std::get_if<LintOutcome>(&looked)) {
    return std::move(*outcome);
  }
  const auto& [setup, report] = std::get<Looked>(looked);
  const Result<Baseline> agreed = ReadBaseline(setup.baseline);
  if (!agreed) return Refuse({agreed.error()});
  const Baseline merged =
      agreed->MergedWith(Baseline::Of(report, options.today));
  const size_t more = CountOf(merged.entries()) - CountOf(agreed->entries());
  return Keep(setup, merged, Counted(more, "finding") + " added");
}

LintOutcome RunBaselinePrune(const BaselineOptions& options) {
  auto looked = Look(options.lint);
  if (auto* outcome = std::get_if<LintOutcome>(&looked)) {
    return std::move(*outcome);
  }
  auto& [setup, report] = std::get<Looked>(looked);
  const Result<Baseline> agreed = ReadBaseline(setup.baseline);
  if (!agreed) return Refuse({agreed.error()});
  agreed->Apply(report, setup.request.root_directory);
  return Keep(setup, agreed->Without(report.stale),
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
  outcome.err = Counted(CountOf(agreed->entries()), "finding") + " agreed\n";
  return outcome;
}

}  // namespace meshvet::lint

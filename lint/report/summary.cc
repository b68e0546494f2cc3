#include <map>
#include <set>
#include <vector>

#include "lint/report/counted.h"
#include "lint/report/printable.h"
#include "lint/report/text_report.h"

namespace meshvet::lint {
namespace {

std::string Join(const std::vector<std::string>& parts,
                 const std::string& between = ", ") {
  std::string joined;
  for (const std::string& part : parts) {
    if (!joined.empty()) joined += between;
    joined += part;
  }
  return joined;
}

std::string Totals(const Summary& summary) {
  std::vector<std::string> parts;
  if (summary.errors() > 0) parts.push_back(Counted(summary.errors(), "error"));
  if (summary.warnings() > 0) {
    parts.push_back(Counted(summary.warnings(), "warning"));
  }
  if (summary.infos() > 0) {
    parts.push_back(std::to_string(summary.infos()) + " info");
  }
  return parts.empty() ? "no findings" : Join(parts);
}

std::string Fixes(const Summary& summary) {
  if (summary.fixable + summary.fixable_unsafely == 0) return {};
  std::string text = "; ";
  if (summary.fixable > 0) {
    text += std::to_string(summary.fixable) + " fixable";
  }
  if (summary.fixable_unsafely > 0) {
    text += summary.fixable > 0 ? ", " : "";
    text += std::to_string(summary.fixable_unsafely);
    text += summary.fixable > 0 ? " more with an unsafe fix"
                                : " with an unsafe fix";
  }
  return text;
}

std::string TotalsLine(const Report& report) {
  const Summary& summary = report.summary;
  std::string line = Totals(summary) + " in " + Counted(summary.files, "file") +
                     " (" + Counted(summary.objects, "object");
  if (summary.empty_documents > 0) {
    line += ", " + Counted(summary.empty_documents, "empty document");
  }
  line += ")" + Fixes(summary);
  if (summary.suppressed > 0) {
    line += "; " + std::to_string(summary.suppressed) + " suppressed";
  }
  if (!report.baselined.empty()) {
    line += "; " + std::to_string(report.baselined.size()) + " known before";
  }
  if (report.not_shown > 0) {
    line += "; " + std::to_string(report.not_shown) + " not shown";
  }
  if (!report.failures.empty()) line += "; not all was looked at";
  return line + "\n";
}

// "3 documents (2 other kind: core Secret, 1 no kind)".
template <typename Skipped>
std::string CountReasons(const std::vector<Skipped>& skipped,
                         const std::string& noun) {
  std::map<std::string, size_t> reasons;
  for (const Skipped& one : skipped) ++reasons[one.reason];
  constexpr size_t kShown = 6;
  std::vector<std::string> parts;
  for (const auto& [reason, number] : reasons) {
    if (parts.size() == kShown) {
      parts.push_back("and " + Counted(reasons.size() - kShown, "more reason"));
      break;
    }
    parts.push_back(std::to_string(number) + " " + Printable(reason));
  }
  return Counted(skipped.size(), noun) + " (" + Join(parts) + ")";
}

std::string SkippedLine(const Report& report) {
  std::vector<std::string> parts;
  if (!report.skipped_files.empty()) {
    parts.push_back(CountReasons(report.skipped_files, "path"));
  }
  if (!report.skipped_documents.empty()) {
    parts.push_back(CountReasons(report.skipped_documents, "document"));
  }
  return parts.empty() ? "" : "skipped: " + Join(parts) + "\n";
}

std::string SkippedList(const Report& report) {
  std::string text;
  for (const SkippedFile& file : report.skipped_files) {
    text += "skipped " + Printable(file.path) + ": " + Printable(file.reason) +
            "\n";
  }
  for (const SkippedDocument& document : report.skipped_documents) {
    text += "skipped " + Printable(document.file) + ":" +
            std::to_string(document.line) + ": " + Printable(document.reason) +
            "\n";
  }
  return text;
}

// "3 rules not run: a, b (no Service in the input), c (…)".
std::string NotRunLine(const Report& report, bool verbose) {
  std::map<std::string, std::set<std::string>> rules_by_reason;
  std::set<std::string> rules;
  for (const RuleNotRun& not_run : report.not_run) {
    rules_by_reason[not_run.reason].insert(not_run.rule);
    rules.insert(not_run.rule);
  }
  if (rules.empty()) return {};
  constexpr size_t kShown = 3;
  std::vector<std::string> parts;
  for (const auto& [reason, names] : rules_by_reason) {
    if (parts.size() == kShown && !verbose) {
      parts.push_back("and " +
                      Counted(rules_by_reason.size() - kShown, "more reason"));
      break;
    }
    parts.push_back(Join({names.begin(), names.end()}) + " (" +
                    Printable(reason) + ")");
  }
  return Counted(rules.size(), "rule") +
         " not run: " + Join(parts, verbose ? ",\n  " : ", ") + "\n";
}

std::string StaleLines(const Report& report, bool verbose) {
  if (report.stale.empty()) return {};
  std::string text;
  for (const BaselineEntry& entry : report.stale) {
    if (!verbose) break;
    text += "stale in the baseline: " + Printable(entry.file) + ": " +
            Printable(entry.rule) + ": " + Printable(entry.object) + "\n";
  }
  return text + Counted(report.stale.size(), "entry") +
         " of the baseline no longer found: meshvet baseline prune\n";
}

}  // namespace

std::string WriteStatistics(const Report& report) {
  std::map<std::string_view, size_t> by_rule;
  for (const Diagnostic& diagnostic : report.diagnostics) {
    if (!diagnostic.is_suppressed()) ++by_rule[diagnostic.finding.rule];
  }
  std::string text;
  for (const auto& [rule, number] : by_rule) {
    std::string count = std::to_string(number);
    count.insert(0, count.size() < 6 ? 6 - count.size() : 0, ' ');
    text.append(count).append("  ").append(rule).append("\n");
  }
  return text;
}

std::string WriteLeftOut(const Report& report, bool verbose) {
  return (verbose ? SkippedList(report) : SkippedLine(report)) +
         NotRunLine(report, verbose);
}

std::string WriteSummary(const Report& report, bool verbose) {
  return TotalsLine(report) + WriteLeftOut(report, verbose) +
         StaleLines(report, verbose);
}

}  // namespace meshvet::lint

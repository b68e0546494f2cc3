#include "lint/report/markdown_report.h"

#include <algorithm>

#include "lint/report/machine_text.h"
#include "lint/report/printable.h"
#include "lint/report/repository_paths.h"
#include "lint/report/text_report.h"
#include "mesh/utf8.h"

namespace meshvet::lint {
namespace {

constexpr size_t kMaxBytes = 900'000;
// Of one cell: a message may quote what a stranger wrote.
constexpr size_t kMaxCell = 2'000;

// What has a meaning in Markdown or in HTML, or starts a link, a formula or a
// reference on GitHub or GitLab.
constexpr std::string_view kMarkup = "&<>|\\`*_[]~$!#@:%^=";

// A mention is found after references are decoded; a comment keeps the sign
// and the name apart.
constexpr std::string_view kApart = "<!-- -->";

bool StartsReference(char c) { return c == '@' || c == '#'; }

std::string Cell(std::string_view foreign) {
  const std::string_view head = Utf8Head(foreign, kMaxCell);
  return MarkdownText(head) + (head.size() < foreign.size() ? "…" : "");
}

std::string Row(const Diagnostic& diagnostic, RepositoryPaths& paths) {
  const rules::Finding& finding = diagnostic.finding;
  std::string row = "| ";
  row.append(rules::ToString(finding.severity)).append(" | ");
  row += Cell(paths.Of(diagnostic.path)) + ":" +
         std::to_string(diagnostic.range.start.line) + " | ";
  row.append("[").append(finding.rule).append("](");
  row += RuleUrl(finding.rule) + ") | " + Cell(finding.message) + " | ";
  return row + Cell(diagnostic.object.Title()) + " |\n";
}

std::string Title(const Summary& summary) {
  const auto count = [](size_t number, const char* noun) {
    return std::to_string(number) + " " + noun + (number == 1 ? "" : "s");
  };
  return "### meshvet: " + count(summary.errors(), "error") + ", " +
         count(summary.warnings(), "warning") + ", " +
         std::to_string(summary.infos()) + " info\n\n";
}

// Each line a line of its own.
std::string Totals(const Report& report) {
  const std::string summary = WriteSummary(report, false);
  std::string text;
  for (size_t at = 0; at < summary.size();) {
    const size_t end = std::min(summary.find('\n', at), summary.size());
    if (!text.empty()) text += "<br>\n";
    text += MarkdownText(summary.substr(at, end - at));
    at = end + 1;
  }
  return text + "\n";
}

}  // namespace

std::string MarkdownText(std::string_view text) {
  std::string safe;
  for (const char c : Printable(text)) {
    // "www.example.com" is a link.
    const bool ends_www = c == '.' && safe.ends_with("www");
    if (!ends_www && kMarkup.find(c) == kMarkup.npos) {
      safe += c;
      continue;
    }
    safe += "&#" + std::to_string(static_cast<int>(c)) + ";";
    if (StartsReference(c)) safe += kApart;
  }
  return safe;
}

std::string WriteMarkdown(const Report& report) {
  RepositoryPaths paths(report.repository);
  const Diagnostics worst_first = WorstFirst(report);
  std::string text = Title(report.summary);
  for (const Error& failure : report.failures) {
    text += "- not read: " + Cell(paths.Of(failure.where)) + ": " +
            Cell(failure.message) + "\n";
  }
  if (!report.failures.empty()) text += "\n";
  if (!worst_first.empty()) {
    text +=
        "| severity | place | rule | finding | object |\n"
        "|---|---|---|---|---|\n";
  }
  size_t written = 0;
  for (const Diagnostic* diagnostic : worst_first) {
    if (text.size() > kMaxBytes) break;
    text += Row(*diagnostic, paths);
    ++written;
  }
  if (!worst_first.empty()) text += "\n";
  if (written < worst_first.size()) {
    text += "and " + std::to_string(worst_first.size() - written) + " more\n\n";
  }
  return text + Totals(report);
}

}  // namespace meshvet::lint

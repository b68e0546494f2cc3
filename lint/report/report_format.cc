#include "lint/report/report_format.h"

#include <algorithm>
#include <array>

#include "lint/report/destination.h"
#include "lint/report/github_report.h"
#include "lint/report/gitlab_report.h"
#include "lint/report/json_report.h"
#include "lint/report/junit_report.h"
#include "lint/report/markdown_report.h"
#include "lint/report/policyreport_report.h"
#include "lint/report/rdjson_report.h"
#include "rules/policy.h"

namespace meshvet::lint {
namespace {

template <bool kFull>
std::string AsText(const Report& report, const ReportStyle& style) {
  TextStyle text = style.text;
  text.full = kFull;
  return WriteText(report, text);
}

template <std::string (*kWrite)(const Report&)>
std::string As(const Report& report, const ReportStyle& /*style*/) {
  return kWrite(report);
}

std::string AsSarif(const Report& report, const ReportStyle& style) {
  return WriteSarif(report, style.sarif);
}

constexpr std::array kFormats = {
    ReportFormat{.name = "full",
                 .reader = "people: each finding with its lines, the reason "
                           "and the fix",
                 .is_text = true,
                 .write = AsText<true>},
    ReportFormat{.name = "concise",
                 .reader = "people, `grep`, problem matchers: one line a "
                           "finding",
                 .is_text = true,
                 .write = AsText<false>},
    ReportFormat{.name = "json",
                 .reader = "your programs: all that is known, as "
                           "[report.schema.json](report.schema.json) says",
                 .shows_edits = true,
                 .write = As<WriteJson>},
    ReportFormat{.name = "sarif",
                 .reader = "GitHub code scanning, and viewers of SARIF 2.1.0",
                 .shows_edits = true,
                 .write = AsSarif},
    ReportFormat{.name = "junit",
                 .reader = "the test reports of GitLab and Jenkins",
                 .lists_objects = true,
                 .write = As<WriteJunit>},
    ReportFormat{.name = "github",
                 .reader = "GitHub Actions: annotations beside the lines of a "
                           "change",
                 .write = As<WriteGithub>},
    ReportFormat{.name = "gitlab",
                 .reader = "GitLab Code Quality",
                 .write = As<WriteGitlab>},
    ReportFormat{.name = "rdjson",
                 .reader = "reviewdog: comments, and fixes as suggestions",
                 .shows_edits = true,
                 .write = As<WriteRdjson>},
    ReportFormat{.name = "markdown",
                 .reader = "people: the summary of a job, a comment",
                 .is_text = true,
                 .write = As<WriteMarkdown>},
    ReportFormat{.name = "policyreport",
                 .reader = "dashboards of PolicyReports "
                           "(`wgpolicyk8s.io/v1alpha2`)",
                 .lists_objects = true,
                 .write = As<WritePolicyReport>},
};

// A configuration may name these formats and no others.
static_assert(std::ranges::equal(kFormats, rules::kReportFormats, {},
                                 &ReportFormat::name));

}  // namespace

std::span<const ReportFormat> ReportFormats() { return kFormats; }

const ReportFormat* FindFormat(std::string_view name) {
  const auto found = std::ranges::find(kFormats, name, &ReportFormat::name);
  return found == kFormats.end() ? nullptr : &*found;
}

std::vector<std::string_view> FormatNames() {
  std::vector<std::string_view> names;
  names.reserve(kFormats.size());
  for (const ReportFormat& format : kFormats) names.push_back(format.name);
  return names;
}

std::string FormatList() { return ListOfFormats(FormatNames()); }

std::string WriteFormatTable() {
  std::string table = "| format | who reads it |\n|---|---|\n";
  for (const ReportFormat& format : kFormats) {
    table.append("| `").append(format.name).append("` | ");
    table.append(format.reader).append(" |\n");
  }
  return table;
}

}  // namespace meshvet::lint

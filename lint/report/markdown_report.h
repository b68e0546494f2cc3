// File: lint/report/markdown_report.h
//
// A summary in GitHub-flavoured Markdown, for a job's page or a comment: a
// table of the findings, worst first, and the totals below it.

#ifndef MESHVET_LINT_REPORT_MARKDOWN_REPORT_H_
#define MESHVET_LINT_REPORT_MARKDOWN_REPORT_H_

#include <string>
#include <string_view>

#include "lint/report/report.h"

namespace meshvet::lint {

// Below 1 MiB, which is what GitHub takes for a job's summary.
std::string WriteMarkdown(const Report& report);

// Foreign text for a cell of a table: nothing in it is markup, a link, a
// mention or the end of the cell.
std::string MarkdownText(std::string_view text);

}  // namespace meshvet::lint

#endif  // MESHVET_LINT_REPORT_MARKDOWN_REPORT_H_

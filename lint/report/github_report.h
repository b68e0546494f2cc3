// File: lint/report/github_report.h
//
// Workflow commands, which GitHub's runner turns into annotations beside the
// lines of a change.
//
//   ::error file=a.yaml,line=3,col=5,endColumn=9,title=unknown-kind::no kind X
//
// GitHub shows ten annotations of each level and step. So the worst come first,
// and where a level has more, its tenth says how many are left out.

#ifndef MESHVET_LINT_REPORT_GITHUB_REPORT_H_
#define MESHVET_LINT_REPORT_GITHUB_REPORT_H_

#include <string>
#include <string_view>

#include "lint/report/report.h"

namespace meshvet::lint {

std::string WriteGithub(const Report& report);

// As the runner decodes them: (actions/runner, ActionCommand.cs).
std::string EscapeCommandData(std::string_view text);
std::string EscapeCommandProperty(std::string_view text);

}  // namespace meshvet::lint

#endif  // MESHVET_LINT_REPORT_GITHUB_REPORT_H_

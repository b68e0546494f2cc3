// File: lint/report/gitlab_report.h
//
// GitLab's Code Quality report: a JSON array of what its parser reads and no
// more. The parser stops at the first entry that lacks a field, and shows
// entries of one fingerprint once, so none is missing and no two are equal.

#ifndef MESHVET_LINT_REPORT_GITLAB_REPORT_H_
#define MESHVET_LINT_REPORT_GITLAB_REPORT_H_

#include <string>

#include "lint/report/report.h"

namespace meshvet::lint {

std::string WriteGitlab(const Report& report);

}  // namespace meshvet::lint

#endif  // MESHVET_LINT_REPORT_GITLAB_REPORT_H_

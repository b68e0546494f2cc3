// File: lint/report/junit_report.h
//
// JUnit XML, as GitLab and Jenkins read it: a suite for each file, a failed
// case for each finding that makes the run fail, a passed case for each object
// nothing was found about.

#ifndef MESHVET_LINT_REPORT_JUNIT_REPORT_H_
#define MESHVET_LINT_REPORT_JUNIT_REPORT_H_

#include <string>

#include "lint/report/report.h"

namespace meshvet::lint {

// Wants Report::objects.
std::string WriteJunit(const Report& report);

}  // namespace meshvet::lint

#endif  // MESHVET_LINT_REPORT_JUNIT_REPORT_H_

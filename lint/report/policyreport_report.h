// File: lint/report/policyreport_report.h
//
// PolicyReports (wgpolicyk8s.io/v1alpha2), which dashboards for Kyverno show: a
// List of one report for each namespace and one for the cluster, as JSON, which
// kubectl apply takes. An object nothing was found about has passed.

#ifndef MESHVET_LINT_REPORT_POLICYREPORT_REPORT_H_
#define MESHVET_LINT_REPORT_POLICYREPORT_REPORT_H_

#include <string>

#include "lint/report/report.h"

namespace meshvet::lint {

// Wants Report::objects.
std::string WritePolicyReport(const Report& report);

}  // namespace meshvet::lint

#endif  // MESHVET_LINT_REPORT_POLICYREPORT_REPORT_H_

// File: lint/report/sarif_report.h
//
// SARIF 2.1.0, as GitHub's code scanning takes it: a results array that is
// always there, paths from the repository's root, columns in UTF-16 code units,
// the fingerprints GitHub compares, and no more results than it accepts.

#ifndef MESHVET_LINT_REPORT_SARIF_REPORT_H_
#define MESHVET_LINT_REPORT_SARIF_REPORT_H_

#include <string>

#include "lint/report/report.h"

namespace meshvet::lint {

struct SarifStyle {
  // GitHub shows a suppressed result as an open alert, so they are left out.
  bool include_suppressed = false;
  // Tells apart several uploads for one commit; may be empty.
  std::string category;
};

std::string WriteSarif(const Report& report, const SarifStyle& style);

}  // namespace meshvet::lint

#endif  // MESHVET_LINT_REPORT_SARIF_REPORT_H_

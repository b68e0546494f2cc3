// File: lint/report/text_report.h
//
// The formats people read: `concise`, one line a finding, which grep and
// problem matchers understand; and `full`, the same line with the place in the
// file, the reason and the fix below it.

#ifndef MESHVET_LINT_REPORT_TEXT_REPORT_H_
#define MESHVET_LINT_REPORT_TEXT_REPORT_H_

#include <string>

#include "lint/report/report.h"

namespace meshvet::lint {

struct TextStyle {
  bool full = true;
  bool excerpts = true;
  bool unicode = true;
  bool color = false;
};

// The findings that are not suppressed. Nothing else: what was skipped and the
// totals are in WriteSummary.
std::string WriteText(const Report& report, const TextStyle& style);

// The totals, what was skipped and which rules could not judge. `verbose` lists
// what was skipped instead of counting it.
std::string WriteSummary(const Report& report, bool verbose);
// Of it, what was skipped and which rules could not judge.
std::string WriteLeftOut(const Report& report, bool verbose);

// How often each rule spoke.
std::string WriteStatistics(const Report& report);

}  // namespace meshvet::lint

#endif  // MESHVET_LINT_REPORT_TEXT_REPORT_H_

// File: ruletest/report.h
//
// The outcomes of a run as text for people, JUnit XML and JSON.

#ifndef MESHVET_RULETEST_REPORT_H_
#define MESHVET_RULETEST_REPORT_H_

#include <string>
#include <vector>

#include "ruletest/outcome.h"

namespace meshvet::ruletest {

// A line for each case that did not pass, and below it what is not as wanted:
// `-` what was wanted and is not there, `+` what is there and was not wanted.
// Nothing of those that passed or were interrupted unless `lists_all`.
struct TextStyle {
  bool lists_all = false;
  bool color = false;
};
std::string WriteText(const std::vector<TestOutcome>& tests,
                      const TextStyle& style);

// "12 passed, 0 failed, 1 skipped\n", and errors and what was
// interrupted where there are any.
std::string WriteSummary(const std::vector<TestOutcome>& tests);

// A suite for each file, as seen from `repository`.
std::string WriteJunit(const std::vector<TestOutcome>& tests,
                       const std::string& repository, double elapsed_ms);

std::string WriteJson(const std::vector<TestOutcome>& tests, int exit_code);

}  // namespace meshvet::ruletest

#endif  // MESHVET_RULETEST_REPORT_H_

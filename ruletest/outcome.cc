#include "ruletest/outcome.h"

#include "lint/command/exit_code.h"

namespace meshvet::ruletest {

std::string_view ToString(Status status) {
  switch (status) {
    case Status::kPassed:
      return "passed";
    case Status::kFailed:
      return "failed";
    case Status::kError:
      return "error";
    case Status::kSkipped:
      return "skipped";
    case Status::kInterrupted:
      return "interrupted";
  }
  return "";
}

Counts Count(const std::vector<TestOutcome>& tests) {
  Counts counts;
  for (const TestOutcome& test : tests) {
    for (const CaseOutcome& one : test.cases) {
      counts.passed += one.status == Status::kPassed ? 1 : 0;
      counts.failed += one.status == Status::kFailed ? 1 : 0;
      counts.errors += one.status == Status::kError ? 1 : 0;
      counts.skipped += one.status == Status::kSkipped ? 1 : 0;
      counts.interrupted += one.status == Status::kInterrupted ? 1 : 0;
    }
  }
  return counts;
}

int ExitCodeOf(const std::vector<TestOutcome>& tests) {
  const Counts counts = Count(tests);
  const bool is_unfinished = std::ranges::any_of(tests, [](const auto& test) {
    return std::ranges::any_of(test.cases, &CaseOutcome::is_unfinished);
  });
  if (is_unfinished) return lint::kExitUnfinished;
  if (counts.errors > 0) return lint::kExitUsage;
  return counts.failed > 0 ? lint::kExitNo : lint::kExitDone;
}

}  // namespace meshvet::ruletest

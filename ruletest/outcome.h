// File: ruletest/outcome.h
//
// What came of the cases of a run, before it is written in one format or
// another.

#ifndef MESHVET_RULETEST_OUTCOME_H_
#define MESHVET_RULETEST_OUTCOME_H_

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "ruletest/place.h"

namespace meshvet::ruletest {

// An interrupted case is one that the run ended before.
enum class Status { kPassed, kFailed, kError, kSkipped, kInterrupted };

std::string_view ToString(Status status);  // "passed"

// One way in which what was found is not what was wanted, or why a case came to
// no verdict.
struct Problem {
  std::string where;    // "file:line:column"; of what was found, or wanted
  std::string message;  // one line
  std::string diff;     // of texts; several lines, each ended, or empty
};

// A file to be written because its case wants what is found to be right.
struct Snapshot {
  std::string path;
  std::string text;
};

struct CaseOutcome {
  Place place;
  std::string name;
  Status status = Status::kPassed;
  std::string reason;  // of a skipped case
  std::vector<Problem> problems;
  // Of an error: whether another run may do better.
  bool is_unfinished = false;
  std::vector<Snapshot> snapshots;
};

struct TestOutcome {
  std::string file;
  std::string name;
  std::vector<CaseOutcome> cases;
};

struct Counts {
  size_t passed = 0;
  size_t failed = 0;
  size_t errors = 0;
  size_t skipped = 0;
  size_t interrupted = 0;
};

Counts Count(const std::vector<TestOutcome>& tests);

// 3 where a case may do better another time, then 2 for what has to be mended
// in a test, 1 for a failed case, 0.
int ExitCodeOf(const std::vector<TestOutcome>& tests);

}  // namespace meshvet::ruletest

#endif  // MESHVET_RULETEST_OUTCOME_H_

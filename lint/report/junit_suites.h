// File: lint/report/junit_suites.h
//
// JUnit XML out of suites of cases, as GitLab and Jenkins read it: names they
// can tell apart, counts that match, and all there is to say in the body, since
// GitLab shows nothing else. It fits Jenkins' schema but for one attribute that
// GitLab reads; test/formats/ holds it against that.

#ifndef MESHVET_LINT_REPORT_JUNIT_SUITES_H_
#define MESHVET_LINT_REPORT_JUNIT_SUITES_H_

#include <string>
#include <vector>

namespace meshvet::lint {

// Its texts are printable already.
struct JunitCase {
  enum class Outcome { kPassed, kFailed, kError, kSkipped };

  std::string name;
  Outcome outcome = Outcome::kPassed;
  std::string message = {};  // one line; of a passed case, what it says
  // Never a word that Ruby on Rails casts by: yaml, symbol, integer, file …
  std::string type = {};
  std::string details = {};
};

struct JunitSuite {
  std::string name = {};
  std::string file = {};  // from the repository's root; empty for none
  std::vector<JunitCase> cases = {};
};

std::string WriteJunitSuites(std::vector<JunitSuite> suites, double elapsed_ms);

}  // namespace meshvet::lint

#endif  // MESHVET_LINT_REPORT_JUNIT_SUITES_H_

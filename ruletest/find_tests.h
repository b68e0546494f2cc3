// File: ruletest/find_tests.h
//
// FindTests: the RuleTests of files and directories.
//
//   const FoundTests found = FindTests({"tests/"});
//
// Every document of kind RuleTest is one, whatever its file is called; what
// else a directory holds, inputs and contexts, is passed over.

#ifndef MESHVET_RULETEST_FIND_TESTS_H_
#define MESHVET_RULETEST_FIND_TESTS_H_

#include <string>
#include <vector>

#include "mesh/result.h"
#include "ruletest/rule_test.h"

namespace meshvet::ruletest {

struct FoundTests {
  std::vector<RuleTest> tests;  // in the order of the files
  // What is wrong with test files; `where` is a place in one, or the file.
  std::vector<Error> errors;
  // What could not be read.
  std::vector<Error> failures;
};

// An error names the argument that matches nothing.
Result<FoundTests> FindTests(const std::vector<std::string>& paths);

}  // namespace meshvet::ruletest

#endif  // MESHVET_RULETEST_FIND_TESTS_H_

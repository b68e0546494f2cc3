// File: ruletest/run.h
//
// RunCases: the cases of all tests, on several threads; outcomes in the order
// of the files, whatever their number. Once it is to stop, the cases that are
// left are interrupted.

#ifndef MESHVET_RULETEST_RUN_H_
#define MESHVET_RULETEST_RUN_H_

#include <cstddef>
#include <functional>
#include <vector>

#include "lint/input/stop.h"
#include "ruletest/outcome.h"
#include "ruletest/rule_test.h"
#include "ruletest/verdict.h"

namespace meshvet::ruletest {

// A test and what it runs with.
struct ReadyTest {
  RuleTest test;
  TestBench bench;
};

struct RunOptions {
  // Whether a case is wanted; all if it is empty.
  std::function<bool(const RuleTest&, const Case&)> wants = {};
  // Whether a snapshot that differs is written anew, not a failure.
  bool updates_snapshots = false;
  size_t jobs = 1;
  lint::StopFlag stop = nullptr;
};

// Tests without a wanted case are left out.
std::vector<TestOutcome> RunCases(const std::vector<ReadyTest>& tests,
                                  const RunOptions& options);

}  // namespace meshvet::ruletest

#endif  // MESHVET_RULETEST_RUN_H_

// File: ruletest/test_command.h
//
// TestCommand: all of `meshvet test` but the reading of flags.
//
//   TestOptions options{.paths = {"tests"}};
//   const lint::LintOutcome outcome = RunTest(options, ProcessEnvironment);
//
// A test file that is wrong, or whose configuration or context is, keeps all
// from being run: exit code 2, or 3 for what could not be read.

#ifndef MESHVET_RULETEST_TEST_COMMAND_H_
#define MESHVET_RULETEST_TEST_COMMAND_H_

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "lint/command/lint_command.h"
#include "lint/input/stop.h"
#include "lint/report/terminal.h"

namespace meshvet::ruletest {

// What -o takes, each with or without =FILE.
inline constexpr std::array<std::string_view, 3> kTestFormats = {
    "text", "junit", "json"};

struct TestOptions {
  std::vector<std::string> paths;  // the working directory when empty
  std::string run;  // a regular expression over "test/case"; empty for all
  std::vector<std::string> outputs;  // text, junit, json, each with =FILE
  bool updates_snapshots = false;
  bool verbose = false;
  bool quiet = false;
  lint::ColorChoice color = lint::ColorChoice::kAuto;
  bool stdout_is_terminal = false;
  size_t jobs = 0;  // 0: as many as there are cores
  // Ends the run with what it knows, exit code 3: lint/input/stop.h. SIGALRM
  // says that the time was up.
  lint::StopFlag stop = nullptr;
};

lint::LintOutcome RunTest(const TestOptions& options,
                          const lint::Environment& environment);

}  // namespace meshvet::ruletest

#endif  // MESHVET_RULETEST_TEST_COMMAND_H_

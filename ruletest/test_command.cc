#include "ruletest/test_command.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <iterator>
#include <optional>
#include <string_view>
#include <utility>
#include <variant>

#include "lint/command/exit_code.h"
#include "lint/config/configuration.h"
#include "lint/input/processors.h"
#include "lint/input/stop.h"
#include "lint/report/destination.h"
#include "lint/report/output.h"
#include "lint/report/printable.h"
#include "rules/pattern.h"
#include "ruletest/find_tests.h"
#include "ruletest/report.h"
#include "ruletest/run.h"
#include "ruletest/snapshots.h"

namespace meshvet::ruletest {
namespace {

using lint::Destination;
using lint::LintOutcome;

class Command {
 public:
  Command(const TestOptions& options, const lint::Environment& environment)
      : options_(options), environment_(environment) {}

  LintOutcome Run() {
    auto outputs = lint::ParseDestinations(options_.outputs, kTestFormats);
    if (!outputs) return lint::Refuse({outputs.error()});
    outputs_ = *std::move(outputs);
    if (!options_.run.empty()) {
      auto pattern = rules::Pattern::Compile(options_.run);
      if (!pattern) return lint::Refuse({{pattern.error().message, "--run"}});
      pattern_ = *std::move(pattern);
    }
    const std::vector<std::string> here = {"."};
    paths_ = options_.paths.empty() ? here : options_.paths;
    Result<FoundTests> found = FindTests(paths_);
    if (!found) return Give({found.error()});
    if (!Prepare(*std::move(found))) return Give(complaints_);
    if (ready_.empty()) {
      return lint::Refuse({{"no tests found: no document of kind RuleTest"}});
    }
    return Settle();
  }

 private:
  using Clock = std::chrono::steady_clock;

  // False where a test cannot be run as it is.
  bool Prepare(FoundTests found) {
    complaints_ = std::move(found.errors);
    is_unfinished_ = !found.failures.empty();
    std::ranges::move(found.failures, std::back_inserter(complaints_));
    for (RuleTest& test : found.tests) {
      if (lint::IsStopped(options_.stop)) return false;
      auto made = SetUp(test);
      if (auto* errors = std::get_if<SetUpErrors>(&made)) {
        is_unfinished_ |= errors->is_unfinished;
        std::ranges::move(errors->errors, std::back_inserter(complaints_));
      } else {
        ready_.push_back(
            {std::move(test), std::get<TestBench>(std::move(made))});
      }
    }
    return complaints_.empty();
  }

  std::string WhyStopped(const std::string& what) const {
    const bool is_time_up = options_.stop->load() == SIGALRM;
    return std::string(is_time_up ? "timed out (--timeout)" : "interrupted") +
           " before " + what + " was judged";
  }

  LintOutcome Give(const lint::Complaints& complaints) const {
    const bool is_stopped = lint::IsStopped(options_.stop);
    LintOutcome outcome =
        lint::Refuse(is_stopped ? lint::Complaints{{WhyStopped("anything"), {}}}
                                : complaints);
    if (is_unfinished_ || is_stopped) outcome.exit_code = lint::kExitUnfinished;
    return outcome;
  }

  bool Wants(const RuleTest& test, const Case& one) const {
    constexpr size_t kLongest = 2 * kLongestName + 1;
    return !pattern_ || pattern_->Matches(test.name + "/" + one.name, kLongest);
  }

  LintOutcome Settle() {
    const auto start = Clock::now();
    std::vector<TestOutcome> tests = RunCases(
        ready_, {[this](const RuleTest& test, const Case& one) {
                   return Wants(test, one);
                 },
                 options_.updates_snapshots,
                 options_.jobs == 0 ? lint::UsableProcessors() : options_.jobs,
                 options_.stop});
    if (tests.empty()) {
      return lint::Refuse({{"no case matches " + options_.run, "--run"}});
    }
    LintOutcome outcome;
    if (options_.updates_snapshots) {
      for (const std::string& path : WriteSnapshots(tests)) {
        outcome.err += "meshvet: wrote " + lint::Printable(path) + "\n";
      }
    }
    outcome.exit_code = ExitCodeOf(tests);
    const double elapsed_ms =
        std::chrono::duration<double, std::milli>(Clock::now() - start).count();
    for (const Destination& output : outputs_) {
      Deliver(output, tests, elapsed_ms, outcome);
    }
    if (Count(tests).interrupted > 0) {
      outcome.err += lint::Text({{WhyStopped("everything"), {}}});
    }
    if (!options_.quiet) outcome.err += WriteSummary(tests);
    return outcome;
  }

  bool HasColor(const Destination& output) const {
    return lint::UseColor(options_.color, environment_,
                          options_.stdout_is_terminal && output.file.empty());
  }

  std::string Write(const Destination& output,
                    const std::vector<TestOutcome>& tests, double elapsed_ms,
                    int exit_code) const {
    if (output.format == "junit") {
      return WriteJunit(tests, lint::FindRoot(paths_), elapsed_ms);
    }
    if (output.format == "json") return WriteJson(tests, exit_code);
    return WriteText(tests, {options_.verbose, HasColor(output)});
  }

  void Deliver(const Destination& output, const std::vector<TestOutcome>& tests,
               double elapsed_ms, LintOutcome& outcome) const {
    std::string text = Write(output, tests, elapsed_ms, outcome.exit_code);
    if (output.file.empty()) {
      outcome.out = output.format == "text"
                        ? lint::TextForLog(std::move(text), environment_)
                        : std::move(text);
      return;
    }
    const auto written = lint::WriteFile(output.file, text);
    if (written) return;
    outcome.err += lint::Text({written.error()});
    outcome.exit_code = lint::kExitUnfinished;
  }

  const TestOptions& options_;
  const lint::Environment& environment_;
  std::vector<Destination> outputs_;
  std::optional<rules::Pattern> pattern_;
  std::vector<std::string> paths_;
  std::vector<ReadyTest> ready_;
  lint::Complaints complaints_;
  bool is_unfinished_ = false;
};

}  // namespace

LintOutcome RunTest(const TestOptions& options,
                    const lint::Environment& environment) {
  return Command(options, environment).Run();
}

}  // namespace meshvet::ruletest

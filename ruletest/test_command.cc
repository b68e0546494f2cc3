#include "ruletest/test_command.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <iterator>
#include <optional>
#include <string_view>
#include <utility>
#include <variant>

#include "lint/command/exit_code.h"
#include "lint/config/configuration.h"
#include "lint/input/parallel.h"
#include "lint/report/output.h"
#include "lint/report/printable.h"
#include "mesh/suggestion.h"
#include "rules/pattern.h"
#include "ruletest/find_tests.h"
#include "ruletest/report.h"
#include "ruletest/run.h"
#include "ruletest/snapshots.h"

namespace meshvet::ruletest {
namespace {

using lint::LintOutcome;

struct TestOutput {
  std::string format;
  std::string file;  // empty for standard output
};

Result<TestOutput> ParseOutput(const std::string& text) {
  const size_t equals = std::min(text.find('='), text.size());
  TestOutput output{text.substr(0, equals), {}};
  if (std::ranges::find(kTestFormats, output.format) == kTestFormats.end()) {
    return Error{"unknown format \"" + output.format + "\"" +
                     DidYouMean(output.format, kTestFormats) +
                     "; there are text, junit and json",
                 "--output"};
  }
  if (equals == text.size()) return output;
  output.file = text.substr(equals + 1);
  if (output.file.empty()) {
    return Error{"no file after \"" + output.format + "=\"", "--output"};
  }
  return output;
}

Result<std::vector<TestOutput>> ParseOutputs(
    const std::vector<std::string>& texts) {
  if (texts.empty()) return std::vector<TestOutput>{{"text", {}}};
  std::vector<TestOutput> outputs;
  for (const std::string& text : texts) {
    Result<TestOutput> output = ParseOutput(text);
    if (!output) return output.error();
    outputs.push_back(*std::move(output));
  }
  const auto on_stdout = std::ranges::count_if(
      outputs, [](const TestOutput& output) { return output.file.empty(); });
  if (on_stdout > 1) {
    return Error{"only one format may go to standard output", "--output"};
  }
  return outputs;
}

class Command {
 public:
  Command(const TestOptions& options, const lint::Environment& environment)
      : options_(options), environment_(environment) {}

  LintOutcome Run() {
    Result<std::vector<TestOutput>> outputs = ParseOutputs(options_.outputs);
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
    if (!found) return lint::Refuse({found.error()});
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

  LintOutcome Give(const lint::Complaints& complaints) const {
    LintOutcome outcome = lint::Refuse(complaints);
    if (is_unfinished_) outcome.exit_code = lint::kExitUnfinished;
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
                 options_.jobs == 0 ? lint::DefaultJobs() : options_.jobs});
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
    for (const TestOutput& output : outputs_) {
      Deliver(output, tests, elapsed_ms, outcome);
    }
    if (!options_.quiet) outcome.err += WriteSummary(tests);
    return outcome;
  }

  std::string Write(const TestOutput& output,
                    const std::vector<TestOutcome>& tests, double elapsed_ms,
                    int exit_code) const {
    if (output.format == "junit") {
      return WriteJunit(tests, lint::FindRoot(paths_), elapsed_ms);
    }
    if (output.format == "json") return WriteJson(tests, exit_code);
    return WriteText(tests, options_.verbose);
  }

  void Deliver(const TestOutput& output, const std::vector<TestOutcome>& tests,
               double elapsed_ms, LintOutcome& outcome) const {
    std::string text = Write(output, tests, elapsed_ms, outcome.exit_code);
    if (output.file.empty()) {
      const bool is_fenced = output.format == "text" && !text.empty() &&
                             environment_("GITHUB_ACTIONS") == "true";
      outcome.out = is_fenced ? lint::FencedForGitHub(text) : std::move(text);
      return;
    }
    const auto written = lint::WriteFile(output.file, text);
    if (written) return;
    outcome.err += lint::Text({written.error()});
    outcome.exit_code = lint::kExitUnfinished;
  }

  const TestOptions& options_;
  const lint::Environment& environment_;
  std::vector<TestOutput> outputs_;
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

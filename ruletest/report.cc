#include "ruletest/report.h"

#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>

#include "lint/report/colors.h"
#include "lint/report/junit_suites.h"
#include "lint/report/printable.h"
#include "lint/report/repository_paths.h"

namespace meshvet::ruletest {
namespace {

using Json = nlohmann::ordered_json;
using lint::Printable;

// Each line by itself, so that line ends stay, behind `indent`.
std::string PrintableLines(std::string_view text, const std::string& indent) {
  std::string lines;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    lines += indent + Printable(text.substr(0, end)) + "\n";
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

std::string ProblemText(const Problem& problem) {
  return "  " + Printable(problem.where) + ": " + Printable(problem.message) +
         "\n" + PrintableLines(problem.diff, "    ");
}

std::string ProblemsText(const CaseOutcome& one) {
  std::string text;
  for (const Problem& problem : one.problems) text += ProblemText(problem);
  return text;
}

std::string_view ColorOf(Status status) {
  switch (status) {
    case Status::kPassed:
      return lint::kGreen;
    case Status::kSkipped:
    case Status::kInterrupted:
      return lint::kYellow;
    case Status::kFailed:
    case Status::kError:
      break;
  }
  return lint::kRed;
}

std::string StatusText(Status status, bool color) {
  const std::string_view text = ToString(status);
  return color ? lint::Colored(ColorOf(status), text) : std::string(text);
}

std::string CaseText(const TestOutcome& test, const CaseOutcome& one,
                     bool color) {
  std::string text = Printable(one.place.ToString()) + ": " +
                     StatusText(one.status, color) + ": " +
                     Printable(test.name + "/" + one.name);
  if (!one.reason.empty()) text += ": " + Printable(one.reason);
  return text + "\n" + ProblemsText(one);
}

lint::JunitCase JunitCaseOf(const TestOutcome& test, const CaseOutcome& one) {
  using Outcome = lint::JunitCase::Outcome;
  lint::JunitCase junit{.name = Printable(test.name + "/" + one.name)};
  switch (one.status) {
    case Status::kPassed:
      return junit;
    case Status::kSkipped:
      junit.outcome = Outcome::kSkipped;
      junit.message = Printable(one.reason);
      return junit;
    case Status::kInterrupted:
      junit.outcome = Outcome::kSkipped;
      junit.message = "interrupted before it was judged";
      return junit;
    case Status::kFailed:
      junit.outcome = Outcome::kFailed;
      junit.type = "mismatch";
      break;
    case Status::kError:
      junit.outcome = Outcome::kError;
      junit.type = "no-verdict";
      break;
  }
  if (!one.problems.empty()) {
    junit.message = Printable(one.problems.front().message);
  }
  junit.details = Printable(one.place.ToString()) + "\n" + ProblemsText(one);
  return junit;
}

Json JsonOf(const Problem& problem) {
  Json json = {{"where", problem.where}, {"message", problem.message}};
  if (!problem.diff.empty()) json["diff"] = problem.diff;
  return json;
}

Json JsonOf(const CaseOutcome& one) {
  Json json = {{"name", one.name},
               {"status", ToString(one.status)},
               {"line", one.place.at.line},
               {"column", one.place.at.column}};
  if (one.status == Status::kSkipped) json["reason"] = one.reason;
  json["problems"] = Json::array();
  for (const Problem& problem : one.problems) {
    json["problems"].push_back(JsonOf(problem));
  }
  return json;
}

}  // namespace

std::string WriteText(const std::vector<TestOutcome>& tests,
                      const TextStyle& style) {
  std::string text;
  for (const TestOutcome& test : tests) {
    for (const CaseOutcome& one : test.cases) {
      const bool has_nothing_to_say =
          one.status == Status::kPassed || one.status == Status::kInterrupted;
      if (has_nothing_to_say && !style.lists_all) continue;
      text += CaseText(test, one, style.color);
    }
  }
  return text;
}

std::string WriteSummary(const std::vector<TestOutcome>& tests) {
  const Counts counts = Count(tests);
  std::string text = std::to_string(counts.passed) + " passed, " +
                     std::to_string(counts.failed) + " failed, " +
                     std::to_string(counts.skipped) + " skipped";
  if (counts.errors > 0) {
    text += ", " + std::to_string(counts.errors) +
            (counts.errors == 1 ? " error" : " errors");
  }
  if (counts.interrupted > 0) {
    text += ", " + std::to_string(counts.interrupted) + " interrupted";
  }
  return text + "\n";
}

std::string WriteJunit(const std::vector<TestOutcome>& tests,
                       const std::string& repository, double elapsed_ms) {
  lint::RepositoryPaths paths(repository);
  std::vector<lint::JunitSuite> suites;
  for (const TestOutcome& test : tests) {
    const std::string file = Printable(paths.Of(test.file));
    if (suites.empty() || suites.back().file != file) {
      suites.push_back({file, file, {}});
    }
    for (const CaseOutcome& one : test.cases) {
      suites.back().cases.push_back(JunitCaseOf(test, one));
    }
  }
  return lint::WriteJunitSuites(std::move(suites), elapsed_ms);
}

std::string WriteJson(const std::vector<TestOutcome>& tests, int exit_code) {
  Json json = {{"version", 1}, {"tests", Json::array()}};
  for (const TestOutcome& test : tests) {
    Json cases = Json::array();
    for (const CaseOutcome& one : test.cases) cases.push_back(JsonOf(one));
    json["tests"].push_back({{"file", test.file},
                             {"name", test.name},
                             {"cases", std::move(cases)}});
  }
  const Counts counts = Count(tests);
  json["summary"] = {{"passed", counts.passed},
                     {"failed", counts.failed},
                     {"errors", counts.errors},
                     {"skipped", counts.skipped},
                     {"interrupted", counts.interrupted}};
  json["exit_code"] = exit_code;
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace meshvet::ruletest

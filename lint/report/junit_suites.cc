#include "lint/report/junit_suites.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <map>
#include <string_view>

#include "lint/report/xml_text.h"

namespace meshvet::lint {
namespace {

using Outcome = JunitCase::Outcome;

std::string Attribute(const char* name, std::string_view value) {
  return " " + std::string(name) + "=\"" + XmlAttribute(value) + "\"";
}

std::string Count(const char* name, size_t number) {
  return Attribute(name, std::to_string(number));
}

// Jenkins takes what stands before the last dot for a package.
std::string ClassName(std::string suite) {
  std::ranges::replace(suite, '.', '_');
  return "meshvet." + suite;
}

// Cases of one name would pass for one case.
void TellApart(std::vector<JunitCase>& cases) {
  std::map<std::string, int> seen;
  for (JunitCase& one : cases) {
    const int ordinal = ++seen[one.name];
    if (ordinal > 1) one.name += " (" + std::to_string(ordinal) + ")";
  }
}

std::string Element(const char* name, const JunitCase& one) {
  std::string text = "\n      <" + std::string(name);
  text += Attribute("message", one.message);
  if (!one.type.empty()) text += Attribute("type", one.type);
  if (one.details.empty()) return text + "/>\n    ";
  return text + ">" + XmlText(one.details) + "</" + name + ">\n    ";
}

// The reason as text: Jenkins' schema has no attribute for it, and its plugin
// and GitLab both show the text.
std::string Skipped(const JunitCase& one) {
  return "\n      <skipped>" + XmlText(one.message) + "</skipped>\n    ";
}

std::string Inside(const JunitCase& one) {
  switch (one.outcome) {
    case Outcome::kFailed:
      return Element("failure", one);
    case Outcome::kError:
      return Element("error", one);
    case Outcome::kSkipped:
      return Skipped(one);
    case Outcome::kPassed:
      break;
  }
  if (one.details.empty()) return {};
  return "\n      <system-out>" + XmlText(one.details) + "</system-out>\n    ";
}

std::string CaseText(const JunitCase& one, const std::string& suite,
                     const std::string& file) {
  std::string text = "    <testcase" + Attribute("classname", suite) +
                     Attribute("name", one.name);
  // The one thing that Jenkins' schema does not know: GitLab makes a link of
  // it, and Jenkins passes it over.
  if (!file.empty()) text += Attribute("file", file);
  text += Attribute("time", "0");
  const std::string inside = Inside(one);
  return inside.empty() ? text + "/>\n" : text + ">" + inside + "</testcase>\n";
}

size_t CountOf(const JunitSuite& suite, Outcome outcome) {
  return static_cast<size_t>(
      std::ranges::count(suite.cases, outcome, &JunitCase::outcome));
}

size_t CountOf(const std::vector<JunitSuite>& suites, Outcome outcome) {
  size_t total = 0;
  for (const JunitSuite& suite : suites) total += CountOf(suite, outcome);
  return total;
}

template <typename Counted>
std::string Counts(const Counted& counted, size_t tests) {
  return Count("tests", tests) +
         Count("failures", CountOf(counted, Outcome::kFailed)) +
         Count("errors", CountOf(counted, Outcome::kError));
}

std::string SuiteText(JunitSuite& suite) {
  TellApart(suite.cases);
  std::string text = "  <testsuite" + Attribute("name", suite.name) +
                     Counts(suite, suite.cases.size()) +
                     Count("skipped", CountOf(suite, Outcome::kSkipped)) +
                     Attribute("time", "0") + ">\n";
  const std::string class_name = ClassName(suite.name);
  for (const JunitCase& one : suite.cases) {
    text += CaseText(one, class_name, suite.file);
  }
  return text + "  </testsuite>\n";
}

std::string Seconds(double elapsed_ms) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.3f", elapsed_ms / 1'000);
  return text.data();
}

}  // namespace

std::string WriteJunitSuites(std::vector<JunitSuite> suites,
                             double elapsed_ms) {
  size_t tests = 0;
  std::string text;
  for (JunitSuite& suite : suites) {
    tests += suite.cases.size();
    text += SuiteText(suite);
  }
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites" +
         Attribute("name", "meshvet") + Counts(suites, tests) +
         Attribute("time", Seconds(elapsed_ms)) + ">\n" + text +
         "</testsuites>\n";
}

}  // namespace meshvet::lint

#include "lint/junit_report.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <map>
#include <set>
#include <vector>

#include "lint/loader_rules.h"
#include "lint/machine_text.h"
#include "lint/printable.h"
#include "lint/repository_paths.h"
#include "lint/xml_text.h"

namespace meshvet::lint {
namespace {

constexpr int kNothingToLint = 2;

enum class Outcome { kPassed, kFailed, kError, kSkipped };

struct Case {
  std::string name;
  Outcome outcome = Outcome::kPassed;
  std::string message = {};  // one line; of a passed case, what it says
  std::string type = {};
  std::string details = {};
};

struct Suite {
  std::string file;  // from the repository's root; empty for none
  std::vector<Case> cases;

  size_t Count(Outcome outcome) const {
    return static_cast<size_t>(
        std::ranges::count(cases, outcome, &Case::outcome));
  }
};

using Suites = std::map<std::string, Suite>;  // by name

std::string Attribute(const char* name, std::string_view value) {
  return " " + std::string(name) + "=\"" + XmlAttribute(value) + "\"";
}

std::string Count(const char* name, size_t number) {
  return Attribute(name, std::to_string(number));
}

// GitLab shows nothing but this text, so it says everything.
std::string Details(const Diagnostic& diagnostic, const std::string& file) {
  const rules::Finding& finding = diagnostic.finding;
  std::string text = Printable(finding.message) + "\n  at " + file + ":" +
                     std::to_string(diagnostic.range.start.line) + ":" +
                     std::to_string(diagnostic.range.start.column) + "\n";
  const std::string object = Printable(diagnostic.object.Title());
  if (!object.empty()) text += "  in " + object + "\n";
  if (!finding.pointer.empty()) {
    text += "  field " + Printable(finding.pointer) + "\n";
  }
  for (const std::string& note : finding.notes) {
    text += "  note: " + Printable(note) + "\n";
  }
  if (!finding.fix_title.empty()) {
    text += "  fix: " + Printable(finding.fix_title) + "\n";
  }
  return text + "  more: " + RuleUrl(finding.rule) + "\n";
}

// The same as long as the problem is: GitLab compares by it.
std::string NameOf(const Diagnostic& diagnostic) {
  std::string name(diagnostic.finding.rule);
  const std::string object = diagnostic.object.Title();
  if (!object.empty()) name += " " + object;
  if (!diagnostic.finding.pointer.empty()) {
    name += " " + diagnostic.finding.pointer;
  }
  return Printable(name);
}

// Jenkins takes what stands before the last dot for a package.
std::string ClassName(std::string suite) {
  std::ranges::replace(suite, '.', '_');
  return "meshvet." + suite;
}

// Cases of one name would pass for one case.
void TellApart(std::vector<Case>& cases) {
  std::map<std::string, int> seen;
  for (Case& one : cases) {
    const int ordinal = ++seen[one.name];
    if (ordinal > 1) one.name += " (" + std::to_string(ordinal) + ")";
  }
}

std::string Element(const char* name, const Case& one) {
  std::string text = "\n      <" + std::string(name);
  text += Attribute("message", one.message);
  if (!one.type.empty()) text += Attribute("type", one.type);
  if (one.details.empty()) return text + "/>\n    ";
  return text + ">" + XmlText(one.details) + "</" + name + ">\n    ";
}

std::string Inside(const Case& one) {
  switch (one.outcome) {
    case Outcome::kFailed:
      return Element("failure", one);
    case Outcome::kError:
      return Element("error", one);
    case Outcome::kSkipped:
      return Element("skipped", one);
    case Outcome::kPassed:
      break;
  }
  if (one.details.empty()) return {};
  return "\n      <system-out>" + XmlText(one.details) + "</system-out>\n    ";
}

std::string CaseText(const Case& one, const std::string& suite,
                     const std::string& file) {
  std::string text = "    <testcase" + Attribute("classname", suite) +
                     Attribute("name", one.name);
  if (!file.empty()) text += Attribute("file", file);
  text += Attribute("time", "0");
  const std::string inside = Inside(one);
  return inside.empty() ? text + "/>\n" : text + ">" + inside + "</testcase>\n";
}

class Writer {
 public:
  explicit Writer(const Report& report)
      : report_(report), paths_(report.repository) {}

  std::string Write() {
    for (const Diagnostic* diagnostic : Shown(report_)) AddFinding(*diagnostic);
    for (const ReadObject& object : report_.objects) AddIfClean(object);
    for (const Error& failure : report_.failures) AddFailure(failure);
    AddWhatDidNotRun();
    if (suites_.empty()) Own().cases.push_back({.name = "nothing was found"});
    return Text();
  }

 private:
  // Of the run, not of a file.
  Suite& Own() { return suites_["meshvet"]; }

  Suite& SuiteOf(const std::string& path) {
    const std::string file = Printable(paths_.Of(path));
    Suite& suite = suites_[file];
    suite.file = file;
    return suite;
  }

  void AddFinding(const Diagnostic& diagnostic) {
    const rules::Finding& finding = diagnostic.finding;
    const bool fails = report_.fail_on && finding.severity >= *report_.fail_on;
    // What was not read is an error: no rule has failed there.
    const Outcome outcome = !fails                           ? Outcome::kPassed
                            : IsUnsuppressible(finding.rule) ? Outcome::kError
                                                             : Outcome::kFailed;
    Suite& suite = SuiteOf(diagnostic.path);
    suite.cases.push_back(
        {NameOf(diagnostic), outcome, Printable(finding.message),
         std::string(finding.rule), Details(diagnostic, suite.file)});
    flawed_.emplace(diagnostic.path, diagnostic.object.Title());
  }

  void AddIfClean(const ReadObject& object) {
    const std::string title = object.object.Title();
    if (flawed_.contains({object.path, title})) return;
    SuiteOf(object.path).cases.push_back({.name = Printable(title)});
  }

  void AddFailure(const Error& failure) {
    const std::string message = Printable(failure.message);
    SuiteOf(failure.where)
        .cases.push_back({"the file can be read", Outcome::kError, message,
                          "unreadable", message + "\n"});
  }

  void AddWhatDidNotRun() {
    for (const RuleNotRun& rule : report_.not_run) {
      Own().cases.push_back(
          {rule.rule, Outcome::kSkipped, Printable(rule.reason)});
    }
    if (report_.not_shown > 0) {
      Own().cases.push_back(
          {"findings not shown", Outcome::kSkipped,
           std::to_string(report_.not_shown) + " findings are not shown"});
    }
    if (report_.exit_code == kNothingToLint) {
      Own().cases.push_back({"there is something to lint", Outcome::kError,
                             "nothing to lint", "empty", "nothing to lint\n"});
    }
  }

  static std::string SuiteText(const std::string& name, Suite& suite) {
    TellApart(suite.cases);
    std::string text = "  <testsuite" + Attribute("name", name) +
                       Count("tests", suite.cases.size()) +
                       Count("failures", suite.Count(Outcome::kFailed)) +
                       Count("errors", suite.Count(Outcome::kError)) +
                       Count("skipped", suite.Count(Outcome::kSkipped)) +
                       Attribute("time", "0") + ">\n";
    const std::string class_name = ClassName(name);
    for (const Case& one : suite.cases) {
      text += CaseText(one, class_name, suite.file);
    }
    return text + "  </testsuite>\n";
  }

  size_t Total(Outcome outcome) const {
    size_t total = 0;
    for (const auto& [name, suite] : suites_) total += suite.Count(outcome);
    return total;
  }

  std::string Seconds() const {
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%.3f",
                  report_.summary.elapsed_ms / 1'000);
    return text.data();
  }

  std::string Text() {
    size_t tests = 0;
    std::string suites;
    for (auto& [name, suite] : suites_) {
      tests += suite.cases.size();
      suites += SuiteText(name, suite);
    }
    return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites" +
           Attribute("name", "meshvet") + Count("tests", tests) +
           Count("failures", Total(Outcome::kFailed)) +
           Count("errors", Total(Outcome::kError)) +
           Count("skipped", Total(Outcome::kSkipped)) +
           Attribute("time", Seconds()) + ">\n" + suites + "</testsuites>\n";
  }

  const Report& report_;
  RepositoryPaths paths_;
  Suites suites_;
  std::set<std::pair<std::string, std::string>> flawed_;  // path and title
};

}  // namespace

std::string WriteJunit(const Report& report) { return Writer(report).Write(); }

}  // namespace meshvet::lint

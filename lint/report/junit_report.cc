#include "lint/report/junit_report.h"

#include <map>
#include <set>
#include <utility>
#include <vector>

#include "lint/input/loader_rules.h"
#include "lint/report/junit_suites.h"
#include "lint/report/machine_text.h"
#include "lint/report/printable.h"
#include "lint/report/repository_paths.h"

namespace meshvet::lint {
namespace {

constexpr int kNothingToLint = 2;

using Outcome = JunitCase::Outcome;

using Suites = std::map<std::string, JunitSuite>;  // by name

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
  JunitSuite& Own() { return suites_["meshvet"]; }

  JunitSuite& SuiteOf(const std::string& path) {
    const std::string file = Printable(paths_.Of(path));
    JunitSuite& suite = suites_[file];
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
    JunitSuite& suite = SuiteOf(diagnostic.path);
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

  std::string Text() {
    std::vector<JunitSuite> suites;
    for (auto& [name, suite] : suites_) {
      suite.name = name;
      suites.push_back(std::move(suite));
    }
    return WriteJunitSuites(std::move(suites), report_.summary.elapsed_ms);
  }

  const Report& report_;
  RepositoryPaths paths_;
  Suites suites_;
  std::set<std::pair<std::string, std::string>> flawed_;  // path and title
};

}  // namespace

std::string WriteJunit(const Report& report) { return Writer(report).Write(); }

}  // namespace meshvet::lint

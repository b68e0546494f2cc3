#include "ruletest/run.h"

#include <exception>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>

#include "lint/input/parallel.h"
#include "lint/input/stop.h"
#include "ruletest/case_input.h"
#include "ruletest/compare.h"

namespace meshvet::ruletest {
namespace {

// One case against the bench of its test.
class CaseRun {
 public:
  CaseRun(const ReadyTest& ready, const Case& one, const RunOptions& options)
      : test_(ready.test),
        bench_(ready.bench),
        case_(one),
        updates_(options.updates_snapshots),
        stop_(options.stop) {
    outcome_.place = one.place;
    outcome_.name = one.name;
  }

  CaseOutcome Run() {
    if (!case_.unknown_rules.empty()) return UnknownRules();
    if (!case_.skip.empty()) {
      outcome_.status = Status::kSkipped;
      outcome_.reason = case_.skip;
      return std::move(outcome_);
    }
    if (auto error = Judge()) return Fail(*error);
    if (!outcome_.problems.empty()) outcome_.status = Status::kFailed;
    return std::move(outcome_);
  }

 private:
  using Stop = std::optional<CaseError>;

  CaseOutcome UnknownRules() {
    outcome_.status = Status::kError;
    for (const Error& error : case_.unknown_rules) {
      outcome_.problems.push_back({error.where, error.message, {}});
    }
    return std::move(outcome_);
  }

  CaseOutcome Fail(const CaseError& stop) {
    outcome_.status = Status::kError;
    outcome_.is_unfinished = stop.is_unfinished;
    outcome_.problems = {{stop.error.where, stop.error.message, {}}};
    outcome_.snapshots.clear();
    return std::move(outcome_);
  }

  void Add(std::vector<Problem> problems) {
    std::ranges::move(problems, std::back_inserter(outcome_.problems));
  }

  Stop Judge() {
    auto made = RequestsOf(test_, case_, stop_);
    if (auto* error = std::get_if<CaseError>(&made)) return std::move(*error);
    const auto& requests = std::get<std::vector<ReviewRequest>>(made);
    const Expectations& expect = case_.expect;
    const bool wants_patch = expect.patch || expect.patched;
    if (wants_patch && requests.size() > 1) {
      const Source* patched = expect.patched ? &*expect.patched : nullptr;
      return CaseError{
          false, ErrorAt(patched ? patched->place : expect.patch->place,
                         "a patch is of one object, and the input holds " +
                             std::to_string(requests.size()))};
    }
    auto judged = bench_.Judge(requests, wants_patch);
    if (auto* error = std::get_if<CaseError>(&judged)) {
      return std::move(*error);
    }
    const auto& verdict = std::get<Verdict>(judged);
    if (expect.allowed) Add(CompareAllowed(*expect.allowed, verdict));
    if (expect.findings) Add(CompareFindings(*expect.findings, verdict));
    if (expect.patch) Add(ComparePatch(*expect.patch, verdict.patch));
    if (expect.patched) {
      if (auto stop = ComparePatched(requests.front(), verdict)) return stop;
    }
    return expect.fixed ? CompareFixed() : std::nullopt;
  }

  Stop ComparePatched(const ReviewRequest& request, const Verdict& verdict) {
    const Source& wanted = *case_.expect.patched;
    const Result<Document> found =
        ApplyPatch(request.item.object->root(), verdict.patch);
    if (!found) {
      return CaseError{
          false, ErrorAt(wanted.place,
                         "the patch does not apply: " + found.error().message)};
    }
    const std::string text = SnapshotText(wanted.path, found->root());
    if (WritesAnew(wanted)) {
      Keep(wanted, text);
      return std::nullopt;
    }
    auto read = ReadValue(wanted, stop_);
    if (auto* error = std::get_if<CaseError>(&read)) {
      if (!updates_ || !wanted.is_file())
        return Hint(wanted, std::move(*error));
      Keep(wanted, text);
      return std::nullopt;
    }
    const Node value = std::get<std::shared_ptr<const Document>>(read)->root();
    if (value == found->root()) return std::nullopt;
    Differ(wanted, "patched", SnapshotText(wanted.path, value), text);
    return std::nullopt;
  }

  Stop CompareFixed() {
    const Source& wanted = *case_.expect.fixed;
    auto mended = bench_.Fix(case_.input, stop_);
    if (auto* error = std::get_if<CaseError>(&mended)) {
      return std::move(*error);
    }
    const auto& text = std::get<std::string>(mended);
    if (WritesAnew(wanted)) {
      Keep(wanted, text);
      return std::nullopt;
    }
    const Result<std::string> read = ReadInputText(wanted.path, stop_);
    if (!read) return Hint(wanted, FileError(wanted.place, read.error()));
    if (*read != text) Differ(wanted, "fixed", *read, text);
    return std::nullopt;
  }

  // Whether the file is not there yet and may be written.
  bool WritesAnew(const Source& wanted) const {
    std::error_code ignored;
    return updates_ && wanted.is_file() &&
           !std::filesystem::exists(wanted.path, ignored);
  }

  void Keep(const Source& wanted, const std::string& text) {
    outcome_.snapshots.push_back({wanted.path, text});
  }

  // Says how to get a snapshot that is not there.
  static Stop Hint(const Source& wanted, CaseError error) {
    std::error_code ignored;
    if (wanted.is_file() && !std::filesystem::exists(wanted.path, ignored)) {
      error.error.message += "; --update-snapshots writes it";
    }
    return error;
  }

  void Differ(const Source& wanted, const std::string& what,
              const std::string& before, const std::string& now) {
    if (updates_ && wanted.is_file()) return Keep(wanted, now);
    const std::string name = wanted.is_file() ? wanted.path : what;
    outcome_.problems.push_back({wanted.place.ToString(),
                                 what + ": wanted and found differ",
                                 DiffOf(name, before, now)});
  }

  const RuleTest& test_;
  const TestBench& bench_;
  const Case& case_;
  bool updates_;
  lint::StopFlag stop_;
  CaseOutcome outcome_;
};

// Nothing that a library throws gets past a case.
CaseOutcome RunOne(const ReadyTest& ready, const Case& one,
                   const RunOptions& options) {
  try {
    return CaseRun(ready, one, options).Run();
  } catch (const std::exception& error) {
    return {one.place,
            one.name,
            Status::kError,
            {},
            {{one.place.ToString(), error.what(), {}}},
            true,
            {}};
  }
}

CaseOutcome Interrupted(const Case& one) {
  CaseOutcome outcome;
  outcome.place = one.place;
  outcome.name = one.name;
  outcome.status = Status::kInterrupted;
  outcome.is_unfinished = true;
  return outcome;
}

CaseOutcome RunUnlessStopped(const ReadyTest& ready, const Case& one,
                             const RunOptions& options) {
  if (lint::IsStopped(options.stop)) return Interrupted(one);
  CaseOutcome outcome = RunOne(ready, one, options);
  // A file that was being read then is not at fault.
  const bool is_cut_off =
      outcome.is_unfinished && lint::IsStopped(options.stop);
  return is_cut_off ? Interrupted(one) : outcome;
}

}  // namespace

std::vector<TestOutcome> RunCases(const std::vector<ReadyTest>& tests,
                                  const RunOptions& options) {
  std::vector<TestOutcome> outcomes;
  std::vector<std::pair<const ReadyTest*, const Case*>> wanted;
  for (const ReadyTest& ready : tests) {
    TestOutcome outcome{ready.test.file->name(), ready.test.name, {}};
    for (const Case& one : ready.test.cases) {
      if (options.wants && !options.wants(ready.test, one)) continue;
      wanted.emplace_back(&ready, &one);
      outcome.cases.emplace_back();
    }
    if (!outcome.cases.empty()) outcomes.push_back(std::move(outcome));
  }
  std::vector<CaseOutcome*> places;
  for (TestOutcome& test : outcomes) {
    for (CaseOutcome& one : test.cases) places.push_back(&one);
  }
  lint::ParallelFor(wanted.size(), options.jobs, [&](size_t i) {
    *places[i] = RunUnlessStopped(*wanted[i].first, *wanted[i].second, options);
  });
  return outcomes;
}

}  // namespace meshvet::ruletest

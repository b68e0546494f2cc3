// File: lint/judge.h
//
// Judge: the engine's verdicts on the objects of a view, each with its place in
// a file.

#ifndef MESHVET_LINT_JUDGE_H_
#define MESHVET_LINT_JUDGE_H_

#include <vector>

#include "lint/linter.h"
#include "lint/report/report.h"
#include "lint/view.h"
#include "rules/engine.h"

namespace meshvet::lint {

struct Verdict {
  const Item* item = nullptr;
  std::vector<Diagnostic> diagnostics;
  std::vector<rules::NotRun> not_run;
};

// One verdict for each object of the linted files that a rule looks at, in
// their order, with as many threads as the request has jobs. Once that is
// stopped, there are none on the rest. As the webhook,
// the engine is not told in which file an object stands.
std::vector<Verdict> JudgeAll(const View& view, const rules::Engine& engine,
                              const LintRequest& request);

// The same object defined twice.
std::vector<Diagnostic> ReportDuplicates(const View& view);

}  // namespace meshvet::lint

#endif  // MESHVET_LINT_JUDGE_H_

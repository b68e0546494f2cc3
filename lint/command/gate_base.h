// File: lint/command/gate_base.h
//
// GateBase: what was found before a change, in the commit it starts from or in
// a report of then.
//
//   const Result<GateBase> base = GateBase::OfCommit(setup, "origin/main");
//   base->Compare(report);

#ifndef MESHVET_LINT_COMMAND_GATE_BASE_H_
#define MESHVET_LINT_COMMAND_GATE_BASE_H_

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "lint/baseline.h"
#include "lint/command/lint_setup.h"
#include "lint/report/report.h"
#include "mesh/result.h"

namespace meshvet::lint {

class GateBase {
 public:
  // Lints the files of `revision` as `setup` says, with the configuration of
  // today: a rule that is new finds old problems in both. A path that was not
  // there is no error; a run that is stopped is one.
  static Result<GateBase> OfCommit(const LintSetup& setup,
                                   const std::string& revision);
  // Of the file of a report in the format json. The error's `where` is the
  // file, and the place in it.
  static Result<GateBase> OfReport(const std::string& path);

  // The commit; empty for a report.
  const std::string& commit() const { return commit_; }

  // Moves what was there before from `diagnostics` to `baselined`.
  void Compare(Report& report, const std::string& root) const;
  // Suppressed findings of `report` that were not suppressed before.
  std::vector<const Diagnostic*> NewlySuppressed(const Report& report) const;

 private:
  GateBase() = default;
  static Result<GateBase> Parse(std::string_view json);

  std::string commit_;
  Baseline found_;
  std::set<std::string> suppressed_;  // fingerprints
};

}  // namespace meshvet::lint

#endif  // MESHVET_LINT_COMMAND_GATE_BASE_H_

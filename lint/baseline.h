// File: lint/baseline.h
//
// Baseline: findings that are agreed to be mended later. A team that starts to
// lint an old repository writes them down once; from then on only new ones are
// reported.
//
//   const Result<Baseline> baseline = Baseline::Parse(text);
//   baseline->Apply(report, root);
//
// The file is JSON with one entry a line, sorted, so that branches can be
// merged. An entry names a problem, not a place: the rule, the file, the object
// and what the finding is about, never a line. It stands for `count` findings;
// one more is new. When the file has gone, a finding of the same rule, object
// and problem elsewhere is taken for the one that was agreed.
//
// Immutable.

#ifndef MESHVET_LINT_BASELINE_H_
#define MESHVET_LINT_BASELINE_H_

#include <string>
#include <string_view>
#include <vector>

#include "lint/report/report.h"
#include "mesh/result.h"

namespace meshvet::lint {

inline constexpr const char* kBaselineFile = ".meshvet-baseline.json";

class Baseline {
 public:
  Baseline() = default;
  explicit Baseline(std::vector<BaselineEntry> entries);

  // The findings of `report` that are not suppressed.
  static Baseline Of(const Report& report, const std::string& today);
  // Strict. The error's `where` names the line.
  static Result<Baseline> Parse(std::string_view text);
  std::string Write() const;

  const std::vector<BaselineEntry>& entries() const { return entries_; }

  // Moves what is agreed from `diagnostics` to `baselined`, counts anew, and
  // fills `stale`. Entries of files that were not read, but exist below `root`,
  // are left alone.
  void Apply(Report& report, const std::string& root) const;

  // With the entries of `more` that are not here; of those that are, the larger
  // count.
  Baseline MergedWith(const Baseline& more) const;
  Baseline Without(const std::vector<BaselineEntry>& stale) const;

 private:
  std::vector<BaselineEntry> entries_;  // sorted
};

// The error's `where` is the file, and the place in it.
Result<Baseline> ReadBaseline(const std::string& path);

}  // namespace meshvet::lint

#endif  // MESHVET_LINT_BASELINE_H_

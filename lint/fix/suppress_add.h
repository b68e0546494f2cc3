// File: lint/fix/suppress_add.h
//
// AddIgnores: comments that silence what is found today, in bulk.
//
//   const Result<FixRun> run = AddIgnores({.lint = request,
//                                          .rules = {"IST0101"},
//                                          .reason = "moves in May"});
//
// A comment stands behind the line that a finding is about; where a text of
// several lines or another comment is in the way, on a line above. Nothing else
// of a file changes: its documents are read again and compared, and judged
// again to see that the findings are silent. JSON has no comments, and what is
// rendered from elsewhere is not ours to change.

#ifndef MESHVET_LINT_FIX_SUPPRESS_ADD_H_
#define MESHVET_LINT_FIX_SUPPRESS_ADD_H_

#include <string>
#include <vector>

#include "lint/fix/fixer.h"
#include "lint/linter.h"
#include "mesh/result.h"

namespace meshvet::lint {

struct IgnoreRequest {
  LintRequest lint;
  std::vector<std::string> rules;  // ids, aliases or globs
  std::string reason;              // one line is made of it
};

// An error is one of Lint's, or names a rule that no comment can silence.
Result<FixRun> AddIgnores(const IgnoreRequest& request);

}  // namespace meshvet::lint

#endif  // MESHVET_LINT_FIX_SUPPRESS_ADD_H_

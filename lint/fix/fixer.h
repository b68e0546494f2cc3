// File: lint/fix/fixer.h
//
// Fix: what a run found, mended in the files' texts. Nothing is written; that
// is for whoever asked.
//
//   const Result<FixRun> run = Fix({.lint = request});
//   for (const FixedFile& file : run->files) Write(file.path, file.after);
//
// The fixes of a round that do not touch the same places are carried out
// together, the first found first; then everything is judged again, and the
// next round mends what is left, until nothing changes. A fix becomes edits of
// the text (yaml/edit.h), and the whole file is read again: every document is
// what it was, but for the patch. A file where a finding is still there after
// its fix is put back as it was before that round. A run that is stopped
// (LintRequest::stop) mends nothing: what its fixes lead to was not judged.

#ifndef MESHVET_LINT_FIX_FIXER_H_
#define MESHVET_LINT_FIX_FIXER_H_

#include <cstddef>
#include <string>
#include <vector>

#include "lint/linter.h"
#include "lint/report/report.h"
#include "mesh/result.h"
#include "yaml/position.h"

namespace meshvet::lint {

struct FixRequest {
  LintRequest lint;
  bool unsafe = false;  // those that need asking, too
};

struct FixedFile {
  std::string path;  // as the user named it; kStdin for standard input
  std::string before;
  std::string after;
};

struct AppliedFix {
  std::string path;
  yaml::Position at;  // where the finding stood when it was mended
  std::string rule;
  std::string title;
};

// A fix there is, but which was not carried out.
struct RefusedFix {
  std::string path;
  yaml::Position at;
  std::string rule;
  std::string reason;
};

struct FixRun {
  std::vector<FixedFile> files;  // those that change, by path
  std::vector<AppliedFix> applied;
  std::vector<RefusedFix> refused;
  Report left;  // what the files hold once they are mended
  // The last round still mended something: there may be more.
  bool is_cut_short = false;
  // The run was stopped: nothing is to be mended, and `left` is what was known
  // of the files as they are.
  bool is_stopped = false;
};

// What there is of a run that was stopped. `report` may be of texts that are
// in no file: then its findings are nobody's.
FixRun StoppedRun(Report report, bool is_of_files);

// What a file of a report is called in LintRequest::texts: standard input goes
// by the name it was given.
std::string InputNamed(const LintRequest& request, const std::string& name);

// An error is one of Lint's.
Result<FixRun> Fix(const FixRequest& request);

}  // namespace meshvet::lint

#endif  // MESHVET_LINT_FIX_FIXER_H_

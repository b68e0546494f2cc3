// File: lint/fix/file_fixes.h
//
// FileFixes: the findings of one file that are to be mended in one go -> its
// new text.

#ifndef MESHVET_LINT_FIX_FILE_FIXES_H_
#define MESHVET_LINT_FIX_FILE_FIXES_H_

#include <string>
#include <utility>
#include <vector>

#include "lint/report/report.h"
#include "yaml/parse.h"

namespace meshvet::lint {

struct FileFixes {
  std::string text;
  std::vector<const Diagnostic*> applied;
  // Those that no edit of the text can carry out, and why. What is in neither
  // list gets in the way of another and has its turn in the next round.
  std::vector<std::pair<const Diagnostic*, std::string>> refused;
};

// `findings` are of one file and have a fix; those of one object come in the
// order in which they have their turn. Those of comments have theirs once the
// objects have none left.
FileFixes FixFile(const std::vector<const Diagnostic*>& findings,
                  const yaml::Limits& limits);

// Whether `text` holds the documents and the problems that `file` does.
bool HoldsTheSame(const SourceFile& file, const std::string& text,
                  const yaml::Limits& limits);

}  // namespace meshvet::lint

#endif  // MESHVET_LINT_FIX_FILE_FIXES_H_

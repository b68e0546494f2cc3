// File: lint/text_edit.h
//
// TextEdit: a fix as an edit of the file, for those who apply one by a click.

#ifndef MESHVET_LINT_TEXT_EDIT_H_
#define MESHVET_LINT_TEXT_EDIT_H_

#include <optional>
#include <string>

#include "lint/report.h"
#include "yaml/position.h"

namespace meshvet::lint {

struct TextEdit {
  yaml::Range range;  // in the diagnostic's file
  std::string text;   // instead of what is there
};

// Nothing unless the fix is one replaced value. The new value is JSON, which is
// YAML in whatever style the file is written.
std::optional<TextEdit> EditOf(const Diagnostic& diagnostic);

}  // namespace meshvet::lint

#endif  // MESHVET_LINT_TEXT_EDIT_H_

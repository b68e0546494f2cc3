// File: lint/report/text_edit.h
//
// EditOf: a fix as an edit of the file, for those who apply one by a click.

#ifndef MESHVET_LINT_REPORT_TEXT_EDIT_H_
#define MESHVET_LINT_REPORT_TEXT_EDIT_H_

#include <optional>

#include "lint/report/report.h"

namespace meshvet::lint {

// Nothing unless the fix is one replaced value, or that of a comment. The new
// value is JSON, which is
// YAML in whatever style the file is written.
std::optional<TextEdit> EditOf(const Diagnostic& diagnostic);

}  // namespace meshvet::lint

#endif  // MESHVET_LINT_REPORT_TEXT_EDIT_H_

// File: lint/report/text_edit.h
//
// FindEdits: fixes as edits of their files, for those who apply one by a click.
//
//   FindEdits(report.diagnostics, limits, jobs);
//   for (const TextEdit& edit : EditsOf(diagnostic)) Write(edit);

#ifndef MESHVET_LINT_REPORT_TEXT_EDIT_H_
#define MESHVET_LINT_REPORT_TEXT_EDIT_H_

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "lint/report/report.h"
#include "mesh/json_patch.h"
#include "yaml/parse.h"

namespace meshvet::lint {

// The fix as a patch of its document, which may hold a list of objects.
std::vector<PatchOperation> DocumentPatch(const Diagnostic& diagnostic);

// Fills in Diagnostic::edits, for `jobs` files at a time: what `meshvet fix`
// would write for this finding alone. A fix gets none where the text cannot be
// edited without changing more. Each edit reads its document twice, so in a
// file whose findings share huge documents there is an end to that: from then
// on only a value that is replaced gets its edit, as JSON, which is YAML in
// whatever style the file is written.
void FindEdits(std::span<Diagnostic> diagnostics, const yaml::Limits& limits,
               size_t jobs);

// In the order of the file, not overlapping; those of a comment's fix, too.
std::vector<TextEdit> EditsOf(const Diagnostic& diagnostic);

// All of them as one, with what stands between them; nothing if there are none.
std::optional<TextEdit> OneEditOf(const Diagnostic& diagnostic);

}  // namespace meshvet::lint

#endif  // MESHVET_LINT_REPORT_TEXT_EDIT_H_

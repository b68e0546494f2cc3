// File: lint/input/template_text.h
//
// Tells a template, where `{{` stands outside strings and comments, from a
// manifest.

#ifndef MESHVET_LINT_INPUT_TEMPLATE_TEXT_H_
#define MESHVET_LINT_INPUT_TEMPLATE_TEXT_H_

#include <optional>

#include "lint/input/source_file.h"

namespace meshvet::lint {

// Where the first directive of a template stands; nothing for a manifest.
std::optional<yaml::Range> FindTemplate(const SourceFile& file);

}  // namespace meshvet::lint

#endif  // MESHVET_LINT_INPUT_TEMPLATE_TEXT_H_

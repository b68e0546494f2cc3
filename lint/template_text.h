// File: lint/template_text.h
//
// Tells a template from a broken manifest: it does not parse, and `{{` stands
// outside strings and comments.

#ifndef MESHVET_LINT_TEMPLATE_TEXT_H_
#define MESHVET_LINT_TEMPLATE_TEXT_H_

#include <cstddef>
#include <optional>

#include "lint/source_file.h"

namespace meshvet::lint {

struct TemplatePlace {
  yaml::Range range;
  size_t document;
};

// Where the first directive of a template stands; nothing for a manifest.
std::optional<TemplatePlace> FindTemplate(const SourceFile& file);

}  // namespace meshvet::lint

#endif  // MESHVET_LINT_TEMPLATE_TEXT_H_

// File: yaml/template.h
//
// Recognises a file that still is a Go template, as Helm charts have them. It
// would give dozens of YAML problems that all mean one thing.
//
//   LooksLikeTemplate("{{- if .Values.x }}\na: 1\n")   // true
//   LooksLikeTemplate("a: \"{{ x }}\" # {{ y }}\n")    // false

#ifndef MESHVET_YAML_TEMPLATE_H_
#define MESHVET_YAML_TEMPLATE_H_

#include <string_view>

namespace meshvet::yaml {

// Whether `{{` stands where YAML has no text of its own: not in quotes, block
// scalars or comments. Never fails; for a text that is no YAML it is a guess.
bool LooksLikeTemplate(std::string_view text);

}  // namespace meshvet::yaml

#endif  // MESHVET_YAML_TEMPLATE_H_

// File: lint/input/loader_rules.h
//
// What the loader itself can find, described as rules are, so that `explain`,
// `rules` and the documentation know them: they have no check of their own.

#ifndef MESHVET_LINT_INPUT_LOADER_RULES_H_
#define MESHVET_LINT_INPUT_LOADER_RULES_H_

#include <span>
#include <string_view>
#include <vector>

#include "rules/rule.h"

namespace meshvet::lint {

extern const rules::Rule kYamlSyntax;
extern const rules::Rule kYamlLimit;
extern const rules::Rule kDuplicateKey;
extern const rules::Rule kDuplicateObject;
extern const rules::Rule kUnknownApiVersion;
extern const rules::Rule kUnknownKind;
extern const rules::Rule kHelmTemplate;
extern const rules::Rule kHelmChart;
extern const rules::Rule kKustomization;

extern const rules::Rule kSuppressionBlanket;
extern const rules::Rule kSuppressionExpired;
extern const rules::Rule kSuppressionInvalid;
extern const rules::Rule kSuppressionUnused;

// Sorted by id.
std::span<const rules::Rule* const> LoaderRules();

// Found by reading files, and by no rule of the engine.
bool IsLoaders(const rules::Rule& rule);

// What no flag, comment or annotation may silence: the file was not read.
bool IsUnsuppressible(std::string_view rule_id);
// Of a chart, a template, a kustomization: nothing in it was judged.
bool SaysRenderFirst(std::string_view rule_id);

// Of what silences findings, and is not silenced that way itself.
bool IsAboutSuppressions(std::string_view rule_id);

// The loader's and the engine's, sorted by id.
std::vector<const rules::Rule*> EveryRule();

// By id or alias, in any case of letters; null if there is none.
const rules::Rule* FindAnyRule(std::string_view id_or_alias);

}  // namespace meshvet::lint

#endif  // MESHVET_LINT_INPUT_LOADER_RULES_H_

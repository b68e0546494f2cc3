// File: lint/report/rule_text.h
//
// A rule's documentation, from its head: what `explain` and `rules` print, and
// what docs/rules/ is made of.
//
//   WriteRule(*FindAnyRule("IST0101"), DocFormat::kMarkdown)

#ifndef MESHVET_LINT_REPORT_RULE_TEXT_H_
#define MESHVET_LINT_REPORT_RULE_TEXT_H_

#include <map>
#include <span>
#include <string>
#include <string_view>

#include "rules/rule.h"

namespace meshvet::lint {

enum class DocFormat { kText, kMarkdown, kJson };

// Everything about one rule.
std::string WriteRule(const rules::Rule& rule, DocFormat format);
// A JSON array of several.
std::string WriteRulesInFull(std::span<const rules::Rule* const> rules);

// One line, or one JSON object, for each.
std::string WriteRuleList(std::span<const rules::Rule* const> rules,
                          DocFormat format);

// The pages of docs/rules/, by file name, README.md among them.
std::map<std::string, std::string> WriteRulePages();

// Of a Markdown text, on one line and with its full stop.
std::string FirstSentence(std::string_view text);

// Names the rules and what they say, so that two reports can be compared.
std::string RulesHash();

}  // namespace meshvet::lint

#endif  // MESHVET_LINT_REPORT_RULE_TEXT_H_

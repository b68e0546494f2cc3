// File: lint/report/machine_text.h
//
// What the writers of machine formats share: which findings they write, in
// which order, and text that no log mistakes for a command.

#ifndef MESHVET_LINT_REPORT_MACHINE_TEXT_H_
#define MESHVET_LINT_REPORT_MACHINE_TEXT_H_

#include <string>
#include <string_view>
#include <vector>

#include "lint/report/report.h"

namespace meshvet::lint {

using Diagnostics = std::vector<const Diagnostic*>;

// Those that are not suppressed, in the order of the report.
Diagnostics Shown(const Report& report);
// The same, errors first, then warnings.
Diagnostics WorstFirst(const Report& report);

// Where a rule's page is: "https://meshvet.dev/docs/rules/unknown-kind.md".
std::string RuleUrl(std::string_view id);

// A JSON array, one element a line.
std::string JsonArray(const std::vector<std::string>& elements);

// GitHub's runner and Azure's agent obey "##[command]" and "##vso[command]"
// anywhere in a line they print. `number_sign` is another way to write '#' in
// the format of `text`.
std::string WithoutLogCommands(std::string_view text,
                               std::string_view number_sign);
inline constexpr std::string_view kJsonNumberSign = "\\u0023";
inline constexpr std::string_view kXmlNumberSign = "&#35;";
// Of plain text, which has no other way.
inline constexpr std::string_view kSpacedNumberSign = "# ";

}  // namespace meshvet::lint

#endif  // MESHVET_LINT_REPORT_MACHINE_TEXT_H_

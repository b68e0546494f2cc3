#include "lint/machine_text.h"

#include <algorithm>

namespace meshvet::lint {
namespace {

constexpr std::string_view kRulePages = "https://meshvet.dev/docs/rules/";

}  // namespace

Diagnostics Shown(const Report& report) {
  Diagnostics shown;
  for (const Diagnostic& diagnostic : report.diagnostics) {
    if (!diagnostic.is_suppressed()) shown.push_back(&diagnostic);
  }
  return shown;
}

Diagnostics WorstFirst(const Report& report) {
  Diagnostics shown = Shown(report);
  std::ranges::stable_sort(
      shown, std::ranges::greater(),
      [](const Diagnostic* one) { return one->finding.severity; });
  return shown;
}

std::string RuleUrl(std::string_view id) {
  return std::string(kRulePages).append(id).append(".md");
}

std::string JsonArray(const std::vector<std::string>& elements) {
  std::string array = "[";
  for (const std::string& element : elements) {
    array.append(array.size() == 1 ? "\n" : ",\n").append(element);
  }
  return array.append(elements.empty() ? "]" : "\n]");
}

std::string WithoutLogCommands(std::string_view text,
                               std::string_view number_sign) {
  std::string safe;
  safe.reserve(text.size());
  while (!text.empty()) {
    if (text.starts_with("##[") || text.starts_with("##vso[")) {
      safe += number_sign;
    } else {
      safe += text.front();
    }
    text.remove_prefix(1);
  }
  return safe;
}

}  // namespace meshvet::lint

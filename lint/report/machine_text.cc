#include "lint/report/machine_text.h"

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
  size_t kept = 0;
  for (size_t at = text.find("##"); at != text.npos;
       at = text.find("##", at + 1)) {
    const std::string_view rest = text.substr(at);
    if (!rest.starts_with("##[") && !rest.starts_with("##vso[")) continue;
    safe.append(text.substr(kept, at - kept)).append(number_sign);
    kept = at + 1;
  }
  return safe.append(text.substr(kept));
}

}  // namespace meshvet::lint

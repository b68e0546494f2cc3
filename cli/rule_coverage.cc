#include "cli/rule_coverage.h"

#include <map>
#include <string>
#include <string_view>

#include "rules/rule.h"

namespace meshvet::cli {
namespace {

// "a-rule (Pod, Service)".
std::string Text(const rules::UnmetNeed& need) {
  std::string text(need.rule->id);
  text += " (";
  for (const GroupKind& kind : need.kinds) {
    if (!text.ends_with('(')) text += ", ";
    text += kind.kind;
  }
  return text + ")";
}

}  // namespace

webhook::CheckResult CheckRules(const NeedsSource& needs) {
  std::string list;
  for (const rules::UnmetNeed& need : needs()) {
    list += (list.empty() ? "" : ", ") + Text(need);
  }
  if (list.empty()) return {};
  return {true, "not run where they need what is not known: " + list};
}

void AddRuleMetrics(const NeedsSource& needs, webhook::Metrics& metrics) {
  metrics.AddSeries(
      "rule_kinds_unknown",
      "Kinds a rule needs of which not everything is known; where it needs "
      "them it does not run.",
      webhook::Metrics::SeriesType::kGauge, "rule", [needs] {
        std::map<std::string_view, size_t> counts;
        for (const rules::Rule* rule : rules::AllRules()) {
          if (!rule->needs.empty()) counts[rule->id] = 0;
        }
        for (const rules::UnmetNeed& need : needs()) {
          counts[need.rule->id] = need.kinds.size();
        }
        webhook::Metrics::Series series;
        for (const auto& [rule, count] : counts) {
          series.emplace_back(rule, static_cast<double>(count));
        }
        return series;
      });
}

}  // namespace meshvet::cli

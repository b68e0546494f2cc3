#include "rules/unmet_needs.h"

#include <algorithm>
#include <utility>

#include "rules/policy.h"

namespace meshvet::rules {
namespace {

bool MayRun(const Rule& rule, const Policy& policy) {
  const auto set = policy.rules.find(rule.id);
  const bool by_default = !rule.off_by_default;
  if (set == policy.rules.end() ? by_default
                                : set->second.enabled.value_or(by_default)) {
    return true;
  }
  return std::ranges::any_of(policy.overrides, [&](const Override& one) {
    const auto found = one.rules.find(rule.id);
    return found != one.rules.end() && found->second.enabled.value_or(false);
  });
}

}  // namespace

std::vector<UnmetNeed> UnmetNeeds(const Engine& engine,
                                  const Coverage& coverage) {
  std::vector<UnmetNeed> unmet;
  for (const Rule* rule : engine.rules()) {
    if (!MayRun(*rule, engine.policy())) continue;
    UnmetNeed need{rule, {}};
    for (const GroupKind& kind : rule->needs) {
      if (!coverage.Covers(kind, "")) need.kinds.push_back(kind);
    }
    if (!need.kinds.empty()) unmet.push_back(std::move(need));
  }
  return unmet;
}

}  // namespace meshvet::rules

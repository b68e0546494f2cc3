#include "rules/tags.h"

#include <algorithm>
#include <array>
#include <string>

#include "mesh/suggestion.h"

namespace meshvet::rules {
namespace {

constexpr std::array kTags = {
    Tag{"labels",
        "the labels by which workloads are known and selected",
        {"workload-entry-conflicting-label", "workload-entry-missing-label",
         "workload-entry-selected-by-nothing"}},
    Tag{"naming",
        "hosts in a form that means something else, or cannot be used there",
        {"virtual-service-host-not-qualified",
         "workload-entry-hostname-address-not-selectable"}},
    Tag{"ports",
        "ports that are missing, unclear, or of another protocol",
        {"destination-rule-tls-port-mismatch", "destination-rule-unknown-port",
         "virtual-service-ambiguous-port", "virtual-service-unknown-port"}},
    Tag{"references",
        "what is named and does not exist",
        {"destination-rule-unknown-host", "destination-rule-unknown-port",
         "virtual-service-unknown-delegate", "virtual-service-unknown-gateway",
         "virtual-service-unknown-host", "virtual-service-unknown-port",
         "virtual-service-unknown-subset"}},
    Tag{"subsets",
        "subsets of a DestinationRule",
        {"destination-rule-duplicate-subset",
         "virtual-service-unknown-subset"}},
    Tag{"tenancy",
        "what is another team's",
        {"virtual-service-cross-namespace-host",
         "virtual-service-host-not-allowed"}},
    Tag{"tls",
        "TLS and mTLS on the way to a host",
        {"destination-rule-mtls-mismatch",
         "destination-rule-port-tls-not-inherited",
         "destination-rule-tls-fields-ignored",
         "destination-rule-tls-incomplete",
         "destination-rule-tls-port-mismatch"}},
};

bool Has(const Tag& tag, const Rule& rule) {
  return std::ranges::find(tag.rule_ids, rule.id) != tag.rule_ids.end();
}

}  // namespace

std::span<const Tag> AllTags() { return kTags; }

std::vector<std::string_view> TagNames() {
  std::vector<std::string_view> names;
  names.reserve(kTags.size());
  for (const Tag& tag : kTags) names.push_back(tag.name);
  return names;
}

std::vector<const Rule*> RulesTagged(std::string_view tag) {
  const auto* const known = std::ranges::find(kTags, tag, &Tag::name);
  if (known == kTags.end()) return {};
  std::vector<const Rule*> tagged;
  for (const Rule* rule : AllRules()) {
    if (Has(*known, *rule)) tagged.push_back(rule);
  }
  return tagged;
}

Result<std::vector<const Rule*>> FindTagged(std::string_view tag) {
  std::vector<const Rule*> tagged = RulesTagged(tag);
  if (!tagged.empty()) return tagged;
  return Error{"no rule has the tag \"" + std::string(tag) + "\"" +
               DidYouMean(tag, TagNames())};
}

std::vector<std::string_view> TagsOf(const Rule& rule) {
  std::vector<std::string_view> names;
  for (const Tag& tag : kTags) {
    if (Has(tag, rule)) names.push_back(tag.name);
  }
  return names;
}

Closeness ClosenessOf(std::string_view word) {
  if (word.starts_with(kTagPrefix)) return Closeness::kTag;
  const Rule* rule = FindRule(word);
  const bool is_id = rule != nullptr && HasId(*rule, word);
  return is_id ? Closeness::kId : Closeness::kAlias;
}

}  // namespace meshvet::rules

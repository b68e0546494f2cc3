#include "mesh/destination_rule.h"

#include <algorithm>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

#include "mesh/host_name.h"
#include "mesh/kinds.h"
#include "mesh/memo.h"
#include "mesh/references.h"

namespace meshvet {
namespace {

using Rules = std::pmr::vector<const Object*>;
// Sorted, each once.
using Words = std::vector<std::string_view>;

bool Has(const Words& words, std::string_view word) {
  return std::ranges::find(words, word) != words.end();
}

// What a DestinationRule says of itself.
struct RuleFacts {
  bool selects = false;  // single pods, by a workloadSelector
  // exportTo as it is written: istiod compares the words, so no list and ["*"]
  // differ. A rule for single pods is private, whatever it says
  // (push_context.go:2081-2089).
  Words exports;
  Words subsets;  // their names, as they stand there
};

RuleFacts ReadFacts(const Object& rule) {
  const Node spec = rule.spec();
  RuleFacts facts;
  facts.selects = spec["workloadSelector"].exists();
  if (facts.selects) {
    facts.exports = {"."};
  } else {
    for (const Node word : spec["exportTo"]) {
      facts.exports.push_back(word.Str());
    }
    std::ranges::sort(facts.exports);
    const auto twins = std::unique(facts.exports.begin(), facts.exports.end());
    facts.exports.erase(twins, facts.exports.end());
  }
  for (const Node subset : spec["subsets"]) {
    facts.subsets.push_back(subset["name"].Str());
  }
  return facts;
}

const RuleFacts& FactsOf(const Object& rule) {
  return rule.facts().Get<RuleFacts>([&] { return ReadFacts(rule); });
}

const Words& ExportOf(const Object& rule) { return FactsOf(rule).exports; }

bool SameSelector(const Object& a, const Object& b) {
  if (FactsOf(a).selects != FactsOf(b).selects) return false;
  return !FactsOf(a).selects || a.spec()["workloadSelector"]["matchLabels"] ==
                                    b.spec()["workloadSelector"]["matchLabels"];
}

// Whether its own namespace finds the rule at the first level. The mesh's
// default does not matter here.
bool IsLocal(const Object& rule) {
  const Words& words = ExportOf(rule);
  return words.empty() || Has(words, "*") || Has(words, ".") ||
         Has(words, rule.ns());
}

bool IsPrivate(const Object& rule, const MeshConfig& config) {
  const Words& words = ExportOf(rule);
  if (words.empty()) {
    return std::ranges::find(config.default_destination_rule_export_to, ".") !=
           config.default_destination_rule_export_to.end();
  }
  return words.size() == 1 && (Has(words, ".") || Has(words, rule.ns()));
}

// What was never stored is newer than all that was.
bool IsOlder(const Object* a, const Object* b) {
  return std::tuple(a->created().empty(), a->created(), a->name()) <
         std::tuple(b->created().empty(), b->created(), b->name());
}

// The rules of the mesh with a wildcard host.
const Rules& WildcardRules(const MeshView& mesh) {
  std::optional<Rules>& known = mesh.memo().wildcard_rules;
  if (!known) {
    known.emplace(&mesh.memo().memory);
    mesh.ForEachRuleOfHost(mesh.At(kAnyWildcard), [&](const Object& rule) {
      known->push_back(&rule);
    });
  }
  return *known;
}

// Rules of `ns` whose host covers `host`.
Rules RulesFor(const MeshView& mesh, const KnownHost& host,
               std::string_view ns) {
  Rules rules(&mesh.memo().memory);
  mesh.ForEachRuleOfHost(host, [&](const Object& rule) {
    if (rule.ns() == ns) rules.push_back(&rule);
  });
  for (const Object* rule : WildcardRules(mesh)) {
    if (rule->ns() != ns) continue;
    const std::string own = HostOf(*rule, mesh.config());
    if (own != host.name && HostSubsetOf(host.name, own)) {
      rules.push_back(rule);
    }
  }
  return rules;
}

// Of `rules`, those with the most specific host.
Rules MostSpecific(Rules rules, const MeshConfig& config) {
  if (rules.size() < 2) return rules;
  Rules best;
  for (const Object* rule : rules) {
    const std::string host = HostOf(*rule, config);
    if (!best.empty()) {
      const std::string leader = HostOf(*best.front(), config);
      if (host != leader && !MoreSpecific(host, leader)) continue;
      if (host != leader) best.clear();
    }
    best.push_back(rule);
  }
  return best;
}

// Rules that istiod makes one of. Their exportTo is the oldest one's.
struct Merged {
  Rules rules;

  bool selects() const { return FactsOf(*rules.front()).selects; }
  const Words& exports() const { return ExportOf(*rules.front()); }
  bool IsVisibleTo(std::string_view client_ns) const {
    return exports().empty() || Has(exports(), "*") ||
           Has(exports(), client_ns);
  }
};

// Whether a newer rule is folded into an older one's: z21 in
// destination_rule.go:65-91, where exportTo of the newer may hold more.
bool IsFoldedInto(const Words& older, const Words& newer) {
  return older == newer ||
         (!older.empty() && std::ranges::includes(newer, older));
}

// destination_rule.go:46-140. A rule stands alone if the last one before it
// does not take it in, even if another has.
std::vector<Merged> Merge(Rules rules) {
  std::ranges::stable_sort(rules, IsOlder);
  std::vector<Merged> merged;
  for (const Object* rule : rules) {
    bool stands_alone = true;
    for (Merged& older : merged) {
      stands_alone = !IsFoldedInto(older.exports(), ExportOf(*rule)) ||
                     !SameSelector(*older.rules.front(), *rule);
      if (!stands_alone) older.rules.push_back(rule);
    }
    if (stands_alone) merged.push_back({{rule}});
  }
  return merged;
}

void Enter(Merged&& merged, EffectiveRule& effective) {
  if (merged.selects()) {
    effective.selecting.insert(effective.selecting.end(), merged.rules.begin(),
                               merged.rules.end());
  } else {
    effective.rules = std::move(merged.rules);  // the newest wins
  }
}

// Fills in the rules of one level; false if it has none for this client.
template <typename Belongs, typename Sees>
bool FindAtLevel(const MeshView& mesh, const KnownHost& host,
                 std::string_view ns, const Belongs& belongs, const Sees& sees,
                 EffectiveRule& effective) {
  effective.is_certain &= mesh.Covers(kDestinationRule, ns);
  Rules rules = RulesFor(mesh, host, ns);
  std::erase_if(rules, [&](const Object* rule) { return !belongs(*rule); });
  if (rules.empty()) return false;
  if (rules.size() == 1) {  // as nearly always
    Merged only{std::move(rules)};
    if (!sees(only)) return false;
    Enter(std::move(only), effective);
    return true;
  }
  bool any = false;
  for (Merged& merged : Merge(MostSpecific(std::move(rules), mesh.config()))) {
    if (!sees(merged)) continue;
    any = true;
    Enter(std::move(merged), effective);
  }
  return any;
}

bool IsAmong(const Object& rule, const Rules& rules) {
  return std::ranges::any_of(rules, [&](const Object* other) {
    return other == &rule || other->SameIdentity(rule);
  });
}

// One namespace for each kind of client that the rule is exported to.
std::vector<std::string_view> ClientsOf(const Object& rule) {
  std::vector<std::string_view> clients = {rule.ns()};
  const Words& words = ExportOf(rule);
  for (const std::string_view word : words) {
    if (word != "*" && word != "." && word != "~") clients.push_back(word);
  }
  if (words.empty() || Has(words, "*")) clients.emplace_back();
  return clients;
}

// Of `effective`, the rules that `rule` is one with.
Rules Companions(const Object& rule, const EffectiveRule& effective) {
  if (IsAmong(rule, effective.rules)) return effective.rules;
  if (!IsAmong(rule, effective.selecting)) return {};
  Rules rules = effective.selecting;
  std::erase_if(
      rules, [&](const Object* other) { return !SameSelector(*other, rule); });
  return rules;
}

}  // namespace

bool EffectiveRule::HasSubset(std::string_view name) const {
  return std::ranges::any_of(rules, [&](const Object* rule) {
    return Has(FactsOf(*rule).subsets, name);
  });
}

Node EffectiveRule::Subset(std::string_view name) const {
  for (const Object* rule : rules) {
    const Words& names = FactsOf(*rule).subsets;
    const auto found = std::ranges::find(names, name);
    if (found == names.end()) continue;
    return rule->spec()["subsets"][static_cast<size_t>(found - names.begin())];
  }
  return {};
}

Node RuleInForce::traffic_policy() const {
  return policy_owner().spec()["trafficPolicy"];
}

const Object& RuleInForce::policy_owner() const {
  for (const Object* rule : rules) {
    if (rule->spec()["trafficPolicy"].exists()) return *rule;
  }
  return *rules.front();
}

RuleInForce FindRuleInForce(const Object& rule, const MeshView& mesh,
                            std::string_view host) {
  for (const std::string_view client : ClientsOf(rule)) {
    const HostLookup& found = FindHost(mesh, host, client);
    if (found.services.empty()) continue;
    const RegistryService& service = found.services.front();
    Rules rules =
        Companions(rule, FindDestinationRule(mesh, host, service.ns(), client));
    if (!rules.empty()) return {std::move(rules), service};
  }
  return {};
}

bool AreMerged(const Object& a, const Object& b) {
  const bool a_is_older = IsOlder(&a, &b);
  return SameSelector(a, b) && IsFoldedInto(ExportOf(a_is_older ? a : b),
                                            ExportOf(a_is_older ? b : a));
}

std::string HostOf(const Object& destination_rule, const MeshConfig& config) {
  return ResolveHost(destination_rule.spec()["host"].Str(),
                     destination_rule.ns(), config.domain);
}

EffectiveRule LookUpDestinationRule(const MeshView& mesh, const KnownHost& host,
                                    std::string_view service_ns,
                                    std::string_view client_ns) {
  const MeshConfig& config = mesh.config();
  const std::string_view root = config.root_namespace;
  EffectiveRule effective{.rules = Rules(&mesh.memo().memory),
                          .selecting = Rules(&mesh.memo().memory)};
  effective.is_certain = true;
  const auto is_local = [&](const Object& rule) {
    return client_ns == root ? IsPrivate(rule, config) : IsLocal(rule);
  };
  const auto is_exported = [&](const Object& rule) {
    return !IsPrivate(rule, config);
  };
  const auto all = [](const Merged&) { return true; };
  const auto visible = [&](const Merged& merged) {
    return merged.IsVisibleTo(client_ns);
  };
  // Nobody's namespace holds no rules.
  if (!client_ns.empty() &&
      FindAtLevel(mesh, host, client_ns, is_local, all, effective)) {
    return effective;
  }
  for (const std::string_view ns : {service_ns, root}) {
    if (FindAtLevel(mesh, host, ns, is_exported, visible, effective)) break;
  }
  return effective;
}

const EffectiveRule& FindDestinationRule(const MeshView& mesh,
                                         std::string_view host,
                                         std::string_view service_ns,
                                         std::string_view client_ns) {
  return mesh.memo().rules.Get(
      {host, service_ns, client_ns}, [&](EffectiveRule& effective) {
        effective =
            LookUpDestinationRule(mesh, mesh.At(host), service_ns, client_ns);
      });
}

void ForEachPolicyScope(const Object& destination_rule,
                        const std::function<void(const PolicyScope&)>& visit) {
  const auto visit_policy = [&](Node policy, std::string_view subset) {
    if (!policy.IsObject()) return;
    visit({policy, subset, {}, false});
    std::set<int64_t> seen;
    for (const Node entry : policy["portLevelSettings"]) {
      const Node port = entry["port"]["number"];
      if (port.Int() && !seen.insert(*port.Int()).second) continue;
      visit({entry, subset, port, true});
    }
  };
  visit_policy(destination_rule.spec()["trafficPolicy"], {});
  for (const Node subset : destination_rule.spec()["subsets"]) {
    visit_policy(subset["trafficPolicy"], subset["name"].Str());
  }
}

}  // namespace meshvet

#include "mesh/destination_rule.h"

#include <algorithm>
#include <tuple>

#include "mesh/host_name.h"
#include "mesh/kinds.h"
#include "mesh/memo.h"
#include "mesh/references.h"
#include "mesh/visibility.h"

namespace meshvet {
namespace {

using Rules = std::vector<const Object*>;

ExportTo ExportOf(const Object& rule, const MeshConfig& config) {
  return ExportTo(rule.spec()["exportTo"],
                  config.default_destination_rule_export_to);
}

bool IsPrivate(const Object& rule, const MeshConfig& config) {
  const ExportTo exported = ExportOf(rule, config);
  return !exported.IsPublic() && exported.VisibleTo(rule.ns(), rule.ns());
}

// Rules of `ns` for `host` without a workloadSelector, oldest first.
Rules RulesFor(const MeshView& mesh, std::string_view host,
               std::string_view ns) {
  Rules rules;
  const auto collect = [&](const Object& rule) {
    if (rule.ns() != ns || rule.spec()["workloadSelector"].exists()) return;
    rules.push_back(&rule);
  };
  mesh.ForEachReferrer(kDestinationRule, kService, host, collect);
  mesh.ForEachReferrer(kDestinationRule, kService, kAnyWildcard,
                       [&](const Object& rule) {
                         const std::string own = HostOf(rule, mesh.config());
                         if (own != host && HostSubsetOf(host, own)) {
                           collect(rule);
                         }
                       });
  if (rules.size() < 2) return rules;
  std::ranges::stable_sort(rules, [](const Object* a, const Object* b) {
    return std::tuple(a->created(), a->name()) <
           std::tuple(b->created(), b->name());
  });
  return rules;
}

// Of `rules`, those with the most specific host. istiod chooses it before it
// looks at exportTo in the levels of the service and the root namespace
// (push_context.go:1327-1345), after it in the client's own.
Rules MostSpecific(const Rules& rules, const MeshConfig& config) {
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

// Of rules for one host, oldest first, those merged into the one that counts:
// the newest visible one and all whose exportTo equals its own.
Rules Merged(Rules rules, const MeshConfig& config) {
  if (rules.size() < 2) return rules;
  const ExportTo newest = ExportOf(*rules.back(), config);
  std::erase_if(rules, [&](const Object* rule) {
    return !(ExportOf(*rule, config) == newest);
  });
  return rules;
}

void KeepVisible(Rules& rules, std::string_view client_ns,
                 const MeshConfig& config) {
  std::erase_if(rules, [&](const Object* rule) {
    return !ExportOf(*rule, config).VisibleTo(client_ns, rule->ns());
  });
}

EffectiveRule Find(const MeshView& mesh, std::string_view host,
                   std::string_view service_ns, std::string_view client_ns) {
  const MeshConfig& config = mesh.config();
  EffectiveRule effective;
  const auto known = [&](std::string_view ns) {
    return mesh.Covers(kDestinationRule, ns);
  };

  Rules own = RulesFor(mesh, host, client_ns);
  KeepVisible(own, client_ns, config);
  if (client_ns == config.root_namespace) {
    std::erase_if(own, [&](const Object* r) { return !IsPrivate(*r, config); });
  }
  effective.rules = Merged(MostSpecific(own, config), config);
  effective.is_certain = known(client_ns);
  if (!effective.rules.empty()) return effective;

  for (const std::string_view ns :
       {service_ns, std::string_view(config.root_namespace)}) {
    if (ns == client_ns) continue;  // that was the first level
    Rules exported = MostSpecific(RulesFor(mesh, host, ns), config);
    KeepVisible(exported, client_ns, config);
    effective.rules = Merged(std::move(exported), config);
    effective.is_certain = effective.is_certain && known(ns);
    if (!effective.rules.empty()) break;
  }
  return effective;
}

}  // namespace

Node EffectiveRule::Subset(std::string_view name) const {
  for (const Object* rule : rules) {
    for (const Node subset : rule->spec()["subsets"]) {
      if (subset["name"].Str() == name) return subset;
    }
  }
  return {};
}

std::string HostOf(const Object& destination_rule, const MeshConfig& config) {
  return ResolveHost(destination_rule.spec()["host"].Str(),
                     destination_rule.ns(), config.domain);
}

const EffectiveRule& FindDestinationRule(const MeshView& mesh,
                                         std::string_view host,
                                         std::string_view service_ns,
                                         std::string_view client_ns) {
  return mesh.memo().rules.Get({host, service_ns, client_ns}, [&] {
    return Find(mesh, host, service_ns, client_ns);
  });
}

void ForEachPolicyScope(const Object& destination_rule,
                        const std::function<void(const PolicyScope&)>& visit) {
  const auto visit_policy = [&](Node policy, std::string_view subset) {
    if (!policy.IsObject()) return;
    visit({policy, subset, {}, false});
    for (const Node entry : policy["portLevelSettings"]) {
      visit({entry, subset, entry["port"]["number"], true});
    }
  };
  visit_policy(destination_rule.spec()["trafficPolicy"], {});
  for (const Node subset : destination_rule.spec()["subsets"]) {
    visit_policy(subset["trafficPolicy"], subset["name"].Str());
  }
}

}  // namespace meshvet

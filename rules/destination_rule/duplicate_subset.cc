// Of two subsets with one name only the first exists.

#include <set>
#include <string>
#include <string_view>

#include "mesh/destination_rule.h"
#include "rules/rule.h"

namespace meshvet::rules {
namespace {

void CheckWithin(const Object& rule, RuleContext& ctx) {
  std::set<std::string_view> seen;
  for (const Node subset : rule.spec()["subsets"]) {
    const Node name = subset["name"];
    if (name.Str().empty() || seen.insert(name.Str()).second) continue;
    ctx.Report(name, "subset \"" + std::string(name.Str()) +
                         "\" is defined twice here; Istio refuses the rule")
        .As(Severity::kError)
        .About(std::string(name.Str()));
  }
}

Node FindSubset(const Object& rule, std::string_view name) {
  for (const Node subset : rule.spec()["subsets"]) {
    if (subset["name"].Str() == name) return subset["name"];
  }
  return {};
}

// istiod merges rules of one namespace and host, oldest first, and drops a
// subset it has already (destination_rule.go:46-140).
void CheckAgainst(const Object& rule, const Object& older, RuleContext& ctx) {
  for (const Node subset : rule.spec()["subsets"]) {
    const Node name = subset["name"];
    const Node other = FindSubset(older, name.Str());
    if (name.Str().empty() || !other.exists()) continue;
    ctx.Report(name, "subset \"" + std::string(name.Str()) +
                         "\" is also defined by " + older.Title() +
                         ", which is merged with this rule; only one of the "
                         "two is kept")
        .About(std::string(name.Str()) + " " + older.Title())
        .See(older, other, "the other definition");
  }
}

void Check(const Object& rule, RuleContext& ctx) {
  CheckWithin(rule, ctx);
  const std::string host = HostOf(rule, ctx.config());
  if (host.empty()) return;
  ctx.mesh().ForEachReferrer(
      kDestinationRule, kService, host, [&](const Object& other) {
        if (&other == &rule || other.SameIdentity(rule)) return;
        if (other.ns() != rule.ns() || !AreMerged(rule, other)) return;
        CheckAgainst(rule, other, ctx);
      });
}

}  // namespace

extern constinit const Rule destination_rule_duplicate_subset = {
    .id = "destination-rule-duplicate-subset",
    .title = "DestinationRule defines a subset that exists already",
    .severity = Severity::kWarning,
    .rationale =
        R"(Subset names are unique within a DestinationRule: Istio's own webhook refuses
twins. Several rules of one namespace for one host are merged, the oldest first,
and a subset of a later one whose name is taken is dropped without a word, labels,
TLS settings and all.)",
    .aliases = {"KIA0201"},
    .kinds = {kDestinationRule},
    .needs = {kDestinationRule},
    .strictest = Action::kWarn,
    .bad = {{"Twice in one rule", R"(
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: cart, namespace: shop}
spec:
  host: cart
  subsets:
  - {name: v1, labels: {version: v1}}
  - {name: v1, labels: {version: v2}}
)"},
            {"In two rules for one host", R"(
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: cart-canary, namespace: shop}
spec: {host: cart, subsets: [{name: v2, labels: {version: v2-canary}}]}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: cart, namespace: shop}
spec:
  host: cart.shop.svc.cluster.local
  subsets: [{name: v2, labels: {version: v2}}]
)"}},
    .good = {{"Different names in two rules", R"(
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: cart-canary, namespace: shop}
spec: {host: cart, subsets: [{name: canary, labels: {version: v2-canary}}]}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: cart, namespace: shop}
spec: {host: cart, subsets: [{name: v2, labels: {version: v2}}]}
)"}},
    .check = Check,
};

}  // namespace meshvet::rules

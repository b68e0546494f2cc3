// A subset must be defined by the DestinationRule that applies.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mesh/destination_rule.h"
#include "mesh/references.h"
#include "mesh/registry.h"
#include "mesh/routed_destination.h"
#include "mesh/suggestion.h"
#include "rules/rule.h"

namespace meshvet::rules {
namespace {

using Namespaces = std::vector<std::string>;

// Where the gateways are that carry this route: its matches' own, else the
// VirtualService's. Their pods are taken to be in the Gateway's namespace.
Namespaces GatewayNamespaces(const Object& vs, Node route) {
  Namespaces namespaces;
  const auto add = [&](Node gateways) {
    for (const Node gateway : gateways) {
      const std::string target = ResolveGatewayName(gateway.Str(), vs.ns());
      const size_t slash = target.find('/');
      if (slash != target.npos) namespaces.push_back(target.substr(0, slash));
    }
  };
  const Node all = vs.spec()["gateways"];
  const Node matches = route["match"];
  for (const Node match : matches) {
    const Node own = match["gateways"];
    add(own.empty() ? all : own);
  }
  if (matches.empty()) add(all);
  return namespaces;
}

std::string Suggest(const EffectiveRule& effective, std::string_view subset) {
  std::vector<std::string_view> names;
  for (const Object* rule : effective.rules) {
    for (const Node other : rule->spec()["subsets"]) {
      names.push_back(other["name"].Str());
    }
  }
  return DidYouMean(subset, names);
}

std::string Explain(const EffectiveRule& effective, std::string_view host) {
  if (effective.rules.empty()) {
    return "no DestinationRule applies to \"" + std::string(host) + "\"";
  }
  return effective.rules.front()->Title() + ", which applies to \"" +
         std::string(host) + "\", does not define it";
}

void Report(const RoutedDestination& to, const EffectiveRule& rule,
            const std::string& client, RuleContext& ctx) {
  const std::string target(to.host->target);
  const std::string subset(to.subset);
  ctx.Report(to.node["subset"],
             "subset \"" + subset +
                 "\" is not defined for clients in namespace " + client + ": " +
                 Explain(rule, target) + Suggest(rule, subset) +
                 "; calls end in a 503")
      .About(target + "/" + subset + " from " + client);
}

void NotRun(const RoutedDestination& to, RuleContext& ctx) {
  ctx.NotRun("the DestinationRules that may apply to \"" +
             std::string(to.host->target) + "\" are not all known");
}

void CheckSidecars(const RoutedDestination& to, std::string_view home,
                   RuleContext& ctx) {
  const EffectiveRule& rule = to.SidecarRule(ctx.mesh(), home);
  if (rule.HasSubset(to.subset)) return;
  if (!rule.is_certain) return NotRun(to, ctx);
  Report(to, rule, std::string(to.ns), ctx);
}

void CheckGateways(const RoutedDestination& to, std::string_view home,
                   const Namespaces& gateways, RuleContext& ctx) {
  const EffectiveRule* first = nullptr;
  bool all_certain = true;
  for (const std::string& ns : gateways) {
    const EffectiveRule& rule =
        FindDestinationRule(ctx.mesh(), to.host->target, home, ns);
    if (rule.HasSubset(to.subset)) return;
    all_certain &= rule.is_certain;
    if (first == nullptr) first = &rule;
  }
  if (first == nullptr) return;
  if (!all_certain) return NotRun(to, ctx);
  Report(to, *first, gateways.front(), ctx);
}

// Those who may carry a route: the VirtualService's own sidecars, and
// gateways, of which any may be the one that counts.
void CheckDestination(const RoutedDestination& to, const Namespaces& gateways,
                      RuleContext& ctx) {
  const HostLookup& found = to.Lookup(ctx.mesh());
  const auto& service = to.host->service;
  if (found.presence != Presence::kFound && !service) return;
  const std::string_view home =
      found.services.empty() ? service->name.ns : found.services.front().ns();
  if (to.from_mesh) CheckSidecars(to, home, ctx);
  CheckGateways(to, home, gateways, ctx);
}

void Check(const Object& vs, RuleContext& ctx) {
  Namespaces gateways;
  Node route;  // whose gateways these are
  for (const RoutedDestination& to : DestinationsOf(vs, ctx.mesh())) {
    if (to.subset.empty()) continue;
    if (to.route.value() != route.value()) {
      route = to.route;
      gateways = GatewayNamespaces(vs, route);
    }
    CheckDestination(to, gateways, ctx);
  }
}

}  // namespace

extern constinit const Rule virtual_service_unknown_subset = {
    .id = "virtual-service-unknown-subset",
    .title = "VirtualService routes to a subset that is not defined",
    .severity = Severity::kError,
    .rationale =
        R"(A subset is a name inside a DestinationRule, and only one DestinationRule
applies: the most specific for the host in the client's namespace, else in the
Service's, else in the root namespace. A subset that some other rule defines does
not count, nor does one of a rule with a workloadSelector. A route to a subset
that is not there ends in a 503.

The clients are the sidecars of the VirtualService's namespace where the route is
bound to the mesh, and the gateways that carry it, in the namespace of their
Gateway: for these, one that finds the subset is enough.)",
    .aliases = {"IST0101", "KIA1107"},
    .kinds = {kVirtualService},
    .needs = {kService, kServiceEntry, kDestinationRule, kNamespace},
    .strictest = Action::kWarn,
    .bad = {{"A misspelt subset", R"(
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: reviews, namespace: shop}
spec:
  hosts: [reviews]
  http: [{route: [{destination: {host: reviews, subset: v22}}]}]
---
apiVersion: v1
kind: Service
metadata: {name: reviews, namespace: shop}
spec: {ports: [{name: http, port: 80}]}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: reviews, namespace: shop}
spec: {host: reviews, subsets: [{name: v2, labels: {version: v2}}]}
)"},
            {"The client's own rule hides the Service's", R"(
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: reviews, namespace: web}
spec:
  hosts: [reviews.shop.svc.cluster.local]
  exportTo: ["."]
  http:
  - route: [{destination: {host: reviews.shop.svc.cluster.local, subset: v2}}]
---
apiVersion: v1
kind: Service
metadata: {name: reviews, namespace: shop}
spec: {ports: [{name: http, port: 80}]}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: reviews, namespace: shop}
spec: {host: reviews, subsets: [{name: v2, labels: {version: v2}}]}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: timeouts, namespace: web}
spec:
  host: reviews.shop.svc.cluster.local
  trafficPolicy: {connectionPool: {tcp: {connectTimeout: 1s}}}
)"}},
    .good = {{"A subset of a wildcard rule", R"(
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: reviews, namespace: shop}
spec:
  hosts: [reviews]
  http: [{route: [{destination: {host: reviews, subset: v2}}]}]
---
apiVersion: v1
kind: Service
metadata: {name: reviews, namespace: shop}
spec: {ports: [{name: http, port: 80}]}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: all, namespace: shop}
spec:
  host: "*.shop.svc.cluster.local"
  subsets: [{name: v2, labels: {version: v2}}]
)"},
             {"A host that names nothing is another rule's matter", R"(
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: reviews, namespace: shop}
spec:
  hosts: [reviews]
  http: [{route: [{destination: {host: reviews.prod, subset: v2}}]}]
)"}},
    .check = Check,
};

}  // namespace meshvet::rules

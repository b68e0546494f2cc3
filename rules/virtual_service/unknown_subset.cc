// A subset must be defined by the DestinationRule that applies.

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "mesh/destination_rule.h"
#include "mesh/references.h"
#include "mesh/registry.h"
#include "mesh/routed_destination.h"
#include "mesh/suggestion.h"
#include "rules/rule.h"

namespace meshvet::rules {
namespace {

// The namespaces whose proxies may carry these routes: the VirtualService's own
// sidecars, and where its gateways are.
std::vector<std::string> ClientNamespaces(const Object& vs) {
  std::vector<std::string> clients = {std::string(vs.ns())};
  ForEachGatewayName(vs, [&](Node gateway) {
    const std::string target = ResolveGatewayName(gateway.Str(), vs.ns());
    const size_t slash = target.find('/');
    if (slash != target.npos) clients.push_back(target.substr(0, slash));
  });
  std::ranges::sort(clients);
  clients.erase(std::unique(clients.begin(), clients.end()), clients.end());
  return clients;
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

void CheckDestination(const RoutedDestination& to,
                      const std::vector<std::string>& clients,
                      RuleContext& ctx) {
  const Node place = to.node["subset"];
  const std::string_view subset = place.Str();
  if (subset.empty()) return;
  const std::string& target = to.host->target;
  const HostLookup& found = to.Lookup(ctx.mesh());
  const auto service = ParseServiceHost(target, ctx.config().domain);
  if (found.presence != Presence::kFound && !service) return;
  const std::string_view home =
      found.services.empty() ? service->ns : found.services.front().ns();

  for (const std::string& client : clients) {
    const EffectiveRule& effective =
        FindDestinationRule(ctx.mesh(), target, home, client);
    if (effective.Subset(subset).exists()) return;
    if (!effective.is_certain) {
      ctx.NotRun("the DestinationRules that may apply to \"" + target +
                 "\" are not all known");
      return;
    }
  }
  const EffectiveRule& own =
      FindDestinationRule(ctx.mesh(), target, home, to.ns);
  ctx.Report(place, "subset \"" + std::string(subset) +
                        "\" is not defined: " + Explain(own, target) +
                        Suggest(own, subset) + "; calls end in a 503")
      .About(target + "/" + std::string(subset));
}

void Check(const Object& vs, RuleContext& ctx) {
  const std::vector<std::string> clients = ClientNamespaces(vs);
  for (const RoutedDestination& to : DestinationsOf(vs, ctx.mesh())) {
    CheckDestination(to, clients, ctx);
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

It is reported when neither the sidecars of the VirtualService's namespace nor
the gateways it is bound to would find the subset.)",
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
)"}},
    .check = Check,
};

}  // namespace meshvet::rules

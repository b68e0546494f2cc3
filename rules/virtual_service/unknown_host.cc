// A destination must lead to something the registry knows.

#include <algorithm>
#include <string>
#include <string_view>

#include "mesh/registry.h"
#include "mesh/routed_destination.h"
#include "rules/nearest_object.h"
#include "rules/rule.h"

namespace meshvet::rules {
namespace {

std::string Unseen(const RegistryService& service, std::string_view client) {
  return "exists in namespace " + std::string(service.ns()) +
         " but is not exported to " + std::string(client);
}

// Why calls to `host` lead nowhere.
std::string Reason(const RuleContext& ctx, const Object& vs,
                   const DestinationHost& host, const HostLookup& found) {
  if (!found.hidden.empty()) return Unseen(found.hidden.front(), vs.ns());
  const std::string target(host.target);
  const std::string hint = DidYouMeanHost(ctx.mesh(), host.target, vs.ns());
  if (host.alias != nullptr) {
    return "is a Service that stands for \"" + target +
           "\", which the mesh does not know" + hint;
  }
  return "is neither a Service nor a ServiceEntry host" + hint;
}

// A sidecar takes the services of its own namespace that a VirtualService names
// whatever they are exported to (pilot/pkg/model/sidecar.go:396-403).
bool IsTakenUnseen(const Object& vs, const RoutedDestination& to,
                   const HostLookup& found) {
  return to.from_mesh &&
         std::ranges::any_of(found.hidden, [&](const RegistryService& hidden) {
           return hidden.ns() == vs.ns();
         });
}

void CheckDestination(const Object& vs, const RoutedDestination& to,
                      RuleContext& ctx) {
  const DestinationHost& host = *to.host;
  if (host.intended) return;  // virtual-service-host-not-qualified speaks
  const HostLookup& found = to.Lookup(ctx.mesh());
  if (found.presence == Presence::kFound || found.is_assumed) return;
  if (IsTakenUnseen(vs, to, found)) return;
  const std::string written(to.written);
  if (found.presence == Presence::kUnknown && !IsIpAddress(written)) {
    ctx.NotRun("not every Service and ServiceEntry that could define \"" +
               std::string(host.target) + "\" is known");
    return;
  }
  ctx.Report(to.node["host"], "host \"" + written + "\" " +
                                  Reason(ctx, vs, host, found) +
                                  ": calls to it end in a 503")
      .As(to.has_traffic ? Severity::kError : Severity::kWarning)
      .About(std::string(host.target));
}

void Check(const Object& vs, RuleContext& ctx) {
  for (const RoutedDestination& to : DestinationsOf(vs, ctx.mesh())) {
    CheckDestination(vs, to, ctx);
  }
}

}  // namespace

extern constinit const Rule virtual_service_unknown_host = {
    .id = "virtual-service-unknown-host",
    .title = "VirtualService routes to a host that does not exist",
    .severity = Severity::kError,
    .rationale =
        R"(A destination is looked up by its exact name among the Services and
ServiceEntries that the VirtualService's namespace may see. What is not there has
no cluster: calls end in a 503, whatever `outboundTrafficPolicy` says. A
ServiceEntry for `*.example.com` does not serve a destination `api.example.com`,
and exportTo can hide a Service that exists.

At admission it warns rather than denies, because tools apply objects in any
order. A destination of weight 0 is a warning: nothing is sent to it yet.)",
    .aliases = {"IST0101", "KIA1101"},
    .kinds = {kVirtualService},
    .needs = {kService, kServiceEntry, kNamespace},
    .strictest = Action::kWarn,
    .bad = {{"A misspelt Service", R"(
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: reviews, namespace: shop}
spec:
  hosts: [reviews]
  http:
  - route: [{destination: {host: revews}}]
---
apiVersion: v1
kind: Service
metadata: {name: reviews, namespace: shop}
spec: {ports: [{name: http, port: 80}]}
)"},
            {"A Service that is not exported", R"(
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: reviews, namespace: shop}
spec:
  hosts: [reviews]
  http:
  - route: [{destination: {host: ratings.prod.svc.cluster.local}}]
---
apiVersion: v1
kind: Service
metadata:
  name: ratings
  namespace: prod
  annotations: {networking.istio.io/exportTo: "."}
spec: {ports: [{name: http, port: 80}]}
)"},
            {"A wildcard ServiceEntry does not serve a concrete name", R"(
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: partner, namespace: shop}
spec:
  hosts: [api.partner.example]
  tls:
  - match: [{sniHosts: [api.partner.example]}]
    route: [{destination: {host: api.partner.example}}]
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: partner, namespace: shop}
spec:
  hosts: ["*.partner.example"]
  ports: [{number: 443, name: tls, protocol: TLS}]
)"},
            {"Case matters in a destination", R"(
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: reviews, namespace: shop}
spec:
  hosts: [reviews]
  http:
  - route: [{destination: {host: Reviews}}]
---
apiVersion: v1
kind: Service
metadata: {name: reviews, namespace: shop}
spec: {ports: [{name: http, port: 80}]}
)"}},
    .good = {{"A Service and a ServiceEntry host", R"(
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: reviews, namespace: shop}
spec:
  hosts: [reviews]
  http:
  - route:
    - destination: {host: reviews}
    - destination: {host: api.partner.example}
---
apiVersion: v1
kind: Service
metadata: {name: reviews, namespace: shop}
spec: {ports: [{name: http, port: 80}]}
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: partner, namespace: shop}
spec:
  hosts: [api.partner.example]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: DNS
)"},
             {"Where not everything is known, nothing is claimed", R"(
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: reviews, namespace: shop}
spec:
  hosts: [reviews]
  http:
  - route: [{destination: {host: reviews}}]
)",
              "", false},
             {"A half-qualified name is another rule's matter", R"(
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: reviews, namespace: shop}
spec:
  hosts: [reviews]
  http: [{route: [{destination: {host: reviews.prod}}]}]
)"}},
    .check = Check,
};

}  // namespace meshvet::rules

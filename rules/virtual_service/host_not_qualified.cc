// A destination with a dot is taken as it is: "reviews.prod" names nothing.

#include <string>
#include <string_view>

#include "mesh/routed_destination.h"
#include "rules/rule.h"

namespace meshvet::rules {
namespace {

void CheckDestination(const RoutedDestination& to, RuleContext& ctx) {
  const DestinationHost& host = *to.host;
  if (!host.intended) return;
  const Node place = to.node["host"];
  const std::string written(to.written);
  const std::string full =
      ServiceHost(host.intended->name, host.intended->ns, ctx.config().domain);
  const bool is_known = host.intended_presence == Presence::kFound;
  ctx.Report(place, "host \"" + written +
                        "\" is no name Istio knows: it expands only names "
                        "without a dot, so calls end in a 503; write \"" +
                        full + "\"")
      .About(written)
      .Fix(is_known ? Safety::kSafe : Safety::kUnsafe,
           "write the full name \"" + full + "\"", {Set(place, full)});
}

void Check(const Object& vs, RuleContext& ctx) {
  for (const RoutedDestination& to : DestinationsOf(vs, ctx.mesh())) {
    CheckDestination(to, ctx);
  }
}

}  // namespace

extern constinit const Rule virtual_service_host_not_qualified = {
    .id = "virtual-service-host-not-qualified",
    .title = "VirtualService destination is a half-qualified host name",
    .severity = Severity::kError,
    .rationale =
        R"(Kubernetes DNS resolves `reviews.prod` and `reviews.prod.svc`, so people
write them. Istio does not: a destination without a dot is a Service of the
VirtualService's own namespace, and one with a dot is taken to be complete. There
is no cluster of such a name, and calls end in a 503. A trailing dot passes
Istio's own validation and fails the same way.

The fix is safe where the Service is known, so that the meaning is certain.)",
    .aliases = {"IST0101", "KIA1101"},
    .kinds = {kVirtualService},
    .needs = {kService, kServiceEntry, kNamespace},
    .strictest = Action::kWarn,
    .bad = {{"name.namespace", R"(
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: reviews, namespace: shop}
spec:
  hosts: [reviews]
  http:
  - route: [{destination: {host: reviews.prod}}]
---
apiVersion: v1
kind: Service
metadata: {name: reviews, namespace: prod}
spec: {ports: [{name: http, port: 80}]}
)"},
            {"A name that ends in .svc", R"(
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: reviews, namespace: shop}
spec:
  hosts: [reviews]
  tls:
  - match: [{sniHosts: [reviews]}]
    route: [{destination: {host: reviews.prod.svc}}]
)"},
            {"A trailing dot", R"(
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: reviews, namespace: shop}
spec:
  hosts: [reviews]
  http:
  - route: [{destination: {host: reviews}}]
    mirror: {host: reviews.shop.svc.cluster.local.}
)"}},
    .good = {{"A short and a full name", R"(
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: reviews, namespace: shop}
spec:
  hosts: [reviews]
  http:
  - route:
    - destination: {host: reviews}
    - destination: {host: reviews.shop.svc.cluster.local}
)"},
             {"A ServiceEntry defines just this name", R"(
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: db, namespace: shop}
spec:
  hosts: [db.corp]
  tcp:
  - route: [{destination: {host: db.corp}}]
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: db, namespace: shop}
spec:
  hosts: [db.corp]
  ports: [{number: 5432, name: tcp, protocol: TCP}]
  resolution: DNS
)"},
             {"A name that is rather one of the internet", R"(
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: reviews, namespace: shop}
spec:
  hosts: [reviews]
  http: [{route: [{destination: {host: partner.example}}]}]
)"}},
    .check = Check,
};

}  // namespace meshvet::rules

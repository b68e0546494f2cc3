// A destination's port must be one of the Service's ports.

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mesh/registry.h"
#include "mesh/routed_destination.h"
#include "rules/rule.h"

namespace meshvet::rules {
namespace {

// "80 (http), 443 (https)"
std::string ListPorts(const RegistryService& service) {
  std::string list;
  for (const ServicePort& port : Ports(service)) {
    if (port.protocol == Protocol::kUdp) continue;
    if (!list.empty()) list += ", ";
    list += std::to_string(port.number);
    if (!port.name.empty()) list += " (" + std::string(port.name) + ")";
  }
  return list.empty() ? "no port that Istio proxies" : list;
}

void CheckDestination(const RoutedDestination& to, RuleContext& ctx) {
  if (!to.port) return;
  const HostLookup& found = to.Lookup(ctx.mesh());
  if (found.presence != Presence::kFound) return;
  const RegistryService& service = found.services.front();
  const ServicePort* port = FindPort(service, *to.port);
  if (port != nullptr && port->protocol != Protocol::kUdp) return;
  const Node place = to.node["port"]["number"];
  const std::string why =
      port != nullptr ? "is UDP, which Istio does not proxy" : "does not exist";
  ctx.Report(place, "port " + std::to_string(*to.port) + " of host \"" +
                        std::string(to.written) + "\" " + why + "; " +
                        service.object->Title() + " has " + ListPorts(service))
      .About(std::string(to.host->target) + ":" + std::to_string(*to.port))
      .See(*service.object, service.object->spec()["ports"],
           "the ports are here");
}

void Check(const Object& vs, RuleContext& ctx) {
  for (const RoutedDestination& to : DestinationsOf(vs, ctx.mesh())) {
    CheckDestination(to, ctx);
  }
}

}  // namespace

extern constinit const Rule virtual_service_unknown_port = {
    .id = "virtual-service-unknown-port",
    .title = "VirtualService routes to a port the Service does not have",
    .severity = Severity::kError,
    .rationale =
        R"(`destination.port.number` is the port of the Service, not of its pods: a
Service with `port: 80, targetPort: 9080` is reached at 80. istiod generates one
cluster for each port, so another number leads to none and calls end in a 503. A
UDP port has no cluster at all.)",
    .aliases = {"IST0101"},
    .kinds = {kVirtualService},
    .needs = {kService, kServiceEntry, kNamespace},
    .strictest = Action::kWarn,
    .bad = {{"The port of the pods", R"(
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: reviews, namespace: shop}
spec:
  hosts: [reviews]
  http:
  - route: [{destination: {host: reviews, port: {number: 9080}}}]
---
apiVersion: v1
kind: Service
metadata: {name: reviews, namespace: shop}
spec: {ports: [{name: http, port: 80, targetPort: 9080}]}
)"},
            {"A UDP port", R"(
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: dns, namespace: shop}
spec:
  hosts: [dns]
  tcp:
  - route: [{destination: {host: dns, port: {number: 53}}}]
---
apiVersion: v1
kind: Service
metadata: {name: dns, namespace: shop}
spec: {ports: [{name: dns, port: 53, protocol: UDP}]}
)"}},
    .good = {{"The port of the Service", R"(
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: reviews, namespace: shop}
spec:
  hosts: [reviews]
  http:
  - route: [{destination: {host: reviews, port: {number: 80}}}]
---
apiVersion: v1
kind: Service
metadata: {name: reviews, namespace: shop}
spec: {ports: [{name: http, port: 80, targetPort: 9080}]}
)"},
             {"A port of a ServiceEntry", R"(
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: partner, namespace: shop}
spec:
  hosts: [api.partner.example]
  http:
  - route: [{destination: {host: api.partner.example, port: {number: 443}}}]
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: partner, namespace: shop}
spec:
  hosts: [api.partner.example]
  ports: [{number: 443, name: tls, protocol: TLS}]
  resolution: DNS
)"},
             {"A host that names nothing is another rule's matter", R"(
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: reviews, namespace: shop}
spec:
  hosts: [reviews]
  http: [{route: [{destination: {host: reviews.prod, port: {number: 80}}}]}]
)"}},
    .check = Check,
};

}  // namespace meshvet::rules

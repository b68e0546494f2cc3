// A destination without a port gets the port the request came in on.

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mesh/references.h"
#include "mesh/registry.h"
#include "mesh/routed_destination.h"
#include "rules/rule.h"

namespace meshvet::rules {
namespace {

// Ports a request may come in on.
struct Listeners {
  std::vector<int64_t> ports;
  bool all_known = true;

  void Add(int64_t port) {
    if (std::ranges::find(ports, port) == ports.end()) ports.push_back(port);
  }
  void Add(const Listeners& others) {
    for (const int64_t port : others.ports) Add(port);
    all_known &= others.all_known;
  }
};

bool Carries(Protocol port, RouteProtocol route) {
  if (port == Protocol::kUdp) return false;
  if (port == Protocol::kUnknown) return true;
  return IsHttp(port) == (route == RouteProtocol::kHttp);
}

// The ports of the Services whose calls hosts[] captures; a name the registry
// does not have is an HTTP virtual host on port 80 (core/route/route.go:308).
void AddHostPorts(const Object& vs, RouteProtocol protocol,
                  const MeshView& mesh, Listeners& listeners) {
  for (const Node host : vs.spec()["hosts"]) {
    const std::string full =
        ResolveHost(host.Str(), vs.ns(), mesh.config().domain);
    const HostLookup& found = FindHost(mesh, full, vs.ns());
    if (found.presence == Presence::kUnknown || IsWildcard(full)) {
      listeners.all_known = false;
    } else if (found.services.empty()) {
      if (protocol == RouteProtocol::kHttp) listeners.Add(80);
    } else {
      for (const ServicePort& port : Ports(found.services.front())) {
        if (Carries(port.protocol, protocol)) listeners.Add(port.number);
      }
    }
  }
}

// The ports of the servers of the Gateways the VirtualService is bound to.
void AddGatewayPorts(const Object& vs, const MeshView& mesh,
                     Listeners& listeners) {
  ForEachGatewayName(vs, [&](Node name) {
    if (name.Str() == "mesh") return;
    const std::string target = ResolveGatewayName(name.Str(), vs.ns());
    const size_t slash = target.find('/');
    const Lookup gateway =
        mesh.Find(kGateway, target.substr(0, slash), target.substr(slash + 1));
    if (gateway.object == nullptr) {
      listeners.all_known = false;
      return;
    }
    for (const Node server : gateway.object->spec()["servers"]) {
      if (const auto port = server["port"]["number"].Int()) {
        listeners.Add(*port);
      }
    }
  });
}

std::vector<int64_t> PortNumbers(const RegistryService& service) {
  std::vector<int64_t> numbers;
  for (const ServicePort& port : Ports(service)) {
    if (port.protocol != Protocol::kUdp) numbers.push_back(port.number);
  }
  return numbers;
}

std::string Join(const std::vector<int64_t>& numbers) {
  std::string text;
  for (const int64_t number : numbers) {
    if (!text.empty()) text += ", ";
    text += std::to_string(number);
  }
  return text;
}

// A route may say which ports it is for.
void KeepMatched(Node route, Listeners& listeners) {
  std::vector<int64_t> matched;
  for (const Node match : route["match"]) {
    const auto port = match["port"].Int();
    if (!port) return;
    matched.push_back(*port);
  }
  if (matched.empty()) return;
  if (!listeners.all_known) {  // then the author's word must do
    listeners = {std::move(matched), true};
    return;
  }
  std::erase_if(listeners.ports, [&](int64_t port) {
    return std::ranges::find(matched, port) == matched.end();
  });
}

// The ports that requests for the hosts of a VirtualService come in on. Worked
// out once: there may be as many destinations as hosts.
class Entrances {
 public:
  Entrances(const Object& vs, const MeshView& mesh) : vs_(vs), mesh_(mesh) {}

  const Listeners& OfSidecars(RouteProtocol protocol) {
    auto& known = sidecars_[static_cast<size_t>(protocol)];
    if (!known) AddHostPorts(vs_, protocol, mesh_, known.emplace());
    return *known;
  }
  const Listeners& OfGateways() {
    if (!gateways_) AddGatewayPorts(vs_, mesh_, gateways_.emplace());
    return *gateways_;
  }

 private:
  const Object& vs_;
  const MeshView& mesh_;
  std::array<std::optional<Listeners>, 3> sidecars_;  // by RouteProtocol
  std::optional<Listeners> gateways_;
};

Listeners FindListeners(const RoutedDestination& to, size_t choices,
                        Entrances& entrances) {
  Listeners listeners;
  const bool is_http = to.protocol == RouteProtocol::kHttp;
  // Only the http routes of a sidecar insist on the listener's port; all others
  // fall back to the destination's only one.
  if (choices == 1 && !(is_http && to.from_mesh)) return listeners;
  if (to.from_mesh) listeners.Add(entrances.OfSidecars(to.protocol));
  if (choices > 1) listeners.Add(entrances.OfGateways());
  KeepMatched(to.route, listeners);
  return listeners;
}

void CheckDestination(const RoutedDestination& to, Entrances& entrances,
                      RuleContext& ctx) {
  if (to.port || to.node["port"]["number"].exists()) return;
  const Node place = to.node["host"];
  const std::string target(to.host->target);
  const HostLookup& found = to.Lookup(ctx.mesh());
  if (found.services.empty()) return;
  const std::vector<int64_t> ports = PortNumbers(found.services.front());
  if (ports.empty()) return;
  const Listeners listeners = FindListeners(to, ports.size(), entrances);
  for (const int64_t listener : listeners.ports) {
    if (std::ranges::find(ports, listener) != ports.end()) continue;
    ctx.Report(place, "no port is given, so requests that come in on port " +
                          std::to_string(listener) + " go to port " +
                          std::to_string(listener) + " of \"" + target +
                          "\", which has only " + Join(ports) +
                          ": they end in a 503")
        .About(target + " from " + std::to_string(listener));
    return;
  }
  if (!listeners.all_known) {
    ctx.NotRun(
        "the ports that requests for these hosts come in on are not "
        "all known");
  } else if (ports.size() > 1) {
    ctx.Report(place, "no port is given and \"" + target + "\" has several (" +
                          Join(ports) +
                          "): the one the request came in on is taken")
        .As(Severity::kInfo)
        .About(target);
  }
}

void Check(const Object& vs, RuleContext& ctx) {
  if (vs.spec()["hosts"].empty()) return;  // a delegate: its root decides
  Entrances entrances(vs, ctx.mesh());
  for (const RoutedDestination& to : DestinationsOf(vs, ctx.mesh())) {
    if (to.has_traffic) CheckDestination(to, entrances, ctx);
  }
}

}  // namespace

extern constinit const Rule virtual_service_ambiguous_port = {
    .id = "virtual-service-ambiguous-port",
    .title = "VirtualService destination without a port, where it matters",
    .severity = Severity::kError,
    .rationale =
        R"(It is commonly held that a destination may leave out its port if the Service
has just one. In the `http` routes of sidecars that is not so: an omitted port is
always the port the request came in on, which is one of the HTTP ports of the
Services that `hosts` names. If the destination has no such port the request goes
to a cluster that does not exist and ends in a 503. Only `http` routes of
gateways and `tcp` and `tls` routes fall back to the destination's only port.

Where the destination has several ports and the incoming one is among them, it
works, by luck of the listener: an info.)",
    .aliases = {"IST0112"},
    .kinds = {kVirtualService},
    .needs = {kService, kServiceEntry, kGateway, kNamespace},
    .strictest = Action::kWarn,
    .bad = {{"The caller's port is not one of the destination's", R"(
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: reviews, namespace: shop}
spec:
  hosts: [reviews]
  http: [{route: [{destination: {host: reviews-new}}]}]
---
apiVersion: v1
kind: Service
metadata: {name: reviews, namespace: shop}
spec: {ports: [{name: http, port: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: reviews-new, namespace: shop}
spec: {ports: [{name: http, port: 8080}]}
)"},
            {"A gateway's port is none of several", R"(
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: shop, namespace: shop}
spec:
  hosts: [shop.example.com]
  gateways: [edge]
  http: [{route: [{destination: {host: shop}}]}]
---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: edge, namespace: shop}
spec: {servers: [{port: {number: 443, name: https, protocol: HTTPS}, hosts: ["*"]}]}
---
apiVersion: v1
kind: Service
metadata: {name: shop, namespace: shop}
spec: {ports: [{name: http, port: 8080}, {name: http-admin, port: 9090}]}
)"}},
    .good = {{"The same port on both sides", R"(
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: reviews, namespace: shop}
spec:
  hosts: [reviews]
  http: [{route: [{destination: {host: reviews-new}}]}]
---
apiVersion: v1
kind: Service
metadata: {name: reviews, namespace: shop}
spec: {ports: [{name: http, port: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: reviews-new, namespace: shop}
spec: {ports: [{name: http, port: 80}]}
)"},
             {"A gateway falls back to the only port", R"(
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: shop, namespace: shop}
spec:
  hosts: [shop.example.com]
  gateways: [edge]
  http: [{route: [{destination: {host: shop}}]}]
---
apiVersion: v1
kind: Service
metadata: {name: shop, namespace: shop}
spec: {ports: [{name: http, port: 8080}]}
)"},
             {"A host that names nothing is another rule's matter", R"(
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

// Settings for a port that the Service does not have are ignored.

#include <string>
#include <string_view>

#include "mesh/destination_rule.h"
#include "mesh/host_name.h"
#include "mesh/registry.h"
#include "rules/rule.h"

namespace meshvet::rules {
namespace {

std::string ListPorts(const RegistryService& service) {
  std::string list;
  for (const ServicePort& port : Ports(service)) {
    if (!list.empty()) list += ", ";
    list += std::to_string(port.number);
  }
  return list.empty() ? "none" : list;
}

// The port whose pods listen on `number`, which is what authors confuse it
// with.
std::string Hint(const RegistryService& service, int64_t number) {
  for (const ServicePort& port : Ports(service)) {
    if (port.target_number == number) {
      return " (" + std::to_string(number) + " is the targetPort of port " +
             std::to_string(port.number) + ")";
    }
  }
  return {};
}

bool HasPortEntries(const Object& rule) {
  bool has = false;
  ForEachPolicyScope(
      rule, [&](const PolicyScope& scope) { has |= scope.is_port_level; });
  return has;
}

void CheckPorts(const Object& rule, const RegistryService& service,
                RuleContext& ctx) {
  ForEachPolicyScope(rule, [&](const PolicyScope& scope) {
    const auto number = scope.port.Int();
    if (!scope.is_port_level || !number || FindPort(service, *number)) return;
    ctx.Report(scope.port,
               "port " + std::to_string(*number) + " is none of the ports of " +
                   service.object->Title() + " (" + ListPorts(service) +
                   "): these settings are ignored" + Hint(service, *number))
        .About(std::to_string(*number) + " " + std::string(scope.subset))
        .See(*service.object, service.object->spec()["ports"],
             "the ports are here");
  });
}

void Check(const Object& rule, RuleContext& ctx) {
  if (!HasPortEntries(rule)) return;
  const std::string host = HostOf(rule, ctx.config());
  const HostLookup& found = FindHost(ctx.mesh(), host, rule.ns());
  if (!found.services.empty()) {
    const RegistryService& service = found.services.front();
    if (service.external_name().empty()) CheckPorts(rule, service, ctx);
  } else if (IsWildcard(host) || found.presence == Presence::kUnknown) {
    ctx.NotRun("the ports of \"" + host + "\" are not known");
  }
}

}  // namespace

extern constinit const Rule destination_rule_unknown_port = {
    .id = "destination-rule-unknown-port",
    .title = "DestinationRule sets a port the Service does not have",
    .severity = Severity::kWarning,
    .rationale =
        R"(`portLevelSettings[].port.number` is a port of the Service, not of its pods.
An entry for any other number is silently ignored, TLS settings and all.)",
    .kinds = {kDestinationRule},
    .needs = {kService, kServiceEntry},
    .strictest = Action::kWarn,
    .bad = {{"The port of the pods", R"(
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: cart, namespace: shop}
spec:
  host: cart
  trafficPolicy:
    portLevelSettings: [{port: {number: 8080}, tls: {mode: DISABLE}}]
---
apiVersion: v1
kind: Service
metadata: {name: cart, namespace: shop}
spec: {ports: [{name: http, port: 80, targetPort: 8080}]}
)"}},
    .good = {{"The port of the Service", R"(
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: cart, namespace: shop}
spec:
  host: cart
  subsets:
  - name: v1
    trafficPolicy:
      portLevelSettings: [{port: {number: 80}, tls: {mode: DISABLE}}]
---
apiVersion: v1
kind: Service
metadata: {name: cart, namespace: shop}
spec: {ports: [{name: http, port: 80, targetPort: 8080}]}
)"}},
    .check = Check,
};

}  // namespace meshvet::rules

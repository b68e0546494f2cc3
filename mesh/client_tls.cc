#include "mesh/client_tls.h"

#include <algorithm>

#include "mesh/destination_rule.h"
#include "mesh/host_name.h"
#include "mesh/kinds.h"

namespace meshvet {
namespace {

struct Resolved {
  Node policy;
  bool is_port_level = false;
};

// The policy that counts for `port`: its own entry, or the whole.
Resolved ForPort(Node policy, int64_t port) {
  for (const Node entry : policy["portLevelSettings"]) {
    if (entry["port"]["number"].Int() == port) return {entry, true};
  }
  return {policy, false};
}

ClientTls Settings(const Resolved& resolved) {
  const Node tls = resolved.policy["tls"];
  return {ReadTlsMode(tls), tls, resolved.policy, resolved.is_port_level};
}

using Visit = std::function<void(const Cluster&)>;

void VisitService(const Object& rule, const RegistryService& service,
                  const std::string& host, const Visit& visit) {
  for (ServicePort& port : Ports(service)) {
    if (port.protocol == Protocol::kUdp) continue;
    visit({service, host, port, Node(), EffectiveTls(rule, {}, port.number)});
    for (const Node subset : rule.spec()["subsets"]) {
      visit({service, host, port, subset,
             EffectiveTls(rule, subset, port.number)});
    }
  }
}

// Whether clients of the rule's own namespace use it, and not one with a more
// specific host, for `host`.
bool IsInForce(const Object& rule, const MeshView& mesh,
               const std::string& host, std::string_view service_ns) {
  const EffectiveRule& effective =
      FindDestinationRule(mesh, host, service_ns, rule.ns());
  return effective.rules.empty() ||
         std::ranges::any_of(effective.rules, [&](const Object* other) {
           return other == &rule || other->SameIdentity(rule);
         });
}

void VisitCovered(const Object& rule, const MeshView& mesh,
                  std::string_view wildcard, const Visit& visit) {
  const std::string& domain = mesh.config().domain;
  for (const std::string_view ns : mesh.namespaces()) {
    if (!HostMatches(wildcard, ServiceHost("*", ns, domain))) continue;
    mesh.ForEach(kService, ns, [&](const Object& object) {
      const RegistryService service{&object};
      const std::string host = ServiceHost(object.name(), ns, domain);
      if (!HostSubsetOf(host, wildcard)) return;
      if (!service.external_name().empty()) return;
      if (!IsVisibleTo(service, rule.ns(), mesh.config())) return;
      if (!IsInForce(rule, mesh, host, ns)) return;
      VisitService(rule, service, host, visit);
    });
  }
}

}  // namespace

TlsMode ReadTlsMode(Node tls) {
  if (!tls.exists()) return TlsMode::kUnset;
  const Node mode = tls["mode"];
  if (!mode.exists()) return TlsMode::kDisable;
  const std::string_view word = mode.Str();
  if (word == "DISABLE") return TlsMode::kDisable;
  if (word == "SIMPLE") return TlsMode::kSimple;
  if (word == "MUTUAL") return TlsMode::kMutual;
  if (word == "ISTIO_MUTUAL") return TlsMode::kIstioMutual;
  return TlsMode::kUnknown;
}

std::string_view ToString(TlsMode mode) {
  switch (mode) {
    case TlsMode::kUnset:
      return "unset";
    case TlsMode::kDisable:
      return "DISABLE";
    case TlsMode::kSimple:
      return "SIMPLE";
    case TlsMode::kMutual:
      return "MUTUAL";
    case TlsMode::kIstioMutual:
      return "ISTIO_MUTUAL";
    case TlsMode::kUnknown:
      return "unknown";
  }
  return "";
}

bool OriginatesTls(TlsMode mode) {
  return mode == TlsMode::kSimple || mode == TlsMode::kMutual;
}

ClientTls EffectiveTls(const Object& destination_rule, Node subset,
                       int64_t port) {
  const ClientTls own =
      Settings(ForPort(destination_rule.spec()["trafficPolicy"], port));
  const Node policy = subset["trafficPolicy"];
  if (!policy.exists()) return own;
  const ClientTls of_subset = Settings(ForPort(policy, port));
  const bool overrides = of_subset.is_port_level || of_subset.tls.exists();
  return overrides ? of_subset : own;
}

std::string Cluster::Title() const {
  std::string title = host + ":" + std::to_string(port.number);
  if (const std::string_view name = subset["name"].Str(); !name.empty()) {
    title.append(" subset ").append(name);
  }
  return title;
}

void ForEachCluster(const Object& destination_rule, const MeshView& mesh,
                    const Visit& visit) {
  const std::string host = HostOf(destination_rule, mesh.config());
  if (host.empty() || host == "*") return;
  if (IsWildcard(host)) {
    VisitCovered(destination_rule, mesh, host, visit);
  }
  // A wildcard may also be the literal host of a ServiceEntry.
  const HostLookup& found = FindHost(mesh, host, destination_rule.ns());
  if (found.services.empty()) return;
  const RegistryService& service = found.services.front();
  if (!service.external_name().empty()) return;  // has no cluster of its own
  VisitService(destination_rule, service, host, visit);
}

}  // namespace meshvet

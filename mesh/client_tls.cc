#include "mesh/client_tls.h"

#include <set>
#include <utility>

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

// Whether the subset's policy decides about `field`, even with nothing.
bool Overrides(const Resolved& of_subset, std::string_view field) {
  return of_subset.is_port_level || of_subset.policy[field].exists();
}

using Visit = std::function<void(const Cluster&)>;

bool IsSame(const Object& a, const Object& b) {
  return &a == &b || a.SameIdentity(b);
}

// Visits the clusters of one port that `rule` decides.
void VisitPort(const Object& rule, const RuleInForce& in_force,
               Cluster& cluster, const Visit& visit) {
  const int64_t number = cluster.port.number;
  const Node base = cluster.traffic_policy;
  const Object& owner = in_force.policy_owner();
  cluster.subset = {};
  cluster.tls = EffectiveTls(base, {}, number);
  const rapidjson::Value* own = cluster.tls.policy.value();
  if (IsSame(owner, rule)) visit(cluster);
  std::set<std::string_view> seen;
  for (const Object* part : in_force.rules) {
    for (const Node subset : part->spec()["subsets"]) {
      if (!seen.insert(subset["name"].Str()).second) continue;
      cluster.subset = subset;
      cluster.tls = EffectiveTls(base, subset, number);
      const bool inherits = cluster.tls.policy.value() == own;
      if (IsSame(inherits ? owner : *part, rule)) visit(cluster);
    }
  }
}

void VisitHost(const Object& rule, const MeshView& mesh,
               const std::string& host, const Visit& visit) {
  const RuleInForce in_force = FindRuleInForce(rule, mesh, host);
  if (in_force.rules.empty()) return;
  // An alias has no cluster of its own.
  if (!in_force.service.external_name().empty()) return;
  Cluster cluster;
  cluster.service = in_force.service;
  cluster.host = host;
  cluster.traffic_policy = in_force.traffic_policy();
  for (const ServicePort& port : Ports(in_force.service)) {
    if (port.protocol == Protocol::kUdp) continue;
    cluster.port = port;
    VisitPort(rule, in_force, cluster, visit);
  }
}

// The known hosts that `wildcard` covers.
std::set<std::string> CoveredHosts(const MeshView& mesh,
                                   std::string_view wildcard) {
  const std::string& domain = mesh.config().domain;
  std::set<std::string> hosts;
  const auto add = [&](std::string host) {
    if (HostSubsetOf(host, wildcard)) hosts.insert(std::move(host));
  };
  for (const std::string_view ns : mesh.namespaces()) {
    mesh.ForEach(kServiceEntry, ns, [&](const Object& entry) {
      for (const Node host : entry.spec()["hosts"])
        add(std::string(host.Str()));
    });
    if (!HostMatches(wildcard, ServiceHost("*", ns, domain))) continue;
    mesh.ForEach(kService, ns, [&](const Object& service) {
      add(ServiceHost(service.name(), ns, domain));
    });
  }
  return hosts;
}

bool CoversAll(const MeshView& mesh, std::string_view wildcard) {
  if (const auto of = ParseServiceHost(wildcard, mesh.config().domain)) {
    return mesh.Covers(kService, of->ns);
  }
  return mesh.Covers(kService, "") && mesh.Covers(kServiceEntry, "");
}

}  // namespace

TlsMode ReadTlsMode(Node tls) {
  if (!tls.exists()) return TlsMode::kUnset;
  if (!tls.IsObject()) return TlsMode::kUnknown;
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

ClientTls EffectiveTls(Node traffic_policy, Node subset, int64_t port) {
  const Resolved of_subset = ForPort(subset["trafficPolicy"], port);
  return Settings(Overrides(of_subset, "tls") ? of_subset
                                              : ForPort(traffic_policy, port));
}

Node EffectiveField(Node traffic_policy, Node subset, int64_t port,
                    std::string_view field) {
  const Resolved of_subset = ForPort(subset["trafficPolicy"], port);
  return Overrides(of_subset, field)
             ? of_subset.policy[field]
             : ForPort(traffic_policy, port).policy[field];
}

std::string Cluster::Title() const {
  std::string title = host + ":" + std::to_string(port.number);
  if (const std::string_view name = subset["name"].Str(); !name.empty()) {
    title.append(" subset ").append(name);
  }
  return title;
}

std::string ForEachCluster(const Object& destination_rule, const MeshView& mesh,
                           const Visit& visit) {
  const std::string host = HostOf(destination_rule, mesh.config());
  if (host.empty()) return {};
  if (host == "*") return "host \"*\" covers more than can be listed";
  if (!IsWildcard(host)) {
    VisitHost(destination_rule, mesh, host, visit);
    const HostLookup& found = FindHost(mesh, host, destination_rule.ns());
    const bool is_known =
        found.presence != Presence::kUnknown || !found.hidden.empty();
    return is_known ? "" : "what serves \"" + host + "\" is not known";
  }
  for (const std::string& covered : CoveredHosts(mesh, host)) {
    VisitHost(destination_rule, mesh, covered, visit);
  }
  return CoversAll(mesh, host)
             ? ""
             : "not every service that \"" + host + "\" covers is known";
}

}  // namespace meshvet

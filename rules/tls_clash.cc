#include "rules/tls_clash.h"

#include <algorithm>

#include "mesh/destination_rule.h"
#include "mesh/host_name.h"
#include "mesh/kinds.h"
#include "mesh/label_selector.h"
#include "mesh/peer_authentication.h"
#include "mesh/virtual_service.h"
#include "mesh/workload.h"

namespace meshvet::rules {
namespace {

constexpr int64_t kHttpsPort = 443;

// The labels of the subset's workloads; missing for all of the service's.
Node LabelsOf(const Cluster& cluster) { return cluster.subset["labels"]; }

bool NamesPort(Node route, int64_t port) {
  for (const Node match : route["match"]) {
    if (match["port"].Int() == port) return true;
  }
  return false;
}

bool LeadsTo(const Destination& destination, const Object& vs,
             const Cluster& cluster, const MeshView& mesh) {
  if (destination.node["subset"].Str() != cluster.subset["name"].Str()) {
    return false;
  }
  const auto port = destination.node["port"]["number"].Int();
  if (port && *port != cluster.port.number) return false;
  return ResolveHost(destination.node["host"].Str(), vs.ns(),
                     mesh.config().domain) == cluster.host;
}

// Whether a `tls` route is sure to bring TLS: without a port it goes to the
// only one there is, else to that of the listener (networking/core/
// networkfilter.go:370).
bool IsSure(const Destination& destination, const Cluster& cluster) {
  if (!destination.has_traffic) return false;
  if (destination.node["port"]["number"].exists()) return true;
  return Ports(cluster.service).size() == 1 ||
         NamesPort(destination.route, cluster.port.number);
}

bool ExpectsTls(const ServicePort& port) {
  return port.number == kHttpsPort || port.target_number == kHttpsPort;
}

// A ServiceEntry's HTTP port that ends at a TLS port, without TLS started.
PortClash FindMissingOrigination(const Cluster& cluster) {
  const bool sends_plain = cluster.tls.mode == TlsMode::kUnset ||
                           cluster.tls.mode == TlsMode::kDisable;
  if (sends_plain && cluster.service.is_external() &&
      IsHttp(cluster.port.protocol) && ExpectsTls(cluster.port)) {
    return PortClash::kHttpToTlsPort;
  }
  return PortClash::kNone;
}

PortClash FindDoubleTls(const Cluster& cluster, const MeshView& mesh) {
  const Feed feed = FindFeed(cluster, mesh);
  if (feed.tls) return PortClash::kProvenDouble;
  return feed.http ? PortClash::kNone : PortClash::kDoubleTls;
}

// Endpoints written into a ServiceEntry say for themselves whether they take
// mTLS (serviceentry/conversion.go:395-407).
bool TakesMutualTls(Node endpoint) {
  const Node mode = endpoint["labels"]["security.istio.io/tlsMode"];
  return mode.exists() ? mode.Str() == "istio"
                       : !endpoint["serviceAccount"].Str().empty();
}

struct Endpoints {
  bool some_take_mtls = false;
  bool some_do_not = false;
};

Endpoints WrittenEndpoints(const Cluster& cluster) {
  Endpoints endpoints;
  if (!cluster.service.is_entry()) return endpoints;
  for (const Node endpoint : cluster.service.object->spec()["endpoints"]) {
    if (!Labels(endpoint["labels"]).Matches(LabelsOf(cluster))) continue;
    (TakesMutualTls(endpoint) ? endpoints.some_take_mtls
                              : endpoints.some_do_not) = true;
  }
  return endpoints;
}

Endpoints KnownWorkloads(const Cluster& cluster, const MeshView& mesh) {
  Endpoints endpoints;
  ForEachWorkloadOf(cluster.service, mesh, [&](const Object& workload) {
    if (!WorkloadLabels(workload).Matches(LabelsOf(cluster))) return;
    (TakesIstioMutualTls(workload) ? endpoints.some_take_mtls
                                   : endpoints.some_do_not) = true;
  });
  return endpoints;
}

// By evidence alone: an endpoint written down without a service account, or
// known workloads of which none takes Istio's mTLS.
bool IsOutsideMesh(const Cluster& cluster, const MeshView& mesh) {
  if (WrittenEndpoints(cluster).some_do_not) return true;
  const Endpoints known = KnownWorkloads(cluster, mesh);
  return known.some_do_not && !known.some_take_mtls;
}

// Whether sidecars are behind the cluster: taken for granted of a Service,
// while an entry must show them.
bool HasSidecars(const Cluster& cluster, const MeshView& mesh) {
  if (cluster.service.is_external() || IsOutsideMesh(cluster, mesh)) {
    return false;
  }
  return !cluster.service.is_entry() ||
         WrittenEndpoints(cluster).some_take_mtls ||
         KnownWorkloads(cluster, mesh).some_take_mtls;
}

// TLS that is not Istio's, to a workload with a sidecar.
PortClash FindForeignTls(const Cluster& cluster, const MeshView& mesh) {
  if (!HasSidecars(cluster, mesh)) return PortClash::kNone;
  switch (ServerMode(mesh, cluster.service, cluster.port, LabelsOf(cluster))) {
    case ServerTls::kUnknown:
      return PortClash::kUnknown;
    case ServerTls::kStrict:
      return PortClash::kTlsToStrict;
    case ServerTls::kPermissive:
      return IsHttp(cluster.port.protocol) ? PortClash::kTlsToSidecar
                                           : PortClash::kNone;
    case ServerTls::kDisable:
      return PortClash::kNone;
  }
  return PortClash::kNone;
}

MtlsClash FindMtlsToNowhere(const Cluster& cluster, const MeshView& mesh) {
  if (cluster.service.is_external()) return MtlsClash::kMtlsToExternal;
  return IsOutsideMesh(cluster, mesh) ? MtlsClash::kMtlsToOutside
                                      : MtlsClash::kNone;
}

// The clash of what is sent with what PeerAuthentication demands.
MtlsClash AgainstServer(TlsMode mode, ServerTls server) {
  if (server == ServerTls::kUnknown) return MtlsClash::kUnknown;
  if (mode == TlsMode::kIstioMutual) {
    return server == ServerTls::kDisable ? MtlsClash::kMtlsToDisabled
                                         : MtlsClash::kNone;
  }
  if (server != ServerTls::kStrict) return MtlsClash::kNone;
  return mode == TlsMode::kDisable ? MtlsClash::kPlaintextToStrict
                                   : MtlsClash::kUnsetToStrict;
}

}  // namespace

std::string WhyUnknown(const Cluster& cluster) {
  if (cluster.tls.mode == TlsMode::kUnknown) {
    return "\"" + cluster.tls.tls["mode"].Text() + "\" is no TLS mode";
  }
  return "the PeerAuthentications that govern " + cluster.host +
         " are not all known";
}

Feed FindFeed(const Cluster& cluster, const MeshView& mesh) {
  Feed feed;
  mesh.ForEachReferrer(
      kVirtualService, kService, cluster.host, [&](const Object& vs) {
        ForEachDestination(vs, [&](const Destination& destination) {
          if (!LeadsTo(destination, vs, cluster, mesh)) return;
          feed.http |= destination.protocol == RouteProtocol::kHttp;
          feed.tls |= destination.protocol == RouteProtocol::kTls &&
                      IsSure(destination, cluster);
        });
      });
  return feed;
}

bool Inherits(const Cluster& cluster) {
  return cluster.subset.exists() &&
         cluster.tls.policy.value() ==
             EffectiveTls(cluster.traffic_policy, {}, cluster.port.number)
                 .policy.value();
}

ClusterGroups GroupClusters(const Object& rule, const MeshView& mesh) {
  ClusterGroups result;
  result.unknown = ForEachCluster(rule, mesh, [&](const Cluster& cluster) {
    const auto same = [&](const ClusterGroup& group) {
      const Cluster& first = group.front();
      return first.host == cluster.host &&
             first.port.number == cluster.port.number &&
             first.tls.policy.value() == cluster.tls.policy.value();
    };
    const auto group = std::ranges::find_if(result.groups, same);
    if (group == result.groups.end()) {
      result.groups.push_back({cluster});
    } else {
      group->push_back(cluster);
    }
  });
  return result;
}

PortClash FindPortClash(const Cluster& cluster, const MeshView& mesh) {
  if (cluster.tls.mode == TlsMode::kUnknown) return PortClash::kUnknown;
  if (!OriginatesTls(cluster.tls.mode)) return FindMissingOrigination(cluster);
  const PortClash foreign = FindForeignTls(cluster, mesh);
  if (!IsTls(cluster.port.protocol)) return foreign;
  const PortClash twice = FindDoubleTls(cluster, mesh);
  if (twice == PortClash::kProvenDouble) return twice;
  if (foreign == PortClash::kTlsToStrict) return foreign;
  return twice == PortClash::kNone ? foreign : twice;
}

bool SuitsAllClusters(const Object& rule, Node policy, TlsMode mode,
                      const MeshView& mesh) {
  bool any = false;
  bool suits = true;
  const std::string unknown = ForEachCluster(rule, mesh, [&](Cluster cluster) {
    if (cluster.tls.policy.value() != policy.value()) return;
    any = true;
    cluster.tls.mode = mode;
    suits = suits && FindMtlsClash(cluster, mesh) == MtlsClash::kNone &&
            FindPortClash(cluster, mesh) == PortClash::kNone;
  });
  return unknown.empty() && any && suits;
}

MtlsClash FindMtlsClash(const Cluster& cluster, const MeshView& mesh) {
  const TlsMode mode = cluster.tls.mode;
  if (mode == TlsMode::kUnknown) return MtlsClash::kUnknown;
  if (OriginatesTls(mode)) return MtlsClash::kNone;
  const MtlsClash nowhere = FindMtlsToNowhere(cluster, mesh);
  if (mode == TlsMode::kIstioMutual) {
    if (nowhere != MtlsClash::kNone) return nowhere;
  } else if (nowhere != MtlsClash::kNone) {
    return MtlsClash::kNone;  // plaintext is what it takes
  }
  if (mode == TlsMode::kUnset && mesh.config().enable_auto_mtls) {
    return MtlsClash::kNone;
  }
  return AgainstServer(
      mode, ServerMode(mesh, cluster.service, cluster.port, LabelsOf(cluster)));
}

bool MentionsTls(const Object& rule) {
  bool mentions = false;
  ForEachPolicyScope(rule, [&](const PolicyScope& scope) {
    mentions |= scope.policy["tls"].exists();
  });
  return mentions;
}

}  // namespace meshvet::rules

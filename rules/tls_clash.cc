#include "rules/tls_clash.h"

#include "mesh/destination_host.h"
#include "mesh/kinds.h"
#include "mesh/peer_authentication.h"
#include "mesh/virtual_service.h"
#include "mesh/workload.h"

namespace meshvet::rules {
namespace {

constexpr int64_t kHttpsPort = 443;

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

// TLS that is not Istio's, to a workload with a sidecar.
PortClash FindForeignTls(const Cluster& cluster, const MeshView& mesh) {
  if (cluster.service.is_entry()) return PortClash::kNone;
  if (IsOutsideMesh(cluster.service, mesh)) return PortClash::kNone;
  switch (ServerMode(mesh, cluster.service, cluster.port)) {
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

// Endpoints written into a ServiceEntry say for themselves whether they take
// mTLS (serviceentry/conversion.go:395-407).
bool HasPlainEndpoint(const RegistryService& service) {
  for (const Node endpoint : service.object->spec()["endpoints"]) {
    const Node mode = endpoint["labels"]["security.istio.io/tlsMode"];
    const bool takes = mode.exists()
                           ? mode.Str() == "istio"
                           : !endpoint["serviceAccount"].Str().empty();
    if (!takes) return true;
  }
  return false;
}

MtlsClash FindMtlsToNowhere(const Cluster& cluster, const MeshView& mesh) {
  if (cluster.service.is_external()) return MtlsClash::kMtlsToExternal;
  if (cluster.service.is_entry() && HasPlainEndpoint(cluster.service)) {
    return MtlsClash::kMtlsToOutside;
  }
  return IsOutsideMesh(cluster.service, mesh) ? MtlsClash::kMtlsToOutside
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

bool IsOutsideMesh(const RegistryService& service, const MeshView& mesh) {
  bool any = false;
  bool all = true;
  ForEachWorkloadOf(service, mesh, [&](const Object& workload) {
    any = true;
    all = all && !TakesIstioMutualTls(workload);
  });
  return any && all;
}

Feed FindFeed(const Cluster& cluster, const MeshView& mesh) {
  Feed feed;
  mesh.ForEachReferrer(
      kVirtualService, kService, cluster.host, [&](const Object& vs) {
        ForEachDestination(vs, [&](const Destination& destination) {
          if (!LeadsTo(destination, vs, cluster, mesh)) return;
          feed.any = true;
          feed.http |= destination.protocol == RouteProtocol::kHttp;
          feed.tls |= destination.protocol == RouteProtocol::kTls;
          feed.from_mesh |= IsBoundToMesh(vs, destination.route);
        });
      });
  return feed;
}

PortClash FindPortClash(const Cluster& cluster, const MeshView& mesh) {
  if (!OriginatesTls(cluster.tls.mode)) return FindMissingOrigination(cluster);
  if (IsTls(cluster.port.protocol)) {
    const PortClash twice = FindDoubleTls(cluster, mesh);
    if (twice == PortClash::kProvenDouble) return twice;
    const PortClash foreign = FindForeignTls(cluster, mesh);
    return foreign == PortClash::kTlsToStrict ? foreign : twice;
  }
  return FindForeignTls(cluster, mesh);
}

bool SuitsAllPorts(const Object& rule, Node policy, TlsMode mode,
                   const MeshView& mesh) {
  bool suits = true;
  ForEachCluster(rule, mesh, [&](Cluster cluster) {
    if (cluster.tls.policy.value() != policy.value()) return;
    cluster.tls.mode = mode;
    suits = suits && FindMtlsClash(cluster, mesh) == MtlsClash::kNone;
  });
  return suits;
}

MtlsClash FindMtlsClash(const Cluster& cluster, const MeshView& mesh) {
  const TlsMode mode = cluster.tls.mode;
  if (mode == TlsMode::kUnknown || OriginatesTls(mode)) return MtlsClash::kNone;
  if (mode == TlsMode::kIstioMutual) {
    const MtlsClash nowhere = FindMtlsToNowhere(cluster, mesh);
    if (nowhere != MtlsClash::kNone) return nowhere;
  } else if (cluster.service.is_external() ||
             IsOutsideMesh(cluster.service, mesh)) {
    return MtlsClash::kNone;
  }
  if (mode == TlsMode::kUnset && mesh.config().enable_auto_mtls) {
    return MtlsClash::kNone;
  }
  return AgainstServer(mode, ServerMode(mesh, cluster.service, cluster.port));
}

}  // namespace meshvet::rules

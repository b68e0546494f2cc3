// File: rules/tls_clash.h
//
// What goes wrong between a client's TLS settings and the port it talks to.
// Pure judgement: rules/destination_rule/ turns it into findings. The numbers
// are those of the known failures in docs/tls-failures.md.

#ifndef MESHVET_RULES_TLS_CLASH_H_
#define MESHVET_RULES_TLS_CLASH_H_

#include <string>
#include <vector>

#include "mesh/client_tls.h"
#include "mesh/mesh_view.h"

namespace meshvet::rules {

// Between TLS the client starts itself and the port's protocol.
enum class PortClash {
  kNone,
  kUnknown,        // not enough is known to say
  kDoubleTls,      // T1: the port speaks TLS already; what feeds it is unknown
  kProvenDouble,   // T1: and what reaches the cluster is TLS already
  kHttpToTlsPort,  // T2, T3: plain HTTP to a port that expects TLS
  kTlsToStrict,    // T10: sidecars that insist on Istio's mTLS
  kTlsToSidecar,   // T10: sidecars that pass foreign TLS on to the app
};

// Between Istio's mTLS and what the server takes.
enum class MtlsClash {
  kNone,
  kUnknown,
  kMtlsToExternal,     // T8: an endpoint outside the mesh
  kMtlsToOutside,      // T8, T26: workloads without a sidecar
  kPlaintextToStrict,  // T9
  kMtlsToDisabled,     // T11
  kUnsetToStrict,      // T13: no settings and auto mTLS is off
};

PortClash FindPortClash(const Cluster& cluster, const MeshView& mesh);
MtlsClash FindMtlsClash(const Cluster& cluster, const MeshView& mesh);

// Why a clash is kUnknown.
std::string WhyUnknown(const Cluster& cluster);

// What VirtualServices send to a cluster.
struct Feed {
  bool http = false;  // plain HTTP in the proxy's hands
  bool tls = false;   // TLS that is passed through
};
Feed FindFeed(const Cluster& cluster, const MeshView& mesh);

// Clusters of one host and port that one policy decides for: the host's own,
// and the subsets' that inherit. A policy is judged once for all of them.
using ClusterGroup = std::vector<Cluster>;
struct ClusterGroups {
  std::vector<ClusterGroup> groups;
  std::string unknown;  // see ForEachCluster
};
ClusterGroups GroupClusters(const Object& rule, const MeshView& mesh);

// Whether the cluster is a subset's that has its settings from the policy for
// the host as a whole.
bool Inherits(const Cluster& cluster);

// Whether `mode` in place of the settings of `policy` (a trafficPolicy or port
// entry of the rule) would suit every cluster that `policy` decides for. What
// is unknown does not suit.
bool SuitsAllClusters(const Object& rule, Node policy, TlsMode mode,
                      const MeshView& mesh);

// Whether the rule has TLS settings anywhere.
bool MentionsTls(const Object& rule);

}  // namespace meshvet::rules

#endif  // MESHVET_RULES_TLS_CLASH_H_

// File: mesh/kinds.h
//
// The kinds the inventory knows, by the names the API server has for them.

#ifndef MESHVET_MESH_KINDS_H_
#define MESHVET_MESH_KINDS_H_

#include <array>
#include <span>

#include "mesh/object.h"

namespace meshvet {

inline constexpr GroupKind kNamespace{"", "Namespace"};
inline constexpr GroupKind kService{"", "Service"};
inline constexpr GroupKind kPod{"", "Pod"};
inline constexpr GroupKind kReplicationController{"", "ReplicationController"};
inline constexpr GroupKind kConfigMap{"", "ConfigMap"};
inline constexpr GroupKind kDeployment{"apps", "Deployment"};
inline constexpr GroupKind kStatefulSet{"apps", "StatefulSet"};
inline constexpr GroupKind kDaemonSet{"apps", "DaemonSet"};
inline constexpr GroupKind kReplicaSet{"apps", "ReplicaSet"};
inline constexpr GroupKind kJob{"batch", "Job"};
inline constexpr GroupKind kCronJob{"batch", "CronJob"};

inline constexpr GroupKind kVirtualService{"networking.istio.io",
                                           "VirtualService"};
inline constexpr GroupKind kDestinationRule{"networking.istio.io",
                                            "DestinationRule"};
inline constexpr GroupKind kGateway{"networking.istio.io", "Gateway"};
inline constexpr GroupKind kServiceEntry{"networking.istio.io", "ServiceEntry"};
inline constexpr GroupKind kSidecar{"networking.istio.io", "Sidecar"};
inline constexpr GroupKind kWorkloadEntry{"networking.istio.io",
                                          "WorkloadEntry"};
inline constexpr GroupKind kWorkloadGroup{"networking.istio.io",
                                          "WorkloadGroup"};
inline constexpr GroupKind kPeerAuthentication{"security.istio.io",
                                               "PeerAuthentication"};
inline constexpr GroupKind kRequestAuthentication{"security.istio.io",
                                                  "RequestAuthentication"};
inline constexpr GroupKind kAuthorizationPolicy{"security.istio.io",
                                                "AuthorizationPolicy"};
inline constexpr GroupKind kKubernetesGateway{"gateway.networking.k8s.io",
                                              "Gateway"};
inline constexpr GroupKind kReferenceGrant{"gateway.networking.k8s.io",
                                           "ReferenceGrant"};

// Everything an Inventory keeps; other kinds are refused by its builder.
std::span<const GroupKind> KnownKinds();

// Kinds that run pods, and Pod itself; WorkloadEntry is not among them. Each
// but Pod has a pod template: kubernetes
// staging/src/k8s.io/api/{core,apps,batch}/v1/ types.go, fields of type
// PodTemplateSpec.
std::span<const GroupKind> PodKinds();

// Of Istio's and Gateway API's groups, every kind their CRDs define, so that a
// misspelt one can be told from a stranger. Source: istio.io/api
// kubernetes/customresourcedefinitions.gen.yaml, gateway-api config/crd.
std::span<const GroupKind> MeshApiKinds();

// Kinds without a namespace, of those a manifest commonly holds: what `kubectl
// api-resources --namespaced=false` lists, and gateway-api config/crd with
// `scope: Cluster`.
bool IsClusterScoped(const GroupKind& kind);

}  // namespace meshvet

#endif  // MESHVET_MESH_KINDS_H_

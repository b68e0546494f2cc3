#include "mesh/kinds.h"

#include <algorithm>
#include <array>

namespace meshvet {
namespace {

constexpr std::array kPods = {kPod,        kReplicationController,
                              kDeployment, kStatefulSet,
                              kDaemonSet,  kReplicaSet,
                              kJob,        kCronJob};

constexpr std::array kKnown = {kNamespace,
                               kService,
                               kPod,
                               kReplicationController,
                               kDeployment,
                               kStatefulSet,
                               kDaemonSet,
                               kReplicaSet,
                               kJob,
                               kCronJob,
                               kVirtualService,
                               kDestinationRule,
                               kGateway,
                               kServiceEntry,
                               kSidecar,
                               kWorkloadEntry,
                               kWorkloadGroup,
                               kPeerAuthentication,
                               kRequestAuthentication,
                               kAuthorizationPolicy,
                               kKubernetesGateway,
                               kReferenceGrant};

constexpr std::array kMeshApi = {
    kVirtualService,
    kDestinationRule,
    kGateway,
    kServiceEntry,
    kSidecar,
    kWorkloadEntry,
    kWorkloadGroup,
    GroupKind{"networking.istio.io", "ProxyConfig"},
    GroupKind{"networking.istio.io", "EnvoyFilter"},
    kPeerAuthentication,
    kRequestAuthentication,
    kAuthorizationPolicy,
    GroupKind{"telemetry.istio.io", "Telemetry"},
    GroupKind{"extensions.istio.io", "WasmPlugin"},
    GroupKind{"extensions.istio.io", "TrafficExtension"},
    kKubernetesGateway,
    kReferenceGrant,
    GroupKind{"gateway.networking.k8s.io", "GatewayClass"},
    GroupKind{"gateway.networking.k8s.io", "HTTPRoute"},
    GroupKind{"gateway.networking.k8s.io", "GRPCRoute"},
    GroupKind{"gateway.networking.k8s.io", "TLSRoute"},
    GroupKind{"gateway.networking.k8s.io", "TCPRoute"},
    GroupKind{"gateway.networking.k8s.io", "UDPRoute"},
    GroupKind{"gateway.networking.k8s.io", "BackendTLSPolicy"},
    GroupKind{"gateway.networking.k8s.io", "BackendLBPolicy"},
    GroupKind{"gateway.networking.k8s.io", "ListenerSet"},
    GroupKind{"gateway.networking.k8s.io", "XListenerSet"}};

constexpr std::array<GroupKind, 13> kClusterScoped = {{
    kNamespace,
    {"", "Node"},
    {"", "PersistentVolume"},
    {"apiextensions.k8s.io", "CustomResourceDefinition"},
    {"rbac.authorization.k8s.io", "ClusterRole"},
    {"rbac.authorization.k8s.io", "ClusterRoleBinding"},
    {"admissionregistration.k8s.io", "ValidatingWebhookConfiguration"},
    {"admissionregistration.k8s.io", "MutatingWebhookConfiguration"},
    {"storage.k8s.io", "StorageClass"},
    {"scheduling.k8s.io", "PriorityClass"},
    {"networking.k8s.io", "IngressClass"},
    {"gateway.networking.k8s.io", "GatewayClass"},
    {"apiregistration.k8s.io", "APIService"},
}};

}  // namespace

std::span<const GroupKind> KnownKinds() { return kKnown; }
std::span<const GroupKind> PodKinds() { return kPods; }
std::span<const GroupKind> MeshApiKinds() { return kMeshApi; }

bool IsClusterScoped(const GroupKind& kind) {
  return std::ranges::find(kClusterScoped, kind) != kClusterScoped.end();
}

}  // namespace meshvet

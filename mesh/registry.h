// File: mesh/registry.h
//
// The registry: what a host name leads to for clients of one namespace. To
// istiod a Kubernetes Service and a ServiceEntry are the same thing, a service
// with ports; here they are both a RegistryService. Paths are in istio/istio.
//
//   const HostLookup& found = FindHost(mesh, "reviews.shop.svc.cluster.local",
//                                     "shop");
//   if (found.presence == Presence::kMissing) ctx.Report(…);
//   for (const ServicePort& port : Ports(found.services.front())) …

#ifndef MESHVET_MESH_REGISTRY_H_
#define MESHVET_MESH_REGISTRY_H_

#include <cstdint>
#include <memory_resource>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mesh/host_name.h"
#include "mesh/mesh_view.h"
#include "mesh/node.h"
#include "mesh/object.h"
#include "mesh/protocol.h"
#include "mesh/visibility.h"

namespace meshvet {

struct ServicePort {
  int64_t number = 0;
  std::string_view name;
  Protocol protocol = Protocol::kUnknown;
  // Where it ends; absent when it is named or taken from the endpoint.
  std::optional<int64_t> target_number;
  Node node;
};

// One service that carries a host name.
struct RegistryService {
  const Object* object = nullptr;  // a Service or a ServiceEntry

  bool is_entry() const;
  std::string_view ns() const { return object->ns(); }
  // spec.location of a ServiceEntry, MESH_EXTERNAL when it says nothing
  // (service_entry.proto, Location = 0); a Service is inside.
  bool is_external() const;
  // Calls go to the address the client had in mind: clusterIP None, resolution
  // NONE (pilot/pkg/model/service.go Resolution Passthrough).
  bool is_passthrough() const;
  // The name a Service of type ExternalName stands for; empty for all others.
  // Such a Service has no cluster of its own
  // (pilot/pkg/networking/core/cluster.go:483).
  std::string_view external_name() const;
};

// Its ports in order. A Service's missing `protocol` is TCP and its missing
// `targetPort` the port itself, as the API server would fill them in
// (kubernetes pkg/apis/core/v1/defaults.go SetDefaults_Service). Protocols of a
// Service are read by pkg/config/kube/conversion.go:45-93, of an entry by
// pkg/config/protocol/instance.go Parse; a UDP port has no cluster
// (pilot/pkg/networking/core/cluster.go:490, 514).
// They live as long as the object.
const std::vector<ServicePort>& Ports(const RegistryService& service);
// The first with that number; one of UDP only if there is no other, since it is
// the other, as in DNS on 53, that has the cluster. Null if there is none.
const ServicePort* FindPort(const RegistryService& service, int64_t number);

// Who may see it: spec.exportTo of an entry, the annotation of a Service
// (pilot/pkg/serviceregistry/kube/conversion.go:84-91), or the mesh's default
// (pilot/pkg/model/push_context.go:1119-1128). The mesh may see to it that less
// of an entry is visible (mesh/entry_visibility.h): FindHost knows.
bool IsVisibleTo(const RegistryService& service, std::string_view client_ns,
                 const MeshConfig& config);

struct HostLookup {
  // kFound if some service with that name is visible; kMissing if there is
  // provably none, or none that is visible.
  Presence presence = Presence::kUnknown;
  // The visible ones, the one istiod takes first: the client's own, then a
  // Kubernetes Service, then entries exported to the client by name, then
  // public ones, each oldest first (pilot/pkg/model/sidecar.go:835-855,
  // 1035-1056, 1157-1175).
  std::pmr::vector<RegistryService> services;
  // Those there are but the client may not see.
  std::pmr::vector<RegistryService> hidden;
  // The policy says that it exists; nothing more is known of it.
  bool is_assumed = false;
};

// The Service that a host is the name of by its form, known or not.
struct NamedService {
  ServiceName name;  // views into the host
  Lookup lookup;
};
std::optional<NamedService> FindNamedService(const MeshView& mesh,
                                             const KnownHost& host);

// `host` is compared as it is written, case included, and a wildcard with the
// same wildcard alone (pilot/pkg/networking/core/route/route.go:351-375):
// resolve short names first (ResolveHost). `service` is what FindNamedService
// says of it.
HostLookup LookUpHost(const MeshView& mesh, const KnownHost& host,
                      const std::optional<NamedService>& service,
                      std::string_view client_ns);
// The same, remembered: worked out once for each view, and the answer lives as
// long as the view.
const HostLookup& FindHost(const MeshView& mesh, std::string_view host,
                           std::string_view client_ns);

// What the sidecars of `client_ns` take a destination of a VirtualService for,
// where `found` is what anybody there finds: they import what their own
// namespace defines under that name without a look at its exportTo
// (pilot/pkg/model/sidecar.go:396-403). Gateways do not.
bool ImportsMore(const HostLookup& found, std::string_view client_ns);
HostLookup Import(HostLookup found, std::string_view client_ns,
                  const MeshConfig& config);

}  // namespace meshvet

#endif  // MESHVET_MESH_REGISTRY_H_

// File: mesh/destination_host.h
//
// What the host of a destination stands for, and whose it is. Paths are in
// istio/istio.
//
//   const DestinationHost& host = ReadDestinationHost(mesh, "reviews", "shop");
//   host.target                       // "reviews.shop.svc.cluster.local"
//   FindOwners(mesh, host.target, "shop").namespaces   // {"shop"}

#ifndef MESHVET_MESH_DESTINATION_HOST_H_
#define MESHVET_MESH_DESTINATION_HOST_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mesh/destination_rule.h"
#include "mesh/host_name.h"
#include "mesh/mesh_view.h"
#include "mesh/object.h"
#include "mesh/registry.h"

namespace meshvet {

struct DestinationHost {
  // Not defaulted here: there is much that need not be filled with zeros first.
  DestinationHost();
  ~DestinationHost() = default;
  DestinationHost(const DestinationHost&) = delete;
  DestinationHost& operator=(const DestinationHost&) = delete;

  // The full name istiod makes of it (pilot/pkg/model/config.go:209-241).
  std::string_view resolved;
  // Where the calls go: `resolved`, or what the ExternalName Service of that
  // name stands for, as it is written there. istiod does not follow a second
  // one (pilot/pkg/networking/core/route/route.go:357-361,
  // core/cluster.go:483).
  std::string_view target;
  const HostRecord* record = nullptr;  // what the snapshot has under `target`
  KnownHost at() const { return {target, record}; }
  // What `target` is the name of, if it is a Service's.
  std::optional<NamedService> service;
  // That Service; null if there is none.
  const Object* alias = nullptr;
  // Set when the name has a dot, so that istiod takes it as it is, and yet is
  // written like a short form of this Service: "reviews.prod", "reviews.prod.
  // svc", a trailing dot. No cluster has such a name.
  struct Service {
    std::string name;
    std::string ns;
  };
  std::optional<Service> intended;
  // Whether that Service is known.
  Presence intended_presence = Presence::kUnknown;

 private:
  friend struct RoutedDestination;
  // What `target` leads to, for all and for sidecars, and the rule of these,
  // once somebody asked.
  mutable std::optional<HostLookup> found_;
  mutable std::optional<HostLookup> imported_;
  mutable std::optional<EffectiveRule> sidecar_rule_;
};

// `written` as it stands in a configuration of `config_namespace`. Worked out
// once for each view; the answer lives as long as the view.
const DestinationHost& ReadDestinationHost(const MeshView& mesh,
                                           std::string_view written,
                                           std::string_view config_namespace);

struct HostOwners {
  // Sorted. Empty when nobody in the mesh is known to own it.
  std::vector<std::string> namespaces;
  // Owned through ServiceEntries, not by being a Service's name.
  bool through_entries = false;
};

// `x.B.svc.D` and `*.B.svc.D` are B's, known or not, even if an entry elsewhere
// defines the name: that is how istiod names a Service (pilot/pkg/
// serviceregistry/kube/conversion.go ServiceHostname). Any other name is owned
// by the namespaces whose ServiceEntries (visible to `client_ns`) define it:
// the client's own wins (pilot/pkg/model/sidecar.go:835-855).
HostOwners FindOwners(const MeshView& mesh, std::string_view host,
                      std::string_view client_ns);

}  // namespace meshvet

#endif  // MESHVET_MESH_DESTINATION_HOST_H_

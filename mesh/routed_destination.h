// File: mesh/routed_destination.h
//
// The destinations of a VirtualService with what they lead to: worked out once,
// for all the rules that ask.
//
//   for (const RoutedDestination& to : DestinationsOf(vs, mesh)) {
//     if (to.Lookup(mesh).presence == Presence::kMissing) …

#ifndef MESHVET_MESH_ROUTED_DESTINATION_H_
#define MESHVET_MESH_ROUTED_DESTINATION_H_

#include <cstdint>
#include <memory_resource>
#include <optional>
#include <string_view>
#include <vector>

#include "mesh/destination_host.h"
#include "mesh/destination_rule.h"
#include "mesh/mesh_view.h"
#include "mesh/object.h"
#include "mesh/registry.h"
#include "mesh/virtual_service.h"

namespace meshvet {

struct RoutedDestination : Destination {
  explicit RoutedDestination(const Destination& destination)
      : Destination(destination) {}

  std::string_view written;  // the host as it stands there, never empty
  std::string_view ns;       // of the VirtualService, whose clients ask
  bool from_mesh = false;    // whether sidecars are among them
  const DestinationHost* host = nullptr;
  std::optional<int64_t> port;  // port.number
  std::string_view subset;

  // What `host->target` leads to.
  const HostLookup& Lookup(const MeshView& mesh) const;
  // The DestinationRule of sidecars in `ns` for it, where `home` is the
  // namespace of what it leads to.
  const EffectiveRule& SidecarRule(const MeshView& mesh,
                                   std::string_view home) const;
};

// Every destination that names a host. Lives as long as the view.
const std::pmr::vector<RoutedDestination>& DestinationsOf(
    const Object& virtual_service, const MeshView& mesh);

}  // namespace meshvet

#endif  // MESHVET_MESH_ROUTED_DESTINATION_H_

// File: mesh/routed_destination.h
//
// The destinations of a VirtualService with what they lead to: worked out once,
// for all the rules that ask.
//
//   for (const RoutedDestination& to : DestinationsOf(vs, mesh)) {
//     if (to.Lookup(mesh).presence == Presence::kMissing) …

#ifndef MESHVET_MESH_ROUTED_DESTINATION_H_
#define MESHVET_MESH_ROUTED_DESTINATION_H_

#include <string_view>
#include <vector>

#include "mesh/destination_host.h"
#include "mesh/mesh_view.h"
#include "mesh/object.h"
#include "mesh/registry.h"
#include "mesh/virtual_service.h"

namespace meshvet {

struct RoutedDestination : Destination {
  std::string_view written;  // the host as it stands there, never empty
  std::string_view ns;       // of the VirtualService, whose clients ask
  bool from_mesh = false;    // whether sidecars are among them
  const DestinationHost* host = nullptr;

  // What `host->target` leads to.
  const HostLookup& Lookup(const MeshView& mesh) const;

 private:
  mutable const HostLookup* found_ = nullptr;
};

// Every destination that names a host. Lives as long as the view.
const std::vector<RoutedDestination>& DestinationsOf(
    const Object& virtual_service, const MeshView& mesh);

}  // namespace meshvet

#endif  // MESHVET_MESH_ROUTED_DESTINATION_H_

#include "mesh/routed_destination.h"

#include <algorithm>

#include "mesh/memo.h"

namespace meshvet {

const HostLookup& RoutedDestination::Lookup(const MeshView& mesh) const {
  if (found_ == nullptr) {
    // What an alias stands for is not imported: sidecars look for the name that
    // is written (pilot/pkg/model/virtualservice.go:126-198).
    const bool imported = from_mesh && host->alias == nullptr;
    found_ = imported ? &FindImportedHost(mesh, host->target, ns)
                      : &FindHost(mesh, host->target, ns);
  }
  return *found_;
}

const std::vector<RoutedDestination>& DestinationsOf(
    const Object& virtual_service, const MeshView& mesh) {
  const auto entry =
      mesh.memo().routes.try_emplace(virtual_service.root().value());
  std::vector<RoutedDestination>& routes = entry.first->second;
  if (!entry.second) return routes;
  constexpr size_t kCommonNumber = 16;
  routes.reserve(kCommonNumber);
  ForEachDestination(virtual_service, [&](const Destination& destination) {
    const std::string_view written = destination.node["host"].Str();
    if (written.empty()) return;
    // Of one route all are alike, and most hosts stand there several times.
    const bool same_route = !routes.empty() && routes.back().route.value() ==
                                                   destination.route.value();
    const bool from_mesh =
        same_route ? routes.back().from_mesh
                   : IsBoundToMesh(virtual_service, destination.route);
    const auto twin =
        std::ranges::find(routes, written, &RoutedDestination::written);
    const DestinationHost* host =
        twin != routes.end()
            ? twin->host
            : &ReadDestinationHost(mesh, written, virtual_service.ns());
    RoutedDestination& routed = routes.emplace_back();
    static_cast<Destination&>(routed) = destination;
    routed.written = written;
    routed.ns = virtual_service.ns();
    routed.from_mesh = from_mesh;
    routed.host = host;
  });
  return routes;
}

}  // namespace meshvet

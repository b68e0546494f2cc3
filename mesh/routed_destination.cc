#include "mesh/routed_destination.h"

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
  const rapidjson::Value* last_route = nullptr;
  bool from_mesh = false;
  ForEachDestination(virtual_service, [&](const Destination& destination) {
    const std::string_view written = destination.node["host"].Str();
    if (written.empty()) return;
    RoutedDestination& routed = routes.emplace_back();
    static_cast<Destination&>(routed) = destination;
    routed.written = written;
    routed.ns = virtual_service.ns();
    if (destination.route.value() != last_route) {
      last_route = destination.route.value();
      from_mesh = IsBoundToMesh(virtual_service, destination.route);
    }
    routed.from_mesh = from_mesh;
    routed.host = &ReadDestinationHost(mesh, written, virtual_service.ns());
  });
  return routes;
}

}  // namespace meshvet

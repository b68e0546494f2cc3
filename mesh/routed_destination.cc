#include "mesh/routed_destination.h"

#include <algorithm>

#include "mesh/memo.h"

namespace meshvet {

namespace {

// What one of the last few destinations found out: neighbours often share a
// route or a host.
const DestinationHost* NearbyHost(
    const std::pmr::vector<RoutedDestination>& routes,
    std::string_view written) {
  constexpr std::ptrdiff_t kNear = 2;
  const auto near = routes.end() - std::min(kNear, std::ssize(routes));
  const auto twin = std::find_if(
      near, routes.end(),
      [&](const RoutedDestination& other) { return other.written == written; });
  return twin == routes.end() ? nullptr : twin->host;
}

bool IsFromMesh(const std::pmr::vector<RoutedDestination>& routes,
                const Object& virtual_service, Node route) {
  if (!routes.empty() && routes.back().route.value() == route.value()) {
    return routes.back().from_mesh;
  }
  return IsBoundToMesh(virtual_service, route);
}

}  // namespace

const HostLookup& RoutedDestination::Lookup(const MeshView& mesh) const {
  auto& found = host->found_;
  if (!found) found = LookUpHost(mesh, host->at(), host->service, ns);
  // What an alias stands for is not imported: sidecars look for the name that
  // is written (pilot/pkg/model/virtualservice.go:126-198).
  const bool is_imported =
      from_mesh && host->alias == nullptr && ImportsMore(*found, ns);
  if (!is_imported) return *found;
  auto& imported = host->imported_;
  if (!imported) imported = Import(*found, ns, mesh.config());
  return *imported;
}

const EffectiveRule& RoutedDestination::SidecarRule(
    const MeshView& mesh, std::string_view home) const {
  auto& rule = host->sidecar_rule_;
  if (!rule) rule = LookUpDestinationRule(mesh, host->at(), home, ns);
  return *rule;
}

const std::pmr::vector<RoutedDestination>& DestinationsOf(
    const Object& virtual_service, const MeshView& mesh) {
  const auto entry =
      mesh.memo().routes.try_emplace(virtual_service.root().value());
  std::pmr::vector<RoutedDestination>& routes = entry.first->second;
  if (!entry.second) return routes;
  constexpr size_t kCommonNumber = 16;
  routes.reserve(kCommonNumber);
  ForEachDestination(virtual_service, [&](const Destination& destination) {
    const std::string_view written = destination.node["host"].Str();
    if (written.empty()) return;
    const DestinationHost* host = NearbyHost(routes, written);
    if (host == nullptr) {
      host = &ReadDestinationHost(mesh, written, virtual_service.ns());
    }
    const bool from_mesh =
        IsFromMesh(routes, virtual_service, destination.route);
    RoutedDestination& routed = routes.emplace_back(destination);
    routed.written = written;
    routed.ns = virtual_service.ns();
    routed.from_mesh = from_mesh;
    routed.host = host;
    routed.port = destination.node["port"]["number"].Int();
    routed.subset = destination.node["subset"].Str();
  });
  return routes;
}

}  // namespace meshvet

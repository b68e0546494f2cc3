// File: mesh/virtual_service.h
//
// Where a VirtualService holds what. Every field that names a destination, a
// gateway or a delegate is listed once, here, so that no rule forgets one: the
// fields that istiod resolves (pilot/pkg/model/virtualservice.go:126-198 in
// istio/istio). Authorities of redirects and rewrites are none of them.

#ifndef MESHVET_MESH_VIRTUAL_SERVICE_H_
#define MESHVET_MESH_VIRTUAL_SERVICE_H_

#include <functional>
#include <string>

#include "mesh/node.h"
#include "mesh/object.h"

namespace meshvet {

enum class RouteProtocol { kHttp, kTls, kTcp };

// One place that sends traffic to a host.
struct Destination {
  RouteProtocol protocol;
  Node route;      // the element of http[], tls[] or tcp[]
  Node node;       // holds host, port and subset
  bool is_mirror;  // http[].mirror or http[].mirrors[].destination
  // Whether istiod generates traffic for it: with several destinations one of
  // weight 0 gets none; a mirror at 0 % gets none (pilot/pkg/networking/core/
  // route/route.go:693, pilot/pkg/networking/core/networkfilter.go:281).
  bool has_traffic;
};

// http[].route[], http[].mirror, http[].mirrors[], tls[].route[],
// tcp[].route[].
void ForEachDestination(const Object& virtual_service,
                        const std::function<void(const Destination&)>& visit);

// spec.gateways[] and {http,tls,tcp}[].match[].gateways[].
void ForEachGatewayName(const Object& virtual_service,
                        const std::function<void(Node gateway)>& visit);

// Whether `route` (an element of http[], tls[] or tcp[]) can carry the calls of
// sidecars: it is bound to the reserved gateway "mesh", which is what an
// absent list means. A match's own list replaces the VirtualService's
// (virtual_service.proto, gateways).
bool IsBoundToMesh(const Object& virtual_service, Node route);
bool IsBoundToMesh(const Object& virtual_service);

// "namespace/name" of http[].delegate; the namespace defaults to the
// VirtualService's own (pilot/pkg/model/virtualservice_controller.go:303-325).
std::string DelegateTarget(const Object& virtual_service, Node delegate);

}  // namespace meshvet

#endif  // MESHVET_MESH_VIRTUAL_SERVICE_H_

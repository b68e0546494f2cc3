// File: mesh/references.h
//
// What one object names in others: the arrows of the mesh. The inventory turns
// them round to answer "who refers to this?".

#ifndef MESHVET_MESH_REFERENCES_H_
#define MESHVET_MESH_REFERENCES_H_

#include <functional>
#include <string>
#include <string_view>

#include "mesh/mesh_config.h"
#include "mesh/node.h"
#include "mesh/object.h"

namespace meshvet {

// `target` is a full host name for kService (which a ServiceEntry may define
// just as well), "namespace/name" for any other kind.
struct Reference {
  GroupKind kind;
  std::string target;
  Node place;
};

// The target of every DestinationRule with a wildcard host, beside the host
// itself, so that the rules that may cover a name are found together.
inline constexpr std::string_view kAnyWildcard = "*.";

// Calls `visit` for every reference of `object`:
//   VirtualService   destinations, mirrors, gateways, delegates
//   DestinationRule  host
//   Service          externalName
//   Sidecar          egress[].hosts[] that are no wildcards, as they stand
//                    (pkg/config/validation/agent/validation.go:1095-1100)
//   AuthorizationPolicy, RequestAuthentication
//                    targetRef, targetRefs[], in their own namespace (api:
//                    type/v1beta1/selector.proto PolicyTargetReference)
// Short names are resolved in the object's own namespace, as istiod does
// (pilot/pkg/model/config.go:209-241 ResolveShortnameToFQDN, 245-272
// resolveGatewayName). What a selector selects is found by labels instead.
void ForEachReference(const Object& object, const MeshConfig& config,
                      const std::function<void(const Reference&)>& visit);

// "gw", "ns/gw", "./gw" and the legacy "gw.ns[.svc…]" as "namespace/name"; the
// reserved "mesh" stays as it is (pilot/pkg/model/config.go:245-272).
std::string ResolveGatewayName(std::string_view gateway,
                               std::string_view config_namespace);

}  // namespace meshvet

#endif  // MESHVET_MESH_REFERENCES_H_

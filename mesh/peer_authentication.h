// File: mesh/peer_authentication.h
//
// What a server accepts: the PeerAuthentication mode in force for a port.

#ifndef MESHVET_MESH_PEER_AUTHENTICATION_H_
#define MESHVET_MESH_PEER_AUTHENTICATION_H_

#include <string_view>

#include "mesh/mesh_view.h"
#include "mesh/node.h"
#include "mesh/registry.h"

namespace meshvet {

enum class ServerTls {
  kUnknown,  // not known, or not the same for all workloads behind the port
  kDisable,
  kPermissive,
  kStrict,
};

std::string_view ToString(ServerTls mode);

// The mode of the namespace as a whole: of the mesh (root namespace, without
// selector), overridden by the namespace's own; UNSET inherits, PERMISSIVE is
// the default, of several the oldest counts (security/authn/
// policy_applier.go:398-470 in istio/istio).
ServerTls NamespaceMode(const MeshView& mesh, std::string_view ns);

// The mode of every workload behind this port of a service, or of those with
// `subset_labels` among them: the namespace's, overridden by policies that
// select the workload, and in those by portLevelMtls, whose keys are ports of
// the workload. Without known workloads a policy counts if its selector can be
// told from the Service's own and the subset's.
ServerTls ServerMode(const MeshView& mesh, const RegistryService& service,
                     const ServicePort& port, Node subset_labels = {});

}  // namespace meshvet

#endif  // MESHVET_MESH_PEER_AUTHENTICATION_H_

// File: mesh/mesh_config.h
//
// MeshConfig: the settings of istiod that change what a configuration means.
// Defaults are Istio's own (pkg/config/mesh/mesh.go DefaultMeshConfig, 95-97
// for exportTo).

#ifndef MESHVET_MESH_MESH_CONFIG_H_
#define MESHVET_MESH_MESH_CONFIG_H_

#include <string>
#include <vector>

#include "mesh/entry_visibility.h"
#include "mesh/node.h"

namespace meshvet {

struct MeshConfig {
  // istiod's --domain flag; not a field of mesh config.
  std::string domain = "cluster.local";
  std::string trust_domain = "cluster.local";
  std::string root_namespace = "istio-system";
  bool enable_auto_mtls = true;
  // outboundTrafficPolicy.mode; false for REGISTRY_ONLY, true for ALLOW_ANY and
  // its kin.
  bool allow_any_outbound = true;
  // default…ExportTo (api: mesh/v1alpha1/config.proto:298-334).
  std::vector<std::string> default_service_export_to = {"*"};
  std::vector<std::string> default_virtual_service_export_to = {"*"};
  std::vector<std::string> default_destination_rule_export_to = {"*"};

  EntryVisibility entry_visibility;  // serviceEntryVisibility

  friend bool operator==(const MeshConfig&, const MeshConfig&) = default;
};

// `config` (mesh.yaml, or `data.mesh` of istiod's ConfigMap, as a tree) laid
// over `defaults`. Fields of the wrong type keep the default.
MeshConfig ReadMeshConfig(Node config, MeshConfig defaults = {});

}  // namespace meshvet

#endif  // MESHVET_MESH_MESH_CONFIG_H_

// File: cluster/mesh_config_map.h
//
// MeshConfigMap: the mesh's settings out of istiod's ConfigMap, as a store a
// reflector fills: `istio` in the root namespace, `istio-<revision>` of a
// revision, text under the key `mesh` (istio pkg/kube/configmapwatcher and
// operator's istio-discovery chart, templates/configmap.yaml).

#ifndef MESHVET_CLUSTER_MESH_CONFIG_MAP_H_
#define MESHVET_CLUSTER_MESH_CONFIG_MAP_H_

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "cluster/reflector.h"
#include "mesh/mesh_config.h"
#include "mesh/object.h"
#include "mesh/result.h"
#include "yaml/parse.h"

namespace meshvet::cluster {

// "istio", or "istio-" and the revision; "default" is the unnamed one.
std::string MeshConfigMapName(std::string_view revision);

// What the ConfigMap holds: one document, or none if it is empty.
Result<yaml::Stream> SettingsOf(const Object& map);

class MeshConfigMap final : public ObjectStore {
 public:
  using OnConfig = std::function<void(MeshConfig)>;
  using OnProblem = std::function<void(const std::string&)>;

  // `on_config` gets the ConfigMap's settings laid over `defaults`, or the
  // defaults when there is none. A text that is no YAML leaves things as they
  // are and goes to `on_problem`.
  MeshConfigMap(MeshConfig defaults, OnConfig on_config, OnProblem on_problem);

  ObjectPtr Find(std::string_view ns, std::string_view name) const override;
  void Replace(std::vector<ObjectPtr> objects) override;
  void Put(ObjectPtr object) override;
  void Remove(std::string_view ns, std::string_view name) override;
  void SetIncomplete() override {}

 private:
  const MeshConfig defaults_;
  const OnConfig on_config_;
  const OnProblem on_problem_;
};

}  // namespace meshvet::cluster

#endif  // MESHVET_CLUSTER_MESH_CONFIG_MAP_H_

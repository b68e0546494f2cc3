#include "cluster/mesh_config_map.h"

#include <utility>

#include "yaml/parse.h"

namespace meshvet::cluster {

std::string MeshConfigMapName(std::string_view revision) {
  if (revision.empty() || revision == "default") return "istio";
  return std::string("istio-").append(revision);
}

MeshConfigMap::MeshConfigMap(MeshConfig defaults, OnConfig on_config,
                             OnProblem on_problem)
    : defaults_(std::move(defaults)),
      on_config_(std::move(on_config)),
      on_problem_(std::move(on_problem)) {}

ObjectPtr MeshConfigMap::Find(std::string_view, std::string_view) const {
  return nullptr;
}

void MeshConfigMap::Replace(std::vector<ObjectPtr> objects) {
  if (objects.empty()) return on_config_(defaults_);
  Put(std::move(objects.front()));
}

void MeshConfigMap::Put(ObjectPtr object) {
  constexpr yaml::Limits kLimits = {.max_bytes = 4 << 20, .max_nodes = 100'000};
  const Node text = object->root()["data"]["mesh"];
  if (!text.IsString()) return on_problem_("it has no data.mesh");
  const yaml::Stream stream = yaml::Parse(text.Str(), kLimits);
  if (!stream.problems.empty()) {
    return on_problem_("data.mesh: " + stream.problems.front().message);
  }
  if (stream.documents.empty()) return on_config_(defaults_);
  on_config_(ReadMeshConfig(stream.documents.front().root(), defaults_));
}

void MeshConfigMap::Remove(std::string_view, std::string_view) {
  on_config_(defaults_);
}

}  // namespace meshvet::cluster

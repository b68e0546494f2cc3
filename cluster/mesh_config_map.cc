#include "cluster/mesh_config_map.h"

#include <utility>

namespace meshvet::cluster {

std::string MeshConfigMapName(std::string_view revision) {
  if (revision.empty() || revision == "default") return "istio";
  return std::string("istio-").append(revision);
}

Result<yaml::Stream> SettingsOf(const Object& map) {
  constexpr yaml::Limits kLimits = {.max_bytes = 4 << 20, .max_nodes = 100'000};
  const Node text = map.root()["data"]["mesh"];
  if (!text.IsString()) return Error{"it has no data.mesh"};
  yaml::Stream stream = yaml::Parse(text.Str(), kLimits);
  if (stream.problems.empty()) return stream;
  return Error{"data.mesh: " + stream.problems.front().message};
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
  const Result<yaml::Stream> settings = SettingsOf(*object);
  if (!settings) return on_problem_(settings.error().message);
  if (settings->documents.empty()) return on_config_(defaults_);
  on_config_(ReadMeshConfig(settings->documents.front().root(), defaults_));
}

void MeshConfigMap::Remove(std::string_view, std::string_view) {
  on_config_(defaults_);
}

}  // namespace meshvet::cluster

#include "lint/mesh_file.h"

#include <utility>

#include "lint/config/configuration.h"
#include "yaml/parse.h"

namespace meshvet::lint {

Result<MeshConfig> ReadMeshFile(const std::string& file, MeshConfig defaults) {
  const Result<std::shared_ptr<const Document>> document =
      ReadOneDocument(file);
  if (!document) return document.error();
  const Node root = (*document)->root();
  if (!root.IsObject()) return Error{"mesh config is no mapping", file};
  if (root["kind"].Str() != "ConfigMap") {
    return ReadMeshConfig(root, std::move(defaults));
  }
  const Node text = root["data"]["mesh"];
  if (!text.IsString()) return Error{"the ConfigMap has no data.mesh", file};
  const yaml::Stream stream = yaml::Parse(text.Str(), {});
  if (!stream.problems.empty()) {
    return Error{"data.mesh: " + stream.problems.front().message, file};
  }
  if (stream.documents.empty()) return defaults;
  return ReadMeshConfig(stream.documents.front().root(), std::move(defaults));
}

}  // namespace meshvet::lint

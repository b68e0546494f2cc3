// File: lint/static_mesh.h
//
// A mesh out of files: what `serve` and `review` know of the cluster when they
// are given manifests instead of one.

#ifndef MESHVET_LINT_STATIC_MESH_H_
#define MESHVET_LINT_STATIC_MESH_H_

#include <memory>
#include <string>
#include <vector>

#include "lint/config/configuration.h"
#include "lint/input/snapshot.h"
#include "mesh/inventory.h"
#include "mesh/mesh_config.h"
#include "mesh/result.h"

namespace meshvet::lint {

struct StaticMesh {
  std::shared_ptr<const Inventory> inventory;
  size_t files = 0;
  // What is wrong with the files, each with its place.
  std::vector<Error> problems;
};

// The mesh's settings: those of the configuration, of the file `mesh_config`
// (or the one the configuration names) laid over them, and `root_namespace`
// over both; empty for none.
Result<MeshConfig> ReadMeshSettings(const Configuration& configuration,
                                    const std::string& mesh_config,
                                    const std::string& root_namespace);

// The objects of the files and directories `paths`. Only namespaces that
// `coverage` calls closed are known whole, unless a snapshot is among the
// files: then it says what is, and its settings of the mesh lie over `config`,
// and what is `insisted` on over both.
// An error is a path that does not exist or cannot be read, or a snapshot that
// is none.
Result<StaticMesh> LoadStaticMesh(const std::vector<std::string>& paths,
                                  const MeshConfig& config,
                                  const Coverage& coverage,
                                  const Insisted& insisted = {});

}  // namespace meshvet::lint

#endif  // MESHVET_LINT_STATIC_MESH_H_

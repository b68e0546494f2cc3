// File: lint/mesh_file.h
//
// The mesh's settings from a file: istiod's mesh.yaml, or the ConfigMap that
// holds it as text under data.mesh.

#ifndef MESHVET_LINT_MESH_FILE_H_
#define MESHVET_LINT_MESH_FILE_H_

#include <string>

#include "mesh/mesh_config.h"
#include "mesh/result.h"

namespace meshvet::lint {

// The file's settings laid over `defaults`. The error's `where` is the file, or
// a place in it.
Result<MeshConfig> ReadMeshFile(const std::string& file, MeshConfig defaults);

}  // namespace meshvet::lint

#endif  // MESHVET_LINT_MESH_FILE_H_

// File: mesh/json_patch.h
//
// JSON Patch (RFC 6902): what a fix is made of, and what /mutate answers.

#ifndef MESHVET_MESH_JSON_PATCH_H_
#define MESHVET_MESH_JSON_PATCH_H_

#include <string>
#include <string_view>
#include <vector>

#include "mesh/document.h"
#include "mesh/node.h"
#include "mesh/result.h"

namespace meshvet {

// One operation. `value` is JSON text, used by add, replace and test; `from` is
// used by move and copy.
struct PatchOperation {
  std::string op;
  std::string path;
  std::string value = {};
  std::string from = {};

  friend bool operator==(const PatchOperation&,
                         const PatchOperation&) = default;
};

// Reads a JSON array of operations. The error's `where` is a JSON Pointer into
// `patch`.
Result<std::vector<PatchOperation>> ReadPatch(Node patch);

// The operations as the JSON array RFC 6902 describes.
std::string WritePatch(const std::vector<PatchOperation>& operations);

struct PatchLimits {
  // What `copy` may duplicate in total, as the API server bounds it (3 MiB,
  // apiserver JSONPatchMaxCopyBytes).
  size_t max_copy_bytes = 3 << 20;
  size_t max_operations = 10'000;
};

// Applies `operations` in order to a copy of `document`: all of them or none.
// The error's `where` names the operation and its member ("/2/path"). Nothing
// nests deeper afterwards than what ParseJson reads by default.
Result<Document> ApplyPatch(Node document,
                            const std::vector<PatchOperation>& operations,
                            const PatchLimits& limits = {});

}  // namespace meshvet

#endif  // MESHVET_MESH_JSON_PATCH_H_

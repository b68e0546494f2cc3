// File: lint/input/snapshot.h
//
// Snapshot: the mesh of a cluster as a file, so that an offline run knows what
// an online one would: `meshvet snapshot` writes it, --context reads it. First
// a document that says what the file covers, then one for each object
// (docs/snapshot.md):
//
//   apiVersion: meshvet.dev/v1alpha1
//   kind: Snapshot
//   taken: "2026-11-27T15:40:00Z"
//   complete: [Namespace, Service, Gateway.networking.istio.io]
//   unknown: [{kind: Pod, reason: "pods is forbidden: …"}]
//
// What is of a complete kind and not in the file does not exist; of any other
// kind nobody knows.

#ifndef MESHVET_LINT_INPUT_SNAPSHOT_H_
#define MESHVET_LINT_INPUT_SNAPSHOT_H_

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "mesh/document.h"
#include "mesh/inventory.h"
#include "mesh/mesh_config.h"
#include "mesh/object.h"
#include "mesh/result.h"
#include "yaml/parse.h"

namespace meshvet::lint {

// What somebody insists on, whatever a snapshot says.
struct Insisted {
  bool on_settings = false;         // those of a file of mesh config
  std::string root_namespace = {};  // empty: on none
};

// The first document of such a file.
struct Snapshot {
  struct Unknown {
    std::string kind;  // "Pod", "VirtualService.networking.istio.io"
    std::string reason;
  };

  std::string taken;                // RFC 3339, UTC
  std::string kubernetes;           // the server's version; may be empty
  std::vector<GroupKind> complete;  // of KnownKinds()
  std::vector<Unknown> unknown;
  // istiod's, where its settings name none.
  std::string root_namespace;
  // Settings of the mesh (mesh/mesh_config_fields.h) as JSON; empty for none.
  std::string mesh_config;

  // What a run knows whole that has this for its context. What a configuration
  // calls closed or complete is not asked: the cluster is, as `serve` does.
  Coverage Covers(const Coverage& configured) const;
  // The settings of the mesh laid over `configured`, and what is insisted on
  // over both. istiod's own namespace is the root namespace unless somebody
  // names another, as for `serve`.
  MeshConfig Mesh(MeshConfig configured, const Insisted& insisted) const;
  // Each kind that is not known whole, with the reason.
  std::vector<Unknown> Gaps() const;
};

// "VirtualService.networking.istio.io"; "Service" of the core group.
std::string FullName(const GroupKind& kind);

// The same text for the same mesh. Of an object's metadata only name,
// namespace, labels, time of creation and the annotations of Istio and of
// meshvet are written; no Secret is, whoever passes one.
std::string WriteSnapshot(const Snapshot& snapshot,
                          std::span<const std::shared_ptr<const Object>> mesh);

// The limits of a text that is context: a mesh has more objects than people
// write into one file, so what WriteSnapshot wrote may be larger.
yaml::Limits ContextLimits(std::string_view text, yaml::Limits usual);

inline constexpr std::string_view kSnapshotKind = "Snapshot";

// Strict: what it does not know is an error, whose `where` is a JSON Pointer.
std::variant<Snapshot, std::vector<Error>> ReadSnapshot(Node root);

}  // namespace meshvet::lint

#endif  // MESHVET_LINT_INPUT_SNAPSHOT_H_

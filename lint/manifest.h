// File: lint/manifest.h
//
// Manifest: what the documents of one file are: objects to judge, objects of
// other people, lists of objects, files of our own, or nothing of the kind.
//
//   const Manifest manifest = ReadManifest(file, "default");
//   for (const Item& item : manifest.items) Judge(*item.object);

#ifndef MESHVET_LINT_MANIFEST_H_
#define MESHVET_LINT_MANIFEST_H_

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lint/input/snapshot.h"
#include "lint/input/source_file.h"
#include "lint/report/report.h"
#include "mesh/istio_release.h"
#include "mesh/object.h"

namespace meshvet::lint {

// One object and where it stands.
struct Item {
  std::shared_ptr<const Object> object;
  std::shared_ptr<const SourceFile> file;
  const SourceDocument* document = nullptr;  // of `file`
  std::string prefix;                        // "/items/3" inside a List
  // Known to others but not judged: the rest of it is encrypted.
  bool metadata_only = false;

  // The place of a pointer into the object.
  yaml::Range Anchor(std::string_view pointer) const;
};

struct Manifest {
  std::vector<Item> items;
  std::vector<Diagnostic> diagnostics;
  std::vector<SkippedDocument> skipped;
  size_t empty_documents = 0;
  bool is_template = false;
  size_t unknown_kinds = 0;  // objects of a known group all the same
  // data.mesh of a ConfigMap named `istio`, and its namespace.
  struct MeshText {
    std::string ns;
    std::string text;
  };
  std::vector<MeshText> mesh_texts;
  // The file is a snapshot, or what is wrong with its first document, by file,
  // line and column.
  std::optional<Snapshot> snapshot;
  std::vector<Error> snapshot_errors;

  bool IsSnapshot() const { return snapshot || !snapshot_errors.empty(); }
};

// Objects without a namespace are taken to be in `default_namespace`. Versions
// of Istio's API are those of `release`, or of any that is known.
Manifest ReadManifest(const std::shared_ptr<const SourceFile>& file,
                      std::string_view default_namespace,
                      std::optional<IstioRelease> release = std::nullopt);

// The value of `metadata.annotations["config.kubernetes.io/origin"]`'s path, or
// the template a comment above the document names; empty if neither is there.
std::string SourceOf(const Item& item);

}  // namespace meshvet::lint

#endif  // MESHVET_LINT_MANIFEST_H_

// File: lint/view.h
//
// View: the files that are judged together, as one mesh. There is one view,
// unless the configuration declares `sets` (environments, overlays): then there
// is one a set, made of the set's files and of those that are in no set.

#ifndef MESHVET_LINT_VIEW_H_
#define MESHVET_LINT_VIEW_H_

#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "lint/input/suppress_comments.h"
#include "lint/manifest.h"
#include "mesh/inventory.h"

namespace meshvet::lint {

// One file of the run.
struct Loaded {
  std::shared_ptr<const SourceFile> file;
  // As the configuration sees it: relative to its directory.
  std::string key;
  Manifest manifest;
  bool is_context = false;
  IgnoreComments ignores = {};
};

class View {
 public:
  // The context comes first, so that what is linted replaces it.
  View(std::vector<const Loaded*> files, const MeshConfig& mesh,
       const Coverage& coverage);

  const Inventory& inventory() const { return *inventory_; }
  const std::vector<const Loaded*>& files() const { return files_; }

  // The item of this object; null if it is not in the files.
  const Item* Find(const GroupKind& kind, std::string_view ns,
                   std::string_view name) const;
  // Objects of the linted files that an earlier one already defined, each with
  // that earlier one. What a snapshot of a cluster has is no definition: that a
  // manifest was applied before is no fault of it.
  struct Duplicate {
    const Item* item;
    const Item* earlier;
    const Loaded* file;
  };
  const std::vector<Duplicate>& duplicates() const { return duplicates_; }

 private:
  void Add(const Loaded& file, InventoryBuilder& builder);

  std::vector<const Loaded*> files_;
  const SourceFile* snapshot_ = nullptr;  // one of them at most
  std::shared_ptr<const Inventory> inventory_;
  std::unordered_map<std::string, const Item*> items_;
  std::vector<Duplicate> duplicates_;
};

// The files of each view, sets in the order of their names.
std::vector<std::vector<const Loaded*>> Group(
    const std::vector<Loaded>& files,
    const std::map<std::string, std::vector<std::string>>& sets);

}  // namespace meshvet::lint

#endif  // MESHVET_LINT_VIEW_H_

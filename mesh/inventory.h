// File: mesh/inventory.h
//
// Inventory: what else is in the mesh, as one immutable snapshot with indexes.
//
//   InventoryBuilder builder(mesh_config, Coverage{.complete = true});
//   builder.Put(std::make_shared<const Object>(root, document));
//   std::shared_ptr<const Inventory> inventory = builder.Snapshot();
//   inventory->Find(kService, "shop", "reviews").presence
//
// Snapshots are made of shared immutable parts: one change copies only the
// index buckets it falls into. A snapshot may be read from any thread, without
// locks, for as long as someone holds it; a builder belongs to one thread.
//
// Every answer is three-valued. What is not in the snapshot is missing only
// where the snapshot is known to hold everything of that kind (Coverage);
// elsewhere it is unknown, and no rule may judge it.

#ifndef MESHVET_MESH_INVENTORY_H_
#define MESHVET_MESH_INVENTORY_H_

#include <cstdint>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "mesh/mesh_config.h"
#include "mesh/object.h"
#include "mesh/persistent_index.h"

namespace meshvet {

enum class Presence { kFound, kMissing, kUnknown };

// What a snapshot is known to hold all of.
struct Coverage {
  // Everything: what is not here does not exist.
  bool complete = false;
  // Globs of namespaces of which everything is here.
  std::vector<std::string> closed_namespaces;
  // Kinds of which everything is here, in every namespace.
  std::vector<GroupKind> complete_kinds;
  // Globs of host names that exist although nothing here defines them.
  std::vector<std::string> assumed_hosts;

  // Whether everything of `kind` in namespace `ns` is here; for a
  // cluster-scoped Namespace, pass its name as `ns`. An empty `ns` asks for all
  // namespaces together.
  bool Covers(const GroupKind& kind, std::string_view ns) const;
};

struct Lookup {
  Presence presence = Presence::kUnknown;
  const Object* object = nullptr;  // set exactly when found
};

class Inventory {
 public:
  using Objects = std::span<const Object* const>;

  const MeshConfig& mesh_config() const { return *config_; }
  const Coverage& coverage() const { return *coverage_; }
  size_t size() const { return size_; }

  Lookup Find(const GroupKind& kind, std::string_view ns,
              std::string_view name) const;

  // Of one kind in one namespace, in the order they became known.
  Objects List(const GroupKind& kind, std::string_view ns) const;
  // Of one kind and name, in every namespace.
  Objects Named(const GroupKind& kind, std::string_view name) const;
  // ServiceEntries with this very host, which may be a wildcard: istiod never
  // resolves it (pilot/pkg/serviceregistry/serviceentry/conversion.go:200-310),
  // nor matches `x.foo.com` to an entry `*.foo.com` (pilot/pkg/networking/core/
  // route/route.go:351-375).
  Objects EntriesOfHost(std::string_view host) const;
  // Who refers to `target` of `kind`, written as in Reference.
  Objects Referrers(const GroupKind& kind, std::string_view target) const;
  // Workloads of `ns` whose labels hold `key: value`: pods, pod templates,
  // WorkloadEntries and WorkloadGroups.
  Objects WorkloadsWithLabel(std::string_view ns, std::string_view key,
                             std::string_view value) const;
  // Namespaces in which anything is known.
  const std::set<std::string, std::less<>>& namespaces() const {
    return *namespaces_;
  }

 private:
  friend class InventoryBuilder;
  using Index = PersistentIndex<const Object*>;

  std::shared_ptr<const MeshConfig> config_;
  std::shared_ptr<const Coverage> coverage_;
  std::shared_ptr<const std::set<std::string, std::less<>>> namespaces_;
  size_t size_ = 0;
  // The owner of every object; the other indexes point into it.
  PersistentIndex<std::shared_ptr<const Object>> objects_;
  Index by_kind_;
  Index by_name_;
  Index by_host_;
  Index by_label_;
  Index by_target_;
};

class InventoryBuilder {
 public:
  explicit InventoryBuilder(MeshConfig config = {}, Coverage coverage = {});
  // Goes on from a snapshot, whose parts it shares.
  explicit InventoryBuilder(const Inventory& start);

  // Adds the object, or replaces the one of the same kind, namespace and name.
  // False, and nothing happens, for kinds no rule asks for and for objects
  // without a name or with a line break in it, which no stored object has.
  bool Put(std::shared_ptr<const Object> object);
  // False if there is no such object.
  bool Remove(const GroupKind& kind, std::string_view ns,
              std::string_view name);
  void SetCoverage(Coverage coverage);

  // The state as it is now; the builder may go on.
  std::shared_ptr<const Inventory> Snapshot();

 private:
  template <typename Edit>
  void ForEachKey(const Object& object, const Edit& edit);
  // Takes the object out of the indexes; false if there is none.
  bool Unlink(const GroupKind& kind, std::string_view ns,
              std::string_view name);
  bool IsDeserted(std::string_view ns) const;
  // Enters `ns` in namespaces_, or strikes it out.
  void NoteNamespace(std::string_view ns, bool inhabited);

  std::shared_ptr<const MeshConfig> config_;
  std::shared_ptr<const Coverage> coverage_;
  std::shared_ptr<const std::set<std::string, std::less<>>> namespaces_;
  size_t size_ = 0;
  PersistentIndex<std::shared_ptr<const Object>>::Editor objects_;
  Inventory::Index::Editor by_kind_;
  Inventory::Index::Editor by_name_;
  Inventory::Index::Editor by_host_;
  Inventory::Index::Editor by_label_;
  Inventory::Index::Editor by_target_;
};

}  // namespace meshvet

#endif  // MESHVET_MESH_INVENTORY_H_

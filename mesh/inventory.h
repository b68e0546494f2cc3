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
// buckets it falls into. A snapshot may be read from any thread, without
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
#include "mesh/persistent_map.h"

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

// What is known under one host name, each in the order it became known.
struct HostRecord {
  using List = std::vector<const Object*>;

  // The Service whose name in the mesh it is.
  List services;
  // ServiceEntries with this very host, which may be a wildcard: istiod never
  // resolves it (pilot/pkg/serviceregistry/serviceentry/conversion.go:200-310),
  // nor matches `x.foo.com` to an entry `*.foo.com` (pilot/pkg/networking/core/
  // route/route.go:351-375).
  List entries;
  // DestinationRules for it; with kAnyWildcard, for any wildcard.
  List rules;

  bool empty() const {
    return services.empty() && entries.empty() && rules.empty();
  }
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
  // One search for all that a destination asks of its host. An empty record for
  // a host that nothing is known of.
  const HostRecord& At(std::string_view host) const;
  // As Find() of the Service in `ns` whose name in the mesh has this record.
  Lookup FindService(std::string_view ns, const HostRecord& host) const;
  // Those of kind `from` that refer to `target` of `kind`, written as in
  // Reference.
  Objects Referrers(const GroupKind& from, const GroupKind& kind,
                    std::string_view target) const;
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
  using Lists = PersistentMap<std::vector<const Object*>>;

  Lookup LookupOf(const Object* object, const GroupKind& kind,
                  std::string_view home) const;
  static Objects ListAt(const Lists& lists, std::string_view key);

  std::shared_ptr<const MeshConfig> config_;
  std::shared_ptr<const Coverage> coverage_;
  std::shared_ptr<const std::set<std::string, std::less<>>> namespaces_;
  size_t size_ = 0;
  // The owner of every object; the others point to what it owns.
  PersistentMap<std::shared_ptr<const Object>> objects_;
  PersistentMap<HostRecord> hosts_;
  Lists by_kind_;
  Lists by_name_;
  Lists by_label_;
  Lists by_target_;
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
  void ForEachList(const Object& object, const Edit& edit);
  template <typename Edit>
  void ForEachReferrerList(const Object& object, const Edit& edit);
  // Takes the object out of every list; false if there is none.
  bool Unlink(const GroupKind& kind, std::string_view ns,
              std::string_view name);
  bool IsDeserted(std::string_view ns) const;
  // Enters `ns` in namespaces_, or strikes it out.
  void NoteNamespace(std::string_view ns, bool inhabited);

  std::shared_ptr<const MeshConfig> config_;
  std::shared_ptr<const Coverage> coverage_;
  std::shared_ptr<const std::set<std::string, std::less<>>> namespaces_;
  size_t size_ = 0;
  PersistentMap<std::shared_ptr<const Object>>::Editor objects_;
  PersistentMap<HostRecord>::Editor hosts_;
  Inventory::Lists::Editor by_kind_;
  Inventory::Lists::Editor by_name_;
  Inventory::Lists::Editor by_label_;
  Inventory::Lists::Editor by_target_;
};

}  // namespace meshvet

#endif  // MESHVET_MESH_INVENTORY_H_

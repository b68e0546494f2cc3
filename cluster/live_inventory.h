// File: cluster/live_inventory.h
//
// LiveInventory: the mesh as the watches tell it, as one snapshot after the
// other. Reflectors put their changes into its stores; one thread applies them
// to an InventoryBuilder and publishes. A change is published at once when
// there was none for 10 ms, else together with those that come within 10 ms of
// the last time.
//
//   LiveInventory live(kinds, {.config = defaults, .coverage = assumed});
//   Reflector(client, options, live.store(0), health, stop).Run();
//   std::shared_ptr<const Inventory> mesh = live.Current();
//
// Thread-safe; readers take one pointer and never wait. A kind counts as known
// whole (Coverage::complete_kinds) once its list is in, until its store says
// SetIncomplete, and not while it is forgotten.

#ifndef MESHVET_CLUSTER_LIVE_INVENTORY_H_
#define MESHVET_CLUSTER_LIVE_INVENTORY_H_

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "cluster/reflector.h"
#include "mesh/inventory.h"
#include "mesh/mesh_config.h"
#include "mesh/published.h"

namespace meshvet::cluster {

class LiveInventory {
 public:
  static constexpr std::chrono::milliseconds kInterval{10};

  struct Options {
    MeshConfig config = {};
    // What is known beside the cluster; complete_kinds are set by the stores.
    Coverage coverage = {};
  };

  LiveInventory(std::span<const GroupKind> kinds, Options options);
  // Stores must no longer be called.
  ~LiveInventory();
  LiveInventory(const LiveInventory&) = delete;
  LiveInventory& operator=(const LiveInventory&) = delete;

  // Of the kind at `index` of `kinds`.
  ObjectStore& store(size_t index);
  size_t size(size_t index) const;
  void SetMeshConfig(MeshConfig config);
  // What its store has may no longer be so: snapshots are without the kind, as
  // if it had never been listed, until Recall.
  void Forget(size_t index);
  void Recall(size_t index);

  std::shared_ptr<const Inventory> Current() const { return published_.Load(); }

 private:
  class KindStore;
  struct Change {
    enum class What { kPut, kRemove, kComplete, kIncomplete, kForget, kRecall };
    What what;
    size_t kind;
    ObjectPtr object = nullptr;  // put, or removed
  };

  // Waits while too many changes are queued.
  void Push(Change change);
  void Work();
  void Apply(const std::vector<Change>& batch,
             std::optional<MeshConfig> config);
  void ApplyToCoverage(const Change& change);
  void Rebuild(MeshConfig config);
  Coverage CurrentCoverage() const;

  const std::vector<GroupKind> kinds_;
  const Coverage base_;
  std::vector<std::unique_ptr<KindStore>> stores_;
  Published<Inventory> published_;

  // Of the thread alone.
  MeshConfig config_;
  InventoryBuilder builder_;
  std::vector<bool> complete_;
  std::vector<bool> forgotten_;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::condition_variable taken_;
  std::vector<Change> queue_;
  std::optional<MeshConfig> next_config_;
  bool ending_ = false;
  std::thread thread_;  // last: it uses the rest
};

}  // namespace meshvet::cluster

#endif  // MESHVET_CLUSTER_LIVE_INVENTORY_H_

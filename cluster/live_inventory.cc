#include "cluster/live_inventory.h"

#include <functional>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace meshvet::cluster {
namespace {

using std::chrono::steady_clock;

// A reflector that is faster than the thread waits for it.
constexpr size_t kMaxQueued = 20'000;

std::string KeyOf(std::string_view ns, std::string_view name) {
  return std::string(ns).append("/").append(name);
}

}  // namespace

// What is known of one kind: what a new list is compared with, and what a new
// builder is made from.
class LiveInventory::KindStore final : public ObjectStore {
 public:
  KindStore(LiveInventory& inventory, size_t kind)
      : inventory_(inventory), kind_(kind) {}

  ObjectPtr Find(std::string_view ns, std::string_view name) const override {
    const std::scoped_lock lock(mutex_);
    const auto found = objects_.find(KeyOf(ns, name));
    return found == objects_.end() ? nullptr : found->second;
  }

  void Replace(std::vector<ObjectPtr> objects) override {
    std::unordered_map<std::string, ObjectPtr> next;
    next.reserve(objects.size());
    for (ObjectPtr& object : objects) {
      std::string key = KeyOf(object->ns(), object->name());
      next.insert_or_assign(std::move(key), std::move(object));
    }
    for (const auto& [key, object] : next) {
      if (Known(key) != object) Push(Change::What::kPut, object);
    }
    std::vector<ObjectPtr> gone;
    {
      const std::scoped_lock lock(mutex_);
      for (const auto& [key, object] : objects_) {
        if (!next.contains(key)) gone.push_back(object);
      }
      objects_.swap(next);
    }
    for (ObjectPtr& object : gone) {
      Push(Change::What::kRemove, std::move(object));
    }
    Push(Change::What::kComplete);
  }

  void Put(ObjectPtr object) override {
    {
      const std::scoped_lock lock(mutex_);
      objects_.insert_or_assign(KeyOf(object->ns(), object->name()), object);
    }
    Push(Change::What::kPut, std::move(object));
  }

  void Remove(std::string_view ns, std::string_view name) override {
    ObjectPtr gone;
    {
      const std::scoped_lock lock(mutex_);
      const auto found = objects_.find(KeyOf(ns, name));
      if (found == objects_.end()) return;
      gone = std::move(found->second);
      objects_.erase(found);
    }
    Push(Change::What::kRemove, std::move(gone));
  }

  void SetIncomplete() override { Push(Change::What::kIncomplete); }

  size_t size() const {
    const std::scoped_lock lock(mutex_);
    return objects_.size();
  }

  void PutAllInto(InventoryBuilder& builder) const {
    const std::scoped_lock lock(mutex_);
    for (const auto& [key, object] : objects_) builder.Put(object);
  }

  void RemoveAllFrom(InventoryBuilder& builder) const {
    const std::scoped_lock lock(mutex_);
    for (const auto& [key, object] : objects_) {
      builder.Remove(object->kind(), object->ns(), object->name());
    }
  }

 private:
  ObjectPtr Known(const std::string& key) const {
    const std::scoped_lock lock(mutex_);
    const auto found = objects_.find(key);
    return found == objects_.end() ? nullptr : found->second;
  }

  void Push(Change::What what, ObjectPtr object = nullptr) {
    inventory_.Push({what, kind_, std::move(object)});
  }

  LiveInventory& inventory_;
  const size_t kind_;
  mutable std::mutex mutex_;
  std::unordered_map<std::string, ObjectPtr> objects_;
};

LiveInventory::LiveInventory(std::span<const GroupKind> kinds, Options options)
    : kinds_(kinds.begin(), kinds.end()),
      base_(std::move(options.coverage)),
      published_(InventoryBuilder(options.config, base_).Snapshot()),
      config_(std::move(options.config)),
      builder_(config_, base_),
      complete_(kinds_.size(), false),
      forgotten_(kinds_.size(), false) {
  for (size_t i = 0; i < kinds_.size(); ++i) {
    stores_.push_back(std::make_unique<KindStore>(*this, i));
  }
  thread_ = std::thread([this] { Work(); });
}

LiveInventory::~LiveInventory() {
  {
    const std::scoped_lock lock(mutex_);
    ending_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

ObjectStore& LiveInventory::store(size_t index) { return *stores_[index]; }

size_t LiveInventory::size(size_t index) const {
  return stores_[index]->size();
}

void LiveInventory::SetMeshConfig(MeshConfig config) {
  {
    const std::scoped_lock lock(mutex_);
    next_config_ = std::move(config);
  }
  changed_.notify_all();
}

void LiveInventory::Forget(size_t index) {
  Push({Change::What::kForget, index});
}

void LiveInventory::Recall(size_t index) {
  Push({Change::What::kRecall, index});
}

void LiveInventory::Push(Change change) {
  {
    std::unique_lock lock(mutex_);
    taken_.wait(lock, [&] { return queue_.size() < kMaxQueued || ending_; });
    queue_.push_back(std::move(change));
  }
  changed_.notify_one();
}

void LiveInventory::Work() {
  auto not_before = steady_clock::now();
  while (true) {
    std::vector<Change> batch;
    std::optional<MeshConfig> config;
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [&] {
        return ending_ || !queue_.empty() || next_config_.has_value();
      });
      changed_.wait_until(lock, not_before, [&] {
        return ending_ || queue_.size() >= kMaxQueued;
      });
      if (ending_) return;
      batch.swap(queue_);
      config.swap(next_config_);
    }
    taken_.notify_all();
    Apply(batch, std::move(config));
    published_.Store(builder_.Snapshot());
    not_before = steady_clock::now() + kInterval;
  }
}

void LiveInventory::Apply(const std::vector<Change>& batch,
                          std::optional<MeshConfig> config) {
  if (config) Rebuild(*std::move(config));
  bool coverage_changed = false;
  for (const Change& change : batch) {
    switch (change.what) {
      case Change::What::kPut:
        if (!forgotten_[change.kind]) builder_.Put(change.object);
        break;
      case Change::What::kRemove:
        builder_.Remove(kinds_[change.kind], change.object->ns(),
                        change.object->name());
        break;
      case Change::What::kComplete:
      case Change::What::kIncomplete:
      case Change::What::kForget:
      case Change::What::kRecall:
        ApplyToCoverage(change);
        coverage_changed = true;
        break;
    }
  }
  if (coverage_changed) builder_.SetCoverage(CurrentCoverage());
}

// What a store gets while its kind is forgotten stays there. What of it is
// still in the queue at a recall is put twice, which changes nothing.
void LiveInventory::ApplyToCoverage(const Change& change) {
  const KindStore& store = *stores_[change.kind];
  switch (change.what) {
    case Change::What::kPut:
    case Change::What::kRemove:
      return;
    case Change::What::kComplete:
    case Change::What::kIncomplete:
      complete_[change.kind] = change.what == Change::What::kComplete;
      return;
    case Change::What::kForget:
      forgotten_[change.kind] = true;
      return store.RemoveAllFrom(builder_);
    case Change::What::kRecall:
      forgotten_[change.kind] = false;
      return store.PutAllInto(builder_);
  }
}

// The settings of the mesh decide what names mean, and so what the indexes
// hold.
void LiveInventory::Rebuild(MeshConfig config) {
  if (config == config_) return;
  config_ = std::move(config);
  builder_ = InventoryBuilder(config_, CurrentCoverage());
  for (size_t i = 0; i < stores_.size(); ++i) {
    if (!forgotten_[i]) stores_[i]->PutAllInto(builder_);
  }
}

Coverage LiveInventory::CurrentCoverage() const {
  Coverage coverage = base_;
  for (size_t i = 0; i < kinds_.size(); ++i) {
    if (complete_[i] && !forgotten_[i])
      coverage.complete_kinds.push_back(kinds_[i]);
  }
  return coverage;
}

}  // namespace meshvet::cluster

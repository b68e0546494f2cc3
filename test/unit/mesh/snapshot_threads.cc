// Readers keep what they took while the builder goes on. Run under the thread
// sanitizer too.

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "mesh/document.h"
#include "mesh/inventory.h"
#include "mesh/kinds.h"
#include "mesh/mesh_view.h"
#include "mesh/published.h"
#include "mesh/registry.h"

namespace meshvet {
namespace {

constexpr int kServices = 40;
constexpr int kVersions = 60;
constexpr int kReaders = 4;

std::shared_ptr<const Object> ServiceOf(int number, int version) {
  const std::string json =
      R"({"apiVersion": "v1", "kind": "Service", "metadata": {"name": "s)" +
      std::to_string(number) +
      R"(", "namespace": "shop"}, "spec": {"ports": [)"
      R"({"name": "http", "port": )" +
      std::to_string(version) + "}]}}";
  Result<Document> parsed = ParseJson(json, {});
  if (!parsed) throw std::runtime_error(json);
  auto document = std::make_shared<const Document>(std::move(*parsed));
  return std::make_shared<const Object>(document->root(), document);
}

// The version every service of the snapshot has; -1 if they differ, or if one
// is not there.
int64_t VersionOf(const Inventory& inventory) {
  const MeshView mesh(inventory, nullptr);
  int64_t version = -1;
  for (int i = 0; i < kServices; ++i) {
    const HostLookup& found = FindHost(
        mesh, "s" + std::to_string(i) + ".shop.svc.cluster.local", "shop");
    if (found.services.empty()) return -1;
    const int64_t own = Ports(found.services.front()).front().number;
    if (i > 0 && own != version) return -1;
    version = own;
  }
  return version;
}

// Looks at what is current until `done`, then once more; false if a snapshot
// was torn, or changed while it was held, or if time went backwards.
bool ReadUntil(const Published<Inventory>& current,
               const std::atomic<bool>& done) {
  int64_t last = 0;
  while (true) {
    const bool is_last = done.load();
    const std::shared_ptr<const Inventory> mine = current.Load();
    const int64_t first = VersionOf(*mine);
    std::this_thread::yield();
    if (first < 1 || first < last || VersionOf(*mine) != first) return false;
    last = first;
    if (is_last) return first == kVersions;
  }
}

TEST(SnapshotThreadsTest, ReadersSeeOneVersionWhileTheBuilderGoesOn) {
  InventoryBuilder builder({}, Coverage{.complete = true});
  for (int i = 0; i < kServices; ++i) builder.Put(ServiceOf(i, 1));
  Published<Inventory> current(builder.Snapshot());
  std::atomic<bool> done = false;
  std::vector<std::thread> readers;
  std::atomic<int> satisfied = 0;
  for (int i = 0; i < kReaders; ++i) {
    readers.emplace_back(
        [&] { satisfied += ReadUntil(current, done) ? 1 : 0; });
  }
  for (int version = 2; version <= kVersions; ++version) {
    for (int i = 0; i < kServices; ++i) {
      if (i % 2 == 0) {
        builder.Remove(kService, "shop", "s" + std::to_string(i));
      }
      builder.Put(ServiceOf(i, version));
    }
    current.Store(builder.Snapshot());
  }
  done = true;
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(satisfied, kReaders);
}

}  // namespace
}  // namespace meshvet

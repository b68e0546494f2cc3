// File: cluster/mesh_watch.h
//
// MeshWatch: the mesh of a cluster as it is now. A watch for every kind rules
// ask about, one for istiod's ConfigMap, and the inventory they keep current.
//
//   MeshWatch::Options options;
//   options.access = *ReadKubeconfig(file, "");
//   auto watch = MeshWatch::Start(std::move(options));
//   if ((*watch)->Status().synced()) Judge(object, *(*watch)->Current());
//
// Starting does not wait for the API server: what cannot be reached is tried
// again until it can. Secrets are never read.
//
// Thread-safe; a thread for each kind, one that puts snapshots together, and
// one that looks how old they are.

#ifndef MESHVET_CLUSTER_MESH_WATCH_H_
#define MESHVET_CLUSTER_MESH_WATCH_H_

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "cluster/access.h"
#include "cluster/backoff.h"
#include "cluster/watch_health.h"
#include "mesh/inventory.h"
#include "mesh/mesh_config.h"
#include "mesh/mesh_view.h"
#include "mesh/result.h"

namespace meshvet::cluster {

std::string_view ToString(WatchPhase phase);

struct WatchStatus {
  std::string resource;  // "virtualservices.networking.istio.io"
  WatchPhase phase = WatchPhase::kPending;
  size_t objects = 0;
  // Since the server last proved that we know what it knows, by an event, a
  // bookmark or a list.
  std::optional<std::chrono::nanoseconds> age;
  uint64_t lists = 0;
  uint64_t errors = 0;
  std::string problem;  // of the last attempt; empty while all is well
};

struct MeshStatus {
  std::vector<WatchStatus> watches;
  // Absences the API server was asked about (cluster/live_reader.h).
  uint64_t absences_confirmed = 0;
  uint64_t absences_refuted = 0;
  uint64_t absences_unknown = 0;

  // Whether of every kind all is known that we may know.
  bool synced() const;
  // The age of the oldest watch of an installed kind.
  std::chrono::nanoseconds age() const;
};

class MeshWatch {
 public:
  struct Options {
    ClusterAccess access;
    // What holds where the ConfigMap is silent.
    MeshConfig config = {};
    // What is known beside the cluster.
    Coverage coverage = {};
    // The ConfigMap; an empty namespace: none is read.
    std::string istio_namespace = "istio-system";
    std::string istio_revision = {};
    // Over whatever the ConfigMap says; empty for none.
    std::string root_namespace = {};
    // What goes wrong with which resource, once until it changes; an empty
    // message when it goes well again. Called from many threads.
    std::function<void(std::string_view resource, const std::string& message)>
        on_problem = {};
    // A kind nothing was heard of for longer is forgotten, until something is:
    // no verdict rests on so old a view. In a cluster where nothing happens ten
    // minutes are usual.
    std::chrono::milliseconds max_age{std::chrono::minutes(30)};
    // Which resource was forgotten, or is remembered again.
    std::function<void(std::string_view resource, bool forgotten)> on_outdated =
        {};
    // For tests.
    Backoff::Range backoff = {};
    std::chrono::milliseconds absent_interval{30'000};
  };

  // Error.where is the credential at fault.
  static Result<std::unique_ptr<MeshWatch>> Start(Options options);

  ~MeshWatch();
  MeshWatch(const MeshWatch&) = delete;
  MeshWatch& operator=(const MeshWatch&) = delete;

  std::shared_ptr<const Inventory> Current() const;
  // Asks the API server whether these are absent; see LiveReader::Confirm.
  std::shared_ptr<const Inventory> Confirm(
      const Inventory& inventory, const std::set<Absence>& absences,
      std::chrono::steady_clock::time_point deadline) const;
  MeshStatus Status() const;
  // For messages.
  std::string url() const;

 private:
  class Impl;
  explicit MeshWatch(std::unique_ptr<Impl> impl);

  std::unique_ptr<Impl> impl_;
};

}  // namespace meshvet::cluster

#endif  // MESHVET_CLUSTER_MESH_WATCH_H_

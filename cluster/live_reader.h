// File: cluster/live_reader.h
//
// LiveReader: asks the API server itself whether something is absent. A watch
// is behind by milliseconds, and what a snapshot lacks may have been created
// since; an API server's plain GET and LIST, without a resourceVersion, read
// what is committed
// (https://kubernetes.io/docs/reference/using-api/api-concepts/#semantics-for-get-and-list).
//
//   LiveReader reader(client, stop);
//   auto mesh = reader.Confirm(*snapshot, {{kService, "shop", "reviews"}},
//                              deadline);
//
// What is found is laid over the snapshot. What cannot be read in time, because
// the server does not answer, refuses or is asked for too much, is no longer
// claimed: its kind is taken out of the coverage, so that it is unknown. Found
// or not, nothing is remembered: an absence is as old as its answer.
//
// Thread-safe. At most kSessions requests are under way at once; who comes then
// waits, until the deadline.

#ifndef MESHVET_CLUSTER_LIVE_READER_H_
#define MESHVET_CLUSTER_LIVE_READER_H_

#include <array>
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "cluster/api_client.h"
#include "cluster/resource.h"
#include "cluster/stored_object.h"
#include "mesh/inventory.h"
#include "mesh/mesh_view.h"

namespace meshvet::cluster {

class LiveReader {
 public:
  static constexpr size_t kSessions = 8;
  // Of one Confirm: more is not asked.
  static constexpr size_t kMaxReads = 32;
  static constexpr size_t kMaxObjects = 50'000;

  // Both must outlive it.
  LiveReader(ApiClient& client, const StopSignal& stop);

  std::shared_ptr<const Inventory> Confirm(const Inventory& inventory,
                                           const std::set<Absence>& absences,
                                           Deadline deadline);

  // Absences that were confirmed, refuted (something is there), or could not be
  // read.
  struct Counts {
    uint64_t confirmed = 0;
    uint64_t refuted = 0;
    uint64_t unknown = 0;
  };
  Counts counts() const { return {confirmed_, refuted_, unknown_}; }

 private:
  using Objects = std::vector<ObjectPtr>;

  // A session of the pool for as long as it lives; null if none became free.
  class Lease;

  std::optional<Objects> Read(ApiSession& session, const Absence& absence,
                              Deadline deadline);
  std::optional<Objects> Get(ApiSession& session, const ServedResource& served,
                             const Absence& absence, Deadline deadline);
  std::optional<Objects> List(ApiSession& session, const ServedResource& served,
                              const Absence& absence, Deadline deadline);
  // Where the kind is served; asked once while it is.
  std::optional<ServedResource> Find(ApiSession& session, size_t resource,
                                     Deadline deadline);
  void Forget(size_t resource);

  ApiClient& client_;
  const StopSignal& stop_;
  std::mutex mutex_;
  std::condition_variable returned_;
  std::vector<std::unique_ptr<ApiSession>> idle_;
  size_t sessions_ = 0;
  std::vector<ServedResource> served_;
  std::atomic<uint64_t> confirmed_ = 0;
  std::atomic<uint64_t> refuted_ = 0;
  std::atomic<uint64_t> unknown_ = 0;
};

}  // namespace meshvet::cluster

#endif  // MESHVET_CLUSTER_LIVE_READER_H_

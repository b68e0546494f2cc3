// File: cluster/cluster_snapshot.h
//
// ClusterSnapshot: the mesh of a cluster as it is at one time, read once: what
// MeshWatch keeps current, without a watch.
//
//   auto client = ApiClient::Make(access);
//   const auto mesh = TakeSnapshot(**client, stop, {});
//   if (!mesh) …            // not reached, or no answer that can be used
//   for (const auto& gap : mesh->gaps) Say(gap.reason);
//
// Kinds are listed one after the other: what changes meanwhile may be seen in
// one of them and not in another. A kind whose CRD is not installed has no
// objects, and of that all is known; one that may not be read is a gap.
// Secrets are never read.

#ifndef MESHVET_CLUSTER_CLUSTER_SNAPSHOT_H_
#define MESHVET_CLUSTER_CLUSTER_SNAPSHOT_H_

#include <chrono>
#include <string>
#include <vector>

#include "cluster/api_client.h"
#include "cluster/stop_signal.h"
#include "cluster/stored_object.h"
#include "mesh/object.h"
#include "mesh/result.h"

namespace meshvet::cluster {

struct SnapshotOptions {
  // Where istiod's ConfigMap is, and which one.
  std::string istio_namespace = "istio-system";
  std::string istio_revision = {};
  // For tests: before what the server had no time for is asked again.
  std::chrono::milliseconds pause{500};
};

struct ClusterSnapshot {
  // What is not known, and why.
  struct Gap {
    GroupKind kind;
    std::string reason;
  };

  std::string kubernetes;  // the server's version: "v1.36.2"
  // By kind in the order of KnownKinds(), namespace and name.
  std::vector<ObjectPtr> objects;
  // All there is of them is here, which may be nothing.
  std::vector<GroupKind> complete;
  std::vector<GroupKind> not_installed;  // among `complete`
  // Kinds that may not be read; ConfigMap if the mesh's settings are not known.
  std::vector<Gap> gaps;
  // The ConfigMap's settings as JSON, kMeshConfigFields alone; empty without.
  std::string mesh_config;
};

// An answer that the server had no time for is asked for again, a few times; so
// is a list that came to no end. Error.where is the API server's address.
Result<ClusterSnapshot> TakeSnapshot(ApiClient& client, const StopSignal& stop,
                                     const SnapshotOptions& options);

}  // namespace meshvet::cluster

#endif  // MESHVET_CLUSTER_CLUSTER_SNAPSHOT_H_

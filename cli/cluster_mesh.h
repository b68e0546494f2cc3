// File: cli/cluster_mesh.h
//
// The mesh of a cluster for `serve`: which cluster the flags and the
// environment mean, and how its watches show in probes and metrics.

#ifndef MESHVET_CLI_CLUSTER_MESH_H_
#define MESHVET_CLI_CLUSTER_MESH_H_

#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "cli/configuration.h"
#include "cluster/access.h"
#include "cluster/mesh_watch.h"
#include "webhook/json_log.h"
#include "webhook/metrics.h"
#include "webhook/ops_server.h"

namespace meshvet::cli {

struct ClusterFlags {
  std::string kubeconfig;
  std::string context;
  std::string istio_namespace = "istio-system";
  std::string istio_revision;
  double max_watch_age_seconds = 1'800;
};

// Which cluster, and where istiod is in it; `kubeconfig` is what help says of
// that flag.
void AddClusterAccess(CLI::App& command, ClusterFlags& flags,
                      const char* kubeconfig);
// These, and those of watching it.
void AddClusterFlags(CLI::App& command, ClusterFlags& flags);

// What no flag, variable or pod names is no cluster, and no error.
Result<std::optional<cluster::ClusterAccess>> FindAccess(
    const ClusterFlags& flags, const MeshFlags& mesh);

// The cluster of --kubeconfig, else of KUBECONFIG, else the one this pod is in;
// null if there is none, or if --inventory names files instead. It is watched
// from then on; `log` must outlive it.
std::variant<std::unique_ptr<cluster::MeshWatch>, Failure> WatchCluster(
    const ClusterFlags& flags, const MeshFlags& mesh,
    const lint::Configuration& configuration, const webhook::JsonLog& log);

// Failed until every kind has been listed; says what is known and how old it
// is.
webhook::CheckResult CheckCluster(const cluster::MeshWatch& watch);

// `watch` must outlive `metrics`, or at least its last scrape.
void AddClusterMetrics(const cluster::MeshWatch& watch,
                       webhook::Metrics& metrics);

}  // namespace meshvet::cli

#endif  // MESHVET_CLI_CLUSTER_MESH_H_

// File: cli/cluster_context.h
//
// The mesh of a cluster, read once: for `meshvet snapshot`, and for what
// manifests are judged against with --cluster. Both are the same text, so that
// a run with --cluster and one with the snapshot as --context agree.

#ifndef MESHVET_CLI_CLUSTER_CONTEXT_H_
#define MESHVET_CLI_CLUSTER_CONTEXT_H_

#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "cli/cluster_mesh.h"
#include "cli/configuration.h"
#include "lint/command/lint_setup.h"

namespace CLI {
class App;
}  // namespace CLI

namespace meshvet::cli {

// Which cluster, and where istiod is in it: the flags of `serve` but those of
// watching.
void AddClusterReadFlags(CLI::App& command, ClusterFlags& flags);

struct TakenSnapshot {
  std::string text;  // of the file (lint/input/snapshot.h)
  std::string url;
  std::string kubernetes;
  size_t objects = 0;
  size_t kinds = 0;                        // that are known whole
  std::vector<std::string> not_installed;  // among them
  // Kinds that may not be read, and what the server says of it.
  std::vector<std::string> gaps;
};

// Of the cluster of --kubeconfig, else of KUBECONFIG, else the one this pod is
// in, else that of ~/.kube/config. Warns on standard error of what is odd about
// a kubeconfig.
std::variant<TakenSnapshot, Failure> TakeSnapshotOf(const ClusterFlags& flags);

// Adds --cluster and the flags that say which. What is returned reads it into
// `options` where the flag was given, once flags are parsed; the exit code if
// that fails, with the reason printed. Without the flag nothing is touched.
std::function<std::optional<int>()> AddClusterContext(
    CLI::App& command, lint::LintOptions& options);

}  // namespace meshvet::cli

#endif  // MESHVET_CLI_CLUSTER_CONTEXT_H_

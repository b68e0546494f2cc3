#include "cli/cluster_context.h"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <chrono>
#include <ctime>
#include <filesystem>
#include <memory>
#include <system_error>
#include <utility>

#include "cli/commands.h"
#include "cli/log.h"
#include "cluster/api_client.h"
#include "cluster/cluster_snapshot.h"
#include "cluster/stop_signal.h"
#include "lint/input/snapshot.h"
#include "lint/report/terminal.h"

namespace meshvet::cli {
namespace {

using cluster::ClusterAccess;
using cluster::ClusterSnapshot;

// As a name of a file in reports, like "<stdin>".
constexpr const char* kClusterName = "<cluster>";

// Where kubectl looks last; empty if there is none.
std::string HomeKubeconfig() {
  const std::string home = lint::ProcessEnvironment("HOME");
  if (home.empty()) return {};
  std::error_code error;
  const std::filesystem::path file =
      std::filesystem::path(home) / ".kube" / "config";
  return std::filesystem::exists(file, error) ? file.string() : "";
}

Result<ClusterAccess> FindCluster(ClusterFlags flags) {
  if (flags.kubeconfig.empty() &&
      lint::ProcessEnvironment("KUBECONFIG").empty() && !cluster::InPod()) {
    flags.kubeconfig = HomeKubeconfig();
  }
  auto access = FindAccess(flags, {});
  if (!access) return access.error();
  if (!access->has_value()) {
    return Error{"no cluster is named: give --kubeconfig or set KUBECONFIG"};
  }
  return **std::move(access);
}

// UTC: "2026-11-27T15:40:00Z".
std::string Now() {
  const std::time_t now =
      std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  std::tm parts{};
  gmtime_r(&now, &parts);
  char text[32];
  const size_t length = std::strftime(text, sizeof text, "%FT%TZ", &parts);
  return {text, length};
}

lint::Snapshot HeaderOf(const ClusterSnapshot& mesh,
                        const ClusterFlags& flags) {
  lint::Snapshot header;
  header.taken = Now();
  header.kubernetes = mesh.kubernetes;
  header.complete = mesh.complete;
  for (const ClusterSnapshot::Gap& gap : mesh.gaps) {
    header.unknown.push_back({lint::FullName(gap.kind), gap.reason});
  }
  header.root_namespace = flags.istio_namespace;
  header.mesh_config = mesh.mesh_config;
  return header;
}

TakenSnapshot TextOf(const ClusterSnapshot& mesh, const ClusterFlags& flags) {
  TakenSnapshot taken;
  taken.text = lint::WriteSnapshot(HeaderOf(mesh, flags), mesh.objects);
  taken.kubernetes = mesh.kubernetes;
  taken.objects = mesh.objects.size();
  taken.kinds = mesh.complete.size();
  for (const GroupKind& kind : mesh.not_installed) {
    taken.not_installed.push_back(lint::FullName(kind));
  }
  for (const ClusterSnapshot::Gap& gap : mesh.gaps) {
    taken.gaps.push_back(lint::FullName(gap.kind) + ": " + gap.reason);
  }
  return taken;
}

}  // namespace

void AddClusterReadFlags(CLI::App& command, ClusterFlags& flags) {
  AddClusterAccess(command, flags,
                   "of the cluster (default: $KUBECONFIG, the cluster of the "
                   "pod, or ~/.kube/config)");
}

std::variant<TakenSnapshot, Failure> TakeSnapshotOf(const ClusterFlags& flags) {
  const auto access = FindCluster(flags);
  if (!access) return Usage(access.error());
  for (const std::string& warning : access->warnings) {
    if (!PrintLog("meshvet: warning: " + warning + "\n", kExitDone)) {
      return Unfinished({"standard error does not take it all"});
    }
  }
  const auto client = cluster::ApiClient::Make(*access);
  if (!client) return Usage(client.error());
  const cluster::StopSignal never;
  auto mesh = cluster::TakeSnapshot(**client, never,
                                    {.istio_namespace = flags.istio_namespace,
                                     .istio_revision = flags.istio_revision});
  if (!mesh) return Unfinished(mesh.error());
  TakenSnapshot taken = TextOf(*mesh, flags);
  taken.url = (*client)->url();
  return taken;
}

std::function<std::optional<int>()> AddClusterContext(
    CLI::App& command, lint::LintOptions& options) {
  const auto flags = std::make_shared<ClusterFlags>();
  const auto is_wanted = std::make_shared<bool>(false);
  CLI::Option* cluster = command.add_flag(
      "--cluster", *is_wanted,
      "judge against the mesh of a live cluster, read once (default: no "
      "network is used)");
  AddClusterReadFlags(command, *flags);
  for (const char* flag : {"--kubeconfig", "--kube-context",
                           "--istio-namespace", "--istio-revision"}) {
    command.get_option(flag)->needs(cluster);
  }
  return [&options, flags, is_wanted]() -> std::optional<int> {
    if (!*is_wanted) return std::nullopt;
    auto taken = TakeSnapshotOf(*flags);
    if (const auto* failure = std::get_if<Failure>(&taken)) {
      return Complain(*failure);
    }
    options.context_texts.push_back(
        {kClusterName, std::move(std::get<TakenSnapshot>(taken).text)});
    return std::nullopt;
  };
}

}  // namespace meshvet::cli

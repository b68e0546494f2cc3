#include "cli/cluster_mesh.h"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <chrono>
#include <functional>
#include <map>
#include <utility>
#include <vector>

#include "cli/durations.h"
#include "cli/value.h"
#include "cluster/access.h"
#include "lint/report/terminal.h"

namespace meshvet::cli {
namespace {

using cluster::ClusterAccess;
using cluster::MeshStatus;
using cluster::MeshWatch;
using cluster::WatchPhase;
using cluster::WatchStatus;
using webhook::JsonLog;
using webhook::Metrics;

double Seconds(std::chrono::nanoseconds duration) {
  return std::chrono::duration<double>(duration).count();
}

std::string WholeSeconds(std::chrono::nanoseconds duration) {
  return std::to_string(static_cast<int64_t>(Seconds(duration))) + " s";
}

void WarnOfUnused(const lint::Configuration& configuration,
                  const JsonLog& log) {
  if (configuration.policy.context_paths.empty()) return;
  log.Event(JsonLog::Level::kWarning, "cluster",
            {{"message",
              "context.paths of the configuration are not read: "
              "the mesh is the cluster's"}});
}

// "2 pods, services": how many and which are in this phase; "" for none.
std::string InPhase(const MeshStatus& status, WatchPhase phase) {
  std::string names;
  for (const WatchStatus& watch : status.watches) {
    if (watch.phase != phase) continue;
    if (!names.empty()) names += ", ";
    names += watch.resource;
    if (phase == WatchPhase::kPending && !watch.problem.empty()) {
      names += " (" + watch.problem + ")";
    }
  }
  return names;
}

// "pods 3 s, services 12 s".
std::string Ages(const MeshStatus& status) {
  std::string ages;
  for (const WatchStatus& watch : status.watches) {
    if (!watch.age) continue;
    if (!ages.empty()) ages += ", ";
    ages += watch.resource + " " + WholeSeconds(*watch.age);
  }
  return ages;
}

// One series for each resource.
void AddSeries(const MeshWatch& watch, Metrics& metrics,
               const std::string& name, const std::string& help,
               Metrics::SeriesType type,
               const std::function<double(const WatchStatus&)>& value) {
  metrics.AddSeries(name, help, type, "resource", [&watch, value] {
    Metrics::Series series;
    for (const WatchStatus& status : watch.Status().watches) {
      series.emplace_back(status.resource, value(status));
    }
    return series;
  });
}

}  // namespace

Result<std::optional<ClusterAccess>> FindAccess(const ClusterFlags& flags,
                                                const MeshFlags& mesh) {
  std::string file = flags.kubeconfig;
  if (!mesh.inventory.empty()) {
    if (file.empty()) return std::optional<ClusterAccess>();
    return Error{"--kubeconfig and --inventory exclude each other"};
  }
  if (file.empty()) {
    file = lint::ProcessEnvironment("KUBECONFIG");
    if (file.find(':') != std::string::npos) {
      return Error{"names several files: choose one by --kubeconfig",
                   "KUBECONFIG"};
    }
  }
  if (file.empty() && !flags.context.empty()) {
    return Error{"--kube-context needs --kubeconfig"};
  }
  if (file.empty() && !cluster::InPod()) return std::optional<ClusterAccess>();
  Result<ClusterAccess> access =
      file.empty() ? cluster::ServiceAccountAccess()
                   : cluster::ReadKubeconfig(file, flags.context);
  if (!access) return access.error();
  return std::optional<ClusterAccess>(*std::move(access));
}

void AddClusterAccess(CLI::App& command, ClusterFlags& flags,
                      const char* kubeconfig) {
  command.add_option("--kubeconfig", flags.kubeconfig, kubeconfig)
      ->type_name(kFile);
  command.add_option("--kube-context", flags.context,
                     "context of the kubeconfig (default: its current one)");
  command.add_option("--istio-namespace", flags.istio_namespace,
                     "where istiod's ConfigMap is (default istio-system)");
  command.add_option("--istio-revision", flags.istio_revision,
                     "istiod's revision: its ConfigMap is istio-REVISION");
}

void AddClusterFlags(CLI::App& command, ClusterFlags& flags) {
  AddClusterAccess(command, flags,
                   "watch the cluster of this kubeconfig (default: "
                   "$KUBECONFIG, or the cluster of the pod)");
  TakeDuration(command.add_option(
      "--max-watch-age", flags.max_watch_age_seconds,
      "a kind the API server has not confirmed for longer is unknown (default "
      "30m)"));
}

std::variant<std::unique_ptr<MeshWatch>, Failure> WatchCluster(
    const ClusterFlags& flags, const MeshFlags& mesh,
    const lint::Configuration& configuration, const JsonLog& log) {
  auto access = FindAccess(flags, mesh);
  if (!access) return Usage(access.error());
  if (!access->has_value()) return std::unique_ptr<MeshWatch>();
  constexpr double kYear = 365.0 * 24 * 3'600;
  if (!(flags.max_watch_age_seconds > 0 &&
        flags.max_watch_age_seconds <= kYear)) {
    return Usage(
        {"must be more than 0, and a year at most", "--max-watch-age"});
  }
  auto settings = lint::ReadMeshSettings(configuration, mesh.mesh_config,
                                         mesh.root_namespace);
  if (!settings) return Usage(settings.error());
  WarnOfUnused(configuration, log);
  MeshWatch::Options options;
  options.access = **std::move(access);
  for (const std::string& warning : options.access.warnings) {
    log.Event(JsonLog::Level::kWarning, "cluster", {{"message", warning}});
  }
  options.config = *std::move(settings);
  // Without a word of its own, istiod's root namespace is the one it runs in.
  const MeshConfig defaults;
  if (options.config.root_namespace == defaults.root_namespace) {
    options.config.root_namespace = flags.istio_namespace;
  }
  // What is not in the cluster does not exist, except for hosts that are
  // declared to.
  options.coverage.assumed_hosts = configuration.policy.coverage.assumed_hosts;
  options.root_namespace = mesh.root_namespace;
  const bool is_fixed = !mesh.mesh_config.empty() ||
                        configuration.policy.mesh_config_file.has_value();
  options.istio_namespace = is_fixed ? "" : flags.istio_namespace;
  options.istio_revision = flags.istio_revision;
  options.on_problem = [&log](std::string_view resource,
                              const std::string& message) {
    if (message.empty()) {
      log.Event(JsonLog::Level::kInfo, "watch", {{"resource", resource}});
    } else {
      log.Event(JsonLog::Level::kWarning, "watch failed",
                {{"resource", resource}, {"message", message}});
    }
  };
  options.max_age = std::chrono::milliseconds(
      static_cast<int64_t>(flags.max_watch_age_seconds * 1'000));
  options.on_outdated = [&log](std::string_view resource, bool forgotten) {
    if (forgotten) {
      log.Event(JsonLog::Level::kWarning, "watch outdated",
                {{"resource", resource},
                 {"message",
                  "not confirmed for longer than --max-watch-age: rules that "
                  "need it do not run"}});
    } else {
      log.Event(JsonLog::Level::kInfo, "watch current",
                {{"resource", resource}});
    }
  };
  auto watch = MeshWatch::Start(std::move(options));
  if (!watch) return Usage(watch.error());
  return *std::move(watch);
}

webhook::CheckResult CheckCluster(const MeshWatch& watch) {
  const MeshStatus status = watch.Status();
  if (const std::string pending = InPhase(status, WatchPhase::kPending);
      !pending.empty()) {
    return {false, "not synced: " + pending};
  }
  size_t objects = 0;
  for (const WatchStatus& one : status.watches) objects += one.objects;
  std::string text = std::to_string(objects) + " objects, watch age " +
                     WholeSeconds(status.age()) + " (" + Ages(status) + ")";
  const std::string absent = InPhase(status, WatchPhase::kAbsent);
  if (!absent.empty()) text += "; not installed: " + absent;
  const std::string forbidden = InPhase(status, WatchPhase::kForbidden);
  if (!forbidden.empty()) {
    text += "; forbidden, rules that need them do not run: " + forbidden;
  }
  const std::string outdated = InPhase(status, WatchPhase::kOutdated);
  if (!outdated.empty()) {
    text += "; outdated, rules that need them do not run: " + outdated;
  }
  return {true, text};
}

void AddClusterMetrics(const MeshWatch& watch, Metrics& metrics) {
  using Type = Metrics::SeriesType;
  AddSeries(watch, metrics, "watch_age_seconds",
            "Since the API server last proved that a watch is current.",
            Type::kGauge, [](const WatchStatus& status) {
              return Seconds(status.age.value_or(std::chrono::nanoseconds(0)));
            });
  AddSeries(watch, metrics, "watch_known",
            "1 if all there is of a resource is known, or that it is not "
            "installed.",
            Type::kGauge, [](const WatchStatus& status) {
              return status.phase == WatchPhase::kSynced ||
                             status.phase == WatchPhase::kAbsent
                         ? 1.0
                         : 0.0;
            });
  AddSeries(watch, metrics, "inventory_objects",
            "Objects of the mesh that are known.", Type::kGauge,
            [](const WatchStatus& status) {
              return static_cast<double>(status.objects);
            });
  AddSeries(watch, metrics, "watch_lists_total",
            "How often a resource was listed, the first time included.",
            Type::kCounter, [](const WatchStatus& status) {
              return static_cast<double>(status.lists);
            });
  metrics.AddSeries(
      "live_reads_total",
      "Absences a denial would have rested on, asked of the API server.",
      Type::kCounter, "answer", [&watch] {
        const MeshStatus status = watch.Status();
        const auto count = [](uint64_t n) { return static_cast<double>(n); };
        return Metrics::Series{{"absent", count(status.absences_confirmed)},
                               {"present", count(status.absences_refuted)},
                               {"unknown", count(status.absences_unknown)}};
      });
  AddSeries(watch, metrics, "watch_errors_total",
            "Lists and watches that failed.", Type::kCounter,
            [](const WatchStatus& status) {
              return static_cast<double>(status.errors);
            });
}

}  // namespace meshvet::cli

#include "cluster/mesh_watch.h"

#include <algorithm>
#include <atomic>
#include <csignal>
#include <deque>
#include <thread>
#include <utility>

#include "cluster/api_client.h"
#include "cluster/live_inventory.h"
#include "cluster/live_reader.h"
#include "cluster/mesh_config_map.h"
#include "cluster/reflector.h"
#include "cluster/resource.h"
#include "cluster/stop_signal.h"
#include "mesh/kinds.h"

namespace meshvet::cluster {
namespace {

using std::chrono::milliseconds;

constexpr Resource kConfigMaps{kConfigMap, "configmaps"};

std::string FullName(const Resource& resource) {
  std::string name(resource.plural);
  if (!resource.kind.group.empty())
    name.append(".").append(resource.kind.group);
  return name;
}

std::vector<GroupKind> WatchedKinds() {
  std::vector<GroupKind> kinds;
  for (const Resource& resource : WatchedResources()) {
    kinds.push_back(resource.kind);
  }
  return kinds;
}

bool IsSettled(WatchPhase phase) { return phase != WatchPhase::kPending; }

}  // namespace

std::string_view ToString(WatchPhase phase) {
  switch (phase) {
    case WatchPhase::kPending:
      return "pending";
    case WatchPhase::kSynced:
      return "synced";
    case WatchPhase::kAbsent:
      return "absent";
    case WatchPhase::kForbidden:
      return "forbidden";
    case WatchPhase::kOutdated:
      return "outdated";
  }
  return "";
}

bool MeshStatus::synced() const {
  return std::ranges::all_of(
      watches, [](const WatchStatus& watch) { return IsSettled(watch.phase); });
}

std::chrono::nanoseconds MeshStatus::age() const {
  std::chrono::nanoseconds oldest{0};
  for (const WatchStatus& watch : watches) {
    oldest = std::max(oldest, watch.age.value_or(oldest));
  }
  return oldest;
}

class MeshWatch::Impl {
 public:
  Impl(Options options, std::shared_ptr<ApiClient> client)
      : options_(std::move(options)),
        client_(std::move(client)),
        reader_(*client_, stop_),
        live_(WatchedKinds(), {Rooted(options_.config), options_.coverage}),
        config_map_(
            options_.config,
            [this](MeshConfig config) {
              live_.SetMeshConfig(Rooted(std::move(config)));
            },
            [this](const std::string& problem) {
              Tell("configmaps", problem);
            }) {
    const auto resources = WatchedResources();
    for (size_t i = 0; i < resources.size(); ++i) {
      Start({.resource = resources[i]}, live_.store(i));
    }
    if (!options_.istio_namespace.empty()) {
      Start({.resource = kConfigMaps,
             .ns = options_.istio_namespace,
             .name = MeshConfigMapName(options_.istio_revision)},
            config_map_);
    }
    ages_ = std::thread([this] { WatchAges(); });
  }

  ~Impl() {
    stop_.Raise();
    ages_.join();
    for (Watch& watch : watches_) watch.thread.join();
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  std::shared_ptr<const Inventory> Current() const { return live_.Current(); }
  std::shared_ptr<const Inventory> Confirm(const Inventory& inventory,
                                           const std::set<Absence>& absences,
                                           Deadline deadline) {
    return reader_.Confirm(inventory, absences, deadline);
  }
  std::string url() const { return client_->url(); }

  MeshStatus Status() const {
    MeshStatus status;
    const LiveReader::Counts counts = reader_.counts();
    status.absences_confirmed = counts.confirmed;
    status.absences_refuted = counts.refuted;
    status.absences_unknown = counts.unknown;
    const std::shared_ptr<const Inventory> inventory = Current();
    size_t index = 0;
    for (const Watch& watch : watches_) {
      const WatchHealth& health = watch.health;
      const bool is_kind = index < WatchedResources().size();
      status.watches.push_back(
          {.resource = watch.resource,
           .phase = is_kind ? Shown(watch, index, inventory->coverage())
                            : Shown(watch),
           .objects = is_kind ? live_.size(index) : 0,
           .age = health.age(),
           .lists = health.lists(),
           .errors = health.errors(),
           .problem = health.problem()});
      ++index;
    }
    return status;
  }

 private:
  struct Watch {
    Watch(Impl& impl, ReflectorOptions options, ObjectStore& store)
        : resource(FullName(options.resource)),
          health([&impl, this](const std::string& problem) {
            impl.Tell(resource, problem);
          }),
          reflector(*impl.client_, std::move(options), store, health,
                    impl.stop_) {}

    const std::string resource;
    WatchHealth health;
    Reflector reflector;
    std::thread thread;
    std::atomic<bool> outdated = false;
    // It has been, some time.
    std::atomic<bool> was_outdated = false;
  };

  static bool IsKnown(WatchPhase phase) {
    return phase == WatchPhase::kSynced || phase == WatchPhase::kAbsent;
  }

  // Of what is in no snapshot.
  static WatchPhase Shown(const Watch& watch) {
    const WatchPhase phase = watch.health.phase();
    return IsKnown(phase) && watch.outdated ? WatchPhase::kOutdated : phase;
  }

  // What is known, but in no snapshot, is still awaited, or was forgotten.
  static WatchPhase Shown(const Watch& watch, size_t index,
                          const Coverage& coverage) {
    const WatchPhase phase = watch.health.phase();
    if (!IsKnown(phase) ||
        coverage.Covers(WatchedResources()[index].kind, "")) {
      return phase;
    }
    return watch.was_outdated ? WatchPhase::kOutdated : WatchPhase::kPending;
  }

  void WatchAges() {
    constexpr milliseconds kShortest{10};
    constexpr milliseconds kLongest{1'000};
    const milliseconds interval =
        std::clamp(options_.max_age / 10, kShortest, kLongest);
    while (!stop_.Wait(interval)) {
      for (size_t i = 0; i < watches_.size(); ++i) CheckAge(i);
    }
  }

  void CheckAge(size_t index) {
    Watch& watch = watches_[index];
    const auto age = watch.health.age();
    const bool outdated = age && *age > options_.max_age;
    if (outdated == watch.outdated) return;
    watch.outdated = outdated;
    if (outdated) watch.was_outdated = true;
    const bool is_kind = index < WatchedResources().size();
    if (is_kind && outdated) live_.Forget(index);
    if (is_kind && !outdated) live_.Recall(index);
    if (options_.on_outdated) options_.on_outdated(watch.resource, outdated);
  }

  void Start(ReflectorOptions options, ObjectStore& store) {
    options.backoff = options_.backoff;
    options.absent_interval = options_.absent_interval;
    Watch& watch = watches_.emplace_back(*this, std::move(options), store);
    watch.thread = std::thread([&watch] { watch.reflector.Run(); });
  }

  MeshConfig Rooted(MeshConfig config) const {
    if (!options_.root_namespace.empty()) {
      config.root_namespace = options_.root_namespace;
    }
    return config;
  }

  void Tell(std::string_view resource, const std::string& message) const {
    if (options_.on_problem) options_.on_problem(resource, message);
  }

  const Options options_;
  const std::shared_ptr<ApiClient> client_;
  StopSignal stop_;
  LiveReader reader_;
  LiveInventory live_;
  MeshConfigMap config_map_;
  std::deque<Watch> watches_;  // each stays where it is
  std::thread ages_;
};

Result<std::unique_ptr<MeshWatch>> MeshWatch::Start(Options options) {
  auto client = ApiClient::Make(options.access);
  if (!client) return client.error();
  // A connection the server has closed is an error, not the end.
  std::signal(SIGPIPE, SIG_IGN);  // NOLINT(cert-err33-c)
  return std::unique_ptr<MeshWatch>(new MeshWatch(
      std::make_unique<Impl>(std::move(options), *std::move(client))));
}

MeshWatch::MeshWatch(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

MeshWatch::~MeshWatch() = default;

std::shared_ptr<const Inventory> MeshWatch::Current() const {
  return impl_->Current();
}

std::shared_ptr<const Inventory> MeshWatch::Confirm(
    const Inventory& inventory, const std::set<Absence>& absences,
    Deadline deadline) const {
  return impl_->Confirm(inventory, absences, deadline);
}

MeshStatus MeshWatch::Status() const { return impl_->Status(); }

std::string MeshWatch::url() const { return impl_->url(); }

}  // namespace meshvet::cluster

#include "cluster/live_reader.h"

#include <algorithm>
#include <utility>

#include "cluster/paged_list.h"
#include "mesh/document.h"
#include "mesh/kinds.h"

namespace meshvet::cluster {
namespace {

using std::chrono::steady_clock;

constexpr size_t kMaxValues = 8'000'000;

std::optional<size_t> ResourceOf(const GroupKind& kind) {
  const auto resources = WatchedResources();
  for (size_t i = 0; i < resources.size(); ++i) {
    if (resources[i].kind == kind) return i;
  }
  return std::nullopt;
}

// A Namespace has none: what covers it is asked by its name.
Absence Normal(Absence absence) {
  if (!IsClusterScoped(absence.kind)) return absence;
  if (absence.name.empty()) absence.name = std::move(absence.ns);
  absence.ns.clear();
  return absence;
}

// Without what another of them asks already.
std::set<Absence> WithoutOverlap(const std::set<Absence>& absences) {
  std::set<Absence> all;
  for (const Absence& absence : absences) all.insert(Normal(absence));
  std::set<Absence> needed;
  for (const Absence& absence : all) {
    const auto asks = [&](const Absence& wider) {
      return !(wider == absence) && all.contains(wider);
    };
    if (asks({absence.kind, "", ""})) continue;
    if (!absence.ns.empty() && asks({absence.kind, absence.ns, ""})) continue;
    needed.insert(absence);
  }
  return needed;
}

Coverage Without(Coverage coverage, const std::set<GroupKind>& unknown) {
  if (unknown.empty()) return coverage;
  coverage.complete = false;
  coverage.closed_namespaces.clear();
  std::erase_if(coverage.complete_kinds,
                [&](const GroupKind& kind) { return unknown.contains(kind); });
  return coverage;
}

// Whether a 404 says that this object is not there, and not that nobody knows
// its kind any more.
bool SaysNotFound(const ApiAnswer& answer, const std::string& name) {
  const auto status = ParseJson(answer.body, {.max_bytes = 1 << 20});
  return status && status->root()["details"]["name"].Str() == name;
}

}  // namespace

class LiveReader::Lease {
 public:
  Lease(LiveReader& reader, Deadline deadline) : reader_(reader) {
    std::unique_lock lock(reader.mutex_);
    const bool is_free = reader.returned_.wait_until(lock, deadline, [&] {
      return !reader.idle_.empty() || reader.sessions_ < kSessions;
    });
    if (!is_free) return;
    if (reader.idle_.empty()) {
      ++reader.sessions_;
      session_ = std::make_unique<ApiSession>(reader.client_, reader.stop_);
      return;
    }
    session_ = std::move(reader.idle_.back());
    reader.idle_.pop_back();
  }
  ~Lease() {
    if (session_ == nullptr) return;
    {
      const std::scoped_lock lock(reader_.mutex_);
      reader_.idle_.push_back(std::move(session_));
    }
    reader_.returned_.notify_one();
  }
  Lease(const Lease&) = delete;
  Lease& operator=(const Lease&) = delete;

  ApiSession* session() const { return session_.get(); }

 private:
  LiveReader& reader_;
  std::unique_ptr<ApiSession> session_;
};

LiveReader::LiveReader(ApiClient& client, const StopSignal& stop)
    : client_(client), stop_(stop), served_(WatchedResources().size()) {}

std::shared_ptr<const Inventory> LiveReader::Confirm(
    const Inventory& inventory, const std::set<Absence>& absences,
    Deadline deadline) {
  InventoryBuilder builder(inventory);
  std::set<GroupKind> unknown;
  const Lease lease(*this, deadline);
  size_t reads = 0;
  for (const Absence& absence : WithoutOverlap(absences)) {
    const bool may_read = lease.session() != nullptr && reads++ < kMaxReads &&
                          steady_clock::now() < deadline;
    const std::optional<Objects> found =
        may_read ? Read(*lease.session(), absence, deadline) : std::nullopt;
    if (!found) {
      ++unknown_;
      unknown.insert(absence.kind);
      continue;
    }
    bool is_new = false;
    for (const ObjectPtr& object : *found) {
      is_new |=
          inventory.Find(object->kind(), object->ns(), object->name()).object ==
          nullptr;
      builder.Put(object);
    }
    ++(is_new ? refuted_ : confirmed_);
  }
  builder.SetCoverage(Without(inventory.coverage(), unknown));
  return builder.Snapshot();
}

std::optional<ServedResource> LiveReader::Find(ApiSession& session,
                                               size_t resource,
                                               Deadline deadline) {
  {
    const std::scoped_lock lock(mutex_);
    if (served_[resource].is_installed) return served_[resource];
  }
  Result<ServedResource> served =
      Discover(session, WatchedResources()[resource], deadline);
  if (!served) return std::nullopt;
  const std::scoped_lock lock(mutex_);
  served_[resource] = *served;
  return *std::move(served);
}

void LiveReader::Forget(size_t resource) {
  const std::scoped_lock lock(mutex_);
  served_[resource] = {};
}

std::optional<LiveReader::Objects> LiveReader::Read(ApiSession& session,
                                                    const Absence& absence,
                                                    Deadline deadline) {
  const auto resource = ResourceOf(absence.kind);
  if (!resource) return std::nullopt;
  // Once more if the kind has moved to another version meanwhile.
  for (int attempt = 0; attempt < 2; ++attempt) {
    const auto served = Find(session, *resource, deadline);
    if (!served) return std::nullopt;
    if (!served->is_installed) return Objects();
    auto found = absence.name.empty()
                     ? List(session, *served, absence, deadline)
                     : Get(session, *served, absence, deadline);
    if (found) return found;
    Forget(*resource);
  }
  return std::nullopt;
}

std::optional<LiveReader::Objects> LiveReader::Get(ApiSession& session,
                                                   const ServedResource& served,
                                                   const Absence& absence,
                                                   Deadline deadline) {
  const auto answer =
      session.Get(served.PathIn(absence.ns) + "/" + PercentEncode(absence.name),
                  {.max_body = 8 << 20, .deadline = deadline});
  if (!answer || answer->too_large) return std::nullopt;
  if (answer->status == 404 && SaysNotFound(*answer, absence.name)) {
    return Objects();
  }
  if (answer->status != 200) return std::nullopt;
  const auto body = ParseJson(answer->body, {.max_bytes = answer->body.size(),
                                             .max_values = kMaxValues});
  if (!body) return std::nullopt;
  ObjectPtr object =
      StoredObject(body->root(), served.api_version, absence.kind.kind);
  if (object == nullptr || object->name() != absence.name) return std::nullopt;
  return Objects{std::move(object)};
}

std::optional<LiveReader::Objects> LiveReader::List(
    ApiSession& session, const ServedResource& served, const Absence& absence,
    Deadline deadline) {
  Objects objects;
  PagedList list{.target = served.PathIn(absence.ns) + "?",
                 .max_objects = kMaxObjects,
                 .deadline = deadline};
  const auto answer = ReadPages(session, list, [&](Node page) {
    return AppendItems(page, served.api_version, absence.kind.kind, objects);
  });
  if (!answer || answer->status != 200) return std::nullopt;
  return objects;
}

}  // namespace meshvet::cluster

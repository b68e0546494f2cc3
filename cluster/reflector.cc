#include "cluster/reflector.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <system_error>
#include <utility>

#include "cluster/paged_list.h"
#include "mesh/document.h"

namespace meshvet::cluster {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

// A page may hold many objects, each with managedFields.
constexpr size_t kMaxValues = 8'000'000;
constexpr int kGone = 410;
// How often a kind that was there must be found absent: while an API server
// starts, its discovery may be behind.
constexpr int kAbsencesToBelieve = 3;

std::optional<uint64_t> ToNumber(std::string_view text) {
  uint64_t number = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || stop != end) return std::nullopt;
  return number;
}

}  // namespace

Reflector::Reflector(ApiClient& client, ReflectorOptions options,
                     ObjectStore& store, WatchHealth& health,
                     const StopSignal& stop)
    : session_(client, stop),
      options_(std::move(options)),
      store_(store),
      health_(health),
      stop_(stop),
      backoff_(options_.backoff),
      page_(options_.page) {}

std::string Reflector::Title(std::string_view verb) const {
  const GroupKind& kind = options_.resource.kind;
  std::string title(verb);
  title.append(" ").append(options_.resource.plural);
  if (!kind.group.empty()) title.append(".").append(kind.group);
  return title;
}

std::string Reflector::Target() const {
  const std::string path = served_.PathIn(options_.ns);
  if (options_.name.empty()) return path + "?";
  return path +
         "?fieldSelector=" + PercentEncode("metadata.name=" + options_.name) +
         "&";
}

void Reflector::Run() {
  while (!stop_.raised()) {
    const MaybeFailure failure = Turn();
    if (stop_.raised()) return;
    if (!failure) continue;
    health_.CountError();
    health_.SetProblem(failure->message);
    stop_.Wait(std::max(backoff_.Next(), failure->at_least));
  }
}

Reflector::MaybeFailure Reflector::Turn() {
  if (!served_.is_installed) {
    if (auto failure = FindResource()) return failure;
    if (!served_.is_installed) return std::nullopt;
  }
  if (version_.empty()) {
    if (auto failure = List()) return failure;
    if (version_.empty()) return std::nullopt;
  }
  return Watch();
}

Reflector::MaybeFailure Reflector::FindResource() {
  Result<ServedResource> served = Discover(session_, options_.resource);
  if (!served) return Failure{Title("find") + ": " + served.error().message};
  served_ = *std::move(served);
  if (!served_.is_installed) NoteAbsence();
  return std::nullopt;
}

void Reflector::NoteAbsence() {
  served_ = {};
  version_.clear();
  ++absences_;
  const bool was_there = health_.phase() == WatchPhase::kSynced;
  if (was_there && absences_ < kAbsencesToBelieve) {
    stop_.Wait(backoff_.Next());
    return;
  }
  if (health_.phase() != WatchPhase::kAbsent) store_.Replace({});
  health_.SetPhase(WatchPhase::kAbsent, "");
  health_.Live();
  backoff_.Reset();
  stop_.Wait(options_.absent_interval);
}

Reflector::MaybeFailure Reflector::Refused(std::string_view verb,
                                           const ApiAnswer& answer) {
  if (answer.status == 404) {
    NoteAbsence();
    return std::nullopt;
  }
  // Busy or failing is not the same as having forgotten where we were, or as
  // not taking what was asked.
  if (answer.status < 500 && answer.status != 429) {
    version_.clear();
    takes_cached_ = false;
  }
  std::string problem = Explain(Title(verb), answer);
  if (answer.status == 403) {
    store_.SetIncomplete();
    health_.SetPhase(WatchPhase::kForbidden, problem);
  }
  return Failure{std::move(problem), answer.retry_after.value_or(seconds(0))};
}

Reflector::MaybeFailure Reflector::List() {
  std::vector<ObjectPtr> objects;
  std::string version;
  health_.CountList();
  auto failure = takes_cached_ ? ListCached(objects, version)
                               : ListPages(objects, version);
  if (failure) return failure;
  if (!served_.is_installed) return std::nullopt;
  absences_ = 0;
  takes_cached_ = false;
  is_new_ = true;
  listed_at_ = steady_clock::now();
  store_.Replace(std::move(objects));
  version_ = std::move(version);
  health_.SetPhase(WatchPhase::kSynced, "");
  health_.Live();
  return std::nullopt;
}

Reflector::MaybeFailure Reflector::ListCached(std::vector<ObjectPtr>& objects,
                                              std::string& version) {
  CachedList list{.target = Target(),
                  .max_item_bytes = options_.max_line_bytes};
  Result<ApiAnswer> answer = ReadItems(
      session_, list, [&](Node item) { return TakeItem(item, objects); });
  if (answer && answer->status == 200 && list.version.empty()) {
    answer = Error{"the answer has no resourceVersion"};
  }
  version = std::move(list.version);
  if (answer) {
    return answer->status == 200 ? std::nullopt : Refused("list", *answer);
  }
  // All of it may be more than the server gives in one page. A server that was
  // not reached can still be asked.
  if (list.begun) takes_cached_ = false;
  return Failure{Title("list") + ": " + answer.error().message};
}

Reflector::MaybeFailure Reflector::ListPages(std::vector<ObjectPtr>& objects,
                                             std::string& version) {
  PagedList list{.target = Target(),
                 .page = page_,
                 .max_page_bytes = options_.max_page_bytes};
  const Result<ApiAnswer> answer =
      ReadPages(session_, list, [&](Node page) -> std::optional<Error> {
        version = page["metadata"]["resourceVersion"].Str();
        if (version.empty()) return Error{"the answer has no resourceVersion"};
        for (const Node item : page["items"]) {
          if (auto error = TakeItem(item, objects)) return error;
        }
        return std::nullopt;
      });
  page_ = list.page;
  if (!answer) return Failure{Title("list") + ": " + answer.error().message};
  return answer->status == 200 ? std::nullopt : Refused("list", *answer);
}

std::optional<Error> Reflector::TakeItem(Node item,
                                         std::vector<ObjectPtr>& objects) {
  const Node metadata = item["metadata"];
  ObjectPtr known =
      store_.Find(metadata["namespace"].Str(), metadata["name"].Str());
  const std::string_view version = metadata["resourceVersion"].Str();
  if (known == nullptr || version.empty() ||
      ResourceVersionOf(*known) != version) {
    known =
        StoredObject(item, served_.api_version, options_.resource.kind.kind);
  }
  if (known == nullptr) return Error{"an item has no name"};
  objects.push_back(std::move(known));
  return std::nullopt;
}

Reflector::MaybeFailure Reflector::Watch() {
  const seconds length =
      backoff_.Draw(options_.shortest_watch, options_.longest_watch);
  constexpr seconds kGrace{30};
  const std::string target =
      Target() + "watch=1&allowWatchBookmarks=true&resourceVersion=" +
      PercentEncode(version_) +
      "&timeoutSeconds=" + std::to_string(length.count());
  MaybeFailure failure;
  size_t events = 0;
  const auto start = steady_clock::now();
  const Result<ApiAnswer> answer = session_.Stream(
      target, {.max_line = options_.max_line_bytes, .total = length + kGrace},
      [&](std::string_view line) {
        ++events;
        return TakeEvent(line, failure);
      });
  const bool was_short = steady_clock::now() - start < options_.short_watch;
  if (!was_short) backoff_.Reset();
  if (failure) return failure;
  if (!answer) {
    return Failure{Title("watch") + ": " + answer.error().message};
  }
  if (answer->too_large) {
    version_.clear();
    return Failure{Title("watch") + ": an event is longer than " +
                   std::to_string(options_.max_line_bytes) + " bytes"};
  }
  if (answer->status == kGone) return Forgotten();
  if (answer->status != 200) return Refused("watch", *answer);
  if (version_.empty()) return Forgotten();
  if (events == 0 && was_short) {
    return Failure{Title("watch") + ": ended at once"};
  }
  return events == 0 ? CheckPlace() : std::nullopt;
}

// Versions are compared as numbers, as Kubernetes itself does (KEP-5504).
Reflector::MaybeFailure Reflector::CheckPlace() {
  const Result<ApiAnswer> answer =
      session_.Get(Target() + "limit=1", {.max_body = options_.max_page_bytes});
  if (!answer) return Failure{Title("list") + ": " + answer.error().message};
  if (answer->status != 200) return Refused("list", *answer);
  const auto page = ParseJson(answer->body, {.max_bytes = answer->body.size(),
                                             .max_values = kMaxValues});
  if (!page) return Failure{Title("list") + ": " + page.error().message};
  const auto server =
      ToNumber(page->root()["metadata"]["resourceVersion"].Str());
  const auto ours = ToNumber(version_);
  if (!server || (ours && *server < *ours)) {
    version_.clear();
  } else {
    health_.Live();
  }
  return std::nullopt;
}

// The server no longer knows where we were. If that was its own newest list, it
// would say so again at once.
Reflector::MaybeFailure Reflector::Forgotten() {
  version_.clear();
  constexpr seconds kNew{10};
  if (!is_new_ || steady_clock::now() - listed_at_ > kNew) return std::nullopt;
  return Failure{Title("watch") + ": too old a resourceVersion"};
}

bool Reflector::TakeEvent(std::string_view line, MaybeFailure& failure) {
  const auto event = ParseJson(
      line, {.max_bytes = options_.max_line_bytes, .max_values = kMaxValues});
  const auto fail = [&](const std::string& why) {
    version_.clear();
    failure = Failure{Title("watch") + ": " + why};
    return false;
  };
  if (!event) return fail(event.error().message);
  const std::string_view type = event->root()["type"].Str();
  const Node object = event->root()["object"];
  if (type == "ERROR") {
    TakeError(object, failure);
    return false;
  }
  const Node metadata = object["metadata"];
  const std::string_view version = metadata["resourceVersion"].Str();
  if (version.empty()) return fail("an event has no resourceVersion");
  if (type == "ADDED" || type == "MODIFIED") {
    ObjectPtr stored =
        StoredObject(object, served_.api_version, options_.resource.kind.kind);
    if (stored == nullptr) return fail("an event's object has no name");
    store_.Put(std::move(stored));
  } else if (type == "DELETED") {
    store_.Remove(metadata["namespace"].Str(), metadata["name"].Str());
  } else if (type != "BOOKMARK") {
    return fail("an event of a type we do not know: " + std::string(type));
  }
  version_ = version;
  is_new_ = false;
  health_.Live();
  backoff_.Reset();
  health_.SetProblem("");
  return true;
}

void Reflector::TakeError(Node status, MaybeFailure& failure) {
  const bool is_gone = status["code"].Int() == kGone ||
                       status["reason"].Str() == "Expired" ||
                       status["reason"].Str() == "Gone";
  if (is_gone) {
    version_.clear();
    return;
  }
  failure = Failure{Title("watch") + ": " +
                    std::string(status["message"].Str().substr(0, 1'000))};
}

}  // namespace meshvet::cluster

#include "cluster/event_recorder.h"

#include <pthread.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>

#include "mesh/utf8.h"

namespace meshvet::cluster {
namespace {

using nlohmann::json;

constexpr const char* kController = "meshvet.dev/serve";
// What the API server takes: pkg/apis/core/validation/events.go.
constexpr size_t kMostNote = 1'024;
constexpr size_t kMostInstance = 128;
// Of the subject's name, so that the Event's has room for a time.
constexpr size_t kMostName = 200;
constexpr size_t kMaxBody = 1 << 20;

constexpr std::chrono::seconds kPatience{10};

// MicroTime: RFC 3339 in UTC with microseconds.
std::string MicroTime(std::chrono::system_clock::time_point when) {
  const auto days = std::chrono::floor<std::chrono::days>(when);
  const std::chrono::year_month_day date(days);
  const std::chrono::hh_mm_ss time(
      std::chrono::floor<std::chrono::microseconds>(when - days));
  std::array<char, 64> text{};
  std::snprintf(
      text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d.%06dZ",
      static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
      static_cast<unsigned>(date.day()), static_cast<int>(time.hours().count()),
      static_cast<int>(time.minutes().count()),
      static_cast<int>(time.seconds().count()),
      static_cast<int>(time.subseconds().count()));
  return text.data();
}

// At most `most` bytes of well-formed UTF-8.
std::string Cut(std::string_view text, size_t most) {
  constexpr std::string_view kReplacement = "\xEF\xBF\xBD";
  std::string kept;
  while (!text.empty()) {
    const size_t length = Utf8Length(text);
    const std::string_view next =
        length == 0 ? kReplacement : text.substr(0, length);
    if (kept.size() + next.size() > most) break;
    kept += next;
    text.remove_prefix(std::max<size_t>(length, 1));
  }
  return kept;
}

// With the moment it began: nanoseconds, in hexadecimal, as
// client-go has it.
std::string NameOf(const EventSubject& about,
                   std::chrono::system_clock::time_point first) {
  const auto since = std::chrono::duration_cast<std::chrono::nanoseconds>(
      first.time_since_epoch());
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), ".%llx",
                static_cast<unsigned long long>(since.count()));
  return about.name.substr(0, kMostName) + text.data();
}

json ReferenceTo(const EventSubject& about) {
  json reference = {{"apiVersion", about.api_version},
                    {"kind", about.kind},
                    {"name", about.name}};
  if (!about.ns.empty()) reference["namespace"] = about.ns;
  if (!about.uid.empty()) reference["uid"] = about.uid;
  return reference;
}

std::string InstanceOf(const EventRecorder::Options& options) {
  const std::string& instance =
      options.instance.empty() ? options.about.name : options.instance;
  return instance.substr(0, kMostInstance);
}

std::string Text(const json& document) {
  return document.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace

EventRecorder::EventRecorder(std::shared_ptr<ApiClient> client, Options options)
    : client_(std::move(client)),
      options_(std::move(options)),
      session_(*client_, stop_),
      backoff_(options_.backoff),
      tokens_(options_.burst),
      tokens_at_(Clock::now()) {
  thread_ = std::thread([this] { Work(); });
}

EventRecorder::~EventRecorder() {
  {
    const std::scoped_lock lock(mutex_);
    ending_ = true;
  }
  stop_.Raise();
  changed_.notify_all();
  thread_.join();
}

EventRecorder::Counts EventRecorder::counts() const {
  const std::scoped_lock lock(mutex_);
  return counts_;
}

void EventRecorder::Record(EventNote note) {
  note.note = Cut(note.note, kMostNote);
  const WallTime now = std::chrono::system_clock::now();
  {
    const std::scoped_lock lock(mutex_);
    const auto known = std::ranges::find(series_, note, &Series::note);
    if (known != series_.end()) {
      ++known->count;
      known->last = now;
    } else if (MakeRoom()) {
      // Two Events of one moment need different names.
      const WallTime first =
          series_.empty() ? now
                          : std::max(now, series_.back().first +
                                              std::chrono::nanoseconds(1));
      series_.push_back(
          {.note = std::move(note), .first = first, .last = now, .count = 1});
    } else {
      ++counts_.lost;
    }
  }
  changed_.notify_all();
}

bool EventRecorder::Flush(std::chrono::milliseconds patience) {
  std::unique_lock lock(mutex_);
  flushing_ = true;
  changed_.notify_all();
  return changed_.wait_for(lock, patience, [&] {
    return std::ranges::none_of(series_, &Series::is_due);
  });
}

// For one Event more; the oldest that is written makes it.
bool EventRecorder::MakeRoom() {
  if (series_.size() < options_.max_events) return true;
  const auto settled = std::ranges::find(series_, false, &Series::is_due);
  if (settled == series_.end()) return false;
  series_.erase(settled);
  return true;
}

void EventRecorder::Work() {
  pthread_setname_np(pthread_self(), "events");
  std::string reported;
  std::unique_lock lock(mutex_);
  while (!ending_) {
    const auto [place, when] = Next();
    if (place == series_.end()) {
      changed_.wait(lock);
      continue;
    }
    if (Clock::now() < when) {
      changed_.wait_until(lock, when);
      continue;
    }
    TakeToken();
    Series copy = *place;
    lock.unlock();
    const Attempt attempt = Write(copy);
    lock.lock();
    const uint64_t lost = counts_.lost;
    // Still there: while it is due nobody removes it.
    Settle(place, copy, attempt);
    changed_.notify_all();
    if (counts_.lost == lost || attempt.why == reported) continue;
    reported = attempt.why;
    lock.unlock();
    if (options_.on_lost && !stop_.raised()) options_.on_lost(reported);
    lock.lock();
  }
}

std::pair<EventRecorder::Place, EventRecorder::Clock::time_point>
EventRecorder::Next() {
  auto next = series_.end();
  for (auto place = series_.begin(); place != series_.end(); ++place) {
    if (!place->is_due()) continue;
    if (next == series_.end() || NotBefore(*place) < NotBefore(*next)) {
      next = place;
    }
  }
  if (next == series_.end()) return {next, {}};
  const Clock::time_point when = NotBefore(*next);
  return {next, flushing_ ? when : std::max(when, TokenAt())};
}

EventRecorder::Clock::time_point EventRecorder::NotBefore(
    const Series& series) const {
  const bool has_failed = series.attempts > 0;
  return flushing_ && !has_failed ? Clock::time_point() : series.not_before;
}

EventRecorder::Clock::time_point EventRecorder::TokenAt() const {
  if (tokens_ >= 1) return Clock::now();
  const auto missing = std::chrono::duration_cast<Clock::duration>(
      options_.refill * (1 - tokens_));
  return tokens_at_ + missing;
}

void EventRecorder::TakeToken() {
  const auto now = Clock::now();
  const std::chrono::duration<double> passed = now - tokens_at_;
  const std::chrono::duration<double> refill = options_.refill;
  tokens_ =
      std::min(static_cast<double>(options_.burst), tokens_ + passed / refill);
  tokens_at_ = now;
  tokens_ = std::max(0.0, tokens_ - 1);
}

void EventRecorder::Settle(Place place, const Series& copy,
                           const Attempt& attempt) {
  const uint64_t count = copy.count - place->written;
  ++place->attempts;
  switch (attempt.outcome) {
    case Outcome::kWritten:
      counts_.recorded += count;
      place->name = copy.name;
      backoff_.Reset();
      break;
    case Outcome::kGone:
      place->name.clear();
      place->first = place->last;
      place->not_before = {};
      return;
    case Outcome::kRetry:
      if (place->attempts < options_.attempts) {
        place->not_before =
            Clock::now() + std::max(backoff_.Next(), attempt.at_least);
        return;
      }
      counts_.lost += count;
      break;
    case Outcome::kRefused:
      counts_.lost += count;
      break;
  }
  place->written = copy.count;
  place->attempts = 0;
  place->not_before = Clock::now() + options_.between;
}

ApiSession::Write EventRecorder::RequestFor(const Series& copy,
                                            bool is_new) const {
  const EventSubject& about = options_.about;
  const std::string ns = about.ns.empty() ? "default" : about.ns;
  const std::string path =
      "/apis/events.k8s.io/v1/namespaces/" + ns + "/events";
  const json series = {{"count", copy.count},
                       {"lastObservedTime", MicroTime(copy.last)}};
  if (!is_new) {
    return {.method = "PATCH",
            .target = path + "/" + copy.name,
            .content_type = "application/merge-patch+json",
            .body = Text(json{{"series", series}})};
  }
  const bool is_warning = copy.note.type == EventNote::Type::kWarning;
  json event = {{"apiVersion", "events.k8s.io/v1"},
                {"kind", "Event"},
                {"metadata", {{"name", copy.name}, {"namespace", ns}}},
                {"eventTime", MicroTime(copy.first)},
                {"type", is_warning ? "Warning" : "Normal"},
                {"reason", copy.note.reason},
                {"action", copy.note.action},
                {"note", copy.note.note},
                {"regarding", ReferenceTo(about)},
                {"reportingController", kController},
                {"reportingInstance", InstanceOf(options_)}};
  // One alone is no series.
  if (copy.count > 1) event["series"] = series;
  return {.method = "POST",
          .target = path,
          .content_type = "application/json",
          .body = Text(event)};
}

EventRecorder::Attempt EventRecorder::Write(Series& copy) {
  const bool is_new = copy.name.empty();
  if (is_new) copy.name = NameOf(options_.about, copy.first);
  const auto answer =
      session_.Send(RequestFor(copy, is_new),
                    ApiSession::Limits::Within(kPatience, kMaxBody));
  if (!answer) {
    return {Outcome::kRetry, "write Event: " + answer.error().message};
  }
  const int status = answer->status;
  // 409: it was sent twice, over a connection that broke.
  if (status == 200 || status == 201 || (is_new && status == 409)) {
    return {Outcome::kWritten};
  }
  // The API server forgets Events after an hour.
  if (!is_new && status == 404) return {Outcome::kGone};
  const bool may_pass = status == 409 || status == 429 || status >= 500;
  return {may_pass ? Outcome::kRetry : Outcome::kRefused,
          Explain("write Event", *answer),
          answer->retry_after.value_or(std::chrono::seconds(0))};
}

}  // namespace meshvet::cluster

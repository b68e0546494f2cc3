// File: cluster/event_recorder.h
//
// EventRecorder: tells the people of a cluster what happened to meshvet, where
// they look first: `kubectl describe pod`, `kubectl get events`. Events are
// those of events.k8s.io/v1
// (https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/event-v1/).
//
//   EventRecorder recorder(client, {.about = PodOf("mesh", "meshvet-7c9f")});
//   recorder.Record({.reason = "PolicyRejected", .action = "ReloadPolicy",
//                    .note = "policy.yaml:3: unknown rule"});
//
// Record never waits and never fails: a thread writes, at a bounded rate. What
// happens again is the same Event with a higher count (its `series`), written
// every ten seconds at the most. What cannot be written is tried again with
// growing pauses, and in the end lost and counted.
//
// Thread-safe.

#ifndef MESHVET_CLUSTER_EVENT_RECORDER_H_
#define MESHVET_CLUSTER_EVENT_RECORDER_H_

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>

#include "cluster/api_client.h"
#include "cluster/backoff.h"
#include "cluster/stop_signal.h"

namespace meshvet::cluster {

// What an Event is about. Without a namespace, its Events are in "default".
struct EventSubject {
  std::string api_version;
  std::string kind;
  std::string ns;
  std::string name;
  std::string uid = {};  // may be empty
};

struct EventNote {
  enum class Type { kNormal, kWarning };

  Type type = Type::kWarning;
  std::string reason;  // for programs, in UpperCamelCase
  std::string action;  // what was being done, likewise
  std::string note;    // for people; at most 1 KiB of it is kept

  friend bool operator==(const EventNote&, const EventNote&) = default;
};

class EventRecorder {
 public:
  struct Options {
    EventSubject about;
    // Which of several programs of one kind this is; by default the name in
    // `about`.
    std::string instance = {};
    // Told why Events are lost, once until that changes. Called from the
    // recorder's thread.
    std::function<void(const std::string& problem)> on_lost = {};

    // Different Events remembered, written or not.
    size_t max_events = 64;
    // So many writes at once, and one more each time this has passed.
    int burst = 20;
    std::chrono::milliseconds refill{10'000};
    // Between two writes of one Event.
    std::chrono::milliseconds between{10'000};
    // Tries of one write, some ten minutes in all.
    int attempts = 24;
    Backoff::Range backoff = {};
  };

  EventRecorder(std::shared_ptr<ApiClient> client, Options options);
  // What is not written yet is lost, see Flush.
  ~EventRecorder();
  EventRecorder(const EventRecorder&) = delete;
  EventRecorder& operator=(const EventRecorder&) = delete;

  void Record(EventNote note);
  // Before the end: what is not written yet no longer waits for its turn, only
  // for the next try of what failed. False if that was not all within
  // `patience`.
  bool Flush(std::chrono::milliseconds patience);

  // Happenings, not requests.
  struct Counts {
    uint64_t recorded = 0;
    uint64_t lost = 0;
  };
  Counts counts() const;

 private:
  using Clock = std::chrono::steady_clock;
  using WallTime = std::chrono::system_clock::time_point;

  // One Event, as it is known here and as it was written.
  struct Series {
    EventNote note;
    WallTime first;
    WallTime last;
    uint64_t count = 0;
    uint64_t written = 0;
    std::string name = {};  // in the cluster; empty: none yet
    Clock::time_point not_before = {};
    int attempts = 0;

    bool is_due() const { return count > written; }
  };
  using Place = std::list<Series>::iterator;
  enum class Outcome { kWritten, kGone, kRetry, kRefused };

  bool MakeRoom();
  void Work();
  // The next to write and when; its end if there is none.
  std::pair<Place, Clock::time_point> Next();
  Clock::time_point NotBefore(const Series& series) const;
  void TakeToken();
  Clock::time_point TokenAt() const;
  // `why` is there unless it was written.
  struct Attempt {
    Outcome outcome;
    std::string why = {};
    std::chrono::milliseconds at_least{0};  // until the next
  };
  // Gives `copy` the name it is written under.
  Attempt Write(Series& copy);
  ApiSession::Write RequestFor(const Series& copy, bool is_new) const;
  void Settle(Place place, const Series& copy, const Attempt& attempt);

  const std::shared_ptr<ApiClient> client_;
  const Options options_;
  StopSignal stop_;
  ApiSession session_;  // of the thread
  Backoff backoff_;     // of the thread

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::list<Series> series_;  // oldest first
  Counts counts_;
  bool flushing_ = false;
  bool ending_ = false;
  double tokens_;
  Clock::time_point tokens_at_;
  std::thread thread_;  // last: it uses the rest
};

}  // namespace meshvet::cluster

#endif  // MESHVET_CLUSTER_EVENT_RECORDER_H_

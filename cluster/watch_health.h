// File: cluster/watch_health.h
//
// WatchHealth: how the watch of one kind is doing. Its reflector writes it;
// probes, metrics and the log read it.
//
// Thread-safe.

#ifndef MESHVET_CLUSTER_WATCH_HEALTH_H_
#define MESHVET_CLUSTER_WATCH_HEALTH_H_

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

namespace meshvet::cluster {

enum class WatchPhase {
  kPending,    // not listed yet
  kSynced,     // listed, and followed since
  kAbsent,     // the kind is not installed: there are none
  kForbidden,  // we may not read it: nothing is known
  kOutdated,   // it was known, but nothing was heard of it for too long
};

class WatchHealth {
 public:
  // `on_change` is told what goes wrong, once until it changes, and "" when it
  // goes well again.
  explicit WatchHealth(std::function<void(const std::string&)> on_change = {})
      : on_change_(std::move(on_change)) {}

  WatchPhase phase() const { return phase_; }
  // With why it is so, empty if that is well. Whoever sees the phase sees the
  // problem: it is written first.
  void SetPhase(WatchPhase phase, const std::string& problem) {
    SetProblem(problem);
    phase_ = phase;
  }

  // The server has just proven that we know what it knows.
  void Live() { life_ = std::chrono::steady_clock::now().time_since_epoch(); }
  // Since then; nothing if it never did.
  std::optional<std::chrono::nanoseconds> age() const {
    const std::chrono::nanoseconds life = life_;
    if (life.count() == 0) return std::nullopt;
    return std::chrono::steady_clock::now().time_since_epoch() - life;
  }

  void CountList() { ++lists_; }
  void CountError() { ++errors_; }
  uint64_t lists() const { return lists_; }
  uint64_t errors() const { return errors_; }

  // Of the last failure; empty while all is well.
  std::string problem() const {
    const std::scoped_lock lock(mutex_);
    return problem_;
  }
  void SetProblem(const std::string& problem) {
    {
      const std::scoped_lock lock(mutex_);
      if (problem == problem_) return;
      problem_ = problem;
    }
    if (on_change_) on_change_(problem);
  }

 private:
  const std::function<void(const std::string&)> on_change_;
  std::atomic<WatchPhase> phase_ = WatchPhase::kPending;
  std::atomic<std::chrono::nanoseconds> life_ = std::chrono::nanoseconds(0);
  std::atomic<uint64_t> lists_ = 0;
  std::atomic<uint64_t> errors_ = 0;
  mutable std::mutex mutex_;
  std::string problem_;
};

}  // namespace meshvet::cluster

#endif  // MESHVET_CLUSTER_WATCH_HEALTH_H_

// File: mesh/published.h
//
// Published: the current version of something immutable. A writer replaces it
// whole; readers take what is current and keep it as long as they like.
//
//   Published<Policy> policy(first);
//   const std::shared_ptr<const Policy> mine = policy.Load();
//
// Safe to use from many threads. The lock is held for one pointer copy:
// std::atomic<std::shared_ptr> of libstdc++ 12 spins for just as long and is
// reported as a race by the thread sanitizer.

#ifndef MESHVET_MESH_PUBLISHED_H_
#define MESHVET_MESH_PUBLISHED_H_

#include <memory>
#include <mutex>
#include <utility>

namespace meshvet {

template <typename T>
class Published {
 public:
  explicit Published(std::shared_ptr<const T> first)
      : current_(std::move(first)) {}

  std::shared_ptr<const T> Load() const {
    const std::lock_guard lock(mutex_);
    return current_;
  }

  void Store(std::shared_ptr<const T> next) {
    {
      const std::lock_guard lock(mutex_);
      current_.swap(next);
    }
    // The old version dies here, without the lock, if nobody else holds it.
  }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const T> current_;
};

}  // namespace meshvet

#endif  // MESHVET_MESH_PUBLISHED_H_

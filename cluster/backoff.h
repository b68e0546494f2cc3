// File: cluster/backoff.h
//
// Backoff: how long to wait before the next attempt: from 0.8 s, doubled each
// time, at most 30 s, each drawn from [d, 2d) so that many clients do not come
// at once; the figures of client-go's reflector (tools/cache/reflector.go,
// NewReflectorWithOptions). Belongs to one thread.

#ifndef MESHVET_CLUSTER_BACKOFF_H_
#define MESHVET_CLUSTER_BACKOFF_H_

#include <algorithm>
#include <chrono>
#include <random>

namespace meshvet::cluster {

class Backoff {
 public:
  using Milliseconds = std::chrono::milliseconds;
  struct Range {
    Milliseconds first{800};
    Milliseconds longest{30'000};
  };

  explicit Backoff(Range range) : range_(range), next_(range.first) {}

  Milliseconds Next() {
    std::uniform_real_distribution<double> jitter(1, 2);
    const auto wait =
        std::chrono::duration_cast<Milliseconds>(next_ * jitter(random_));
    next_ = std::min(next_ * 2, range_.longest);
    return std::min(wait, range_.longest);
  }
  void Reset() { next_ = range_.first; }

  // Between `low` and `high`, for other waits of the same thread.
  std::chrono::seconds Draw(std::chrono::seconds low,
                            std::chrono::seconds high) {
    std::uniform_int_distribution<std::chrono::seconds::rep> any(low.count(),
                                                                 high.count());
    return std::chrono::seconds(any(random_));
  }

 private:
  const Range range_;
  Milliseconds next_;
  std::mt19937 random_{std::random_device{}()};
};

}  // namespace meshvet::cluster

#endif  // MESHVET_CLUSTER_BACKOFF_H_

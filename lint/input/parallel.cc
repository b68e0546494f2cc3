#include "lint/input/parallel.h"

#include <algorithm>
#include <atomic>
#include <thread>
#include <vector>

namespace meshvet::lint {

void ParallelFor(size_t count, size_t jobs,
                 const std::function<void(size_t)>& work, size_t chunk) {
  std::atomic<size_t> next = 0;
  const auto take = [&] {
    for (;;) {
      const size_t first = next.fetch_add(chunk, std::memory_order_relaxed);
      if (first >= count) return;
      const size_t last = std::min(count, first + chunk);
      for (size_t i = first; i < last; ++i) work(i);
    }
  };
  const size_t chunks = (count + chunk - 1) / chunk;
  std::vector<std::jthread> others;
  for (size_t i = 1; i < std::min(jobs, chunks); ++i) others.emplace_back(take);
  take();
}

}  // namespace meshvet::lint

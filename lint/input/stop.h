// File: lint/input/stop.h
//
// IsStopped: whether a run is to end with what it knows.
//
//   if (IsStopped(request.stop)) return;
//
// The number is the signal that came, 0 for none; null means that none will be
// told of. It may be set at any time, by a signal handler too.

#ifndef MESHVET_LINT_INPUT_STOP_H_
#define MESHVET_LINT_INPUT_STOP_H_

#include <atomic>

namespace meshvet::lint {

inline bool IsStopped(const std::atomic<int>* stop) {
  return stop != nullptr && stop->load(std::memory_order_relaxed) != 0;
}

}  // namespace meshvet::lint

#endif  // MESHVET_LINT_INPUT_STOP_H_

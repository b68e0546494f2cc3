// File: lint/input/stop.h
//
// StopFlag: whether a run is to end with what it knows.
//
//   if (IsStopped(request.stop)) return;

#ifndef MESHVET_LINT_INPUT_STOP_H_
#define MESHVET_LINT_INPUT_STOP_H_

#include <atomic>

namespace meshvet::lint {

// The signal that came, 0 for none; null means that none will be told of. It
// may be set at any time, by a signal handler too.
using StopFlag = const std::atomic<int>*;

inline bool IsStopped(StopFlag stop) {
  return stop != nullptr && stop->load(std::memory_order_relaxed) != 0;
}

}  // namespace meshvet::lint

#endif  // MESHVET_LINT_INPUT_STOP_H_

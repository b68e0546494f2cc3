// File: lint/progress.h
//
// Progress: one line that says how far a long run is, for somebody who waits at
// a terminal. Nothing is written in the first two seconds; then the line is
// written over every quarter of a second, and wiped at the end.
//
//   Progress progress(STDERR_FILENO);
//   progress.Begin("files read", files.size());
//   ParallelFor(files.size(), jobs, [&](size_t i) {
//     Read(files[i]);
//     progress.Advance();
//   });
//
// All members may be called from several threads. Nobody else may write to the
// terminal before it is gone.

#ifndef MESHVET_LINT_PROGRESS_H_
#define MESHVET_LINT_PROGRESS_H_

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>

#include "lint/report/terminal.h"

namespace meshvet::lint {

class Progress {
 public:
  // Writes to `fd`, which stays open.
  explicit Progress(int fd);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  // From here on `total` of these are done one by one; 0 when that is not
  // known. `what` must live as long as this.
  void Begin(std::string_view what, size_t total);
  void Advance() { done_.fetch_add(1, std::memory_order_relaxed); }

 private:
  void Show(const std::stop_token& stop);
  std::string Line();

  const int fd_;
  std::mutex mutex_;  // of the next two
  std::string_view what_ = "reading";
  size_t total_ = 0;
  std::atomic<size_t> done_ = 0;
  std::condition_variable_any wake_;
  std::jthread writer_;  // last: it uses all of the above
};

// Whether somebody is there to read it: not without a terminal, nor on one that
// cannot go back in a line (TERM=dumb), nor in CI, which keeps a log.
bool CanShowProgress(const Environment& environment, bool is_terminal);

}  // namespace meshvet::lint

#endif  // MESHVET_LINT_PROGRESS_H_

#include "lint/progress.h"

#include <chrono>
#include <csignal>

#include "lint/report/output.h"

namespace meshvet::lint {
namespace {

constexpr std::chrono::seconds kPatience{2};
constexpr std::chrono::milliseconds kPause{250};
// To the start of the line, and all of it away.
constexpr std::string_view kWipe = "\r\x1b[K";

}  // namespace

Progress::Progress(int fd) : fd_(fd) {
  // Signals are for the threads that work: one of them may wait in a read that
  // a signal is to end.
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  writer_ = std::jthread([this](const std::stop_token& stop) { Show(stop); });
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

Progress::~Progress() {
  writer_.request_stop();
  writer_.join();
}

void Progress::Begin(std::string_view what, size_t total) {
  const std::lock_guard lock(mutex_);
  what_ = what;
  total_ = total;
  done_ = 0;
}

std::string Progress::Line() {
  if (total_ == 0) return "meshvet: " + std::string(what_) + " ...";
  return "meshvet: " + std::to_string(done_) + " of " + std::to_string(total_) +
         " " + std::string(what_);
}

void Progress::Show(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  const auto is_over = [&stop] { return stop.stop_requested(); };
  if (wake_.wait_for(lock, stop, kPatience, is_over)) return;
  bool is_written = true;
  while (!stop.stop_requested() && is_written) {
    is_written = WriteAll(fd_, std::string(kWipe) + Line());
    wake_.wait_for(lock, stop, kPause, is_over);
  }
  // A terminal that is gone wants no tidying.
  if (is_written) static_cast<void>(WriteAll(fd_, kWipe));
}

bool CanShowProgress(const Environment& environment, bool is_terminal) {
  const std::string ci = environment("CI");
  return is_terminal && environment("TERM") != "dumb" &&
         (ci.empty() || ci == "false");
}

}  // namespace meshvet::lint

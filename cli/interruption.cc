#include "cli/interruption.h"

#include <atomic>
#include <csignal>

namespace meshvet::cli {
namespace {

// A handler reaches nothing but what is global.
std::atomic<int> came = 0;
static_assert(std::atomic<int>::is_always_lock_free);

extern "C" void OnInterruption(int signal) { came = signal; }

}  // namespace

lint::StopFlag ListenForInterruption() {
  struct sigaction action = {};
  action.sa_handler = OnInterruption;
  // Once; and a read that waits for a pipe returns.
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  for (const int signal : {SIGINT, SIGTERM}) {
    struct sigaction before = {};
    // Whoever ignores a signal, as nohup does, goes on ignoring it.
    sigaction(signal, nullptr, &before);
    if (before.sa_handler != SIG_IGN) sigaction(signal, &action, nullptr);
  }
  return &came;
}

void AskToEnd(int signal) { came = signal; }

int EndAsInterrupted(int exit_code) {
  const int signal = came;
  if (signal != SIGINT && signal != SIGTERM) return exit_code;
  std::signal(signal, SIG_DFL);
  std::raise(signal);
  // Still here, as the first process of a container is.
  return 128 + signal;
}

}  // namespace meshvet::cli

#include "cli/time_limit.h"

#include <sys/time.h>
#include <unistd.h>

#include <cmath>
#include <csignal>
#include <string_view>

#include "cli/interruption.h"
#include "lint/command/exit_code.h"

namespace meshvet::cli {
namespace {

using Handler = void (*)(int);

void On(int signal, Handler handler) {
  // A read that waits for a pipe returns.
  struct sigaction action = {};
  action.sa_handler = handler;
  sigaction(signal, &action, nullptr);
}

// A run that takes longer is worth nothing to whoever set the limit.
extern "C" void OnTimeout(int /*signal*/) {
  constexpr std::string_view kMessage = "meshvet: timed out (--timeout)\n";
  // A signal handler may do little more than this; there is nobody left to tell
  // that it failed.
  [[maybe_unused]] const ssize_t told =
      write(STDERR_FILENO, kMessage.data(), kMessage.size());
  _exit(lint::kExitUnfinished);
}

constexpr unsigned kSecondsLeft = 1;

extern "C" void OnTimeToEnd(int signal) {
  On(signal, OnTimeout);
  alarm(kSecondsLeft);
  AskToEnd(signal);
}

void Start(double seconds, Handler handler) {
  if (seconds <= 0) return;
  On(SIGALRM, handler);
  itimerval timer{};
  timer.it_value.tv_sec = static_cast<time_t>(seconds);
  timer.it_value.tv_usec =
      static_cast<suseconds_t>((seconds - std::floor(seconds)) * 1'000'000);
  setitimer(ITIMER_REAL, &timer, nullptr);
}

}  // namespace

void StartTimer(double seconds) { Start(seconds, OnTimeout); }

void StartPatientTimer(double seconds) { Start(seconds, OnTimeToEnd); }

}  // namespace meshvet::cli

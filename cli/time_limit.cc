#include "cli/time_limit.h"

#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cmath>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <string>

#include "cli/interruption.h"
#include "cli/log.h"
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

// What is said at the end, made beforehand: a signal's handler may do little
// more than write it.
constinit std::array<char, 256> last_words{};
constinit size_t last_words_size = 0;

void PrepareLastWords(double seconds_left) {
  const std::chrono::milliseconds left(
      static_cast<int64_t>(seconds_left * 1'000));
  const std::string text =
      LogText("meshvet: timed out (--timeout)\n", lint::kExitUnfinished,
              std::chrono::system_clock::now() + left);
  last_words_size = text.copy(last_words.data(), last_words.size());
}

// A run that takes longer is worth nothing to whoever set the limit.
extern "C" void OnTimeout(int /*signal*/) {
  // There is nobody left to tell that it failed.
  [[maybe_unused]] const ssize_t told =
      write(STDERR_FILENO, last_words.data(), last_words_size);
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
  PrepareLastWords(seconds);
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

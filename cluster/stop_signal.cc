#include "cluster/stop_signal.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>

namespace meshvet::cluster {

StopSignal::StopSignal() : fd_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

StopSignal::~StopSignal() { close(fd_); }

void StopSignal::Raise() {
  const uint64_t one = 1;
  // It fails only if the counter is at its end, and then it is readable.
  (void)!write(fd_, &one, sizeof(one));
}

bool StopSignal::raised() const { return Wait(std::chrono::milliseconds(0)); }

bool StopSignal::Wait(std::chrono::milliseconds duration) const {
  using std::chrono::steady_clock;
  const auto until = steady_clock::now() + duration;
  while (true) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(
        until - steady_clock::now());
    pollfd wait{fd_, POLLIN, 0};
    const int ready =
        poll(&wait, 1,
             static_cast<int>(std::clamp<int64_t>(left.count(), 0, 60'000)));
    if (ready > 0) return true;
    if (ready < 0 && errno != EINTR) return false;
    if (steady_clock::now() >= until) return false;
  }
}

}  // namespace meshvet::cluster

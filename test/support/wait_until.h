// File: test/support/wait_until.h
//
// Waiting for a state, never for a time. How long is patience and no
// measurement: many times what a busy machine needs under a sanitizer, so that
// only a defect uses it up.
//
//   ASSERT_TRUE(WaitUntil([&] { return server.connections() == 2; }));

#ifndef MESHVET_TEST_SUPPORT_WAIT_UNTIL_H_
#define MESHVET_TEST_SUPPORT_WAIT_UNTIL_H_

#include <chrono>
#include <thread>

namespace meshvet::test {

inline constexpr std::chrono::seconds kPatience{60};

// False if `done` does not come to hold; it is asked again after each `pause`.
template <typename Predicate>
[[nodiscard]] bool WaitUntil(
    const Predicate& done,
    std::chrono::milliseconds pause = std::chrono::milliseconds(2)) {
  const auto end = std::chrono::steady_clock::now() + kPatience;
  while (std::chrono::steady_clock::now() < end) {
    if (done()) return true;
    std::this_thread::sleep_for(pause);
  }
  return done();
}

}  // namespace meshvet::test

#endif  // MESHVET_TEST_SUPPORT_WAIT_UNTIL_H_

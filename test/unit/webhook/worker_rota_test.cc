#include "webhook/worker_rota.h"

#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <thread>

#include "test/support/wait_until.h"

namespace meshvet::webhook {
namespace {

using std::chrono::milliseconds;

// Whether a thread gets a seat; if not, the rota is stopped.
bool GetsASeat(WorkerRota& rota) {
  auto seat = std::async(std::launch::async, [&] { return rota.TakeSeat(); });
  if (seat.wait_for(test::kPatience) != std::future_status::ready) rota.Stop();
  return seat.get();
}

TEST(WorkerRota, SeatsOneMoreWhileAllAreInHandlers) {
  WorkerRota rota(1, 3);
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(GetsASeat(rota)) << i;
    rota.HandlerBegins();
  }
}

// However long nothing happened before: whoever watches sleeps by then, and is
// woken by handlers alone.
TEST(WorkerRota, LeavesNobodyWaitingWhileHandlersWait) {
  for (const milliseconds calm : {milliseconds(0), milliseconds(200)}) {
    WorkerRota rota(1, 3);
    ASSERT_TRUE(GetsASeat(rota));
    rota.HandlerBegins();
    ASSERT_TRUE(GetsASeat(rota));
    for (int event = 0; event < 3; ++event) {
      std::this_thread::sleep_for(calm);
      if (!rota.KeepsSeat()) {
        ASSERT_TRUE(GetsASeat(rota)) << calm.count();
      }
    }
  }
}

TEST(WorkerRota, UnseatsWhoIsTooManyOnceHandlersReturn) {
  WorkerRota rota(1, 3);
  ASSERT_TRUE(GetsASeat(rota));
  EXPECT_TRUE(rota.KeepsSeat()) << "the usual one";
  rota.HandlerBegins();
  ASSERT_TRUE(GetsASeat(rota));
  rota.HandlerEnds();
  EXPECT_FALSE(rota.KeepsSeat());
  EXPECT_TRUE(rota.KeepsSeat());
}

}  // namespace
}  // namespace meshvet::webhook

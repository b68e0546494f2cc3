// Every single allocation between accept() and the answer fails once, and then
// every one from there on: a call gets its right answer, a 5xx, or the end of
// its connection, and nothing of it stays behind.

#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <limits>
#include <new>

#include "test/unit/webhook/courtroom.h"
#include "test/unit/webhook/test_server.h"

namespace meshvet::webhook {
namespace {

// Counts down with each allocation of other threads than the test's.
class Shortage {
 public:
  enum class Lasting { kOnce, kFromThenOn };

  void Begin(long after, Lasting lasting) {
    struck_ = false;
    lasting_ = lasting;
    left_ = after;
  }
  // Whether it came to pass.
  bool End() {
    left_ = kNever;
    return struck_;
  }
  bool Strikes() {
    if (left_ == kNever || spared) return false;
    const long left = left_--;
    if (left > 0 || (left < 0 && lasting_ == Lasting::kOnce)) return false;
    struck_ = true;
    return true;
  }

  static thread_local bool spared;

 private:
  static constexpr long kNever = std::numeric_limits<long>::max();

  std::atomic<long> left_ = kNever;
  std::atomic<Lasting> lasting_ = Lasting::kOnce;
  std::atomic<bool> struck_ = false;
};

thread_local bool Shortage::spared = false;
constinit Shortage shortage;

}  // namespace
}  // namespace meshvet::webhook

// Not inline: g++ 12 would take the pair for mismatched.
[[gnu::noinline]] void* operator new(std::size_t size) {
  void* memory =
      meshvet::webhook::shortage.Strikes() ? nullptr : std::malloc(size);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}
// As std::stable_sort asks: it can do with less.
[[gnu::noinline]] void* operator new(std::size_t size,
                                     const std::nothrow_t&) noexcept {
  return meshvet::webhook::shortage.Strikes() ? nullptr : std::malloc(size);
}
[[gnu::noinline]] void operator delete(void* memory) noexcept {
  std::free(memory);
}
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}

namespace meshvet::webhook {
namespace {

class MemoryFault : public ::testing::TestWithParam<Shortage::Lasting> {};

bool NothingIsLeft(const TransportStats& stats) {
  return stats.handshaking + stats.idle + stats.active + stats.closing == 0 &&
         stats.in_flight == 0 && stats.queued == 0 && stats.body_bytes == 0;
}

AdmissionHandler Judge() {
  auto engine = std::make_shared<const EngineGeneration>(
      EngineGeneration{rules::Engine(test::ReadPolicyText(
                           "{apiVersion: meshvet.dev/v1alpha1, kind: Config}")),
                       1});
  auto mesh = InventoryBuilder({}, Coverage{.complete = true}).Snapshot();
  return AdmissionHandler({[engine = std::move(engine)] { return engine; },
                           [mesh = std::move(mesh)] { return mesh; }},
                          [](const AdmissionRecord&) {});
}

TEST_P(MemoryFault, CostsACallItsAnswerAtTheMost) {
  Shortage::spared = true;
  HttpsServer::Options options;
  options.gate.in_flight = 2;
  const AdmissionHandler judge = Judge();
  TestServer server(options, [&](const HttpRequest& request) {
    return judge.Handle(request);
  });
  const std::string call =
      Post("/validate", ReviewOf("CREATE", Entry()).dump());
  const auto right = server.Connect()->Exchange(call);
  ASSERT_TRUE(right);
  ASSERT_NE(right->body.find(R"("allowed":false)"), std::string::npos);

  int answered = 0;
  int refused = 0;
  int ended = 0;
  bool struck = true;
  for (long after = 0; struck; ++after) {
    shortage.Begin(after, GetParam());
    const auto answer = server.Connect()->Exchange(call);
    struck = shortage.End();
    if (!answer) {
      ++ended;
    } else if (answer->status == 200) {
      ++answered;
      ASSERT_EQ(answer->body, right->body) << after;
    } else {
      ++refused;
      ASSERT_EQ(answer->status, 503) << after << answer->body;
    }
    ASSERT_TRUE(server.WaitUntil(NothingIsLeft)) << after;
  }
  EXPECT_GT(answered, 0);
  // Where nothing is to be had any more, not even a refusal can be written.
  EXPECT_EQ(refused > 0, GetParam() == Shortage::Lasting::kOnce);
  EXPECT_GT(ended, 0);
  RecordProperty("allocations", answered + refused + ended - 1);
  const auto after_all = server.Connect()->Exchange(call);
  ASSERT_TRUE(after_all);
  EXPECT_EQ(after_all->body, right->body);
}

INSTANTIATE_TEST_SUITE_P(Any, MemoryFault,
                         ::testing::Values(Shortage::Lasting::kOnce,
                                           Shortage::Lasting::kFromThenOn));

}  // namespace
}  // namespace meshvet::webhook

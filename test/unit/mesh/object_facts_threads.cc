#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

#include "mesh/object_facts.h"

namespace meshvet {
namespace {

TEST(ObjectFactsThreadsTest, AnswersManyThreadsAlike) {
  constexpr int kRounds = 200;
  for (int round = 0; round < kRounds; ++round) {
    const ObjectFacts facts;
    std::vector<const std::string*> seen(4);
    std::vector<std::thread> threads;
    for (size_t i = 0; i < seen.size(); ++i) {
      threads.emplace_back([&, i] {
        seen[i] = &facts.Get<std::string>([] { return std::string("same"); });
      });
    }
    for (std::thread& thread : threads) thread.join();
    for (const std::string* one : seen) {
      EXPECT_EQ(one, seen.front());
      EXPECT_EQ(*one, "same");
    }
  }
}

}  // namespace
}  // namespace meshvet

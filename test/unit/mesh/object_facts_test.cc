#include "mesh/object_facts.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace meshvet {
namespace {

TEST(ObjectFactsTest, ReadsOnceAndKeepsTheAnswer) {
  const ObjectFacts facts;
  int reads = 0;
  const auto read = [&] { return "answer " + std::to_string(++reads); };
  const std::string& first = facts.Get<std::string>(read);
  EXPECT_EQ(first, "answer 1");
  EXPECT_EQ(&facts.Get<std::string>(read), &first);
  EXPECT_EQ(reads, 1);
}

TEST(ObjectFactsTest, ACopyWorksOutItsOwn) {
  ObjectFacts facts;
  facts.Get<int>([] { return 1; });
  const ObjectFacts copy(facts);
  EXPECT_EQ(copy.Get<int>([] { return 2; }), 2);
  const ObjectFacts moved(std::move(facts));
  EXPECT_EQ(moved.Get<int>([] { return 3; }), 3);
  ObjectFacts assigned;
  assigned.Get<int>([] { return 4; });
  assigned = copy;
  EXPECT_EQ(assigned.Get<int>([] { return 5; }), 5);
}

}  // namespace
}  // namespace meshvet

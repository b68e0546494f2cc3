#include "mesh/comma_list.h"

#include <gtest/gtest.h>

#include <string>

namespace meshvet {
namespace {

TEST(CommaListTest, GivesEachEntryWithoutItsBlanks) {
  struct Case {
    std::string_view list;
    std::string_view entries;  // each in brackets
  };
  constexpr Case kCases[] = {
      {"", ""},
      {" ", "[]"},
      {"shop", "[shop]"},
      {" shop ,\tteam-*\n", "[shop][team-*]"},
      {"a b, c", "[a b][c]"},
      {",", "[]"},
      {"a,,b", "[a][][b]"},
      {"a,", "[a]"},
  };
  for (const Case& c : kCases) {
    std::string entries;
    EXPECT_FALSE(AnyInCommaList(c.list, [&](std::string_view entry) {
      entries.append("[").append(entry).append("]");
      return false;
    }));
    EXPECT_EQ(entries, c.entries) << c.list;
  }
}

TEST(CommaListTest, StopsAtTheFirstThatHolds) {
  std::string asked;
  EXPECT_TRUE(AnyInCommaList("a,b,c", [&](std::string_view entry) {
    asked += entry;
    return entry == "b";
  }));
  EXPECT_EQ(asked, "ab");
}

}  // namespace
}  // namespace meshvet

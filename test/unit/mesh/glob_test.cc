#include "mesh/glob.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace meshvet {
namespace {

struct GlobCase {
  std::string_view pattern;
  std::string_view text;
  bool matches;
};

TEST(GlobMatchTest, MatchesTheWholeText) {
  constexpr GlobCase kCases[] = {
      {"", "", true},
      {"", "a", false},
      {"a", "", false},
      {"*", "", true},
      {"*", "anything at all", true},
      {"**", "a", true},
      {"?", "a", true},
      {"?", "", false},
      {"?", "ab", false},
      {"team-*", "team-a", true},
      {"team-*", "team-", true},
      {"team-*", "team", false},
      {"team-*", "a-team-b", false},
      {"*.svc.cluster.local", "a.b.svc.cluster.local", true},
      {"*.svc.cluster.local", "svc.cluster.local", false},
      {"a*b*c", "a1b2b3c", true},
      {"a*b*c", "a1c2b", false},
      {"*ab", "aab", true},
      {"*a?c", "xxabcabc", true},
      {"a.c", "abc", false},
      {"[ab]", "a", false},
      {"[ab]", "[ab]", true},
      {"a\\*", "a\\b", true},
      {"Team", "team", false},
      {"?*?", "ab", true},
      {"?*?", "a", false},
  };
  for (const auto& [pattern, text, matches] : kCases) {
    EXPECT_EQ(GlobMatch(pattern, text), matches) << pattern << " " << text;
  }
}

// Trying every split of the text among the stars would never end.
TEST(GlobMatchTest, ManyStarsCostNoMore) {
  std::string pattern;
  for (int i = 0; i < 50; ++i) pattern += "*a";
  EXPECT_FALSE(GlobMatch(pattern + "*b", std::string(5'000, 'a')));
  EXPECT_TRUE(GlobMatch(pattern + "*", std::string(5'000, 'a')));
}

}  // namespace
}  // namespace meshvet

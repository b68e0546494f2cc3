#include "mesh/suggestion.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace meshvet {
namespace {

struct NearestCase {
  std::string_view word;
  std::vector<std::string_view> candidates;
  std::string_view nearest;
};

TEST(NearestTest, FindsTheFewestSlips) {
  const NearestCase cases[] = {
      {"revews", {"ratings", "reviews"}, "reviews"},    // insert
      {"revieews", {"ratings", "reviews"}, "reviews"},  // delete
      {"rewiews", {"ratings", "reviews"}, "reviews"},   // replace
      {"reveiws", {"reviewer", "reviews"}, "reviews"},  // swap
      {"REVIEWS", {"ratings", "reviews"}, "reviews"},   // case
      {"reviews", {"reviewz", "reviews"}, "reviews"},   // none
      {"reviews", {"payments", "ratings"}, ""},         // too far
      {"abcdef", {"abcxyf"}, "abcxyf"},                 // 2 of 6
      {"abcdef", {"abcxyz"}, ""},                       // 3 of 6
      {"abcdef", {"badcef"}, "badcef"},                 // two swaps
      {"abcdef", {"badcfe"}, ""},                       // three swaps
      {"abc", {"abcdefgh"}, ""},                        // far longer
      {"v1", {"v2", "v3"}, "v2"},                       // the first of equals
      {"v1", {"v3", "v2"}, "v3"},
      {"", {"a"}, ""},
      {"a", {""}, ""},
      {"word", {}, ""},
      {"host", {"hosts", "hots", "host-a"}, "hosts"},
  };
  for (const NearestCase& test : cases) {
    EXPECT_EQ(Nearest(test.word, test.candidates), test.nearest) << test.word;
  }
}

TEST(NearestTest, GivesUpOnLongWords) {
  const std::string longest(256, 'a');
  const std::string longer(257, 'a');
  const std::vector<std::string_view> candidates = {longest, longer};
  EXPECT_EQ(Nearest(longest, candidates), longest);
  EXPECT_EQ(Nearest(longer, candidates), "");
}

// A full table for each candidate would be 13 billion cells here.
TEST(NearestTest, CostsLittleHoweverManyAndLongTheCandidates) {
  const std::string word(256, 'a');
  const std::string near = std::string(172, 'a') + std::string(84, 'b');
  const std::string anagram = std::string(128, 'b') + std::string(128, 'a');
  std::vector<std::string_view> candidates(200'000, anagram);
  candidates.insert(candidates.begin(), near);
  EXPECT_EQ(Nearest(word, candidates), near);
  candidates.assign(200'000, near);
  EXPECT_EQ(Nearest(anagram + "", candidates), "");
}

TEST(DidYouMeanTest, IsTheTailOfAMessage) {
  const std::vector<std::string_view> candidates = {"SIMPLE", "MUTUAL"};
  EXPECT_EQ(DidYouMean("SIMPEL", candidates), " (did you mean \"SIMPLE\"?)");
  EXPECT_EQ(DidYouMean("DISABLE", candidates), "");
}

}  // namespace
}  // namespace meshvet

#include "webhook/warnings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace meshvet::webhook {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Strings = std::vector<std::string>;

TEST(OneLine, MakesTextOfAnything) {
  const struct {
    std::string_view text, line;
  } table[] = {
      {"", ""},
      {"plain ünïcode €", "plain ünïcode €"},
      {"a\nb\tc\r", "a b c "},
      {{"a\0b", 3}, "a b"},
      {"a\x7F"
       "b",
       "a b"},
      {"a\xC2\x80"
       "b\xC2\x9F",
       "a b "},
      {"\xC2\xA0", "\xC2\xA0"},  // the first character past the C1 controls
      {"\xFF", "\uFFFD"},
      {"a\xC3", "a\uFFFD"},                    // cut in the middle
      {"\xED\xA0\x80", "\uFFFD\uFFFD\uFFFD"},  // a surrogate
      {"\xC0\x80", "\uFFFD\uFFFD"},            // an overlong NUL
      {"\xF0\x9F\x98\x80", "\xF0\x9F\x98\x80"},
  };
  for (const auto& [text, line] : table) EXPECT_EQ(OneLine(text), line);
}

TEST(Cut, CountsCharactersNotBytes) {
  const struct {
    std::string text;
    size_t most;
    std::string cut;
  } table[] = {
      {"", 3, ""},       {"abc", 3, "abc"},  {"abcd", 3, "ab…"},
      {"äöü", 3, "äöü"}, {"äöüß", 3, "äö…"}, {"abc", 1, "…"},
      {"€€€", 2, "€…"},
  };
  for (const auto& [text, most, cut] : table) EXPECT_EQ(Cut(text, most), cut);
}

TEST(LimitWarnings, KeepsOrderAndDropsTwins) {
  EXPECT_THAT(LimitWarnings({}), IsEmpty());
  EXPECT_THAT(LimitWarnings({"b", "a", "b", "", "a"}), ElementsAre("b", "a"));
  EXPECT_THAT(LimitWarnings({"a\nb", "a b", "a\tb"}), ElementsAre("a b"));
}

TEST(LimitWarnings, CutsEachTo256Characters) {
  const Strings limited =
      LimitWarnings({std::string(256, 'x'), std::string(257, 'y')});
  EXPECT_THAT(limited,
              ElementsAre(std::string(256, 'x'), std::string(255, 'y') + "…"));
}

TEST(LimitWarnings, SaysHowManyAreLeftOut) {
  Strings many;
  for (int i = 0; i < 15; ++i) many.push_back("warning " + std::to_string(i));
  Strings limited = LimitWarnings(many);
  ASSERT_EQ(limited.size(), 15U) << "15 fit, and nothing is left out";
  EXPECT_EQ(limited.back(), "warning 14");
  many.emplace_back("warning 15");
  limited = LimitWarnings(many);
  ASSERT_EQ(limited.size(), 15U);
  EXPECT_EQ(limited[13], "warning 13");
  EXPECT_EQ(limited[14], "2 more warnings: see lint");
}

TEST(LimitWarnings, KeepsWithin3800CharactersInAll) {
  Strings many;
  for (char c = 'a'; c <= 'z'; ++c) many.emplace_back(300, c);
  const Strings limited = LimitWarnings(many);
  EXPECT_EQ(limited.back(), "12 more warnings: see lint");
  size_t characters = 0;
  for (const std::string& warning : limited) characters += warning.size() - 2;
  EXPECT_LE(characters, 3'800U);
  EXPECT_EQ(limited.size(), 15U);
}

}  // namespace
}  // namespace meshvet::webhook

#include "lint/report/line_hash.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace meshvet::lint {
namespace {

using ::testing::ElementsAre;

std::vector<std::string> AllOf(std::string_view text) {
  const LineHashes hashes(text);
  std::vector<std::string> all;
  for (size_t line = 1; line <= hashes.lines(); ++line) {
    all.push_back(hashes.Of(line));
  }
  return all;
}

TEST(LineHashes, AreThoseOfTheUploadAction) {
  EXPECT_THAT(AllOf(""), ElementsAre("c129715d7a2bc9a3:1"));
  EXPECT_THAT(AllOf(" a\nb\n  \t\tc\n d"),
              ElementsAre("271789c17abda88f:1", "54703d4cd895b18:1",
                          "180aee12dab6264:1", "a23a3dc5e078b07b:1"));
}

// Computed by a second implementation of the published algorithm, in Python.
TEST(LineHashes, CountUtf16CodeUnits) {
  EXPECT_THAT(AllOf("name: \xC3\xA9\xF0\x9F\x98\x80\n"),
              ElementsAre("55122d836135f762:1", "c129715d7a2bc9a3:1"));
  EXPECT_THAT(AllOf("\xEF\xBB\xBF"
                    "a: 1"),
              ElementsAre("970673ee165205c2:1"));
}

TEST(LineHashes, EveryLineEndIsTheSame) {
  const auto expected = AllOf("a: 1\nb:\n\n  c: 2\n");
  EXPECT_EQ(expected.size(), 5U);
  EXPECT_EQ(AllOf("a: 1\r\nb:\r\n\r\n  c: 2\r\n"), expected);
  EXPECT_EQ(AllOf("a: 1\rb:\r\r  c: 2\r"), expected);
  EXPECT_EQ(AllOf("a:1\n\tb:\n\nc:2  \n"), expected);
}

TEST(LineHashes, RepeatedTextIsCounted) {
  std::string text;
  for (int i = 0; i < 40; ++i) text += "- image: shop\n";
  const auto all = AllOf(text);
  ASSERT_EQ(all.size(), 41U);
  const std::string hash = all[0].substr(0, all[0].find(':'));
  EXPECT_EQ(all[0], hash + ":1");
  EXPECT_EQ(all[1], hash + ":2");
  // As long as the window, 100 characters of 12 a line, is full of them.
  EXPECT_EQ(all[31], hash + ":32");
  EXPECT_NE(all[32].substr(0, hash.size()), hash);
}

TEST(LineHashes, OfALineThatIsNotThereAreEmpty) {
  const LineHashes hashes("a");
  EXPECT_EQ(hashes.Of(0), "");
  EXPECT_EQ(hashes.Of(2), "");
}

}  // namespace
}  // namespace meshvet::lint

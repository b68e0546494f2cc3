#include "lint/fix/unified_diff.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <string>

#include "test/support/shell.h"
#include "test/support/temp_folder.h"

namespace meshvet::lint {
namespace {

using test::ReadFile;
using test::TempFolder;
using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string Numbers(int first, int last) {
  std::string text;
  for (int i = first; i <= last; ++i) text += std::to_string(i) + "\n";
  return text;
}

TEST(UnifiedDiff, ShowsChangesInTheirContext) {
  const struct {
    std::string before;
    std::string after;
    std::string hunks;
  } cases[] = {
      {"a\n", "a\n", ""},
      {"a\nb\nc\n", "a\nx\nc\n", "@@ -1,3 +1,3 @@\n a\n-b\n+x\n c\n"},
      {"a\n", "a\nb\n", "@@ -1 +1,2 @@\n a\n+b\n"},
      {"a\nb\n", "b\n", "@@ -1,2 +1 @@\n-a\n b\n"},
      {"", "a\n", "@@ -0,0 +1 @@\n+a\n"},
      {"a\n", "", "@@ -1 +0,0 @@\n-a\n"},
      {"a", "b",
       "@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+b\n\\ No newline at "
       "end of file\n"},
      {"a\nb", "a\nb\n",
       "@@ -1,2 +1,2 @@\n a\n-b\n\\ No newline at end of file\n+b\n"},
      {"a\r\nb\r\n", "a\r\nc\r\n", "@@ -1,2 +1,2 @@\n a\r\n-b\r\n+c\r\n"},
      {Numbers(1, 9), "x\n" + Numbers(2, 8) + "y\n",
       "@@ -1,4 +1,4 @@\n-1\n+x\n 2\n 3\n 4\n@@ -6,4 +6,4 @@\n 6\n 7\n 8\n-9\n"
       "+y\n"},
      {Numbers(1, 8), "x\n" + Numbers(2, 7) + "y\n",
       "@@ -1,8 +1,8 @@\n-1\n+x\n 2\n 3\n 4\n 5\n 6\n 7\n-8\n+y\n"},
      {"a\nb\nc\nd\n", "x\nb\ny\nd\n",
       "@@ -1,4 +1,4 @@\n-a\n+x\n b\n-c\n+y\n d\n"},
  };
  for (const auto& test : cases) {
    const std::string head = test.hunks.empty() ? "" : "--- f\n+++ f\n";
    EXPECT_EQ(UnifiedDiff("f", test.before, test.after), head + test.hunks);
  }
}

TEST(UnifiedDiff, NamesThatWouldBreakAHeaderAreQuoted) {
  EXPECT_THAT(UnifiedDiff("a b", "a", "b"), StartsWith("--- a b\t\n"));
  EXPECT_THAT(UnifiedDiff("a\n+++ b", "a", "b"),
              StartsWith("--- \"a\\012+++ b\"\n"));
  EXPECT_THAT(UnifiedDiff("a\"b\\", "a", "b"),
              StartsWith("--- \"a\\\"b\\\\\"\n"));
  EXPECT_THAT(UnifiedDiff("é", "a", "b"), StartsWith("--- é\n"));
}

// Random edits of random lines, held against patch itself.
TEST(UnifiedDiff, IsWhatPatchApplies) {
  std::mt19937 random(7);  // NOLINT(*-msc51-cpp): the same each time
  const TempFolder folder;
  for (int round = 0; round < 40; ++round) {
    std::string before;
    std::string after;
    for (int line = 0; line < 60; ++line) {
      const std::string text = std::to_string(random() % 8) + "\n";
      const auto turn = random() % 20;
      if (turn != 0) before += text;
      if (turn != 1) after += turn == 2 ? "new\n" : text;
    }
    if (round % 3 == 0) before.pop_back();
    if (round % 5 == 0) after.pop_back();
    const std::string file = folder.Put("f", before);
    folder.Put("d", UnifiedDiff("f", before, after));
    const test::Ran patch = test::RunShell(
        folder.path(),
        "patch --quiet --no-backup-if-mismatch --fuzz=0 -p0 -i d");
    ASSERT_EQ(patch.exit_code, 0) << patch.out;
    ASSERT_EQ(ReadFile(file), after);
  }
}

TEST(UnifiedDiff, LargeRewritesStayRight) {
  const std::string diff =
      UnifiedDiff("f", Numbers(1, 2'000), Numbers(5'001, 7'000));
  EXPECT_THAT(diff, HasSubstr("@@ -1,2000 +1,2000 @@\n-1\n-2\n"));
}

}  // namespace
}  // namespace meshvet::lint

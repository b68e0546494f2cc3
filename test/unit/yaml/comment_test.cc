#include "yaml/comment.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace meshvet::yaml {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// "2:5 line", "2:3 entry `host: x`", "1:1 document `…`", "4:1 nothing".
std::string Shown(const CommentMap& map, const Comment& comment,
                  std::string_view text) {
  const Position& at = comment.range.start;
  std::string shown = std::to_string(at.line) + ":" +
                      std::to_string(at.column) + " " +
                      std::string(map.TextOf(comment)) + ": ";
  const std::string reached(
      text.substr(comment.begin, comment.end - comment.begin));
  switch (comment.reach) {
    case Comment::Reach::kLine:
      return shown + "line";
    case Comment::Reach::kEntry:
      return shown + "entry `" + reached + "`";
    case Comment::Reach::kDocument:
      return shown + "document `" + reached + "`";
    case Comment::Reach::kNothing:
      break;
  }
  return shown + "nothing";
}

std::vector<std::string> Comments(std::string_view text,
                                  std::string_view word = "x") {
  const CommentMap map(text, word);
  std::vector<std::string> shown;
  for (const Comment& comment : map.comments()) {
    shown.push_back(Shown(map, comment, text));
  }
  return shown;
}

struct Found {
  const char* what;
  std::string text;
  std::vector<std::string> comments;
};

class CommentTest : public ::testing::TestWithParam<Found> {};

TEST_P(CommentTest, IsFoundWhereItStands) {
  EXPECT_EQ(Comments(GetParam().text), GetParam().comments);
}

INSTANTIATE_TEST_SUITE_P(
    Reach, CommentTest,
    ::testing::Values(Found{"behind a value",
                            "a: 1  # x1\nb: 2 #x2 \t\n",
                            {"1:7 x1: line", "2:6 x2: line"}},
                      Found{
                          "behind a key", "a: # x\n  b: 1\n", {"1:4 x: line"}},
                      Found{"above a key",
                            "a: 1\n# x\nb:\n  c: 2\n  d: [3]\ne: 4\n",
                            {"2:1 x: entry `b:\n  c: 2\n  d: [3]`"}},
                      Found{"above the first key of a mapping",
                            "a:\n  # x\n  b: 1\n  c: 2\n",
                            {"2:3 x: entry `b: 1`"}},
                      Found{"above an item",
                            "a:\n  # x\n  - b: 1\n    c: 2\n  - d\n",
                            {"2:3 x: entry `- b: 1\n    c: 2`"}},
                      Found{"above the first key of an item",
                            "a:\n  -\n    # x\n    b: 1\n    c: 2\n",
                            {"3:5 x: entry `b: 1`"}},
                      Found{"above a later item",
                            "a:\n- b\n# x\n- c: 1\n  d: 2\n- e\n",
                            {"3:1 x: entry `- c: 1\n  d: 2`"}},
                      Found{"above an item of items",
                            "a:\n# x\n- - b\n  - c\n- d\n",
                            {"2:1 x: entry `- - b\n  - c`"}},
                      Found{"above an empty item",
                            "a:\n- b\n# x\n-\n- c\n",
                            {"3:1 x: entry `-`"}},
                      Found{"above a key without a value",
                            "a: 1\n# x\nb:\nc: 2\n",
                            {"2:1 x: entry `b:`"}},
                      Found{"above an explicit key",
                            "a: 1\n# x\n? b\n: 2\n",
                            {"2:1 x: entry `? b\n: 2`"}},
                      Found{"inside a flow",
                            "a: [\n  # x\n  {b: 1}, c]\n",
                            {"2:3 x: entry `{b: 1}`"}},
                      Found{"above a flow's key",
                            "a: {b: 1,\n  # x\n  c: 2, d: 3}\n",
                            {"2:3 x: entry `c: 2`"}},
                      Found{"several above one another",
                            "a: 1\n# x1\n\n# other\n  # x2\nb: 2\n",
                            {"2:1 x1: entry `b: 2`", "5:3 x2: entry `b: 2`"}},
                      Found{"indented below what it does not belong to",
                            "a:\n  b: 1\n  # x\nc: 2\n",
                            {"3:3 x: entry `c: 2`"}},
                      Found{"above the first key of a document",
                            "# x\na: 1\nb: 2\n",
                            {"1:1 x: document `a: 1\nb: 2\n`"}},
                      Found{"above the marker",
                            "# x\n---\na: 1\n",
                            {"1:1 x: document `a: 1\n`"}},
                      Found{"beside the marker",
                            "--- # x\na: 1\n",
                            {"1:5 x: document `a: 1\n`"}},
                      Found{"in the second document",
                            "a: 1\n---\n# x\nb: 2\n",
                            {"3:1 x: document `b: 2\n`"}},
                      Found{"below the last key",
                            "a: 1\n# x\n---\nb: 2\n# x\n",
                            {"2:1 x: nothing", "5:1 x: nothing"}},
                      Found{"below the end of a document",
                            "a: 1\n...\n# x\n---\nb: 2\n",
                            {"3:1 x: nothing"}},
                      Found{"in an empty document",
                            "# x\n---\n---\na: 1\n",
                            {"1:1 x: nothing"}},
                      Found{"alone", "# x", {"1:1 x: nothing"}},
                      Found{"above a document in flow style",
                            "# x\n{\"a\": 1}\n",
                            {"1:1 x: document `{\"a\": 1}\n`"}}));

INSTANTIATE_TEST_SUITE_P(
    Text, CommentTest,
    ::testing::Values(
        Found{"within a word", "a: b#x\nc#x: d\n", {}},
        Found{"in quotes", "a: \"# x\"\nb: ' # x'\nc: \"d\n  # x\"\n", {}},
        Found{"in a block scalar", "a: |\n  # x\n  b # x\nc: >-\n # x\n", {}},
        Found{"behind the head of a block scalar",
              "a: |2- # x\n   b\nc: 1\n",
              {"1:8 x: line"}},
        Found{"below a block scalar",
              "a: |\n  b\n # x\nc: 1\n",
              {"3:2 x: entry `c: 1`"}},
        Found{"below a block scalar of blank lines",
              "a: |+\n  b\n\n# x\nc: 1\n",
              {"4:1 x: entry `c: 1`"}},
        Found{"behind quotes", "a: \"b\"# x\n", {"1:7 x: line"}},
        Found{"between a tag and its value",
              "a: !!str # x\n  b\n",
              {"1:10 x: line"}},
        Found{"behind an anchor",
              "a: &b # x\n  c: 1\nd: *b # x\n",
              {"1:7 x: line", "3:7 x: line"}},
        Found{"in a directive", "%TAG ! tag:a,2000:b # x\n---\na: 1\n", {}},
        Found{"with another word", "# y\na: 1 # yx\n#\n# \n", {}},
        Found{"without a blank", "a: 1 #x\n", {"1:6 x: line"}},
        Found{"behind a byte order mark",
              "\xEF\xBB\xBF# x\na: 1\n",
              {"1:1 x: document `a: 1\n`"}},
        Found{"with CR LF",
              "a: 1\r\n# x\r\nb: é # x \r\n",
              {"2:1 x: entry `b: é`", "3:6 x: line"}},
        Found{"with CR alone", "a: 1\r# x\rb: 2\r", {"2:1 x: entry `b: 2`"}},
        Found{"that a line separator ends",
              "a: 1 # x\xE2\x80\xA8"
              "b: '# x'\n",
              {"1:6 x: line"}},
        Found{"in a document that is broken",
              "a: [ # x\n---\nb: 1 # x\n",
              {"3:6 x: line"}},
        Found{"behind a document that is broken",
              "a: 1\n# x\nb: 2\n---\n[ # x\n---\nc: 1 # x\n",
              {"2:1 x: entry `b: 2`", "7:6 x: line"}},
        Found{"behind forbidden bytes",
              "a: \xff # x\n---\nb: 1 # x\n",
              {"3:6 x: line"}},
        Found{"behind an unknown alias",
              "a: *b # x\n---\nb: 1 # x\n",
              {"3:6 x: line"}},
        Found{"nowhere", "", {}}));

TEST(CommentMapTest, KnowsTheTopOfAFile) {
  const CommentMap map("# x\n---\n# x\na: 1\n---\n# x\nb: 1\n", "x");
  std::vector<bool> at_top;
  for (const Comment& c : map.comments()) at_top.push_back(c.is_at_top);
  EXPECT_THAT(at_top, ElementsAre(true, true, false));
}

TEST(CommentMapTest, ADocumentThatIsBrokenIsContent) {
  const CommentMap map("[\n---\n# x\na: 1\n", "x");
  ASSERT_THAT(map.comments(), SizeIs(1));
  EXPECT_FALSE(map.comments()[0].is_at_top);
}

TEST(CommentMapTest, SaysWhereACommentMayBegin) {
  const std::string text =
      "a: 1\nb: c\n  d\ne: \"f\n  g\"\nh: |\n  i\nj: 2 # k\nl: '#'\n";
  const CommentMap map(text, "x");
  const auto allows = [&](const std::string& line) {
    return map.Allows(text.find(line) + line.size());
  };
  EXPECT_TRUE(allows("a: 1"));
  EXPECT_FALSE(allows("b: c"));
  EXPECT_TRUE(allows("  d"));
  EXPECT_FALSE(allows("e: \"f"));
  EXPECT_TRUE(allows("  g\""));
  EXPECT_TRUE(allows("h: |"));
  EXPECT_FALSE(allows("j: 2 # k"));
  EXPECT_TRUE(allows("l: '#'"));
}

TEST(CommentMapTest, HasALimit) {
  std::string text;
  for (size_t i = 0; i <= CommentMap::kMostComments; ++i) text += "# x\n";
  const CommentMap map(text + "a: 1\n", "x");
  EXPECT_THAT(map.comments(), SizeIs(CommentMap::kMostComments));
  EXPECT_TRUE(map.is_cut_short());
  EXPECT_THAT(Comments("a: 1 # x\n", "y"), IsEmpty());
}

}  // namespace
}  // namespace meshvet::yaml

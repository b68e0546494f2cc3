#include "yaml/edit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "yaml/parse.h"

namespace meshvet::yaml {
namespace {

using ::testing::HasSubstr;

using Patch = std::vector<PatchOperation>;

// The text after the patch of its document number `index`, or "refused: " and
// why.
std::string Edited(std::string_view text, const Patch& patch,
                   size_t index = 0) {
  const Stream stream = Parse(text, {});
  if (index >= stream.documents.size()) return "no such document";
  const size_t root = stream.documents[index].ValueRange("").start.offset;
  const auto edits = EditsOf(text, root, patch);
  if (!edits) return "refused: " + edits.error().message;
  return Apply(text, *edits);
}

struct Case {
  std::string_view text;
  Patch patch;
  std::string_view edited;
};

void Check(const std::vector<Case>& cases) {
  for (const Case& test : cases) {
    SCOPED_TRACE(std::string(test.text) + WritePatch(test.patch));
    EXPECT_EQ(Edited(test.text, test.patch), test.edited);
  }
}

TEST(EditTest, ReplacesScalars) {
  Check({
      {"a: 1 # c\nb: 2\n", {{"replace", "/a", "2"}}, "a: 2 # c\nb: 2\n"},
      {"a:   x   # c\n", {{"replace", "/a", R"("z")"}}, "a:   z   # c\n"},
      {"a: 'x'\n", {{"replace", "/a", R"("it's")"}}, "a: 'it''s'\n"},
      {"a: \"x\"\n", {{"replace", "/a", R"("y")"}}, "a: \"y\"\n"},
      {"a: 'x'\n", {{"replace", "/a", "true"}}, "a: true\n"},
      {"a: x\n", {{"replace", "/a", R"("yes")"}}, "a: \"yes\"\n"},
      {"a: x\n", {{"replace", "/a", R"("*.b")"}}, "a: \"*.b\"\n"},
      {"a: x", {{"replace", "/a", R"("z")"}}, "a: z"},
      {"a:\n", {{"replace", "/a", "1"}}, "a: 1\n"},
      {"a:   # c\n", {{"replace", "/a", "1"}}, "a: 1   # c\n"},
      {"a: ~\n", {{"replace", "/a", "1"}}, "a: 1\n"},
      {"- x\n- y # c\n", {{"replace", "/1", R"("z")"}}, "- x\n- z # c\n"},
      {"-\n- y\n", {{"replace", "/0", "1"}}, "- 1\n- y\n"},
      {"{a: 1, b: x}\n", {{"replace", "/b", "2"}}, "{a: 1, b: 2}\n"},
      {"{a: 1, b: }\n", {{"replace", "/b", "2"}}, "{a: 1, b: 2 }\n"},
      {"{a, b: 1}\n", {{"replace", "/a", "2"}}, "{a: 2, b: 1}\n"},
      {"a: |\n  x\n  y\nb: 1\n", {{"replace", "/a", "1"}}, "a: 1\nb: 1\n"},
      {"a: x\n  y # c\nb: 1\n", {{"replace", "/a", "1"}}, "a: 1 # c\nb: 1\n"},
      {"a:\n  x\n", {{"replace", "/a", "1"}}, "a:\n  1\n"},
      {"a: !!str 5\n", {{"replace", "/a", R"("6")"}}, "a: \"6\"\n"},
      {"a: é # ü\nb: ß\n",
       {{"replace", "/b", R"("ö")"}},
       "a: é # ü\nb: \"ö\"\n"},
  });
}

TEST(EditTest, QuotesWhatOtherReadersWouldTakeForSomethingElse) {
  const struct {
    std::string_view json;
    std::string_view yaml;
  } cases[] = {
      {R"("reviews.shop.svc.cluster.local")", "reviews.shop.svc.cluster.local"},
      {R"("ISTIO_MUTUAL")", "ISTIO_MUTUAL"},
      {R"("/etc/certs/a.pem")", "/etc/certs/a.pem"},
      {R"("a b")", "a b"},
      {R"("a:b")", "a:b"},
      {R"("v1")", "v1"},
      {R"("1.2.3")", R"("1.2.3")"},
      {R"("1:30")", R"("1:30")"},
      {R"("2001-12-14")", R"("2001-12-14")"},
      {R"("0x1f")", R"("0x1f")"},
      {R"("1e3")", R"("1e3")"},
      {R"("no")", R"("no")"},
      {R"("Null")", R"("Null")"},
      {R"("")", R"("")"},
      {R"("a: b")", R"("a: b")"},
      {R"("a #b")", R"("a #b")"},
      {R"("a:")", R"("a:")"},
      {R"(" a")", R"(" a")"},
      {R"("a ")", R"("a ")"},
      {R"("*")", R"("*")"},
      {R"("&a")", R"("&a")"},
      {R"("- a")", R"("- a")"},
      {R"("{{ x }}")", R"("{{ x }}")"},
      {R"("a\nb")", R"("a\nb")"},
      {R"("\u0000\u007f\u0085\u2028\ufeff")",
       R"("\u0000\u007f\u0085\u2028\ufeff")"},
      {R"("a\"b\\c")", R"("a\"b\\c")"},
      {"1.5", "1.5"},
      {"null", "null"},
      {"false", "false"},
      {"[]", "[]"},
      {"{}", "{}"},
  };
  for (const auto& test : cases) {
    EXPECT_EQ(Edited("a: old\n", {{"replace", "/a", std::string(test.json)}}),
              "a: " + std::string(test.yaml) + "\n");
  }
}

TEST(EditTest, AddsToBlockMappings) {
  Check({
      {"a: 1\n", {{"add", "/b", "2"}}, "a: 1\nb: 2\n"},
      {"a: 1", {{"add", "/b", "2"}}, "a: 1\nb: 2"},
      {"a: 1 # c", {{"add", "/b", "2"}}, "a: 1 # c\nb: 2"},
      {"a:\n    x: 1\n",
       {{"add", "/b", R"({"w":2})"}},
       "a:\n    x: 1\nb:\n    w: 2\n"},
      {"a:\n  x: 1 # c\n# d\nb: 2\n",
       {{"add", "/a/w", "2"}},
       "a:\n  x: 1 # c\n  w: 2\n# d\nb: 2\n"},
      {"a:\n- b: 1\n  # c\n- b: 2\n",
       {{"add", "/a/0/c", "3"}},
       "a:\n- b: 1\n  c: 3\n  # c\n- b: 2\n"},
      {"a: |\n  x\n\nb: 1\n",
       {{"add", "/c", "2"}},
       "a: |\n  x\n\nb: 1\nc: 2\n"},
      {"b: 1\na: |\n  x\n\n",
       {{"add", "/c", "2"}},
       "b: 1\na: |\n  x\nc: 2\n\n"},
      {"a:\n  b: |+\n    x\n\n\nc: 1\n",
       {{"add", "/a/d", "2"}},
       "a:\n  b: |+\n    x\n\n\n  d: 2\nc: 1\n"},
      {"a: >2+ # c\n    x\n\n",
       {{"add", "/b", "2"}},
       "a: >2+ # c\n    x\n\nb: 2\n"},
      {"a: |+\n  x\n\n# c\nb: 1\n", {{"remove", "/a"}}, "# c\nb: 1\n"},
      {"a:\n", {{"add", "/b", "2"}}, "a:\nb: 2\n"},
      {"a:\n  x: 1\n",
       {{"add", "/a/w", "[1,{\"z\":[]}]"}},
       "a:\n  x: 1\n  w:\n    - 1\n    - z: []\n"},
      {"a:\n- 1\nb:\n  x: 1\n",
       {{"add", "/b/w", "[1]"}},
       "a:\n- 1\nb:\n  x: 1\n  w:\n  - 1\n"},
      {"a: 1\n", {{"add", "/b~1c", "2"}}, "a: 1\nb/c: 2\n"},
      {"a: 1\n", {{"add", "/yes", "2"}}, "a: 1\n\"yes\": 2\n"},
      {"a: 1\n", {{"add", "/b: c", "2"}}, "a: 1\n\"b: c\": 2\n"},
      {"a: 1\n", {{"add", "/<<", "2"}}, "a: 1\n\"<<\": 2\n"},
      {"- - a: 1\n", {{"add", "/0/0/b", "2"}}, "- - a: 1\n    b: 2\n"},
      {"a: {}\n", {{"add", "/a/b", "1"}}, "a:\n  b: 1\n"},
      {"a: {} # c\nb: 1\n", {{"add", "/a/b", "1"}}, "a: # c\n  b: 1\nb: 1\n"},
      {"a: # c\nb: 1\n",
       {{"replace", "/a", R"({"b":1})"}},
       "a: # c\n  b: 1\nb: 1\n"},
      {"a: null\n", {{"replace", "/a", R"({"b":[1]})"}}, "a:\n  b:\n    - 1\n"},
      {"a: 1\n...\n---\nb: 2\n",
       {{"add", "/c", "3"}},
       "a: 1\nc: 3\n...\n---\nb: 2\n"},
      {"a: 1\nb: {x: 1}\n",
       {{"add", "/b/w", "2"}, {"add", "/c", "3"}},
       "a: 1\nb: {x: 1, w: 2}\nc: 3\n"},
      {"a:\n  b: {}\n",
       {{"add", "/a/b/c", "1"}, {"add", "/d", "2"}},
       "a:\n  b:\n    c: 1\nd: 2\n"},
  });
}

TEST(EditTest, AddsToSequences) {
  Check({
      {"- a\n", {{"add", "/-", R"("b")"}}, "- a\n- b\n"},
      {"- a\n- c\n", {{"add", "/1", R"("b")"}}, "- a\n- b\n- c\n"},
      {"x:\n  # c\n  - a\n",
       {{"add", "/x/0", R"("b")"}},
       "x:\n  # c\n  - b\n  - a\n"},
      {"x:\n- a # c\n\ny: 1\n",
       {{"add", "/x/-", R"({"p":1,"q":[2]})"}},
       "x:\n- a # c\n- p: 1\n  q:\n  - 2\n\ny: 1\n"},
      {"- - a\n", {{"add", "/0/0", R"("b")"}}, "- - b\n  - a\n"},
      {"x: []\n", {{"add", "/x/-", R"("*")"}}, "x:\n  - \"*\"\n"},
      {"x: [a]\n", {{"add", "/x/-", R"("*")"}}, "x: [a, \"*\"]\n"},
      {"x: [\"a\"]\n", {{"add", "/x/0", R"("b")"}}, "x: [\"b\", \"a\"]\n"},
      {"x: [a, c,]\n", {{"add", "/x/1", R"("b")"}}, "x: [a, b, c,]\n"},
      {"x: [\n  a, # c\n  b\n]\n",
       {{"add", "/x/-", R"("d")"}},
       "x: [\n  a, # c\n  b,\n  d\n]\n"},
      {"- []\n", {{"add", "/0/-", "1"}}, "- - 1\n"},
      {"-\n- 1\n",
       {{"replace", "/0", R"({"a":1,"b":2})"}},
       "- a: 1\n  b: 2\n- 1\n"},
  });
}

TEST(EditTest, Removes) {
  Check({
      {"a: 1\nb: 2\n", {{"remove", "/a"}}, "b: 2\n"},
      {"a: 1\nb: 2\n", {{"remove", "/b"}}, "a: 1\n"},
      {"a: 1\nb: 2", {{"remove", "/b"}}, "a: 1"},
      {"a: 1 # x\n# y\nb: 2 # z\n", {{"remove", "/b"}}, "a: 1 # x\n# y\n"},
      {"a:\n  x: 1\n  w:\n    - 1\n  z: 3\n",
       {{"remove", "/a/w"}},
       "a:\n  x: 1\n  z: 3\n"},
      {"a:\n  x: 1 # c\nb: 2\n", {{"remove", "/a/x"}}, "a: {} # c\nb: 2\n"},
      {"a: # c\n  x: 1\nb: 2\n", {{"remove", "/a/x"}}, "a: {} # c\nb: 2\n"},
      {"a:\n- 1\nb: 2\n", {{"remove", "/a/0"}}, "a: []\nb: 2\n"},
      {"- a: 1\n  b: 2\n- c\n", {{"remove", "/0/a"}}, "- b: 2\n- c\n"},
      {"- a: 1 # x\n  # y\n  b: 2\n",
       {{"remove", "/0/a"}},
       "-\n  # y\n  b: 2\n"},
      {"- a: 1\n  b: 2\n  c: 3\n",
       {{"remove", "/0/b"}, {"remove", "/0/a"}},
       "- c: 3\n"},
      {"- 1\n- 2\n- 3\n", {{"remove", "/2"}, {"remove", "/0"}}, "- 2\n"},
      {"- - 1\n  - 2\n- 3\n", {{"remove", "/0/0"}}, "- - 2\n- 3\n"},
      {"{a: 1, b: 2, c: 3}\n", {{"remove", "/b"}}, "{a: 1, c: 3}\n"},
      {"{a: 1, b: 2}\n", {{"remove", "/b"}}, "{a: 1}\n"},
      {"{a: 1, b: 2}\n", {{"remove", "/a"}}, "{b: 2}\n"},
      {"{a: '#', b: '#'}\n", {{"remove", "/a"}}, "{b: '#'}\n"},
      {"{a: '#', b: '#'}\n", {{"remove", "/b"}}, "{a: '#'}\n"},
      {"x: {a: 1}\n", {{"remove", "/x/a"}}, "x: {}\n"},
      {"x: [1, 2,\n  3]\n", {{"remove", "/x/2"}}, "x: [1, 2]\n"},
      {"a: |\n  x\n\nb: 1\n", {{"remove", "/a"}}, "\nb: 1\n"},
      {"a: 1\nb: *x\n", {}, "no such document"},
      {"a: &x 1\nb: *x\nc: 2\n", {{"remove", "/b"}}, "a: &x 1\nc: 2\n"},
  });
}

TEST(EditTest, SeveralOperationsActInTheirOrder) {
  Check({
      {"a: 1\n",
       {{"add", "/b", "{}"}, {"add", "/b/c", "[]"}, {"add", "/b/c/-", "1"}},
       "a: 1\nb:\n  c:\n    - 1\n"},
      {"a: 1\nb: 2\n", {{"remove", "/a"}, {"add", "/a", "3"}}, "b: 2\na: 3\n"},
      {"a: 1\n", {{"test", "/a", "1"}, {"replace", "/a", "2"}}, "a: 2\n"},
      {"a: 1\n",
       {{"test", "/a", "2"}, {"replace", "/a", "2"}},
       "refused: test /a: the value is not the one tested for"},
      {"a: [1, 2, 3]\n",
       {{"remove", "/a/0"}, {"add", "/a/1", "9"}, {"replace", "/a/0", "8"}},
       "a: [8, 9, 3]\n"},
      {"a: 1\n", {{"replace", "/a", "1"}}, "a: 1\n"},
      {"a: 1\n", {{"add", "/b", "2"}, {"remove", "/b"}}, "a: 1\n"},
  });
}

TEST(EditTest, WritesOnlyWhatDiffersInAReplacedCollection) {
  Check({
      {"a:\n  mode: X  # why\n  sni: s\n",
       {{"replace", "/a", R"({"mode":"Z","sni":"s"})"}},
       "a:\n  mode: Z  # why\n  sni: s\n"},
      {"a:\n  mode: X  # why\n  sni: s\n",
       {{"replace", "/a", R"({"mode":"X","key":"k"})"}},
       "a:\n  mode: X  # why\n  key: k\n"},
      {"a:\n- x # c\n- y\n", {{"replace", "/a", R"(["x"])"}}, "a:\n- x # c\n"},
      {"a:\n  b: 1\nc: 2\n",
       {{"replace", "/a", "[1,2]"}},
       "a:\n  - 1\n  - 2\nc: 2\n"},
      {"a:\n  b: 1 # c\nd: 2\n", {{"replace", "/a", "3"}}, "a: 3 # c\nd: 2\n"},
      {"a: 1 # c\nd: 2\n",
       {{"replace", "/a", R"({"x":{"w":1}})"}},
       "a: # c\n  x:\n    w: 1\nd: 2\n"},
  });
}

TEST(EditTest, KeepsLineEndsAndByteOrderMark) {
  Check({
      {"\xEF\xBB\xBF"
       "a: 1\r\nb:\r\n  c: 2\r\n",
       {{"add", "/b/d", "3"}, {"replace", "/a", "2"}},
       "\xEF\xBB\xBF"
       "a: 2\r\nb:\r\n  c: 2\r\n  d: 3\r\n"},
      {"\xEF\xBB\xBF"
       "a: 1\r\nb: 2\r\n",
       {{"remove", "/a"}},
       "\xEF\xBB\xBF"
       "b: 2\r\n"},
      {"a: 1\r\nb: 2\r\nc: 3", {{"remove", "/b"}}, "a: 1\r\nc: 3"},
      {"a: 1\rb: 2\r", {{"add", "/c", "3"}}, "a: 1\rb: 2\rc: 3\r"},
  });
}

TEST(EditTest, JsonStaysJson) {
  Check({
      {"{\"a\":1}\n", {{"add", "/b", R"("x")"}}, "{\"a\":1,\"b\":\"x\"}\n"},
      {"{\"a\": 1, \"b\": [1]}",
       {{"add", "/b/-", R"({"c":null})"}},
       "{\"a\": 1, \"b\": [1, {\"c\": null}]}"},
      {"{\n  \"a\": {\n    \"b\": 1\n  }\n}\n",
       {{"add", "/a/c", R"({"d":["e"]})"}},
       "{\n  \"a\": {\n    \"b\": 1,\n    \"c\": {\n      \"d\": [\n"
       "        \"e\"\n      ]\n    }\n  }\n}\n"},
      {"{\n\t\"a\": {}\n}\n",
       {{"add", "/a/c", "1"}},
       "{\n\t\"a\": {\n\t\t\"c\": 1\n\t}\n}\n"},
      {"{\n  \"a\": 1,\n  \"b\": 2\n}\n",
       {{"remove", "/b"}},
       "{\n  \"a\": 1\n}\n"},
      {"{\n  \"a\": 1,\n  \"b\": 2\n}\n",
       {{"remove", "/a"}},
       "{\n  \"b\": 2\n}\n"},
      {"{\"a\": \"x\"}",
       {{"replace", "/a", R"("y\u007f")"}},
       "{\"a\": \"y\\u007f\"}"},
      {"{}", {{"add", "/a", "1"}}, "{\"a\": 1}"},
  });
}

TEST(EditTest, RefusesWhatIsWrittenElsewhere) {
  Check({
      {"a: &x {b: 1}\nc: *x\n",
       {{"replace", "/c/b", "2"}},
       "refused: it stands behind an alias"},
      {"a: &x 1\nc: *x\n",
       {{"replace", "/c", "2"}},
       "refused: line 2: the value stands behind an alias"},
      {"a: &x 1\nc: *x\n",
       {{"replace", "/a", "2"}},
       "refused: line 1: the value is shared: an alias stands for it "
       "elsewhere"},
      {"a: &x\n  b: 1\nc: *x\n",
       {{"replace", "/a/b", "2"}},
       "refused: line 1: the value is shared: an alias stands for it "
       "elsewhere"},
      {"a: &x 1\nc: *x\n",
       {{"remove", "/a"}},
       "refused: line 1: an alias elsewhere needs its anchor"},
      {"a:\n  b: &x 1\nc: *x\n",
       {{"replace", "/a", "2"}},
       "refused: line 2: an alias elsewhere needs its anchor"},
      {"a: &x {b: 1}\nc:\n  <<: *x\n  d: 1\n",
       {{"replace", "/c/b", "2"}},
       "refused: it comes from a merge key (<<)"},
      {"a: &x {b: 1}\nc:\n  <<: *x\n  d: 1\n",
       {{"remove", "/c/b"}},
       "refused: it comes from a merge key (<<)"},
      {"a: [b: 1]\n",
       {{"add", "/a/0/c", "2"}},
       "refused: line 1: the mapping has no braces"},
      {"? a\n: 1\n",
       {{"add", "/b", "2"}},
       "refused: line 1: the entry does not begin its line"},
      {"a: {b: 1, # c\n  d: 2}\n",
       {{"remove", "/a/d"}},
       "refused: line 1: a comment stands between the entries"},
      {"a: |\n  x",
       {{"add", "/b", "2"}},
       "refused: its text cannot be edited without changing more"},
      {"a: 1\na: 2\n",
       {{"remove", "/a"}},
       "refused: its text cannot be edited without changing more"},
      {"a: 1\n",
       {{"copy", "/b", {}, "/a"}},
       "refused: `copy` cannot be carried out on text"},
      {"a: 1\n",
       {{"remove", "/b"}},
       "refused: remove /b: there is nothing to remove"},
  });
}

TEST(EditTest, LeavesWhatAnchorsAndMergesDoNotTouch) {
  Check({
      {"a: &x {b: 1}\nc:\n  <<: *x\n  d: 1\n",
       {{"add", "/c/e", "2"}},
       "a: &x {b: 1}\nc:\n  <<: *x\n  d: 1\n  e: 2\n"},
      {"a: &x {b: 1}\nc:\n  <<: *x\n  d: 1\n",
       {{"replace", "/c/d", "2"}},
       "a: &x {b: 1}\nc:\n  <<: *x\n  d: 2\n"},
      {"a: &x\n  b: 1\n", {{"add", "/a/c", "2"}}, "a: &x\n  b: 1\n  c: 2\n"},
      {"a: &x {b: 1}\n", {{"remove", "/a/b"}}, "a: {}\n"},
      {"- &x a: 1\n- *x\n", {}, "- &x a: 1\n- *x\n"},
  });
}

TEST(EditTest, EditsOneDocumentOfMany) {
  constexpr std::string_view kText =
      "# first\n---\na: 1\n---\n# second\na: 1 # x\n---\na: [\n---\na: 3\n";
  EXPECT_EQ(Edited(kText, {{"add", "/b", "2"}}, 0),
            "# first\n---\na: 1\nb: 2\n---\n# second\na: 1 # x\n---\na: [\n"
            "---\na: 3\n");
  EXPECT_EQ(Edited(kText, {{"replace", "/a", "5"}}, 1),
            "# first\n---\na: 1\n---\n# second\na: 5 # x\n---\na: [\n---\n"
            "a: 3\n");
  EXPECT_EQ(Edited(kText, {{"replace", "/a", "5"}}, 2),
            "# first\n---\na: 1\n---\n# second\na: 1 # x\n---\na: [\n---\n"
            "a: 5\n");
  EXPECT_EQ(
      Edited("a: 1\n...\n%YAML 1.1\n---\nb: 2\n", {{"add", "/c", "3"}}, 1),
      "a: 1\n...\n%YAML 1.1\n---\nb: 2\nc: 3\n");
}

TEST(EditTest, RefusesWhereNoDocumentBegins) {
  EXPECT_THAT(EditsOf("a: 1\n", 2, {}).error().message,
              HasSubstr("cannot be read alone"));
  EXPECT_FALSE(EditsOf("a: 1\n", 99, {}).ok());
}

}  // namespace
}  // namespace meshvet::yaml

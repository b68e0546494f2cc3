#include "yaml/parse.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace meshvet::yaml {
namespace {

using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::HasSubstr;

std::vector<std::string> JsonOf(const Stream& stream) {
  std::vector<std::string> json;
  for (const Source& source : stream.documents) {
    json.push_back(source.root().ToJson());
  }
  return json;
}

// "line:column message", the message cut off at ';'.
std::vector<std::string> ProblemsOf(const Stream& stream) {
  std::vector<std::string> texts;
  for (const Problem& problem : stream.problems) {
    texts.push_back(std::to_string(problem.range.start.line) + ":" +
                    std::to_string(problem.range.start.column) + " " +
                    problem.message.substr(0, problem.message.find(';')));
  }
  return texts;
}

struct Case {
  std::string_view text;
  std::vector<std::string> json;
  std::vector<std::string> problems = {};
  size_t empty_documents = 0;
};

void Check(const std::vector<Case>& cases) {
  for (const Case& test : cases) {
    SCOPED_TRACE(std::string(test.text));
    const Stream stream = Parse(test.text, {});
    EXPECT_THAT(JsonOf(stream), ElementsAreArray(test.json));
    EXPECT_THAT(ProblemsOf(stream), ElementsAreArray(test.problems));
    EXPECT_EQ(stream.empty_documents, test.empty_documents);
  }
}

TEST(ParseTest, ReadsStreamsOfDocuments) {
  Check({
      {"a: 1\n", {R"({"a":1})"}},
      {"a: 1", {R"({"a":1})"}},
      {"a: 1\n---\nb: 2\n", {R"({"a":1})", R"({"b":2})"}},
      {"---\na: 1\n...\n---\nb: 2\n...\n", {R"({"a":1})", R"({"b":2})"}},
      {"a: 1\n...\nb: 2\n",
       {R"({"a":1})"},
       {"3:1 did not find expected <document start>"}},
      {"%YAML 1.1\n---\na: 1\n", {R"({"a":1})"}},
      {"%TAG !t! tag:yaml.org,2002:\n---\na: !t!str 1\n", {R"({"a":"1"})"}},
      {"--- {a: 1}\n--- [b]\n--- c\n", {R"({"a":1})", R"(["b"])", R"("c")"}},
      {"", {}, {}, 1},
      {"\n\n", {}, {}, 1},
      {"# only a comment\n", {}, {}, 1},
      {"\xEF\xBB\xBF", {}, {}, 1},
      {"---\n---\n# c\n---\na: 1\n---\n", {R"({"a":1})"}, {}, 3},
      {"--- null\n", {"null"}},
      {"--- ''\n", {R"("")"}},
      {"\xEF\xBB\xBF"
       "a: 1\r\nb:\r\n- x\r\n",
       {R"({"a":1,"b":["x"]})"}},
      {"a: 1\rb: 2\r---\rc: 3\r", {R"({"a":1,"b":2})", R"({"c":3})"}},
  });
}

TEST(ParseTest, ReadsJsonAndFlowStyle) {
  Check({
      {R"({"a": [1, -2.5, true, null, "\u00e9\n\/"], "b": {}})",
       {R"({"a":[1,-2.5,true,null,"é\n/"],"b":{}})"}},
      {"{\n\t\"a\":\t1,\n\t\"b\": [\n\t\t2\n\t]\n}\n", {R"({"a":1,"b":[2]})"}},
      {"{a, b: , c: d,}", {R"({"a":null,"b":null,"c":"d"})"}},
      {"[]", {"[]"}},
      {"a: {b: [c, {d: e}]}", {R"({"a":{"b":["c",{"d":"e"}]}})"}},
  });
}

TEST(ParseTest, ReadsBlockStyle) {
  Check({
      {"a:\n- 1\n- - 2\n  - 3\n-\n", {R"({"a":[1,[2,3],null]})"}},
      {"a:\n- 1\n- - 2\n  - 3\n", {R"({"a":[1,[2,3]]})"}},
      {"a: |\n  x\n   y\n\nb: >-\n  x\n  y\n",
       {R"({"a":"x\n y\n","b":"x y"})"}},
      {"a: |+2\n    x\n\n", {R"({"a":"  x\n\n"})"}},
      {"a: b\n  c\n", {R"({"a":"b c"})"}},
      {"? a\n: b\n", {R"({"a":"b"})"}},
      {"a:\nb: ''\n", {R"({"a":null,"b":""})"}},
      {"a: !!map {b: c}\nd: !!seq [e]\nf: !!set {g, h}\n",
       {R"({"a":{"b":"c"},"d":["e"],"f":{"g":null,"h":null}})"}},
  });
}

TEST(ParseTest, ExpandsAliases) {
  Check({
      {"a: &x 1\nb: *x\n", {R"({"a":1,"b":1})"}},
      {"a: &x {k: [1]}\nb: *x\n", {R"({"a":{"k":[1]},"b":{"k":[1]}})"}},
      {"[&x 1, *x, &x 2, *x]", {"[1,1,2,2]"}},
      {"&k a: 1\nb: *k\n", {R"({"a":1,"b":"a"})"}},
      {"{a: &x b, *x : c}", {R"({"a":"b","b":"c"})"}},
      {"a: *x\n", {}, {"1:4 unknown anchor 'x'"}},
      {"a: *x\nb: &x 1\n", {}, {"1:4 unknown anchor 'x'"}},
      {"&x [1, *x]", {}, {"1:8 anchor 'x' contains itself"}},
      {"a: &x 1\n---\nb: *x\n---\nc: 1\n",
       {R"({"a":1})", R"({"c":1})"},
       {"3:4 unknown anchor 'x'"}},
  });
}

// As kubectl's parser has it: a merge counts where it stands.
TEST(ParseTest, MergesMappings) {
  Check({
      {"{<<: {a: 1, b: 2}, a: 3}", {R"({"a":3,"b":2})"}},
      {"{a: 3, <<: {a: 1, b: 2}}", {R"({"a":1,"b":2})"}},
      {"{<<: [{a: 1}, {a: 2, b: 3}]}", {R"({"a":1,"b":3})"}},
      {"{<<: {a: 1}, <<: {a: 2, b: 3}}", {R"({"a":2,"b":3})"}},
      {"[&x {a: 1}, {<<: *x, b: 2}]", {R"([{"a":1},{"a":1,"b":2}])"}},
      {"[&x {a: 1}, {<<: [*x, *x]}]", {R"([{"a":1},{"a":1}])"}},
      {"{<<: {<<: {a: 1}, b: 2}, c: 3}", {R"({"a":1,"b":2,"c":3})"}},
      {"{'<<': {a: 1}}", {R"({"<<":{"a":1}})"}},
      {"{!!merge <<: {a: 1}}", {R"({"a":1})"}},
      {"[<<]", {R"(["<<"])"}},
      {"{<<: 5}",
       {},
       {"1:6 '<<' merges a mapping or a sequence of mappings only"}},
      {"{<<: [[{a: 1}]]}",
       {},
       {"1:7 '<<' merges a mapping or a sequence of mappings only"}},
      {"&x {<<: *x}", {}, {"1:9 anchor 'x' contains itself"}},
  });
}

TEST(ParseTest, ReportsDuplicateKeysAndKeepsTheFirst) {
  const auto twice = [](const char* place, const char* key, int line) {
    return std::string(place) + " duplicate key '" + key + "': it is on line " +
           std::to_string(line) + " already, whose value is the one vetted";
  };
  Check({
      {"a: 1\nb: 2\na: 3\n", {R"({"a":1,"b":2})"}, {twice("3:1", "a", 1)}},
      {"a:\n- {b: 1, b: 2}\n", {R"({"a":[{"b":1}]})"}, {twice("2:10", "b", 2)}},
      {"1: a\n'1': b\n", {R"({"1":"a"})"}, {twice("2:1", "1", 1)}},
      {"yes: a\non: b\n", {R"({"true":"a"})"}, {twice("2:1", "true", 1)}},
      {"a: 1\na: 2\na: 3\n",
       {R"({"a":1})"},
       {twice("2:1", "a", 1), twice("3:1", "a", 1)}},
      {"{<<: {a: 1, a: 2}}", {R"({"a":1})"}, {twice("1:13", "a", 1)}},
      {"[&x {a: 1, a: 2}, *x]",
       {R"([{"a":1},{"a":1}])"},
       {twice("1:12", "a", 1)}},
  });
}

TEST(ParseTest, FindsDuplicatesAmongManyKeys) {
  std::string text;
  for (int i = 0; i < 50; ++i) text += "k" + std::to_string(i) + ": 1\n";
  text += "k3: 2\nk49: 2\n";
  const Stream stream = Parse(text, {});
  ASSERT_EQ(stream.problems.size(), 2U);
  EXPECT_EQ(stream.problems[0].kind, Problem::Kind::kDuplicateKey);
  EXPECT_EQ(stream.problems[0].range.start.line, 51U);
  EXPECT_THAT(stream.problems[1].message, HasSubstr("'k49': it is on line 50"));
  EXPECT_EQ(stream.documents[0].root().size(), 50U);
}

TEST(ParseTest, GoesOnAfterABrokenDocument) {
  const Stream stream =
      Parse("a: 1\n---\nb: [1, 2\n---\nc: \"open\n---\nd: 4\n", {});
  EXPECT_THAT(JsonOf(stream), ElementsAre(R"({"a":1})", R"({"d":4})"));
  ASSERT_EQ(stream.problems.size(), 2U);
  EXPECT_EQ(stream.problems[0].document, 1U);
  EXPECT_THAT(stream.problems[0].message,
              HasSubstr("; this document is skipped, reading goes on at line "
                        "4"));
  EXPECT_EQ(stream.problems[1].document, 2U);
  EXPECT_THAT(stream.problems[1].message,
              HasSubstr("while scanning a quoted scalar (line 5); this "
                        "document is skipped, reading goes on at line 6"));
  EXPECT_EQ(stream.documents[1].index(), 3U);
  EXPECT_EQ(stream.documents[1].ValueRange("/d").start.line, 7U);
}

TEST(ParseTest, SaysWhenNothingFollowsABrokenDocument) {
  const Stream stream = Parse("a: 1\n---\nb: ]\n--- # kept?\n...\nc: [", {});
  ASSERT_EQ(stream.problems.size(), 2U);
  EXPECT_THAT(stream.problems[1].message,
              HasSubstr("; this document and whatever follows it in the file "
                        "are skipped"));
}

TEST(ParseTest, RefusesWhatIsNoUtf8AtItsPlace) {
  Check({
      {"a: 1\n---\nb: \xFF\n---\nc: 3\n",
       {R"({"a":1})", R"({"c":3})"},
       {"3:4 byte 0xFF is no UTF-8"}},
      {"a: \xC3", {}, {"1:4 byte 0xC3 is no UTF-8"}},
      {"a: \xED\xA0\x80", {}, {"1:4 byte 0xED is no UTF-8"}},
      {"a: \xC0\x80", {}, {"1:4 byte 0xC0 is no UTF-8"}},
      {"é: \xF5\n", {}, {"1:4 byte 0xF5 is no UTF-8"}},
      {"a: long enough for a word \x01\n",
       {},
       {"1:27 control character U+0001 is not allowed in YAML"}},
      {std::string_view("a: \0\n", 5),
       {},
       {"1:4 control character U+0000 is not allowed in YAML"}},
      {"a: \x7F", {}, {"1:4 control character U+007F is not allowed in YAML"}},
      {"\xFF\xFE"
       "a",
       {},
       {"1:1 UTF-16 is not accepted, save it as UTF-8"}},
      {std::string_view("\0a\0:", 4),
       {},
       {"1:1 UTF-16 is not accepted, save it as UTF-8"}},
  });
}

TEST(ParseTest, NamesTheTemplateADocumentCameFrom) {
  const Stream stream = Parse(
      "---\n# Source: shop/templates/a.yaml\na: 1\n"
      "# Source: not/above/content\n"
      "---\n# Source: shop/templates/b.yaml\r\n# more\nb: 2\n"
      "---\nc: '# Source: x'\n",
      {});
  ASSERT_EQ(stream.documents.size(), 3U);
  EXPECT_EQ(stream.documents[0].template_path(), "shop/templates/a.yaml");
  EXPECT_EQ(stream.documents[1].template_path(), "shop/templates/b.yaml");
  EXPECT_EQ(stream.documents[2].template_path(), "");
}

}  // namespace
}  // namespace meshvet::yaml

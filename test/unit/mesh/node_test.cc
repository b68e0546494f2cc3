#include "mesh/node.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "mesh/document.h"

namespace meshvet {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Document Parse(std::string_view json) {
  Result<Document> document = ParseJson(json, {});
  EXPECT_TRUE(document.ok()) << json;
  return document.ok() ? *std::move(document) : Document();
}

TEST(NodeTest, KnowsItsType) {
  const Document document =
      Parse(R"({"z": null, "b": true, "n": 1, "s": "", "a": [], "o": {}})");
  const Node root = document.root();
  EXPECT_EQ(root["z"].type(), Node::Type::kNull);
  EXPECT_EQ(root["b"].type(), Node::Type::kBool);
  EXPECT_EQ(root["n"].type(), Node::Type::kNumber);
  EXPECT_EQ(root["s"].type(), Node::Type::kString);
  EXPECT_EQ(root["a"].type(), Node::Type::kArray);
  EXPECT_EQ(root["o"].type(), Node::Type::kObject);
  EXPECT_EQ(root["x"].type(), Node::Type::kMissing);
  EXPECT_EQ(Node().type(), Node::Type::kMissing);
}

TEST(NodeTest, NullIsNotSetButFalseAndEmptyAre) {
  const Document document =
      Parse(R"({"null": null, "false": false, "zero": 0, "text": ""})");
  EXPECT_FALSE(document.root()["null"].exists());
  EXPECT_FALSE(document.root()["none"].exists());
  EXPECT_TRUE(document.root()["false"].exists());
  EXPECT_TRUE(document.root()["zero"].exists());
  EXPECT_TRUE(document.root()["text"].exists());
}

TEST(NodeTest, LooksPastWhatIsMissingOrOfAnotherType) {
  const Document document = Parse(R"({"a": "text", "list": [1]})");
  const Node root = document.root();
  EXPECT_FALSE(root["a"]["b"]["c"].exists());
  EXPECT_FALSE(root["a"][0].exists());
  EXPECT_FALSE(root["list"]["0"].exists());
  EXPECT_FALSE(root["list"][1].exists());
  EXPECT_FALSE(root[0].exists());
  EXPECT_FALSE(Node()["a"][7]["b"].exists());
  EXPECT_EQ(root["list"][0].Int(), 1);
}

TEST(NodeTest, GivesOneTypeAndNoOther) {
  const Document document = Parse(R"({"n": 1, "s": "1", "b": true})");
  const Node root = document.root();
  EXPECT_EQ(root["n"].Str(), "");
  EXPECT_EQ(root["s"].Str(), "1");
  EXPECT_EQ(root["s"].Int(), std::nullopt);
  EXPECT_EQ(root["s"].Number(), std::nullopt);
  EXPECT_FALSE(root["s"].Bool());
  EXPECT_FALSE(root["n"].Bool());
  EXPECT_TRUE(root["b"].Bool());
  EXPECT_EQ(root["b"].Int(), std::nullopt);
}

struct IntCase {
  const char* json;
  std::optional<int64_t> value;
};

TEST(NodeTest, IntTakesEveryIntegerThatFits) {
  constexpr IntCase kCases[] = {
      {"0", 0},
      {"-1", -1},
      {"80.0", 80},
      {"8e1", 80},
      {"80.5", {}},
      {"9223372036854775807", INT64_MAX},
      {"-9223372036854775808", INT64_MIN},
      {"9223372036854775808", {}},
      {"18446744073709551616", {}},
      {"9007199254740992.0", 9007199254740992},
      {"1e300", {}},
      {"-1e300", {}},
      {"null", {}},
  };
  for (const IntCase& test : kCases) {
    EXPECT_EQ(Parse(test.json).root().Int(), test.value) << test.json;
  }
}

TEST(NodeTest, TextPrintsScalarsAlone) {
  const Document document =
      Parse(R"(["a", 1, -1.5, true, false, null, [1], {"a": 1}])");
  std::vector<std::string> texts;
  for (const Node element : document.root()) texts.push_back(element.Text());
  EXPECT_THAT(texts,
              ElementsAre("a", "1", "-1.5", "true", "false", "", "", ""));
}

TEST(NodeTest, WalksElementsAndMembersInOrder) {
  const Document document = Parse(R"({"z": [3, 1, 2], "a": 5, "m": {}})");
  std::vector<int64_t> elements;
  for (const Node element : document.root()["z"]) {
    elements.push_back(element.Int().value_or(-1));
  }
  EXPECT_THAT(elements, ElementsAre(3, 1, 2));
  std::vector<std::string> keys;
  for (const auto& [key, value] : document.root().Members()) {
    keys.emplace_back(key);
  }
  EXPECT_THAT(keys, ElementsAre("z", "a", "m"));
  EXPECT_EQ(document.root().size(), 3U);
  EXPECT_EQ(document.root()["z"].size(), 3U);
}

TEST(NodeTest, WalksNothingWhereThereIsNothing) {
  const Document document = Parse(R"({"s": "abc", "o": {}, "a": []})");
  for (const Node& node :
       {document.root()["s"], document.root()["o"], document.root()["a"],
        document.root()["none"], Node()}) {
    EXPECT_TRUE(node.begin() == node.end());
    EXPECT_TRUE(node.Members().begin() == node.Members().end());
    EXPECT_EQ(node.size(), 0U);
    EXPECT_TRUE(node.empty());
  }
}

TEST(NodeTest, RemembersWhatWasMissing) {
  const Document document = Parse(R"({"a": {"null": null}, "list": [1]})");
  const Node a = document.root()["a"];
  EXPECT_THAT(a["tls"]["mode"].missing_keys(), ElementsAre("tls", "mode"));
  EXPECT_EQ(a["tls"]["mode"].anchor(), a.value());
  EXPECT_THAT(a.missing_keys(), IsEmpty());
  EXPECT_THAT(a["null"]["x"].missing_keys(), ElementsAre("x"));
  EXPECT_THAT(a["1"]["2"]["3"]["4"]["5"].missing_keys(),
              ElementsAre("1", "2", "3", "4"));
}

// RFC 6901 section 4: "-" names the element after the last.
TEST(NodeTest, AMissingElementIsRememberedAsTheOneAfterTheLast) {
  const Document document = Parse(R"({"list": [1]})");
  const Node missing = document.root()["list"][1]["port"];
  EXPECT_THAT(missing.missing_keys(), ElementsAre("-", "port"));
}

TEST(NodeTest, ToJsonKeepsEveryValueExactly) {
  for (const char* json :
       {"null", "{}", "[]", R"("")", R"({"b":1,"a":[true,null,"\"\\\n"]})",
        "18446744073709551615", "-9223372036854775808", "0.1", "1.0", "1e300",
        R"("\u0000")", "\"\xE2\x82\xAC\""}) {
    const Document document = Parse(json);
    EXPECT_EQ(document.root().ToJson(), json);
  }
  EXPECT_EQ(Node().ToJson(), "null");
}

struct EqualCase {
  const char* a;
  const char* b;
  bool equal;
};

TEST(NodeTest, EqualityIsThatOfValues) {
  constexpr EqualCase kCases[] = {
      {"1", "1", true},
      {"1", "1.0", true},
      {"10", "1e1", true},
      {"0", "-0.0", true},
      {"1", "2", false},
      {"1", "true", false},
      {"1", R"("1")", false},
      {"0.1", "0.1", true},
      {"0.1", "0.2", false},
      {"true", "false", false},
      {"null", "false", false},
      {"null", "null", true},
      // The same bits, and the same double, but not the same number.
      {"-1", "18446744073709551615", false},
      {"9007199254740993", "9007199254740992.0", false},
      {"9007199254740992", "9007199254740992.0", true},
      {"9223372036854775807", "9223372036854775808.0", false},
      {"18446744073709551615", "18446744073709551616.0", false},
      {"-9223372036854775808", "-9223372036854775808.0", true},
      {"9223372036854775808", "9223372036854775808.0", true},
      {"5", "1e300", false},
      {R"("a")", R"("\u0061")", true},
      {R"("a")", R"("A")", false},
      {R"("a\u0000")", R"("a")", false},
      {"[]", "{}", false},
      {"[1, 2]", "[1, 2]", true},
      {"[1, 2]", "[2, 1]", false},
      {"[1]", "[1, 1]", false},
      {R"({"a": 1, "b": [2]})", R"({"b": [2.0], "a": 1})", true},
      {R"({"a": 1})", R"({"a": 1, "b": 2})", false},
      {R"({"a": 1, "b": 2})", R"({"a": 1, "c": 2})", false},
      {R"({"a": null})", "{}", false},
  };
  for (const EqualCase& test : kCases) {
    const Document a = Parse(test.a);
    const Document b = Parse(test.b);
    EXPECT_EQ(a.root() == b.root(), test.equal) << test.a << " " << test.b;
    EXPECT_EQ(b.root() == a.root(), test.equal) << test.b << " " << test.a;
  }
}

TEST(NodeTest, MissingEqualsOnlyMissing) {
  const Document document = Parse("null");
  EXPECT_TRUE(Node() == Node());
  EXPECT_FALSE(Node() == document.root());
}

// Comparing each key with each would take minutes here.
TEST(NodeTest, ComparesManyMembersInAnyOrder) {
  constexpr int kCount = 100'000;
  std::string up = "{";
  std::string down = "{";
  for (int i = 0; i < kCount; ++i) {
    up += "\"k" + std::to_string(i) + "\":1,";
    down += "\"k" + std::to_string(kCount - 1 - i) + "\":1,";
  }
  up += "\"last\":1}";
  const std::string other = down + "\"last\":2}";
  down += "\"last\":1}";
  const Document a = Parse(up);
  EXPECT_TRUE(a.root() == Parse(down).root());
  EXPECT_FALSE(a.root() == Parse(other).root());
}

}  // namespace
}  // namespace meshvet

#include "mesh/document.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>

namespace meshvet {
namespace {

using namespace std::string_view_literals;

std::string Nested(size_t depth) {
  return std::string(depth, '[') + std::string(depth, ']');
}

std::string ErrorOf(const Result<Document>& result) {
  return result ? "no error" : result.error().message;
}

TEST(ParseJsonTest, ReadsEveryKindOfValue) {
  const auto document =
      ParseJson(R"( {"a": [null, true, -1, 2.5, "é"], "b": {}} )", {});
  ASSERT_TRUE(document) << document.error().message;
  EXPECT_EQ(document->root().ToJson(),
            "{\"a\":[null,true,-1,2.5,\"\xC3\xA9\"],\"b\":{}}");
}

struct Refusal {
  std::string_view json;
  const char* part;  // of the message
};

TEST(ParseJsonTest, RefusesWhatIsNotOneJsonText) {
  constexpr Refusal kRefusals[] = {
      {"", "empty"},
      {"   ", "empty"},
      {"{", "at byte 1"},
      {"[1,]", "at byte 3"},
      {"[1 2]", "at byte 3"},
      {"{\"a\":1,}", "at byte 7"},
      {"{a: 1}", "at byte 1"},
      {"{'a': 1}", "at byte 1"},
      {"{\"a\" 1}", "at byte 5"},
      {"01", "at byte 1"},
      {"+1", "at byte 0"},
      {"1.", "at byte 2"},
      {".5", "at byte 0"},
      {"1e", "at byte 2"},
      {"1e999", "at byte 0"},
      {"NaN", "at byte 0"},
      {"Infinity", "at byte 0"},
      {"tru", "at byte"},
      {"\"a", "at byte"},
      {"\"\n\"", "at byte"},
      {"\"\\x\"", "at byte"},
      {"\"\\u12g4\"", "at byte"},
      {"// comment\n1", "at byte 0"},
      {"1 2", "at byte 2"},
      {"{} {}", "at byte 3"},
      {"{}\0"sv, "at byte 2"},
      {"{\"a\":1}\0{\"a\":2}"sv, "at byte 7"},
      {"{}  \0 x"sv, "at byte 4"},
      {"\0"sv, "at byte 0"},
      {"\xEF\xBB\xBF{}", "at byte 0"},
      {"\"\xFF\"", "at byte"},
      {"\"\xC0\xAF\"", "at byte"},
      {"\"\xED\xA0\x80\"", "at byte"},
      {"\"\xF4\x90\x80\x80\"", "at byte"},
      {R"("\udddd")", "lone surrogate"},
      {R"("\ud800")", "at byte"},
      {R"("\ud800\u0041")", "at byte"},
      {R"({"\udddd": 1})", "lone surrogate"},
  };
  for (const Refusal& test : kRefusals) {
    const auto document = ParseJson(test.json, {});
    EXPECT_NE(ErrorOf(document).find(test.part), std::string::npos)
        << test.json << ": " << ErrorOf(document);
  }
}

// Wherever it stands in a string: the reader looks at sixteen bytes at a time.
TEST(ParseJsonTest, RefusesEveryRawControlCharacter) {
  for (char control = 1; control < 0x20; ++control) {
    for (size_t at = 0; at < 40; ++at) {
      std::string value(40, 'x');
      value[at] = control;
      EXPECT_FALSE(ParseJson("{\"key\":\"" + value + "\"}", {}))
          << int{control} << " at " << at;
      EXPECT_FALSE(ParseJson("{\"" + value + "\":1}", {}))
          << int{control} << " at " << at;
    }
  }
  EXPECT_EQ(ErrorOf(ParseJson("{\"a\":\"\x1E\"}", {})),
            "a control character at byte 6");
}

TEST(ParseJsonTest, MessagesReadAsOneSentence) {
  EXPECT_EQ(ErrorOf(ParseJson("", {})), "The document is empty at byte 0");
  EXPECT_EQ(ErrorOf(ParseJson("[1}", {})),
            "Missing a comma or ']' after an array element at byte 2");
}

TEST(ParseJsonTest, ReadsNumbersToTheNearestDouble) {
  constexpr std::pair<const char*, double> kNumbers[] = {
      {"0e54", 0},
      {"-0e99", 0},
      {"0e22", 0},
      {"0.0", 0},
      {"1e-400", 0},
      {"0.1", 0.1},
      {"0.30000000000000004", 0.1 + 0.2},
      {"5e-324", 5e-324},
      {"2.2250738585072011e-308", 2.2250738585072011e-308},
      {"9007199254740993.0", 9007199254740992.0},
      {"123456789012345678901234567890", 1.2345678901234568e29},
      {"1e308", 1e308},
      {"-1.5E+3", -1500},
  };
  for (const auto& [json, value] : kNumbers) {
    const auto document = ParseJson(json, {});
    ASSERT_TRUE(document) << json;
    EXPECT_EQ(document->root().Number(), value) << json;
    const auto inside = ParseJson(std::string("[\"a\\n\", ") + json + "]", {});
    ASSERT_TRUE(inside) << json;
    EXPECT_EQ(inside->root()[1].Number(), value) << json;
  }
  for (const char* json : {"1.7976931748623157e308", "1e309", "-1e309"}) {
    EXPECT_FALSE(ParseJson(json, {})) << json;
  }
}

TEST(ParseJsonTest, AcceptsTextThatLooksLikeSurrogatesButIsNot) {
  for (const char* json :
       {R"("\ud83d\ude00")", "\"\xED\x9F\xBF\"", "\"\xEE\x80\x80\"",
        "\"\xF0\x9F\x98\x80\"", R"("\u0000")"}) {
    EXPECT_TRUE(ParseJson(json, {})) << json;
  }
}

TEST(ParseJsonTest, RefusesEqualKeysWithTheirPlace) {
  constexpr std::pair<const char*, const char*> kCases[] = {
      {R"({"a":1,"a":2})", "/a"},
      {R"({"a":{"b":[{},{"c~d":1,"c~d":1}]}})", "/a/b/1/c~0d"},
      {R"({"a":1,"\u0061":2})", "/a"},
      {R"({"":1,"":2})", "/"},
  };
  for (const auto& [json, where] : kCases) {
    const auto document = ParseJson(json, {});
    ASSERT_FALSE(document) << json;
    EXPECT_EQ(document.error().message, "duplicate key");
    EXPECT_EQ(document.error().where, where);
  }
  EXPECT_TRUE(ParseJson(R"({"a":1,"A":2,"b":{"a":1}})", {}));
}

TEST(ParseJsonTest, FindsEqualKeysAmongMany) {
  std::string json = "{";
  for (int i = 0; i < 1000; ++i) json += "\"k" + std::to_string(i) + "\":0,";
  EXPECT_TRUE(ParseJson(json + "\"x\":0}", {}));
  const auto document = ParseJson(json + "\"k500\":0}", {});
  ASSERT_FALSE(document);
  EXPECT_EQ(document.error().where, "/k500");
}

TEST(ParseJsonTest, BoundsBytes) {
  EXPECT_TRUE(ParseJson("[1]", {.max_bytes = 3}));
  EXPECT_EQ(ErrorOf(ParseJson("[1] ", {.max_bytes = 3})),
            "larger than 3 bytes");
}

TEST(ParseJsonTest, BoundsDepth) {
  EXPECT_TRUE(ParseJson("1", {.max_depth = 0}));
  EXPECT_FALSE(ParseJson("[]", {.max_depth = 0}));
  EXPECT_TRUE(ParseJson(Nested(256), {}));
  EXPECT_NE(ErrorOf(ParseJson(Nested(257), {})).find("nested too deeply"),
            std::string::npos);
  EXPECT_FALSE(ParseJson(std::string(1 << 20, '['), {}));
  // Depth, not the number of containers.
  EXPECT_TRUE(ParseJson("[[],[],{}]", {.max_depth = 2}));
  EXPECT_FALSE(ParseJson(R"([{"a":[]}])", {.max_depth = 2}));
}

TEST(ParseJsonTest, BoundsValues) {
  EXPECT_TRUE(ParseJson(R"({"a":[1,2]})", {.max_values = 4}));
  EXPECT_NE(ErrorOf(ParseJson(R"({"a":[1,2,3]})", {.max_values = 4}))
                .find("too many"),
            std::string::npos);
}

TEST(DocumentTest, ADefaultOneHoldsNothing) {
  EXPECT_EQ(Document().root().type(), Node::Type::kMissing);
}

TEST(DocumentTest, KeepsItsNodesWhenMoved) {
  auto document = ParseJson(R"({"a": "text"})", {});
  ASSERT_TRUE(document);
  const Node a = document->root()["a"];
  const Document moved = *std::move(document);
  EXPECT_EQ(a.Str(), "text");
  EXPECT_EQ(moved.root()["a"].value(), a.value());
}

TEST(DocumentTest, BuildsWhatIsWritten) {
  const Document document = Document::Build(64, [](DocumentBuilder& out) {
    out.StartObject();
    out.Key("list");
    out.StartArray();
    out.Null();
    out.Bool(true);
    out.Int(-1);
    out.Uint(18446744073709551615U);
    out.Double(0.5);
    out.String("long enough not to stand in the value itself");
    out.EndArray();
    out.Key("empty");
    out.StartObject();
    out.EndObject();
    out.EndObject();
    return true;
  });
  EXPECT_EQ(document.root().ToJson(),
            R"({"list":[null,true,-1,18446744073709551615,0.5,)"
            R"("long enough not to stand in the value itself"],"empty":{}})");
}

// What is nowhere, such as Node().Str(), has no address either.
TEST(DocumentTest, BuildsEmptyTextsThatAreNowhere) {
  const Document document = Document::Build(64, [](DocumentBuilder& builder) {
    builder.StartObject();
    builder.Key({});
    builder.String({});
    builder.EndObject();
    return true;
  });
  EXPECT_EQ(document.root().ToJson(), R"({"":""})");
}

TEST(DocumentTest, BuildsNothingIfTheWriterGivesUp) {
  const Document document = Document::Build(0, [](DocumentBuilder& out) {
    out.StartArray();
    out.Int(1);
    return false;
  });
  EXPECT_EQ(document.root().type(), Node::Type::kMissing);
}

TEST(DocumentTest, ACompactCopyLeavesOutWhatNoRuleReads) {
  const auto document = ParseJson(
      R"({"kind": "K", "status": {"x": 1},
          "metadata": {"name": "n", "managedFields": [1], "labels": {}},
          "spec": {"status": 1, "metadata": 2, "managedFields": 3}})",
      {});
  ASSERT_TRUE(document);
  const auto wanted = ParseJson(
      R"({"kind": "K", "metadata": {"name": "n", "labels": {}},
          "spec": {"status": 1, "metadata": 2, "managedFields": 3}})",
      {});
  ASSERT_TRUE(wanted);
  const Document copy = Document::CompactCopyOf(document->root());
  EXPECT_TRUE(copy.root() == wanted->root()) << copy.root().ToJson();
}

TEST(DocumentTest, ACompactCopyOutlivesItsSource) {
  Document copy;
  {
    const auto document = ParseJson(
        R"({"spec": {"host": "a name too long to be stored inline"}})", {});
    ASSERT_TRUE(document);
    copy = Document::CompactCopyOf(document->root());
  }
  EXPECT_EQ(copy.root()["spec"]["host"].Str(),
            "a name too long to be stored inline");
  EXPECT_EQ(Document::CompactCopyOf(Node()).root().type(),
            Node::Type::kMissing);
}

// Behind an escape a string moves to the left, sixteen bytes at a time.
TEST(ParseJson, ReadsWhatFollowsAnEscape) {
  for (size_t before = 0; before < 40; ++before) {
    for (size_t after = 0; after < 40; ++after) {
      const std::string head(before, 'a');
      std::string tail;
      for (size_t i = 0; i < after; ++i)
        tail += static_cast<char>('A' + i % 26);
      const auto parsed =
          ParseJson("[\"" + head + "\\u00e9" + tail + "\\n\",\"b\"]", {});
      ASSERT_TRUE(parsed) << before << " and " << after;
      EXPECT_EQ(parsed->root()[0].Str(), head + "\u00e9" + tail + "\n");
      EXPECT_EQ(parsed->root()[1].Str(), "b");
    }
  }
}

}  // namespace
}  // namespace meshvet

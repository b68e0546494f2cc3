#include "mesh/json_pointer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "mesh/document.h"

namespace meshvet {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Optional;

// The document of RFC 6901 section 5.
constexpr const char* kExample = R"({"foo": ["bar", "baz"], "": 0, "a/b": 1,
  "c%d": 2, "e^f": 3, "g|h": 4, "i\\j": 5, "k\"l": 6, " ": 7, "m~n": 8})";

struct Place {
  const char* pointer;
  const char* json;
};

TEST(ResolveTest, FindsTheExamplesOfTheRfc) {
  const auto document = ParseJson(kExample, {});
  ASSERT_TRUE(document);
  constexpr Place kPlaces[] = {
      {"/foo", R"(["bar","baz"])"},
      {"/foo/0", R"("bar")"},
      {"/", "0"},
      {"/a~1b", "1"},
      {"/c%d", "2"},
      {"/e^f", "3"},
      {"/g|h", "4"},
      {"/i\\j", "5"},
      {"/k\"l", "6"},
      {"/ ", "7"},
      {"/m~0n", "8"},
  };
  for (const auto& [pointer, json] : kPlaces) {
    EXPECT_EQ(Resolve(document->root(), pointer).ToJson(), json) << pointer;
  }
  EXPECT_EQ(Resolve(document->root(), "").value(), document->root().value());
}

TEST(ResolveTest, FindsNothingElsewhere) {
  const auto document = ParseJson(
      R"({"list": [1], "0": {"": {"": 5}}, "null": null, "text": "a"})", {});
  ASSERT_TRUE(document);
  for (const char* pointer :
       {"/none", "/list/1", "/list/-", "/list/00", "/list/-0", "/list/+0",
        "/list/0x0", "/list/ 0", "/list/", "/list/18446744073709551616",
        "/text/0", "/null/a", "list", "0", "/~", "/~2", "/list~"}) {
    EXPECT_EQ(Resolve(document->root(), pointer).type(), Node::Type::kMissing)
        << pointer;
  }
  EXPECT_EQ(Resolve(document->root(), "/null").type(), Node::Type::kNull);
  EXPECT_EQ(Resolve(document->root(), "/0//").Int(), 5);
  EXPECT_EQ(Resolve(Node(), "/a").type(), Node::Type::kMissing);
}

TEST(SplitPointerTest, Unescapes) {
  EXPECT_THAT(SplitPointer(""), Optional(IsEmpty()));
  EXPECT_THAT(SplitPointer("/"), Optional(ElementsAre("")));
  EXPECT_THAT(SplitPointer("/a//b/"), Optional(ElementsAre("a", "", "b", "")));
  EXPECT_THAT(SplitPointer("/a~1b/c~0d"), Optional(ElementsAre("a/b", "c~d")));
  // "~01" is "~1" and not "/".
  EXPECT_THAT(SplitPointer("/~01"), Optional(ElementsAre("~1")));
  for (const char* bad : {"a", "a/b", "#/a", "/~", "/a~", "/~2", "/~a/b"}) {
    EXPECT_EQ(SplitPointer(bad), std::nullopt) << bad;
  }
}

TEST(EscapePointerTokenTest, IsUndoneBySplitting) {
  EXPECT_EQ(EscapePointerToken("a/b~c"), "a~1b~0c");
  EXPECT_EQ(EscapePointerToken(""), "");
  for (const char* token : {"", "/", "~", "~1", "//~~", "a.b/c", "~01"}) {
    EXPECT_THAT(SplitPointer("/" + EscapePointerToken(token)),
                Optional(ElementsAre(token)));
  }
}

TEST(PointerIndexTest, FindsTheWayBackToEveryNode) {
  const auto document = ParseJson(R"({"a": [1, {"b/c": [true]}]})", {});
  ASSERT_TRUE(document);
  const PointerIndex index(document->root());
  EXPECT_EQ(index.Of(document->root()), "");
  EXPECT_EQ(index.Of(document->root()["a"][0]), "/a/0");
  EXPECT_EQ(index.Of(document->root()["a"][1]["b/c"][0]), "/a/1/b~1c/0");
}

void ExpectWayBack(const PointerIndex& index, Node root, Node node) {
  const std::string pointer = index.Of(node);
  EXPECT_EQ(Resolve(root, pointer).value(), node.value()) << pointer;
  for (const Node element : node) ExpectWayBack(index, root, element);
  for (const auto& [key, value] : node.Members()) {
    ExpectWayBack(index, root, value);
  }
}

TEST(PointerIndexTest, IsTheReverseOfResolve) {
  const auto document = ParseJson(
      R"([{"": {"": []}, "/": {}, "~": [[], [[]], {"~1": null}]}, "", 1.5,
          [{"a": {"b": {"c": [0, 1, 2, {"d": "e"}]}}}], {"x": 1, "y": 2}])",
      {});
  ASSERT_TRUE(document);
  ExpectWayBack(PointerIndex(document->root()), document->root(),
                document->root());
}

TEST(PointerIndexTest, WorksBelowAnyRoot) {
  const auto document = ParseJson(R"({"request": {"object": {"a": 1}}})", {});
  ASSERT_TRUE(document);
  const Node object = document->root()["request"]["object"];
  EXPECT_EQ(PointerIndex(object).Of(object["a"]), "/a");
}

TEST(PointerIndexTest, NamesThePlaceAMissingNodeWouldHave) {
  const auto document = ParseJson(R"({"a": {}, "list": [1]})", {});
  ASSERT_TRUE(document);
  const PointerIndex index(document->root());
  const Node missing = document->root()["a"]["tls"]["mode"];
  EXPECT_EQ(index.Of(missing), "/a/tls/mode");
  EXPECT_EQ(index.OfNearest(missing), "/a");
  EXPECT_EQ(index.Of(document->root()["a/b"]), "/a~1b");
  EXPECT_EQ(index.Of(document->root()["list"][3]["port"]), "/list/-/port");
  EXPECT_EQ(index.OfNearest(document->root()["list"][3]), "/list");
}

TEST(PointerIndexTest, TakesAForeignNodeForTheWholeDocument) {
  const auto document = ParseJson(R"({"a": [1, 2]})", {});
  const auto other = ParseJson(R"({"b": [1, 2]})", {});
  ASSERT_TRUE(document && other);
  const PointerIndex index(document->root());
  EXPECT_EQ(index.Of(other->root()["b"][1]), "");
  EXPECT_EQ(index.Of(Node()), "");
  EXPECT_EQ(PointerIndex(Node()).Of(other->root()["b"]), "");
}

}  // namespace
}  // namespace meshvet

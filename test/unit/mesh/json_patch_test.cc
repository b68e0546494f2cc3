#include "mesh/json_patch.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "mesh/document.h"

namespace meshvet {
namespace {

struct PatchCase {
  const char* document;
  const char* patch;
  const char* result;
};

struct FailureCase {
  const char* document;
  const char* patch;
  const char* where;
  const char* part;  // of the message
};

Result<Document> Parse(std::string_view json) {
  Result<Document> document = ParseJson(json, {});
  EXPECT_TRUE(document.ok()) << json;
  return document;
}

// Reads and applies; both kinds of error look alike.
Result<Document> Patched(const char* document, const char* patch,
                         const PatchLimits& limits = {}) {
  const auto target = Parse(document);
  const auto text = Parse(patch);
  if (!target || !text) return Error{"bad JSON in the test"};
  const auto operations = ReadPatch(text->root());
  if (!operations) return operations.error();
  return ApplyPatch(target->root(), *operations, limits);
}

// Compares texts, so the order of members and the form of numbers count.
void ExpectResults(const std::vector<PatchCase>& cases) {
  for (const PatchCase& test : cases) {
    const auto after = Patched(test.document, test.patch);
    ASSERT_TRUE(after.ok())
        << test.document << " " << test.patch << ": " << after.error().message;
    EXPECT_EQ(after->root().ToJson(), test.result)
        << test.document << " " << test.patch;
  }
}

void ExpectFailures(const std::vector<FailureCase>& cases) {
  for (const FailureCase& test : cases) {
    const auto after = Patched(test.document, test.patch);
    ASSERT_FALSE(after.ok())
        << test.document << " " << test.patch << after->root().ToJson();
    EXPECT_EQ(after.error().where, test.where) << test.patch;
    EXPECT_NE(after.error().message.find(test.part), std::string::npos)
        << test.patch << ": " << after.error().message;
  }
}

TEST(ApplyPatchTest, Adds) {
  ExpectResults({
      {R"({})", R"([])", R"({})"},
      {R"({})", R"([{"op":"add","path":"/a","value":1}])", R"({"a":1})"},
      {R"({"b":2})", R"([{"op":"add","path":"/a","value":1}])",
       R"({"b":2,"a":1})"},
      {R"({"a":1,"b":2})", R"([{"op":"add","path":"/a","value":[3]}])",
       R"({"a":[3],"b":2})"},
      {R"({"a":{}})", R"([{"op":"add","path":"/a/b","value":null}])",
       R"({"a":{"b":null}})"},
      {R"({"a":{}})", R"([{"op":"add","path":"/a/b","value":{"c":{}}}])",
       R"({"a":{"b":{"c":{}}}})"},
      {R"([])", R"([{"op":"add","path":"/0","value":1}])", R"([1])"},
      {R"([1,2])", R"([{"op":"add","path":"/0","value":0}])", R"([0,1,2])"},
      {R"([1,2])", R"([{"op":"add","path":"/1","value":0}])", R"([1,0,2])"},
      {R"([1,2])", R"([{"op":"add","path":"/2","value":0}])", R"([1,2,0])"},
      {R"([1,2])", R"([{"op":"add","path":"/-","value":0}])", R"([1,2,0])"},
      {R"([1])", R"([{"op":"add","path":"/-","value":[2,[3]]}])",
       R"([1,[2,[3]]])"},
      {R"([[1],[2]])", R"([{"op":"add","path":"/1/0","value":true}])",
       R"([[1],[true,2]])"},
      {R"({"a":1})", R"([{"op":"add","path":"","value":[2]}])", R"([2])"},
      {R"("text")", R"([{"op":"add","path":"","value":null}])", R"(null)"},
      {R"({})", R"([{"op":"add","path":"/","value":1}])", R"({"":1})"},
      {R"({"":{}})", R"([{"op":"add","path":"//","value":1}])",
       R"({"":{"":1}})"},
      {R"({})", R"([{"op":"add","path":"/a~1b","value":1}])", R"({"a/b":1})"},
      {R"({})", R"([{"op":"add","path":"/a~0b","value":1}])", R"({"a~b":1})"},
      {R"({})", R"([{"op":"add","path":"/~01","value":1}])", R"({"~1":1})"},
      // Names of an object's members, not indexes.
      {R"({})", R"([{"op":"add","path":"/0","value":1}])", R"({"0":1})"},
      {R"({})", R"([{"op":"add","path":"/00","value":1}])", R"({"00":1})"},
      {R"({})", R"([{"op":"add","path":"/-","value":1}])", R"({"-":1})"},
      {R"({"a":1})", R"([{"op":"add","path":"/A","value":2}])",
       R"({"a":1,"A":2})"},
      // Members that the operation does not define are ignored.
      {R"({})", R"([{"op":"add","path":"/a","value":1,"from":7,"x":[]}])",
       R"({"a":1})"},
      {R"({})",
       R"([{"op":"add","path":"/a","value":[]},
           {"op":"add","path":"/a/-","value":1},
           {"op":"add","path":"/a/0","value":0}])",
       R"({"a":[0,1]})"},
  });
}

TEST(ApplyPatchTest, Removes) {
  ExpectResults({
      {R"({"a":1,"b":2,"c":3})", R"([{"op":"remove","path":"/a"}])",
       R"({"b":2,"c":3})"},
      {R"({"a":null})", R"([{"op":"remove","path":"/a"}])", R"({})"},
      {R"({"a":{"b":1}})", R"([{"op":"remove","path":"/a/b"}])", R"({"a":{}})"},
      {R"([1,2,3])", R"([{"op":"remove","path":"/0"}])", R"([2,3])"},
      {R"([1,2,3])", R"([{"op":"remove","path":"/1"}])", R"([1,3])"},
      {R"([1,2,3])", R"([{"op":"remove","path":"/2"}])", R"([1,2])"},
      {R"([1,2,3])",
       R"([{"op":"remove","path":"/0"},{"op":"remove","path":"/0"}])",
       R"([3])"},
      {R"({"":1,"a":2})", R"([{"op":"remove","path":"/"}])", R"({"a":2})"},
      {R"({"a/b":1,"a~b":2})", R"([{"op":"remove","path":"/a~1b"}])",
       R"({"a~b":2})"},
      {R"({"a":1})", R"([{"op":"remove","path":"/a","value":7}])", R"({})"},
  });
}

TEST(ApplyPatchTest, Replaces) {
  ExpectResults({
      {R"({"a":1,"b":2})", R"([{"op":"replace","path":"/a","value":"x"}])",
       R"({"a":"x","b":2})"},
      {R"({"a":null})", R"([{"op":"replace","path":"/a","value":{}}])",
       R"({"a":{}})"},
      {R"({"a":{"b":[1]}})", R"([{"op":"replace","path":"/a","value":null}])",
       R"({"a":null})"},
      {R"([1,2,3])", R"([{"op":"replace","path":"/1","value":[]}])",
       R"([1,[],3])"},
      {R"({"a":1})", R"([{"op":"replace","path":"","value":"all"}])",
       R"("all")"},
      {R"({"":1})", R"([{"op":"replace","path":"/","value":2}])", R"({"":2})"},
  });
}

TEST(ApplyPatchTest, Moves) {
  ExpectResults({
      {R"({"a":1,"b":2})", R"([{"op":"move","from":"/a","path":"/c"}])",
       R"({"b":2,"c":1})"},
      {R"({"a":1,"b":2})", R"([{"op":"move","from":"/a","path":"/b"}])",
       R"({"b":1})"},
      {R"({"a":{"b":{"c":1}},"d":[]})",
       R"([{"op":"move","from":"/a/b","path":"/d/-"}])",
       R"({"a":{},"d":[{"c":1}]})"},
      {R"([1,2,3])", R"([{"op":"move","from":"/0","path":"/2"}])",
       R"([2,3,1])"},
      {R"([1,2,3])", R"([{"op":"move","from":"/2","path":"/0"}])",
       R"([3,1,2])"},
      {R"([1,2,3])", R"([{"op":"move","from":"/0","path":"/-"}])",
       R"([2,3,1])"},
      // The target is looked for once the source is gone.
      {R"([1,[2]])", R"([{"op":"move","from":"/1/0","path":"/1"}])",
       R"([1,2,[]])"},
      {R"([1,[2],[3]])", R"([{"op":"move","from":"/0","path":"/1/0"}])",
       R"([[2],[1,3]])"},
      {R"({"a":{"b":[1]}})", R"([{"op":"move","from":"/a/b","path":"/a"}])",
       R"({"a":[1]})"},
      {R"({"a":{"b":1}})", R"([{"op":"move","from":"/a","path":""}])",
       R"({"b":1})"},
      {R"({"a":1})", R"([{"op":"move","from":"/a","path":"/a"}])",
       R"({"a":1})"},
      {R"({"a":1})", R"([{"op":"move","from":"","path":""}])", R"({"a":1})"},
      // "/ab" is not below "/a".
      {R"({"a":1,"ab":{}})", R"([{"op":"move","from":"/a","path":"/ab/c"}])",
       R"({"ab":{"c":1}})"},
      {R"({"a":"a text that is too long to be stored inline","b":[]})",
       R"([{"op":"move","from":"/a","path":"/b/0"}])",
       R"({"b":["a text that is too long to be stored inline"]})"},
  });
}

TEST(ApplyPatchTest, Copies) {
  ExpectResults({
      {R"({"a":{"b":1}})", R"([{"op":"copy","from":"/a","path":"/c"}])",
       R"({"a":{"b":1},"c":{"b":1}})"},
      {R"({"a":{"b":1}})", R"([{"op":"copy","from":"/a","path":"/a/a"}])",
       R"({"a":{"b":1,"a":{"b":1}}})"},
      {R"({"a":[1]})", R"([{"op":"copy","from":"","path":"/b"}])",
       R"({"a":[1],"b":{"a":[1]}})"},
      {R"([1,2])", R"([{"op":"copy","from":"/1","path":"/0"}])", R"([2,1,2])"},
      {R"({"a":null})", R"([{"op":"copy","from":"/a","path":"/b"}])",
       R"({"a":null,"b":null})"},
      // A copy is its own: what changes later does not change both.
      {R"({"a":{"b":1}})",
       R"([{"op":"copy","from":"/a","path":"/c"},
           {"op":"replace","path":"/c/b","value":2}])",
       R"({"a":{"b":1},"c":{"b":2}})"},
  });
}

TEST(ApplyPatchTest, TestsByValue) {
  constexpr std::pair<const char*, const char*> kEqual[] = {
      {"1", "1.0"},
      {"10", "1e1"},
      {"null", "null"},
      {"false", "false"},
      {R"("\u00e9")", "\"\xC3\xA9\""},
      {"[]", "[]"},
      {R"({"a":[1],"b":{"c":null}})", R"({"b":{"c":null},"a":[1.0]})"},
  };
  for (const auto& [value, wanted] : kEqual) {
    const std::string patch =
        std::string(R"([{"op":"test","path":"","value":)") + wanted + "}]";
    EXPECT_TRUE(Patched(value, patch.c_str())) << value << " " << wanted;
  }
  constexpr std::pair<const char*, const char*> kDifferent[] = {
      {"1", "2"},
      {"1", R"("1")"},
      {"0", "false"},
      {"null", "false"},
      {"-1", "18446744073709551615"},
      {"9007199254740993", "9007199254740992.0"},
      {R"("a")", R"("A")"},
      // No normalisation of Unicode (RFC 6902 section 4.6).
      {R"("\u00e9")", R"("e\u0301")"},
      {"[1,2]", "[2,1]"},
      {"[]", "{}"},
      {R"({"a":1})", R"({"a":1,"b":2})"},
  };
  for (const auto& [value, wanted] : kDifferent) {
    const std::string patch =
        std::string(R"([{"op":"test","path":"","value":)") + wanted + "}]";
    ExpectFailures({{value, patch.c_str(), "/0/value", "tested for"}});
  }
}

TEST(ApplyPatchTest, NamesTheMemberThatFails) {
  ExpectFailures({
      // No place to add at.
      {"{}", R"([{"op":"add","path":"/a/b","value":1}])", "/0/path", "parent"},
      {R"({"a":1})", R"([{"op":"add","path":"/a/b","value":1}])", "/0/path",
       "neither object nor array"},
      {R"({"a":null})", R"([{"op":"add","path":"/a/b","value":1}])", "/0/path",
       "neither object nor array"},
      {"[1]", R"([{"op":"add","path":"/2","value":1}])", "/0/path", "place"},
      {"[1]", R"([{"op":"add","path":"/-1","value":1}])", "/0/path", "place"},
      {"[1]", R"([{"op":"add","path":"/+0","value":1}])", "/0/path", "place"},
      {"[1]", R"([{"op":"add","path":"/00","value":1}])", "/0/path", "place"},
      {"[1]", R"([{"op":"add","path":"/1e0","value":1}])", "/0/path", "place"},
      {"[1]", R"([{"op":"add","path":"/a","value":1}])", "/0/path", "place"},
      {"[1]", R"([{"op":"add","path":"/","value":1}])", "/0/path", "place"},
      {"[1]", R"([{"op":"add","path":"/4294967296","value":1}])", "/0/path",
       "place"},
      {"[1]", R"([{"op":"add","path":"/18446744073709551616","value":1}])",
       "/0/path", "place"},
      {"[[]]", R"([{"op":"add","path":"/-/0","value":1}])", "/0/path",
       "parent"},
      // Nothing there.
      {"{}", R"([{"op":"remove","path":"/a"}])", "/0/path", "remove"},
      {"{}", R"([{"op":"remove","path":""}])", "/0/path", "whole document"},
      {"[1]", R"([{"op":"remove","path":"/1"}])", "/0/path", "remove"},
      {"[1]", R"([{"op":"remove","path":"/-"}])", "/0/path", "remove"},
      {"[1]", R"([{"op":"remove","path":"/00"}])", "/0/path", "remove"},
      {R"({"a":1})", R"([{"op":"remove","path":"/a/b"}])", "/0/path", "remove"},
      {"{}", R"([{"op":"replace","path":"/a","value":1}])", "/0/path",
       "replace"},
      {"[1]", R"([{"op":"replace","path":"/1","value":1}])", "/0/path",
       "replace"},
      {"[1]", R"([{"op":"replace","path":"/-","value":1}])", "/0/path",
       "replace"},
      {"{}", R"([{"op":"test","path":"/a","value":null}])", "/0/path", "test"},
      {"[1]", R"([{"op":"test","path":"/01","value":1}])", "/0/path", "test"},
      {"{}", R"([{"op":"move","from":"/a","path":"/b"}])", "/0/from", "from"},
      {"{}", R"([{"op":"copy","from":"/a","path":"/b"}])", "/0/from", "from"},
      {"[1]", R"([{"op":"copy","from":"/-","path":"/0"}])", "/0/from", "from"},
      {R"({"a":1})", R"([{"op":"copy","from":"/a","path":"/b/c"}])", "/0/path",
       "parent"},
      {"[1]", R"([{"op":"move","from":"/0","path":"/1"}])", "/0/path", "place"},
      // Into itself.
      {R"({"a":{"b":1}})", R"([{"op":"move","from":"/a","path":"/a/b"}])",
       "/0/path", "into itself"},
      {R"({"a":{"b":1}})", R"([{"op":"move","from":"/a","path":"/a/c/d"}])",
       "/0/path", "into itself"},
      {R"({"a":1})", R"([{"op":"move","from":"","path":"/a"}])", "/0/path",
       "into itself"},
      {"[1,[2]]", R"([{"op":"move","from":"/0","path":"/0/0"}])", "/0/path",
       "into itself"},
      // No pointers.
      {"{}", R"([{"op":"add","path":"a","value":1}])", "/0/path", "Pointer"},
      {"{}", R"([{"op":"add","path":"/~","value":1}])", "/0/path", "Pointer"},
      {"{}", R"([{"op":"add","path":"/~2","value":1}])", "/0/path", "Pointer"},
      {"{}", R"([{"op":"copy","from":"a","path":"/b"}])", "/0/from", "Pointer"},
      // The operation that fails, not the first.
      {"{}",
       R"([{"op":"add","path":"/a","value":1},{"op":"remove","path":"/a"},
           {"op":"remove","path":"/a"}])",
       "/2/path", "remove /a"},
  });
}

TEST(ReadPatchTest, RefusesWhatIsNoPatch) {
  ExpectFailures({
      {"{}", "{}", "", "array"},
      {"{}", "null", "", "array"},
      {"{}", R"({"op":"add","path":"","value":1})", "", "array"},
      {"{}", "[1]", "/0", "object"},
      {"{}", R"([{}])", "/0/op", "unknown"},
      {"{}", R"([{"op":1,"path":""}])", "/0/op", "unknown"},
      {"{}", R"([{"op":"merge","path":""}])", "/0/op", "merge"},
      {"{}", R"([{"op":"Add","path":"","value":1}])", "/0/op", "Add"},
      {"{}", R"([{"op":"add","value":1}])", "/0/path", "required"},
      {"{}", R"([{"op":"add","path":null,"value":1}])", "/0/path", "required"},
      {"{}", R"([{"op":"add","path":["a"],"value":1}])", "/0/path", "required"},
      {"{}", R"([{"op":"add","path":"/a"}])", "/0/value", "required"},
      {"{}", R"([{"op":"replace","path":"/a"}])", "/0/value", "required"},
      {"{}", R"([{"op":"test","path":"/a"}])", "/0/value", "required"},
      {"{}", R"([{"op":"move","path":"/a"}])", "/0/from", "required"},
      {"{}", R"([{"op":"copy","path":"/a","from":1}])", "/0/from", "required"},
      {"{}", R"([{"op":"add","path":"/a","value":1},[]])", "/1", "object"},
  });
}

TEST(ApplyPatchTest, ChecksOperationsThatWereNotRead) {
  const auto document = Parse(R"({"a":1})");
  ASSERT_TRUE(document);
  struct Case {
    PatchOperation operation;
    const char* where;
  };
  const Case cases[] = {
      {{"", "/a"}, "/0/op"},
      {{"merge", "/a", "not JSON"}, "/0/op"},
      {{"add", "/b", ""}, "/0/value"},
      {{"add", "/b", "1 2"}, "/0/value"},
      {{"add", "/b", R"({"x":1,"x":2})"}, "/0/value"},
      {{"replace", "/a", "{"}, "/0/value"},
      {{"move", "/b", "", "a"}, "/0/from"},
  };
  for (const auto& [operation, where] : cases) {
    const auto after = ApplyPatch(document->root(), {operation});
    ASSERT_FALSE(after.ok()) << operation.op << operation.value;
    EXPECT_EQ(after.error().where, where) << operation.op << operation.value;
  }
  EXPECT_FALSE(ApplyPatch(Node(), {}).ok());
}

TEST(ApplyPatchTest, LeavesTheDocumentAsItWas) {
  const auto document = Parse(R"({"a":[1,2],"b":{"c":1}})");
  ASSERT_TRUE(document);
  const std::string before = document->root().ToJson();
  const std::vector<PatchOperation> changes = {
      {"remove", "/a/0"}, {"move", "/a/-", "", "/b"}, {"add", "/c", "1"}};
  const auto after = ApplyPatch(document->root(), changes);
  ASSERT_TRUE(after);
  EXPECT_EQ(after->root().ToJson(), R"({"a":[2,{"c":1}],"c":1})");
  EXPECT_EQ(document->root().ToJson(), before);
  EXPECT_FALSE(
      ApplyPatch(document->root(), {{"remove", "/a"}, {"remove", "/x"}}));
  EXPECT_EQ(document->root().ToJson(), before);
}

TEST(ApplyPatchTest, KeepsNumbersAndTextExactly) {
  ExpectResults({
      {R"([9223372036854775807,18446744073709551615,0.1,1.0])",
       R"([{"op":"add","path":"/-","value":-9223372036854775808},
           {"op":"add","path":"/-","value":18446744073709551615},
           {"op":"add","path":"/-","value":0.7},
           {"op":"add","path":"/-","value":2.0},
           {"op":"add","path":"/-","value":"\u0000\""}])",
       R"([9223372036854775807,18446744073709551615,0.1,1.0,)"
       R"(-9223372036854775808,18446744073709551615,0.7,2.0,)"
       R"("\u0000\""])"},
  });
}

std::string Nested(size_t depth) {
  return std::string(depth, '[') + std::string(depth, ']');
}

std::string Zeros(size_t count) {
  std::string pointer;
  for (size_t i = 0; i < count; ++i) pointer += "/0";
  return pointer;
}

// 256 levels is what ParseJson reads; a scalar is no level.
TEST(ApplyPatchTest, NestsNoDeeperThanWhatCanBeRead) {
  const auto deepest = Parse(Nested(256));
  const auto shallower = Parse(Nested(255));
  ASSERT_TRUE(deepest && shallower);
  EXPECT_TRUE(ApplyPatch(deepest->root(), {{"add", Zeros(256), "1"}}));
  EXPECT_TRUE(ApplyPatch(shallower->root(), {{"add", Zeros(255), "[1]"}}));
  const std::vector<PatchOperation> too_deep[] = {
      {{"add", Zeros(256), "[]"}},
      {{"add", Zeros(256), "1"}, {"replace", Zeros(256), "{}"}},
      {{"copy", "/0/0", "", ""}},
      {{"add", "/1", "[]"},
       {"move", "/0/0", "", "/0"},
       {"copy", "/0/0", "", ""}},
  };
  for (const auto& operations : too_deep) {
    const auto after = ApplyPatch(deepest->root(), operations);
    EXPECT_FALSE(after.ok()) << operations.back().op;
  }
}

TEST(ApplyPatchTest, BoundsWhatCopiesAdd) {
  // The copied text is as long as `["abcd"]`, then twice that and a comma.
  const char* patch = R"([{"op":"copy","from":"","path":"/-"},
                          {"op":"copy","from":"","path":"/-"}])";
  EXPECT_TRUE(Patched(R"(["abcd"])", patch, {.max_copy_bytes = 25}));
  const auto after = Patched(R"(["abcd"])", patch, {.max_copy_bytes = 24});
  ASSERT_FALSE(after);
  EXPECT_EQ(after.error().where, "/1/from");
  // Each copy doubles the document: without a bound, 2^60 values.
  const auto document = Parse(R"([1])");
  ASSERT_TRUE(document);
  const std::vector<PatchOperation> bomb(60, {"copy", "/-", "", ""});
  EXPECT_FALSE(ApplyPatch(document->root(), bomb));
}

TEST(ApplyPatchTest, BoundsTheNumberOfOperations) {
  const auto document = Parse("[]");
  ASSERT_TRUE(document);
  std::vector<PatchOperation> operations(3, {"add", "/-", "1"});
  EXPECT_TRUE(ApplyPatch(document->root(), operations, {.max_operations = 3}));
  operations.push_back({"add", "/-", "1"});
  EXPECT_FALSE(ApplyPatch(document->root(), operations, {.max_operations = 3}));
}

// Each move would leave a copy of the text behind: 20 GB.
TEST(ApplyPatchTest, MovesWithoutCopying) {
  const std::string text(2 << 20, 'x');
  const auto document = Parse(R"({"a":[")" + text + R"("]})");
  ASSERT_TRUE(document);
  std::vector<PatchOperation> operations;
  for (int i = 0; i < 5'000; ++i) {
    operations.push_back({"move", "/b", "", "/a"});
    operations.push_back({"move", "/a", "", "/b"});
  }
  const auto after = ApplyPatch(document->root(), operations);
  ASSERT_TRUE(after);
  EXPECT_EQ(after->root()["a"][0].Str().size(), text.size());
}

TEST(WritePatchTest, WritesOnlyWhatAnOperationHas) {
  EXPECT_EQ(WritePatch({}), "[]");
  EXPECT_EQ(WritePatch({{"add", "/a~1b", R"({"c":[1]})", "/ignored"},
                        {"remove", "/\"q\"", "7"},
                        {"move", "/to", "7", "/from"},
                        {"test", "", "null"}}),
            R"([{"op":"add","path":"/a~1b","value":{"c":[1]}},)"
            R"({"op":"remove","path":"/\"q\""},)"
            R"({"op":"move","from":"/from","path":"/to"},)"
            R"({"op":"test","path":"","value":null}])");
}

TEST(WritePatchTest, ReadsBackAsTheSameOperations) {
  const std::vector<PatchOperation> operations = {
      {"add", "/a\\\n", R"("\u0000")"},
      {"remove", "/a"},
      {"replace", "", "[]"},
      {"move", "/b", "", "/a"},
      {"copy", "/c", "", ""},
      {"test", "/-", "1.5"}};
  const auto text = Parse(WritePatch(operations));
  ASSERT_TRUE(text);
  const auto again = ReadPatch(text->root());
  ASSERT_TRUE(again);
  EXPECT_EQ(*again, operations);
}

}  // namespace
}  // namespace meshvet

#include "yaml/position.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <string_view>

#include "yaml/parse.h"

namespace meshvet::yaml {
namespace {

std::string Shown(const Range& range) {
  const auto shown = [](const Position& at) {
    return std::to_string(at.line) + ":" + std::to_string(at.column) + "@" +
           std::to_string(at.offset);
  };
  return shown(range.start) + "-" + shown(range.end);
}

struct PlaceCase {
  std::string_view text;
  const char* pointer;
  const char* value;
  const char* key;  // "": none
};

constexpr std::string_view kAliases =
    "a: &x {k: [1, 2]}\n"
    "b: *x\n"
    "c: {<<: *x, d: 3}\n";

constexpr PlaceCase kPlaces[] = {
    {"a: 1\n", "", "1:1@0-1:5@4", ""},
    {"a: 1\n", "/a", "1:4@3-1:5@4", "1:1@0-1:2@1"},
    {"a:\n  b:\n  - x\n  - yz # c\n", "/a/b/1", "4:5@18-4:7@20", ""},
    {"a:\n  b:\n  - x\n  - yz # c\n", "/a", "2:3@5-4:7@20", "1:1@0-1:2@1"},
    {"a: [x, {b: c}]\n", "/a/1", "1:8@7-1:14@13", ""},
    {"a: [x, {b: c}]\n", "/a/1/b", "1:12@11-1:13@12", "1:9@8-1:10@9"},
    {"a: [[1, 2], [3]]\n", "/a/1/0", "1:14@13-1:15@14", ""},
    {"a: 'x'\n", "/a", "1:4@3-1:7@6", "1:1@0-1:2@1"},
    {"a/b~c: 1\n", "/a~1b~0c", "1:8@7-1:9@8", "1:1@0-1:6@5"},
    // Missing: the nearest parent, and no key.
    {"a: {b: 1}\n", "/a/c/d", "1:4@3-1:10@9", ""},
    {"a: [1]\n", "/a/1", "1:4@3-1:7@6", ""},
    {"a: [1]\n", "/a/00", "1:4@3-1:7@6", ""},
    {"a: 1\n", "/a/b", "1:4@3-1:5@4", ""},
    {"a: 1\n", "no pointer", "1:1@0-1:5@4", ""},
    // An empty value is where it would be.
    {"a:\nb: 1\n", "/a", "1:3@2-1:3@2", "1:1@0-1:2@1"},
    // Block scalars end with their last text.
    {"a: |\n  x\n  y\n\n\nb: 1\n", "/a", "1:4@3-3:4@12", "1:1@0-1:2@1"},
    {"a: >-\r\n  é\r\n\r\nb: 1\r\n", "/a", "1:4@3-2:4@11", "1:1@0-1:2@1"},
    // Beyond ASCII: columns count characters, offsets bytes.
    {"é: ü\nb: 1\n", "/é", "1:4@4-1:5@6", "1:1@0-1:2@2"},
    {"é: ü\nb: 1\n", "/b", "2:4@10-2:5@11", "2:1@7-2:2@8"},
    {"a: [日本, 😀, x]\n", "/a/1", "1:9@12-1:10@16", ""},
    {"a: [日本, 😀, x]\n", "/a/2", "1:12@18-1:13@19", ""},
    // U+0085 and U+2028 end no line of a file.
    {"a: \"x\u2028y\"\nb: 1\n", "/b", "2:4@14-2:5@15", "2:1@11-2:2@12"},
    // A byte order mark takes bytes, but no column.
    {"\xEF\xBB\xBF"
     "a: 1\n",
     "/a", "1:4@6-1:5@7", "1:1@3-1:2@4"},
    {"\xEF\xBB\xBF"
     "é: 1\nb: 2",
     "/b", "2:4@12-2:5@13", "2:1@9-2:2@10"},
    // Line ends.
    {"a: 1\r\nb: 2\r\n", "/b", "2:4@9-2:5@10", "2:1@6-2:2@7"},
    {"a: 1\rb: 2\r", "/b", "2:4@8-2:5@9", "2:1@5-2:2@6"},
    {"a: 1\r\r\n\nb: 2", "/b", "4:4@11-4:5@12", "4:1@8-4:2@9"},
    {"é: 1\r\n\r\nb: 2\r\n", "/b", "3:4@12-3:5@13", "3:1@9-3:2@10"},
    // Aliases and merges.
    {kAliases, "/a", "1:4@3-1:18@17", "1:1@0-1:2@1"},
    {kAliases, "/b", "2:4@21-2:6@23", "2:1@18-2:2@19"},
    {kAliases, "/b/k/1", "1:15@14-1:16@15", ""},
    {kAliases, "/c/k", "1:11@10-1:17@16", "1:8@7-1:9@8"},
    {kAliases, "/c/d", "3:16@39-3:17@40", "3:13@36-3:14@37"},
};

TEST(PositionTest, PlacesValuesAndKeys) {
  for (const PlaceCase& test : kPlaces) {
    SCOPED_TRACE(std::string(test.text) + " " + test.pointer);
    const Stream stream = Parse(test.text, {});
    ASSERT_EQ(stream.documents.size(), 1U);
    const Source& source = stream.documents[0];
    EXPECT_EQ(Shown(source.ValueRange(test.pointer)), test.value);
    const std::optional<Range> key = source.KeyRange(test.pointer);
    EXPECT_EQ(key ? Shown(*key) : "", test.key);
  }
}

TEST(PositionTest, LaterDocumentsHaveLinesOfTheFile) {
  const Stream stream = Parse("# é\na: 1\n---\n---\n# c\nb:\n  c: ü x\n", {});
  ASSERT_EQ(stream.documents.size(), 2U);
  EXPECT_EQ(stream.documents[1].index(), 2U);
  EXPECT_EQ(Shown(stream.documents[1].ValueRange("/b/c")), "7:6@30-7:9@34");
}

TEST(PositionTest, DocumentsAfterABrokenOneHaveLinesOfTheFile) {
  const Stream stream = Parse("é: [\n---\nü: ]\n---\nb: ä\n", {});
  ASSERT_EQ(stream.documents.size(), 1U);
  EXPECT_EQ(Shown(stream.documents[0].ValueRange("/b")), "5:4@23-5:5@25");
  ASSERT_EQ(stream.problems.size(), 2U);
  EXPECT_EQ(Shown(stream.problems[1].range), "3:4@14-3:5@15");
}

// Every element of sequences long enough to be marked, one in the other, and
// after a document that was given up in the middle of such a one.
TEST(PositionTest, FindsEveryElementOfALongSequence) {
  constexpr size_t kCount = 200;
  std::string broken = "a:\n";
  for (size_t i = 0; i < kCount; ++i) broken += "- x\n";
  broken += "b: {[1]: 2}\n---\n";  // no key of JSON
  std::string text = broken;
  const auto first_line = static_cast<uint32_t>(kCount + 5);
  text += "items:\n";
  for (size_t i = 0; i < kCount; ++i) text += "- k: {l: [1, 2]}\n";
  text += "- [";
  for (size_t i = 0; i < kCount; ++i) text += "z, ";
  text += "]\n";
  const Stream stream = Parse(text, {});
  ASSERT_EQ(stream.documents.size(), 1U);
  const Source& source = stream.documents[0];
  for (uint32_t i = 0; i < kCount; ++i) {
    const std::string at = "/items/" + std::to_string(i);
    EXPECT_EQ(source.ValueRange(at + "/k/l/1").start.line, first_line + i);
    EXPECT_EQ(source.ValueRange(at + "/k/l/1").start.column, 14U);
    const std::string inner =
        "/items/" + std::to_string(kCount) + "/" + std::to_string(i);
    EXPECT_EQ(source.ValueRange(inner).start.column, 4 + 3 * i);
  }
}

TEST(PositionTest, ASourceOutlivesItsStreamAndText) {
  std::optional<Source> kept;
  {
    const std::string text = "a: é\nb: [1]\n";
    kept = Parse(text, {}).documents[0];
  }
  EXPECT_EQ(Shown(kept->ValueRange("/b/0")), "2:5@10-2:6@11");
  EXPECT_EQ(kept->root()["a"].Str(), "é");
}

TEST(PositionMapTest, GoesFromCharactersToBytesAndBack) {
  std::string text = "\xEF\xBB\xBF";
  for (int i = 0; i < 100; ++i) text += "aé😀\n";
  const PositionMap map(text);
  for (size_t i = 0; i < 100; ++i) {
    EXPECT_EQ(map.ByteOf(4 * i), 3 + 8 * i);
    EXPECT_EQ(map.ByteOf(4 * i + 2), 3 + 8 * i + 3);
    EXPECT_EQ(map.CharacterOf(3 + 8 * i + 3), 4 * i + 2);
    EXPECT_EQ(map.At(3 + 8 * i + 7).column, 4U);
    EXPECT_EQ(map.At(3 + 8 * i + 7).line, i + 1);
  }
  EXPECT_EQ(map.ByteOf(400), text.size());
  EXPECT_EQ(map.ByteOf(401), text.size());
  EXPECT_EQ(map.At(text.size() + 5), map.At(text.size()));
}

}  // namespace
}  // namespace meshvet::yaml

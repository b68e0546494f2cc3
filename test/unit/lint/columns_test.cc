#include "lint/report/columns.h"

#include <gtest/gtest.h>

#include <string>

#include "yaml/position.h"

namespace meshvet::lint {
namespace {

constexpr const char* kFace = "\xF0\x9F\x98\x80";  // two UTF-16 units
constexpr const char* kEAcute = "\xC3\xA9";
constexpr const char* kSun = "\xE6\x97\xA5";

// The columns of the only 'x' in `text`, as the position map places it.
struct Counted {
  uint32_t code_points;
  uint32_t utf16;
  uint32_t utf8;
  friend bool operator==(const Counted&, const Counted&) = default;
};

Counted ColumnsOfX(const std::string& text) {
  const yaml::Position at = yaml::PositionMap(text).At(text.find('x'));
  const Columns columns(text);
  return {at.column, columns.Utf16(at), columns.Utf8(at)};
}

TEST(Columns, AreCountedAsOthersCount) {
  const struct {
    std::string text;
    Counted expected;
  } cases[] = {
      {"a: x", {4, 4, 4}},
      {std::string(kEAcute) + "x", {2, 2, 3}},
      {std::string(kSun) + "x", {2, 2, 4}},
      {std::string(kFace) + "x", {2, 3, 5}},
      {std::string(kFace) + kSun + kEAcute + "x", {4, 5, 10}},
      // What other lines hold does not count, whatever ends them.
      {std::string(kFace) + "\n" + kSun + "x" + kFace, {2, 2, 4}},
      {std::string(kFace) + "\r\n" + kFace + "x", {2, 3, 5}},
      {std::string(kFace) + "\rx", {1, 1, 1}},
      {"\xEF\xBB\xBFx", {1, 1, 1}},
      {std::string("\xEF\xBB\xBF") + kFace + "x", {2, 3, 5}},
  };
  for (const auto& c : cases) {
    const Counted counted = ColumnsOfX(c.text);
    EXPECT_EQ(counted, c.expected)
        << c.text << ": " << counted.code_points << " " << counted.utf16 << " "
        << counted.utf8;
  }
}

TEST(Columns, OfNoFileAreItsOwn) {
  ColumnsOfFiles files;
  EXPECT_EQ(files.Of(nullptr).Utf16({1, 7, 90}), 7U);
}

}  // namespace
}  // namespace meshvet::lint

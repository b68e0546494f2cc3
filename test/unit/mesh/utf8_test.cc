#include "mesh/utf8.h"

#include <gtest/gtest.h>

#include <string>

namespace meshvet {
namespace {

TEST(Utf8Test, DecodesWhatIsWellFormed) {
  struct Case {
    std::string_view text;
    char32_t code;
    size_t length;  // 0: no character
  };
  constexpr Case kCases[] = {
      {"a", U'a', 1},
      {{"\0", 1}, 0, 1},
      {"\x7F", 0x7F, 1},
      {"\xC2\x80", 0x80, 2},
      {"\xDF\xBFz", 0x7FF, 2},
      {"\xE0\xA0\x80", 0x800, 3},
      {"\xED\x9F\xBF", 0xD7FF, 3},
      {"\xEE\x80\x80", 0xE000, 3},
      {"\xEF\xBF\xBF", 0xFFFF, 3},
      {"\xF0\x90\x80\x80", 0x10000, 4},
      {"\xF4\x8F\xBF\xBF", 0x10FFFF, 4},
      {"\x80", 0, 0},              // within a character
      {"\xC1\xBF", 0, 0},          // overlong
      {"\xE0\x9F\xBF", 0, 0},      // overlong
      {"\xF0\x8F\xBF\xBF", 0, 0},  // overlong
      {"\xED\xA0\x80", 0, 0},      // a surrogate
      {"\xF4\x90\x80\x80", 0, 0},  // beyond Unicode
      {"\xF5\x80\x80\x80", 0, 0},
      {"\xFF", 0, 0},
      {"\xE2\x82", 0, 0},   // ends too early
      {"\xE2\x82z", 0, 0},  // begins anew too early
      {"\xF0\x90z\x80", 0, 0},
  };
  for (const Case& c : kCases) {
    const Utf8Character got = DecodeUtf8(c.text);
    EXPECT_EQ(got.length, c.length) << testing::PrintToString(c.text);
    EXPECT_EQ(got.code, c.code) << testing::PrintToString(c.text);
    EXPECT_EQ(Utf8Length(c.text), c.length) << testing::PrintToString(c.text);
  }
}

TEST(Utf8Test, FindsWhatIsNot) {
  EXPECT_EQ(FindInvalidUtf8(""), 0U);
  EXPECT_EQ(FindInvalidUtf8("a\xC3\xA9z"), 4U);
  EXPECT_EQ(FindInvalidUtf8("0123456789abcdef\xC3"), 16U);
  EXPECT_EQ(FindInvalidUtf8("\xC3\xA9 0123456789\xFF?"), 13U);
}

TEST(Utf8Test, CutsBetweenCharacters) {
  constexpr std::string_view kText = "a\xC3\xA9\xF0\x9F\x8C\x8D";
  constexpr size_t kLengths[] = {0, 1, 1, 3, 3, 3, 3, 7, 7};
  for (size_t most = 0; most < std::size(kLengths); ++most) {
    EXPECT_EQ(Utf8Head(kText, most), kText.substr(0, kLengths[most])) << most;
  }
  EXPECT_EQ(Utf8Head("\x80\x80", 1), "") << "no character begins there";
}

}  // namespace
}  // namespace meshvet

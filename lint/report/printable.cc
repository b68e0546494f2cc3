#include "lint/report/printable.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "mesh/utf8.h"

namespace meshvet::lint {
namespace {

struct CodeRange {
  char32_t first;
  char32_t last;
};

template <size_t N>
bool IsIn(const std::array<CodeRange, N>& ranges, char32_t code) {
  return std::ranges::any_of(ranges, [code](const CodeRange& range) {
    return code >= range.first && code <= range.last;
  });
}

// Characters without a picture of their own, or that reorder what is around
// them (Unicode: bidirectional controls, zero width, tags, line separators).
constexpr std::array<CodeRange, 8> kHidden = {{{0xAD, 0xAD},
                                               {0x61C, 0x61C},
                                               {0x200B, 0x200F},
                                               {0x2028, 0x202E},
                                               {0x2060, 0x2069},
                                               {0xFEFF, 0xFEFF},
                                               {0xFFF9, 0xFFFB},
                                               {0xE0000, 0xE0FFF}}};

// The blocks whose characters take two columns (Unicode: East Asian Width W
// and F), rounded to whole blocks.
constexpr std::array<CodeRange, 9> kWide = {{{0x1100, 0x115F},
                                             {0x2E80, 0x303E},
                                             {0x3041, 0xA4CF},
                                             {0xAC00, 0xD7A3},
                                             {0xF900, 0xFAFF},
                                             {0xFE30, 0xFE6F},
                                             {0xFF01, 0xFF60},
                                             {0x1F300, 0x1FAFF},
                                             {0x20000, 0x3FFFD}}};

constexpr std::array<CodeRange, 4> kCombining = {
    {{0x300, 0x36F}, {0x1AB0, 0x1AFF}, {0x20D0, 0x20FF}, {0xFE00, 0xFE0F}}};

std::string Hex(char32_t code) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string digits;
  for (; code != 0 || digits.size() < 2; code >>= 4U) {
    digits.insert(digits.begin(), kDigits[code & 15U]);
  }
  return digits;
}

Glyph Escaped(std::string shown, size_t bytes) {
  const size_t width = shown.size();
  return {std::move(shown), width, bytes};
}

}  // namespace

Glyph FirstGlyph(std::string_view text) {
  const Utf8Character decoded = DecodeUtf8(text);
  if (decoded.length == 0) {
    return Escaped("\\x" + Hex(static_cast<uint8_t>(text[0])), 1);
  }
  const char32_t code = decoded.code;
  if (code == '\t') return {"    ", 4, 1};
  if (code < 0x20 || (code >= 0x7F && code < 0xA0)) {
    return Escaped("\\x" + Hex(code), decoded.length);
  }
  if (IsIn(kHidden, code)) {
    return Escaped("\\u{" + Hex(code) + "}", decoded.length);
  }
  size_t width = IsIn(kWide, code) ? 2 : 1;
  if (IsIn(kCombining, code)) width = 0;
  return {std::string(text.substr(0, decoded.length)), width, decoded.length};
}

std::string Printable(std::string_view text) {
  std::string printable;
  printable.reserve(text.size());
  while (!text.empty()) {
    Glyph glyph = FirstGlyph(text);
    printable += glyph.shown;
    text.remove_prefix(glyph.bytes);
  }
  return printable;
}

size_t WidthOf(std::string_view text) {
  size_t width = 0;
  while (!text.empty()) {
    const Glyph glyph = FirstGlyph(text);
    width += glyph.width;
    text.remove_prefix(glyph.bytes);
  }
  return width;
}

}  // namespace meshvet::lint

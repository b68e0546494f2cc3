#include "yaml/encoding.h"

#include <array>
#include <cstdint>
#include <cstdio>
#include <cstring>

#include "mesh/utf8.h"

namespace meshvet::yaml {
namespace {

// Bytes that are characters of their own and allowed.
constexpr std::array<bool, 256> kPlain = [] {
  std::array<bool, 256> plain{};
  for (size_t byte = 0x20; byte < 0x7F; ++byte) plain[byte] = true;
  plain['\t'] = plain['\n'] = plain['\r'] = true;
  return plain;
}();

uint8_t ByteAt(std::string_view text, size_t at) {
  return static_cast<uint8_t>(text[at]);
}

// Eight bytes from 0x20 to 0x7E. Wrong only in the safe direction: a byte below
// 0x20 may lend to its neighbour.
bool IsPrintableWord(const char* at) {
  uint64_t bytes = 0;
  std::memcpy(&bytes, at, sizeof bytes);
  constexpr uint64_t kEach = 0x0101010101010101U;
  return ((bytes | (bytes - kEach * 0x20) | (bytes + kEach)) &
          (kEach * 0x80)) == 0;
}

bool IsAllowed(char32_t character) {
  if (character < 0x80) return kPlain[character];
  constexpr uint32_t kNextLine = 0x85;
  if (character < 0xA0) return character == kNextLine;
  return character != 0xFFFE && character != 0xFFFF;
}

std::string Hex(const char* format, unsigned value) {
  std::array<char, 16> text{};
  const int length = std::snprintf(text.data(), text.size(), format, value);
  return {text.data(), static_cast<size_t>(length)};
}

}  // namespace

std::optional<Forbidden> FindForbidden(std::string_view text, size_t from) {
  for (size_t at = from; at < text.size();) {
    if (at + sizeof(uint64_t) <= text.size() &&
        IsPrintableWord(text.data() + at)) {
      at += sizeof(uint64_t);
      continue;
    }
    if (kPlain[ByteAt(text, at)]) {
      ++at;
      continue;
    }
    const Utf8Character decoded = DecodeUtf8(text.substr(at));
    if (decoded.length == 0) {
      return Forbidden{
          at, 1, "byte " + Hex("0x%02X", ByteAt(text, at)) + " is no UTF-8"};
    }
    if (!IsAllowed(decoded.code)) {
      return Forbidden{at, decoded.length,
                       "control character " + Hex("U+%04X", decoded.code) +
                           " is not allowed in YAML"};
    }
    at += decoded.length;
  }
  return std::nullopt;
}

bool LooksLikeUtf16(std::string_view text) {
  if (text.size() < 2) return false;
  if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF")) return true;
  return (text[0] == '\0') != (text[1] == '\0');
}

}  // namespace meshvet::yaml

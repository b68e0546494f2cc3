#include "yaml/encoding.h"

#include <array>
#include <cstdint>
#include <cstdio>
#include <cstring>

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

struct Decoded {
  uint32_t character = 0;
  size_t length = 0;  // 0: not UTF-8
};

size_t LengthFromLead(uint8_t lead) {
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return 2;
  if (lead >= 0xE0 && lead <= 0xEF) return 3;
  if (lead >= 0xF0 && lead <= 0xF4) return 4;
  return 0;
}

Decoded Decode(std::string_view text, size_t at) {
  const uint8_t lead = ByteAt(text, at);
  const size_t length = LengthFromLead(lead);
  if (length == 1) return {lead, 1};
  if (length == 0 || at + length > text.size()) return {};
  uint32_t character = lead & (0xFFU >> (length + 1));
  for (size_t i = 1; i < length; ++i) {
    const uint8_t next = ByteAt(text, at + i);
    if ((next & 0xC0U) != 0x80U) return {};
    character = character << 6U | (next & 0x3FU);
  }
  const bool overlong = (length == 3 && character < 0x800) ||
                        (length == 4 && character < 0x10000);
  const bool surrogate = character >= 0xD800 && character <= 0xDFFF;
  if (overlong || surrogate || character > 0x10FFFF) return {};
  return {character, length};
}

bool IsAllowed(uint32_t character) {
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
    const Decoded decoded = Decode(text, at);
    if (decoded.length == 0) {
      return Forbidden{
          at, 1, "byte " + Hex("0x%02X", ByteAt(text, at)) + " is no UTF-8"};
    }
    if (!IsAllowed(decoded.character)) {
      return Forbidden{at, decoded.length,
                       "control character " + Hex("U+%04X", decoded.character) +
                           " is not allowed in YAML"};
    }
    at += decoded.length;
  }
  return std::nullopt;
}

bool IsUtf8(std::string_view text) {
  for (size_t at = 0; at < text.size();) {
    const size_t length = Decode(text, at).length;
    if (length == 0) return false;
    at += length;
  }
  return true;
}

bool LooksLikeUtf16(std::string_view text) {
  if (text.size() < 2) return false;
  if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF")) return true;
  return (text[0] == '\0') != (text[1] == '\0');
}

}  // namespace meshvet::yaml

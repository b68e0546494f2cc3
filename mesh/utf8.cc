#include "mesh/utf8.h"

#include <cstdint>
#include <cstring>

namespace meshvet {
namespace {

// The length that `lead` announces; 0 if no character starts with it.
size_t AnnouncedLength(uint8_t lead) {
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead < 0xE0) return 2;
  if (lead >= 0xE0 && lead < 0xF0) return 3;
  if (lead >= 0xF0 && lead < 0xF5) return 4;
  return 0;
}

// Overlong forms, surrogates and what lies beyond U+10FFFF show in the second
// byte (RFC 3629 section 4).
bool IsSecondByteFit(uint8_t lead, uint8_t second) {
  if (lead == 0xE0) return second >= 0xA0;
  if (lead == 0xED) return second < 0xA0;
  if (lead == 0xF0) return second >= 0x90;
  if (lead == 0xF4) return second < 0x90;
  return true;
}

// Passes over ASCII, eight bytes at a time.
size_t SkipAscii(std::string_view text, size_t at) {
  constexpr uint64_t kHighBits = 0x8080808080808080;
  while (at + sizeof(uint64_t) <= text.size()) {
    uint64_t bytes = 0;
    std::memcpy(&bytes, text.data() + at, sizeof(bytes));
    if ((bytes & kHighBits) != 0) break;
    at += sizeof(bytes);
  }
  return at;
}

}  // namespace

size_t Utf8Length(std::string_view text) {
  const auto lead = static_cast<uint8_t>(text.front());
  const size_t length = AnnouncedLength(lead);
  if (length == 0 || length > text.size()) return 0;
  for (size_t i = 1; i < length; ++i) {
    if (!IsUtf8Continuation(text[i])) return 0;
  }
  if (length > 1 && !IsSecondByteFit(lead, static_cast<uint8_t>(text[1]))) {
    return 0;
  }
  return length;
}

Utf8Character DecodeUtf8(std::string_view text) {
  const size_t length = Utf8Length(text);
  const auto lead = static_cast<uint8_t>(text.front());
  if (length <= 1) return {length == 0 ? U'\0' : char32_t{lead}, length};
  char32_t code = lead & (0xFFU >> (length + 1));
  for (const char next : text.substr(1, length - 1)) {
    code = code << 6U | (static_cast<uint8_t>(next) & 0x3FU);
  }
  return {code, length};
}

std::string_view Utf8Head(std::string_view text, size_t most) {
  if (text.size() <= most) return text;
  while (most > 0 && IsUtf8Continuation(text[most])) --most;
  return text.substr(0, most);
}

size_t FindInvalidUtf8(std::string_view text) {
  size_t at = SkipAscii(text, 0);
  while (at < text.size()) {
    const size_t length = Utf8Length(text.substr(at));
    if (length == 0) return at;
    at += length;
    if (length == 1) at = SkipAscii(text, at);
  }
  return at;
}

}  // namespace meshvet

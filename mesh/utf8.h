// File: mesh/utf8.h
//
// Well-formed UTF-8 (RFC 3629).

#ifndef MESHVET_MESH_UTF8_H_
#define MESHVET_MESH_UTF8_H_

#include <cstddef>
#include <string_view>

namespace meshvet {

// The length in bytes of the character at the start of `text`, which is not
// empty; 0 if no well-formed one stands there: stray or missing continuation
// bytes, overlong forms, surrogates, beyond U+10FFFF.
size_t Utf8Length(std::string_view text);

struct Utf8Character {
  char32_t code = 0;
  size_t length = 0;  // in bytes; 0: no well-formed character, see Utf8Length
};

// The character at the start of `text`, which is not empty.
Utf8Character DecodeUtf8(std::string_view text);

// Whether `byte` belongs to a character that began before it.
constexpr bool IsUtf8Continuation(char byte) {
  return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U;
}

// The start of `text`, of at most `most` bytes, without a character cut in two.
std::string_view Utf8Head(std::string_view text, size_t most);

// The offset of the first byte that is not part of a well-formed character;
// the length of `text` if there is none. ASCII costs an eighth of a step a
// byte.
size_t FindInvalidUtf8(std::string_view text);

}  // namespace meshvet

#endif  // MESHVET_MESH_UTF8_H_

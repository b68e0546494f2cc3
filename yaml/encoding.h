// File: yaml/encoding.h
//
// Which bytes may stand in a YAML text: well-formed UTF-8 (RFC 3629) without
// the control characters that YAML 1.1 section 5.1 leaves out.
//
//   if (const auto bad = FindForbidden(text, 0)) Report(bad->offset, bad->why);

#ifndef MESHVET_YAML_ENCODING_H_
#define MESHVET_YAML_ENCODING_H_

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace meshvet::yaml {

struct Forbidden {
  size_t offset;
  size_t length;
  std::string why;
};

// The first forbidden byte or character at or after `from`.
std::optional<Forbidden> FindForbidden(std::string_view text, size_t from);

// By its byte order mark or by the zero byte of its first ASCII character.
bool LooksLikeUtf16(std::string_view text);

}  // namespace meshvet::yaml

#endif  // MESHVET_YAML_ENCODING_H_

// File: yaml/scalar.h
//
// What a YAML scalar is in JSON, decided as kubectl decides it: kubectl reads
// YAML 1.1 with sigs.k8s.io/yaml, whose goyaml.v2/resolve.go holds the table of
// plain words and numbers followed here. So `yes`, `on` and `y` are booleans,
// 017 and 0o17 are 15, 1_000 is 1000, 1e3 is the integer 1000, 1:30 and
// 2001-12-14 are strings, and 1e400, which no double holds, is a string.
//
//   ResolveScalar("yes", Tag::kNone, true)    // bool true
//   ResolveScalar("yes", Tag::kNone, false)   // quoted: the string "yes"

#ifndef MESHVET_YAML_SCALAR_H_
#define MESHVET_YAML_SCALAR_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "mesh/result.h"

namespace meshvet::yaml {

// A tag as far as it changes the meaning of a scalar. kString stands for every
// tag that leaves the text as it is, unknown tags and a bare "!" among them.
enum class Tag : uint8_t {
  kNone,
  kString,
  kBool,
  kInt,
  kFloat,
  kNull,
  kBinary,
  kMerge,
};

// From the tag as libyaml spells it, "tag:yaml.org,2002:int"; null for none.
Tag TagOf(const char* text);

// The text itself (a view of the argument), or text made from it.
using Scalar = std::variant<std::nullptr_t, bool, int64_t, uint64_t, double,
                            std::string_view, std::string>;

// Whether the scalar is its own text, decided by its first character and its
// length: false may still turn out to be text.
bool IsSurelyText(std::string_view text, Tag tag, bool plain);

// An error says why the text has no JSON value (`.nan`, `!!int abc`).
Result<Scalar> ResolveScalar(std::string_view text, Tag tag, bool plain);

// The JSON key for a mapping key, which need not be a string: `1:` is "1",
// `yes:` is "true". Null and integers beyond int64 are refused, as by kubectl.
Result<std::variant<std::string_view, std::string>> ResolveKey(
    std::string_view text, Tag tag, bool plain);

}  // namespace meshvet::yaml

#endif  // MESHVET_YAML_SCALAR_H_

// File: rules/pattern.h
//
// Pattern: a regular expression (ECMAScript) out of a policy, compiled once.
// Immutable and safe to use from many threads.

#ifndef MESHVET_RULES_PATTERN_H_
#define MESHVET_RULES_PATTERN_H_

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "mesh/result.h"

namespace meshvet::rules {

class Pattern {
 public:
  // Refused: what is no expression, back-references (no other operator needs
  // more than polynomial time), more than 256 bytes, and counts in braces that
  // multiply to more than 256.
  static Result<Pattern> Compile(std::string_view expression);

  // Whether it matches somewhere in `text`. A text longer than `longest`, which
  // is the 63 bytes of a label's value, never matches.
  bool Matches(std::string_view text, size_t longest = 63) const;

 private:
  struct Compiled;  // a std::regex, whose header is heavy
  explicit Pattern(std::shared_ptr<const Compiled> compiled);
  std::shared_ptr<const Compiled> compiled_;
};

// Patterns by their text.
using Patterns = std::map<std::string, Pattern, std::less<>>;

}  // namespace meshvet::rules

#endif  // MESHVET_RULES_PATTERN_H_

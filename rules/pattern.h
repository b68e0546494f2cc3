// File: rules/pattern.h
//
// Pattern: a regular expression (ECMAScript) out of a policy, compiled once.
// Immutable and safe to use from many threads.

#ifndef MESHVET_RULES_PATTERN_H_
#define MESHVET_RULES_PATTERN_H_

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "mesh/result.h"

namespace meshvet::rules {

class Pattern {
 public:
  // Refused: what is no expression, and what is longer than 256 bytes.
  static Result<Pattern> Compile(std::string_view expression);

  // Whether it matches somewhere in `text`. A text longer than 256 bytes, four
  // times what a label may hold, never matches: the search recurses.
  bool Matches(std::string_view text) const;

 private:
  struct Compiled;  // a std::regex, whose header is heavy
  explicit Pattern(std::shared_ptr<const Compiled> compiled);
  std::shared_ptr<const Compiled> compiled_;
};

// Patterns by their text.
using Patterns = std::map<std::string, Pattern, std::less<>>;

}  // namespace meshvet::rules

#endif  // MESHVET_RULES_PATTERN_H_

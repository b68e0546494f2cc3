#include "rules/pattern.h"

#include <regex>
#include <utility>

namespace meshvet::rules {
namespace {

constexpr size_t kLongest = 256;

}  // namespace

struct Pattern::Compiled {
  std::regex regex;
};

Pattern::Pattern(std::shared_ptr<const Compiled> compiled)
    : compiled_(std::move(compiled)) {}

Result<Pattern> Pattern::Compile(std::string_view expression) {
  if (expression.size() > kLongest) {
    return Error{"a pattern has at most " + std::to_string(kLongest) +
                 " bytes"};
  }
  try {
    return Pattern(std::make_shared<const Compiled>(
        Compiled{std::regex(expression.begin(), expression.end(),
                            std::regex::ECMAScript | std::regex::optimize)}));
  } catch (const std::regex_error& error) {
    return Error{std::string("no regular expression: ") + error.what()};
  }
}

bool Pattern::Matches(std::string_view text) const {
  if (text.size() > kLongest) return false;
  try {
    return std::regex_search(text.begin(), text.end(), compiled_->regex);
  } catch (const std::regex_error&) {
    return false;  // too complex for this text: not shown to match
  }
}

}  // namespace meshvet::rules

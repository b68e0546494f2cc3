#include "rules/pattern.h"

#include <algorithm>
#include <regex>
#include <utility>

namespace meshvet::rules {
namespace {

constexpr size_t kLongestPattern = 256;
// {n} is carried out as n copies, and copies of copies multiply.
constexpr size_t kMostCopies = 256;

// libstdc++'s own flag: all ways to match are followed at once, in time
// polynomial in the text. Its usual search tries them one after another, so
// that "(a+)+$" takes hours for a label of sixty letters.
constexpr auto kPolynomial = std::regex_constants::__polynomial;
constexpr auto kSyntax =
    std::regex::ECMAScript | std::regex::nosubs | kPolynomial;

// What may stand before a match. std::regex_search would begin anew at each
// byte; with this one pass does for all.
constexpr std::string_view kAnything = "[\\s\\S]*";

// No less than the copies that the counts in braces ask for.
size_t CopiesOf(std::string_view expression) {
  size_t copies = 1;
  for (size_t at = 0; at < expression.size(); ++at) {
    if (expression[at] != '{') continue;
    size_t most = 1;
    size_t count = 0;
    for (++at; at < expression.size() && expression[at] != '}'; ++at) {
      const char c = expression[at];
      count = c >= '0' && c <= '9'
                  ? std::min(count * 10 + static_cast<size_t>(c - '0'),
                             kMostCopies + 1)
                  : 0;
      most = std::max(most, count);
    }
    copies = std::min(copies * most, kMostCopies + 1);
  }
  return copies;
}

}  // namespace

struct Pattern::Compiled {
  std::regex regex;
};

Pattern::Pattern(std::shared_ptr<const Compiled> compiled)
    : compiled_(std::move(compiled)) {}

Result<Pattern> Pattern::Compile(std::string_view expression) {
  if (expression.size() > kLongestPattern) {
    return Error{"a pattern has at most " + std::to_string(kLongestPattern) +
                 " bytes"};
  }
  if (CopiesOf(expression) > kMostCopies) {
    return Error{"a pattern repeats at most " + std::to_string(kMostCopies) +
                 " times by counts in braces"};
  }
  try {
    // By itself first: only what is whole may be put into another.
    const std::regex alone(expression.begin(), expression.end(), kSyntax);
    const std::string searching =
        std::string(kAnything).append("(?:").append(expression).append(")");
    return Pattern(std::make_shared<const Compiled>(
        Compiled{std::regex(searching, kSyntax)}));
  } catch (const std::regex_error& error) {
    return Error{std::string("no regular expression: ") + error.what()};
  }
}

bool Pattern::Matches(std::string_view text, size_t longest) const {
  if (text.size() > longest) return false;
  try {
    return std::regex_search(text.begin(), text.end(), compiled_->regex,
                             std::regex_constants::match_continuous);
  } catch (const std::regex_error&) {
    return false;  // too complex for this text: not shown to match
  }
}

}  // namespace meshvet::rules

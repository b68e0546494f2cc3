#include "webhook/request_timeout.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <utility>

namespace meshvet::webhook {
namespace {

using std::chrono::nanoseconds;

constexpr nanoseconds kAssumed = std::chrono::seconds(10);
constexpr nanoseconds kLongest = std::chrono::seconds(30);

// Longer units before their prefixes: "ms" is not "m" and an "s". Go takes
// the micro sign and the Greek letter mu.
constexpr std::array<std::pair<std::string_view, double>, 8> kUnits{{
    {"ns", 1e0},
    {"us", 1e3},
    {"\xC2\xB5s", 1e3},
    {"\xCE\xBCs", 1e3},
    {"ms", 1e6},
    {"s", 1e9},
    {"m", 60e9},
    {"h", 3600e9},
}};

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Takes digits with at most one point off the front: "1", "1.5", ".5", "1.".
std::optional<double> TakeNumber(std::string_view& text) {
  double value = 0;
  double place = 0;  // of the next digit after the point; 0 before it
  bool any = false;
  while (!text.empty() &&
         (IsDigit(text[0]) || (text[0] == '.' && place == 0))) {
    if (text[0] == '.') {
      place = 0.1;
    } else if (place == 0) {
      value = value * 10 + (text[0] - '0');
      any = true;
    } else {
      value += (text[0] - '0') * place;
      place /= 10;
      any = true;
    }
    text.remove_prefix(1);
  }
  if (!any) return std::nullopt;
  return value;
}

std::optional<double> TakeUnit(std::string_view& text) {
  for (const auto& [name, factor] : kUnits) {
    if (text.starts_with(name)) {
      text.remove_prefix(name.size());
      return factor;
    }
  }
  return std::nullopt;
}

std::string_view QueryValue(std::string_view query, std::string_view key) {
  while (!query.empty()) {
    const std::string_view pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(pair.size() + 1, query.size()));
    if (pair.starts_with(key) && pair.substr(key.size()).starts_with('=')) {
      return pair.substr(key.size() + 1);
    }
  }
  return {};
}

}  // namespace

std::optional<nanoseconds> ParseGoDuration(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  if (text == "0") return nanoseconds(0);
  if (text.empty()) return std::nullopt;
  double total = 0;
  while (!text.empty()) {
    const std::optional<double> number = TakeNumber(text);
    if (!number) return std::nullopt;
    const std::optional<double> unit = TakeUnit(text);
    if (!unit) return std::nullopt;
    total += *number * *unit;
  }
  if (total >= 9223372036854775807.0) return std::nullopt;
  const auto count = static_cast<std::int64_t>(std::llround(total));
  return nanoseconds(negative ? -count : count);
}

nanoseconds RequestTimeout(std::string_view query) {
  const std::optional<nanoseconds> asked =
      ParseGoDuration(QueryValue(query, "timeout"));
  const bool usable = asked && *asked > nanoseconds(0);
  const nanoseconds timeout = usable ? std::min(*asked, kLongest) : kAssumed;
  return timeout / 10 * 8;
}

}  // namespace meshvet::webhook

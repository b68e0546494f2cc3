#include "webhook/warnings.h"

#include <algorithm>
#include <cstdint>
#include <optional>

#include "mesh/utf8.h"

namespace meshvet::webhook {
namespace {

constexpr size_t kMostWarnings = 15;
constexpr size_t kMostCharacters = 256;
constexpr size_t kMostInAll = 3'800;
constexpr std::string_view kReplacement = "\xEF\xBF\xBD";
constexpr std::string_view kEllipsis = "\xE2\x80\xA6";

bool IsContinuation(char c) { return (static_cast<uint8_t>(c) & 0xC0) == 0x80; }

// ASCII's controls, DEL, and the C1 controls U+0080 to U+009F.
bool IsControl(std::string_view character) {
  const auto lead = static_cast<uint8_t>(character.front());
  if (character.size() == 1) return lead < 0x20 || lead == 0x7F;
  return lead == 0xC2 && static_cast<uint8_t>(character[1]) < 0xA0;
}

size_t CountCharacters(std::string_view text) {
  return static_cast<size_t>(
      std::ranges::count_if(text, [](char c) { return !IsContinuation(c); }));
}

}  // namespace

std::string OneLine(std::string_view text) {
  std::string line;
  line.reserve(text.size());
  while (!text.empty()) {
    const size_t length = Utf8Length(text);
    if (length == 0) {
      line += kReplacement;
      text.remove_prefix(1);
      continue;
    }
    const std::string_view character = text.substr(0, length);
    line += IsControl(character) ? " " : character;
    text.remove_prefix(length);
  }
  return line;
}

std::string Cut(std::string text, size_t most) {
  if (CountCharacters(text) <= most) return text;
  size_t at = 0;
  for (size_t seen = 0; at < text.size(); ++at) {
    if (IsContinuation(text[at])) continue;
    if (++seen == most) break;
  }
  text.resize(at);
  return text += kEllipsis;
}

std::vector<std::string> LimitWarnings(
    const std::vector<std::string>& warnings) {
  constexpr size_t kRoomForRest = 40;
  std::vector<std::string> limited;
  size_t characters = 0;
  size_t left_out = 0;
  for (const std::string& warning : warnings) {
    std::string line = Cut(OneLine(warning), kMostCharacters);
    if (line.empty() || std::ranges::find(limited, line) != limited.end()) {
      continue;
    }
    const size_t length = CountCharacters(line);
    if (limited.size() + 1 >= kMostWarnings ||
        characters + length > kMostInAll - kRoomForRest) {
      ++left_out;
      continue;
    }
    characters += length;
    limited.push_back(std::move(line));
  }
  if (left_out > 0) {
    limited.push_back(std::to_string(left_out) + " more warnings: see lint");
  }
  return limited;
}

}  // namespace meshvet::webhook

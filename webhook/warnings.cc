#include "webhook/warnings.h"

#include <algorithm>
#include <cstdint>
#include <set>
#include <utility>

#include "mesh/utf8.h"

namespace meshvet::webhook {
namespace {

constexpr size_t kMostWarnings = 15;
constexpr size_t kMostInAll = 3'800;
constexpr size_t kRoomForRest = 40;
constexpr std::string_view kReplacement = "\xEF\xBF\xBD";
constexpr std::string_view kEllipsis = "\xE2\x80\xA6";

// ASCII's controls, DEL, and the C1 controls U+0080 to U+009F.
bool IsControl(std::string_view character) {
  const auto lead = static_cast<uint8_t>(character.front());
  if (character.size() == 1) return lead < 0x20 || lead == 0x7F;
  return lead == 0xC2 && static_cast<uint8_t>(character[1]) < 0xA0;
}

size_t CountCharacters(std::string_view text) {
  return static_cast<size_t>(std::ranges::count_if(
      text, [](char c) { return !IsUtf8Continuation(c); }));
}

// Each fit to be sent by itself, in order, without twins.
std::vector<std::string> FitEach(const std::vector<std::string>& warnings) {
  std::vector<std::string> lines;
  std::set<std::string> seen;
  for (const std::string& warning : warnings) {
    std::string line = Cut(OneLine(warning), kMostWarning);
    if (!line.empty() && seen.insert(line).second) {
      lines.push_back(std::move(line));
    }
  }
  return lines;
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
    if (IsUtf8Continuation(text[at])) continue;
    if (++seen == most) break;
  }
  text.resize(at);
  return text += kEllipsis;
}

std::vector<std::string> LimitWarnings(
    const std::vector<std::string>& warnings) {
  std::vector<std::string> lines = FitEach(warnings);
  size_t kept = 0;
  size_t characters = 0;
  while (kept < lines.size() && kept < kMostWarnings) {
    const size_t length = CountCharacters(lines[kept]);
    if (characters + length > kMostInAll) break;
    characters += length;
    ++kept;
  }
  if (kept == lines.size()) return lines;
  // The last one has to say that there were more.
  while (kept > kMostWarnings - 1 || characters > kMostInAll - kRoomForRest) {
    characters -= CountCharacters(lines[--kept]);
  }
  const size_t left_out = lines.size() - kept;
  lines.resize(kept);
  lines.push_back(std::to_string(left_out) +
                  (left_out == 1 ? " more warning" : " more warnings") +
                  ": see lint");
  return lines;
}

}  // namespace meshvet::webhook

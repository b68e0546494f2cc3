#include "yaml/marker.h"

#include <algorithm>

namespace meshvet::yaml {

bool IsMarkerAt(std::string_view text, size_t at) {
  if (text.substr(at, kMarker.size()) != kMarker) return false;
  const size_t end = at + kMarker.size();
  constexpr std::string_view kBlank = " \t\r\n";
  return end == text.size() || kBlank.find(text[end]) != kBlank.npos;
}

size_t NextMarker(std::string_view text, const PositionMap& positions,
                  size_t from, size_t end) {
  const auto& lines = positions.line_starts();
  auto line = std::lower_bound(lines.begin(), lines.end(), from);
  for (; line != lines.end() && *line < end; ++line) {
    if (IsMarkerAt(text, *line)) return *line;
  }
  return text.npos;
}

size_t LastMarker(std::string_view text, const PositionMap& positions,
                  size_t from, size_t end) {
  const auto& lines = positions.line_starts();
  auto line = std::lower_bound(lines.begin(), lines.end(), end);
  while (line != lines.begin() && *--line >= from) {
    if (IsMarkerAt(text, *line)) return *line;
  }
  return text.npos;
}

}  // namespace meshvet::yaml

#include "lint/input/template_text.h"

#include <algorithm>
#include <string_view>

#include "yaml/template.h"

namespace meshvet::lint {
namespace {

// Where a `{{` stands in `line` outside quotes and comments; npos if nowhere.
size_t FindDirective(std::string_view line) {
  char quote = 0;
  for (size_t i = 0; i + 1 < line.size(); ++i) {
    const char c = line[i];
    if (quote != 0) {
      if (c == quote) quote = 0;
    } else if (line.substr(i, 2) == "{{") {
      return i;
    } else if (c == '"' || c == '\'') {
      quote = c;
    } else if (c == '#' && (i == 0 || line[i - 1] == ' ')) {
      break;
    }
  }
  return line.npos;
}

yaml::Range RangeOn(size_t line_start, uint32_t line, size_t column) {
  const auto at = static_cast<uint32_t>(column);
  return {{line, at + 1, line_start + column},
          {line, at + 3, line_start + column + 2}};
}

}  // namespace

std::optional<yaml::Range> FindTemplate(const SourceFile& file) {
  const std::string_view text = file.text();
  if (text.find("{{") == text.npos) return std::nullopt;
  if (!yaml::LooksLikeTemplate(text)) return std::nullopt;
  uint32_t line = 1;
  for (size_t start = 0; start < text.size(); ++line) {
    const size_t end = std::min(text.find('\n', start), text.size());
    const size_t column = FindDirective(text.substr(start, end - start));
    if (column != text.npos) {
      return RangeOn(start, line, column);
    }
    start = end + 1;
  }
  return std::nullopt;
}

}  // namespace meshvet::lint

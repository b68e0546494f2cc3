#include "lint/report/columns.h"

#include <algorithm>
#include <tuple>

namespace meshvet::lint {
namespace {

// Bytes of the character that starts with `lead`; 0 inside a character.
uint32_t BytesOf(char lead) {
  const auto byte = static_cast<uint8_t>(lead);
  if (byte >= 0xF0) return 4;
  if (byte >= 0xE0) return 3;
  if (byte >= 0xC0) return 2;
  return byte < 0x80 ? 1 : 0;
}

}  // namespace

Columns::Columns(std::string_view text) {
  const size_t start =
      text.starts_with(yaml::kByteOrderMark) ? yaml::kByteOrderMark.size() : 0;
  Wide last{1, 0, 0, 0};
  for (size_t i = start; i < text.size(); ++i) {
    const char c = text[i];
    const bool is_crlf = c == '\r' && text.substr(i + 1).starts_with('\n');
    if (c == '\n' || (c == '\r' && !is_crlf)) ++last.line;
    const uint32_t bytes = BytesOf(c);
    if (bytes < 2) continue;
    last.offset = i;
    last.bytes += bytes - 1;
    last.units += bytes == 4 ? 1 : 0;  // a surrogate pair
    wide_.push_back(last);
  }
}

Columns::Span Columns::Before(const yaml::Position& at) const {
  const auto last_before = [&](size_t offset) -> const Wide* {
    const auto place = std::make_tuple(at.line, offset);
    const auto next = std::ranges::lower_bound(
        wide_, place, {},
        [](const Wide& one) { return std::make_tuple(one.line, one.offset); });
    return next == wide_.begin() ? nullptr : &*std::prev(next);
  };
  return {last_before(0), last_before(at.offset)};
}

uint32_t Columns::Utf16(const yaml::Position& at) const {
  const auto [line, place] = Before(at);
  return at.column + (place == nullptr ? 0 : place->units) -
         (line == nullptr ? 0 : line->units);
}

uint32_t Columns::Utf8(const yaml::Position& at) const {
  const auto [line, place] = Before(at);
  return at.column + (place == nullptr ? 0 : place->bytes) -
         (line == nullptr ? 0 : line->bytes);
}

const Columns& ColumnsOfFiles::Of(
    const std::shared_ptr<const SourceFile>& file) {
  const auto [entry, is_new] = columns_.try_emplace(file.get());
  if (is_new && file != nullptr) entry->second = Columns(file->text());
  return entry->second;
}

}  // namespace meshvet::lint

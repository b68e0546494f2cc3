#include "lint/report/excerpt.h"

#include <algorithm>

#include "lint/report/printable.h"
#include "mesh/utf8.h"

namespace meshvet::lint {
namespace {

constexpr std::string_view kBlank = " \t\r";

// The line that holds the byte `offset`, without its end.
std::string_view LineAt(std::string_view text, size_t offset, size_t* start) {
  offset = std::min(offset, text.size());
  const size_t before =
      offset == 0 ? text.npos : text.find_last_of("\r\n", offset - 1);
  *start = before == text.npos ? 0 : before + 1;
  if (*start == 0 && text.starts_with(yaml::kByteOrderMark)) {
    *start = std::min(yaml::kByteOrderMark.size(), offset);
  }
  const size_t end = std::min(text.find_first_of("\r\n", *start), text.size());
  return text.substr(*start, end - *start);
}

std::string_view LineBefore(std::string_view text, size_t start) {
  if (start == 0 || start > text.size()) return {};
  size_t end = start - 1;
  if (text[end] == '\n' && end > 0 && text[end - 1] == '\r') --end;
  size_t unused = 0;
  const size_t inside = std::min(end, text.size());
  const std::string_view line = LineAt(text, inside, &unused);
  return line;
}

// A line as shown: the part of it that fits, and where the marked bytes are in
// that part, in columns.
struct Window {
  std::string shown;
  size_t mark_start = 0;
  size_t mark_width = 0;
};

std::string_view Dots(const ExcerptStyle& style) {
  return style.unicode ? "…" : "...";
}

size_t DotsWidth(const ExcerptStyle& style) { return style.unicode ? 1 : 3; }

// Shows `line` from its byte `from` on. Bytes [first, last) are the marked
// ones.
Window Show(std::string_view line, size_t from, size_t first, size_t last,
            const ExcerptStyle& style) {
  Window window;
  size_t width = 0;
  if (from > 0) {
    window.shown = Dots(style);
    width = DotsWidth(style);
  }
  window.mark_start = width;
  for (size_t at = from; at < line.size();) {
    const Glyph glyph = FirstGlyph(line.substr(at));
    if (width + glyph.width > style.max_width) {
      window.shown += Dots(style);
      break;
    }
    if (at < first) window.mark_start += glyph.width;
    if (at >= first && at < last) window.mark_width += glyph.width;
    window.shown += glyph.shown;
    width += glyph.width;
    at += glyph.bytes;
  }
  window.mark_width = std::max<size_t>(window.mark_width, 1);
  return window;
}

// Where to start showing so that the marked bytes are seen: at the start of a
// character, a third of the width before them.
size_t WindowStart(std::string_view line, size_t first, size_t last,
                   const ExcerptStyle& style) {
  const std::string_view before = line.substr(0, first);
  const size_t marked =
      std::min(WidthOf(line.substr(first, last - first)), style.max_width / 2);
  if (WidthOf(before) + marked <= style.max_width) return 0;
  size_t start = first;
  size_t width = 0;
  while (start > 0 && width < style.max_width / 3) {
    --start;
    while (start > 0 && IsUtf8Continuation(line[start])) --start;
    ++width;
  }
  return start;
}

std::string Gutter(const std::string& number, size_t width,
                   const ExcerptStyle& style) {
  const size_t pad = width > number.size() ? width - number.size() : 0;
  return std::string(pad, ' ') + number + (style.unicode ? " │" : " |");
}

// Whether the document around `offset` calls itself a Secret.
bool IsInSecret(std::string_view text, size_t offset) {
  offset = std::min(offset, text.size());
  const size_t before = text.rfind("\n---", offset);
  const size_t start = before == text.npos ? 0 : before;
  const size_t end = std::min(text.find("\n---", offset), text.size());
  const std::string_view document = text.substr(start, end - start);
  for (size_t at = document.find("Secret"); at != document.npos;
       at = document.find("Secret", at + 1)) {
    // `kind: Secret`, `"kind":"Secret"`, `kind: SecretList`.
    const size_t key =
        document.find_last_not_of(" \t\"':", at == 0 ? 0 : at - 1);
    if (key != document.npos && key >= 3 &&
        document.substr(key - 3, 4) == "kind") {
      return true;
    }
  }
  return false;
}

}  // namespace

Excerpt MakeExcerpt(std::string_view text, const yaml::Range& range,
                    std::string_view label, const ExcerptStyle& style) {
  Excerpt excerpt;
  if (text.empty() || range.start.offset > text.size()) return excerpt;
  size_t start = 0;
  const std::string_view line = LineAt(text, range.start.offset, &start);
  const std::string number = std::to_string(range.start.line);
  excerpt.gutter = std::max<size_t>(2, number.size());
  if (range.start.line > 1) {
    const std::string_view before = LineBefore(text, start);
    if (before.find_first_not_of(kBlank) != before.npos) {
      excerpt.text +=
          Gutter(std::to_string(range.start.line - 1), excerpt.gutter, style) +
          " " + Show(before, 0, 0, 0, style).shown + "\n";
    }
  }
  const size_t first = std::min(range.start.offset - start, line.size());
  const size_t last = std::clamp(range.end.offset - start, first, line.size());
  const Window window =
      Show(line, WindowStart(line, first, last, style), first, last, style);
  excerpt.text += Gutter(number, excerpt.gutter, style) + " " + window.shown;
  excerpt.text += "\n" + Gutter("", excerpt.gutter, style) + " " +
                  std::string(window.mark_start, ' ');
  excerpt.text.append(style.start_mark)
      .append(window.mark_width, '^')
      .append(label.empty() ? "" : " ")
      .append(label)
      .append(style.end_mark)
      .append("\n");
  return excerpt;
}

bool MayShowSecret(std::string_view text, size_t offset) {
  // The line before is shown too, and may be another document's last.
  size_t line = 0;
  LineAt(text, offset, &line);
  return IsInSecret(text, offset) || (line > 1 && IsInSecret(text, line - 2));
}

}  // namespace meshvet::lint

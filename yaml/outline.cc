#include "yaml/outline.h"

#include <algorithm>
#include <variant>

#include "mesh/document.h"
#include "yaml/scalar.h"

namespace meshvet::yaml {
namespace {

constexpr size_t kNone = std::string_view::npos;
constexpr std::string_view kLineEnds = "\r\n";
constexpr std::string_view kBlanks = " \t\r\n";

bool IsCollection(const Item& item) {
  return item.kind == Item::Kind::kMapping ||
         item.kind == Item::Kind::kSequence;
}

std::string FirstLineEnd(std::string_view text) {
  const size_t at = text.find_first_of(kLineEnds);
  if (at == kNone) return "\n";
  const bool is_pair = text.substr(at, 2) == "\r\n";
  return std::string(text.substr(at, is_pair ? 2 : 1));
}

}  // namespace

Outline::Outline(std::string_view text, const Items& items,
                 const PositionMap& positions)
    : text_(text), items_(items), positions_(positions) {
  for (uint32_t i = 0; i < items.list.size(); ++i) {
    const Item& item = items.list[i];
    if (item.kind == Item::Kind::kAlias) {
      aliases_.emplace_back(i, item.text_offset);
    }
  }
  const Item& root = items.list.front();
  is_json_ = IsCollection(root) && !root.plain && ParseJson(text, {}).ok();
  block_style_.newline = FirstLineEnd(text);
  FindStyle();
}

size_t Outline::Begin(uint32_t index) const {
  return positions_.ByteOf(item(index).start);
}

size_t Outline::End(uint32_t index) const {
  return positions_.ByteOf(item(index).end);
}

std::string_view Outline::Content(uint32_t index) const {
  const size_t end = End(index);
  size_t at = Begin(index);
  while (at < end && (text_[at] == '&' || text_[at] == '!')) {
    at = text_.find_first_of(kBlanks, at);
    at = std::min(at == kNone ? end : SkipBlank(at), end);
  }
  return text_.substr(at, end - at);
}

// Past white space and comments.
size_t Outline::SkipBlank(size_t from) const {
  size_t at = from;
  while (at < text_.size()) {
    if (text_[at] == '#') {
      at = LineEnd(at);
    } else if (kBlanks.find(text_[at]) != kNone) {
      ++at;
    } else {
      break;
    }
  }
  return at;
}

void Outline::AddKey(Entry& entry) const {
  const Item& key = item(entry.key);
  const Item& meant =
      key.kind == Item::Kind::kAlias ? item(key.text_offset) : key;
  const std::string_view name = items_.TextOf(meant);
  const auto resolved = ResolveKey(name, meant.tag, meant.plain);
  if (resolved) {
    std::visit([&](const auto& text) { entry.name = text; }, *resolved);
  }
  entry.begin = Begin(entry.key);
  const size_t key_end = End(entry.key);
  const size_t colon = SkipBlank(key_end);
  const size_t value = Begin(entry.value);
  const bool has_colon = colon < text_.size() && text_[colon] == ':' &&
                         (colon < value || entry.end <= colon + 1);
  if (has_colon) entry.indicator_end = colon + 1;
  if (item(entry.value).start == item(entry.value).end) {
    entry.end = has_colon ? colon + 1 : key_end;
  }
}

void Outline::AddDash(Entry& entry, size_t from) const {
  entry.begin = SkipBlank(from);
  entry.indicator_end = entry.begin + 1;
  entry.end = std::max(entry.end, entry.indicator_end);
}

std::vector<Entry> Outline::Entries(uint32_t collection) const {
  std::vector<Entry> entries;
  const Item& parent = item(collection);
  const bool is_mapping = parent.kind == Item::Kind::kMapping;
  size_t from = End(collection) - Content(collection).size();
  const uint32_t end = collection + parent.size;
  for (uint32_t at = collection + 1; at < end;) {
    Entry entry{.key = at};
    entry.value = is_mapping ? at + item(at).size : at;
    entry.begin = Begin(entry.value);
    entry.end = End(entry.value);
    if (is_mapping) {
      AddKey(entry);
    } else if (parent.plain) {
      AddDash(entry, from);
    }
    from = entry.end;
    at = entry.value + item(entry.value).size;
    entries.push_back(std::move(entry));
  }
  return entries;
}

size_t Outline::LineBegin(size_t at) const {
  const auto& lines = positions_.line_starts();
  const auto next = std::upper_bound(lines.begin(), lines.end(), at);
  return next == lines.begin() ? lines.front() : *(next - 1);
}

size_t Outline::LineEnd(size_t at) const {
  return std::min(text_.find_first_of(kLineEnds, at), text_.size());
}

size_t Outline::PreviousLineEnd(size_t at) const {
  const size_t line = LineBegin(at);
  if (line == positions_.line_starts().front()) return kNone;
  const bool is_pair = line >= 2 && text_.substr(line - 2, 2) == "\r\n";
  return line - (is_pair ? 2 : 1);
}

bool Outline::KeepsBlankLines(uint32_t index) const {
  const std::string_view content = Content(index);
  if (item(index).kind != Item::Kind::kScalar) return false;
  if (!content.starts_with('|') && !content.starts_with('>')) return false;
  constexpr size_t kHeader = 3;  // "|2+"
  return content.substr(0, kHeader).find('+') != kNone;
}

size_t Outline::LastLineEnd(const Entry& entry) const {
  size_t end = LineEnd(entry.end);
  const uint32_t last_item = entry.value + item(entry.value).size - 1;
  if (!KeepsBlankLines(last_item)) return end;
  for (;;) {
    const size_t next = NextLine(end);
    const size_t next_end = LineEnd(next);
    const bool is_blank =
        next < text_.size() &&
        text_.substr(next, next_end - next).find_first_not_of(' ') == kNone;
    if (!is_blank) return end;
    end = next_end;
  }
}

size_t Outline::NextLine(size_t at) const {
  const auto& lines = positions_.line_starts();
  const auto next = std::upper_bound(lines.begin(), lines.end(), at);
  return next == lines.end() ? text_.size() : *next;
}

bool Outline::StartsLine(size_t at) const {
  const size_t line = LineBegin(at);
  return text_.substr(line, at - line).find_first_not_of(' ') == kNone;
}

std::string_view Outline::IndentOf(size_t at) const {
  const size_t line = LineBegin(at);
  const size_t first = text_.find_first_not_of(" \t", line);
  return text_.substr(line, std::min(first, text_.size()) - line);
}

bool Outline::IsShared(uint32_t index) const {
  return std::ranges::find(aliases_, index,
                           &std::pair<uint32_t, uint32_t>::second) !=
         aliases_.end();
}

bool Outline::IsNeededElsewhere(uint32_t begin, uint32_t end) const {
  const auto is_inside = [&](uint32_t i) { return i >= begin && i < end; };
  return std::ranges::any_of(aliases_, [&](const auto& alias) {
    return is_inside(alias.second) && !is_inside(alias.first);
  });
}

// The first example of each step in the document decides.
void Outline::FindStyle() {
  bool has_step = false;
  bool has_sequence_step = false;
  for (uint32_t i = 0; i < items_.list.size(); ++i) {
    const Item& item = items_.list[i];
    if (item.kind != Item::Kind::kMapping || !item.plain) continue;
    if (has_step && has_sequence_step) return;
    const std::vector<Entry> entries = Entries(i);
    if (entries.empty()) continue;
    const size_t column = Column(entries.front().begin);
    for (const Entry& entry : entries) {
      NoteStep(column, entry, has_step, has_sequence_step);
    }
  }
  if (!has_sequence_step) block_style_.sequence_step = block_style_.step;
}

void Outline::NoteStep(size_t column, const Entry& entry, bool& has_step,
                       bool& has_sequence_step) {
  const Item& value = item(entry.value);
  if (!IsCollection(value) || !value.plain || value.size == 1) return;
  const bool is_mapping = value.kind == Item::Kind::kMapping;
  bool& has = is_mapping ? has_step : has_sequence_step;
  if (has) return;
  const size_t inner = Column(is_mapping ? Begin(entry.value + 1)
                                         : Entries(entry.value)[0].begin);
  if (inner < column) return;
  has = true;
  (is_mapping ? block_style_.step : block_style_.sequence_step) =
      inner - column;
}

}  // namespace meshvet::yaml

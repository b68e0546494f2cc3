#include "yaml/edit_writer.h"

#include <algorithm>
#include <utility>

namespace meshvet::yaml {
namespace {

constexpr size_t kNone = std::string_view::npos;

using Children = std::vector<Draft::Child>;

bool IsOriginal(const Draft::Child& child) {
  return child.origin != Draft::kNew;
}

// Which of the written entries stay.
std::vector<bool> Kept(const Draft& draft) {
  std::vector<bool> kept(draft.entries.size(), false);
  for (const Draft::Child& child : draft.children) {
    if (IsOriginal(child)) kept[child.origin] = true;
  }
  return kept;
}

size_t FirstKept(const Draft& draft) {
  const auto first = std::ranges::find_if(draft.children, IsOriginal);
  return first->origin;
}

bool IsRestructured(const Draft& draft) {
  return draft.children.size() != draft.entries.size() ||
         !std::ranges::all_of(draft.children, IsOriginal);
}

// The value a child of `draft` has in `whole`.
Node ValueOf(const Draft& draft, size_t child, Node whole) {
  if (whole.IsArray()) return whole[child];
  return whole[draft.children[child].name];
}

std::string Spaces(size_t count) { return std::string(count, ' '); }

}  // namespace

std::optional<EditWriter::Refusal> EditWriter::Write(Draft& root, Node before,
                                                     Node wanted) {
  Seat seat;
  seat.indicator_end = outline_.Begin(root.item);
  seat.entry_begin = seat.indicator_end;
  if (outline_.is_json()) {
    seat.kind = Seat::Kind::kFlow;
    seat.flow.quotes_all = true;
  }
  (void)WriteValue(root, seat, before, wanted);
  return std::move(refusal_);
}

std::vector<TextEdit> EditWriter::TakeEdits() {
  std::ranges::stable_sort(edits_, [](const TextEdit& a, const TextEdit& b) {
    return a.offset != b.offset ? a.offset < b.offset : a.length < b.length;
  });
  return std::move(edits_);
}

bool EditWriter::Refuse(std::string message, size_t at) {
  if (!refusal_) refusal_ = Refusal{std::move(message), at};
  return false;
}

void EditWriter::Edit(size_t begin, size_t end, std::string text) {
  edits_.push_back({begin, end - begin, std::move(text)});
}

bool EditWriter::WriteValue(Draft& draft, const Seat& seat, Node before,
                            Node wanted) {
  if (before == wanted) return true;
  const Item& item = outline_.item(draft.item);
  const size_t at = outline_.Begin(draft.item);
  if (item.kind == Item::Kind::kAlias) {
    return Refuse("the value stands behind an alias", at);
  }
  if (outline_.IsShared(draft.item)) {
    return Refuse("the value is shared: an alias stands for it elsewhere", at);
  }
  if (draft.is_replaced && !Align(draft, wanted, outline_)) {
    return ReplaceValue(draft.item, seat, wanted);
  }
  return WriteEntries(draft, seat, before, wanted);
}

bool EditWriter::WriteEntries(Draft& draft, const Seat& seat, Node before,
                              Node wanted) {
  if (std::ranges::none_of(draft.children, IsOriginal)) {
    return ReplaceValue(draft.item, seat, wanted);
  }
  if (!WriteChildren(draft, before, wanted)) return false;
  if (!IsRestructured(draft)) return true;
  if (!CanRestructure(draft)) return false;
  if (!outline_.item(draft.item).plain) {
    if (!RemoveFlowEntries(draft)) return false;
    InsertFlowEntries(draft, wanted);
    return true;
  }
  RemoveBlockEntries(draft);
  InsertBlockEntries(draft, wanted);
  return true;
}

bool EditWriter::WriteChildren(Draft& draft, Node before, Node wanted) {
  for (size_t i = 0; i < draft.children.size(); ++i) {
    Draft::Child& child = draft.children[i];
    if (child.draft == nullptr) continue;
    const Node old =
        before.IsArray() ? before[child.origin] : before[child.name];
    const Seat seat = SeatOf(draft, draft.entries[child.origin]);
    if (!WriteValue(*child.draft, seat, old, ValueOf(draft, i, wanted))) {
      return false;
    }
  }
  return true;
}

EditWriter::Seat EditWriter::SeatOf(const Draft& draft,
                                    const Entry& entry) const {
  Seat seat;
  seat.indicator_end = entry.indicator_end;
  seat.entry_begin = entry.begin;
  const Item& parent = outline_.item(draft.item);
  if (!parent.plain) {
    seat.kind = Seat::Kind::kFlow;
    seat.flow = FlowStyleOf(draft);
    return seat;
  }
  seat.kind = parent.kind == Item::Kind::kMapping ? Seat::Kind::kMember
                                                  : Seat::Kind::kElement;
  seat.column = outline_.Column(entry.begin);
  return seat;
}

// --- Entries that go and come ------------------------------------------------

bool EditWriter::CanRestructure(const Draft& draft) {
  const Item& parent = outline_.item(draft.item);
  const std::vector<bool> kept = Kept(draft);
  for (size_t i = 0; i < draft.entries.size(); ++i) {
    const Entry& entry = draft.entries[i];
    const uint32_t end = entry.value + outline_.item(entry.value).size;
    if (!kept[i] && outline_.IsNeededElsewhere(entry.key, end)) {
      return Refuse("an alias elsewhere needs its anchor", entry.begin);
    }
    if (!parent.plain) continue;
    const bool is_dash =
        i == 0 && outline_.text()
                          .substr(outline_.LineBegin(entry.begin),
                                  outline_.Column(entry.begin))
                          .find_first_not_of("- ") == kNone;
    if (!is_dash && !outline_.StartsLine(entry.begin)) {
      return Refuse("the entry does not begin its line", entry.begin);
    }
  }
  const std::string_view content = outline_.Content(draft.item);
  if (!parent.plain && !content.starts_with('{') && !content.starts_with('[')) {
    return Refuse("the mapping has no braces", outline_.Begin(draft.item));
  }
  return true;
}

void EditWriter::RemoveLines(const Entry& entry) {
  const size_t end = outline_.LastLineEnd(entry);
  if (!outline_.StartsLine(entry.begin)) {
    size_t begin = entry.begin;
    while (begin > 0 && outline_.text()[begin - 1] == ' ') --begin;
    return Edit(begin, end, {});
  }
  const size_t above = outline_.PreviousLineEnd(entry.begin);
  if (above != kNone) return Edit(above, end, {});
  Edit(outline_.LineBegin(entry.begin), outline_.NextLine(end), {});
}

// `- a: 1` and further entries below it: the first that stays moves up to the
// dash, unless a comment stands between. Returns how many entries that took.
size_t EditWriter::RemoveCompactRun(const Draft& draft, size_t first_kept) {
  const std::vector<Entry>& entries = draft.entries;
  if (first_kept == 0 || outline_.StartsLine(entries[0].begin)) return 0;
  for (size_t i = 0; i < first_kept; ++i) {
    const size_t end =
        std::min(outline_.LineEnd(entries[i].end), entries[i + 1].begin);
    if (outline_.HasComment(end, entries[i + 1].begin)) return 0;
  }
  Edit(entries[0].begin, entries[first_kept].begin, {});
  return first_kept;
}

void EditWriter::RemoveBlockEntries(const Draft& draft) {
  const std::vector<bool> kept = Kept(draft);
  for (size_t i = RemoveCompactRun(draft, FirstKept(draft)); i < kept.size();
       ++i) {
    if (!kept[i]) RemoveLines(draft.entries[i]);
  }
}

void EditWriter::InsertBlockEntries(const Draft& draft, Node wanted) {
  const size_t column = outline_.Column(draft.entries.front().begin);
  const BlockStyle& style = outline_.block_style();
  const Entry* above = nullptr;
  for (size_t i = 0; i < draft.children.size(); ++i) {
    const Draft::Child& child = draft.children[i];
    if (IsOriginal(child)) {
      above = &draft.entries[child.origin];
      continue;
    }
    const Node value = ValueOf(draft, i, wanted);
    const std::string entry =
        wanted.IsArray() ? RenderElement(value, column, style)
                         : RenderMember(child.name, value, column, style);
    if (above != nullptr) {
      const size_t at = outline_.LastLineEnd(*above);
      Edit(at, at, style.newline + Spaces(column) + entry);
    } else {
      const size_t at = draft.entries[FirstKept(draft)].begin;
      Edit(at, at, entry + style.newline + Spaces(column));
    }
  }
}

bool EditWriter::RemoveFlowEntries(const Draft& draft) {
  const std::vector<bool> kept = Kept(draft);
  const std::vector<Entry>& entries = draft.entries;
  for (size_t i = 0; i < kept.size();) {
    if (kept[i]) {
      ++i;
      continue;
    }
    size_t next = i;
    while (next < kept.size() && !kept[next]) ++next;
    const bool is_last = next == kept.size();
    const size_t begin = is_last ? entries[i - 1].end : entries[i].begin;
    const size_t end = is_last ? entries[next - 1].end : entries[next].begin;
    const size_t first_gap = is_last ? i - 1 : i;
    const size_t end_gap = is_last ? next - 1 : next;
    for (size_t gap = first_gap; gap < end_gap; ++gap) {
      const size_t at = entries[gap].end;
      if (outline_.HasComment(at, entries[gap + 1].begin)) {
        return Refuse("a comment stands between the entries", at);
      }
    }
    Edit(begin, end, {});
    i = next;
  }
  return true;
}

void EditWriter::InsertFlowEntries(const Draft& draft, Node wanted) {
  const FlowStyle style = FlowStyleOf(draft);
  const Entry& first = draft.entries[FirstKept(draft)];
  const std::string indent(outline_.IndentOf(first.begin));
  const std::string between =
      style.is_multiline ? "," + style.newline + indent : style.comma;
  const Entry* before = nullptr;
  for (size_t i = 0; i < draft.children.size(); ++i) {
    const Draft::Child& child = draft.children[i];
    if (IsOriginal(child)) {
      before = &draft.entries[child.origin];
      continue;
    }
    std::string entry;
    if (!wanted.IsArray()) {
      entry = RenderKey(child.name, style.quotes_all, true) + style.colon;
    }
    entry += RenderFlow(ValueOf(draft, i, wanted), style, indent);
    if (before != nullptr) {
      Edit(before->end, before->end, between + entry);
    } else {
      Edit(first.begin, first.begin, entry + between);
    }
  }
}

bool EditWriter::IsMultiline(const Draft& draft) const {
  const std::string_view content = outline_.Content(draft.item);
  const size_t open = outline_.End(draft.item) - content.size();
  return std::ranges::all_of(draft.entries, [&](const Entry& entry) {
    const size_t line = outline_.LineBegin(entry.begin);
    return line > open &&
           outline_.IndentOf(entry.begin).size() == entry.begin - line;
  });
}

// As the last of the entries is written.
FlowStyle EditWriter::FlowStyleOf(const Draft& draft) const {
  FlowStyle style;
  const Entry& last = draft.entries.back();
  const Item& parent = outline_.item(draft.item);
  const std::string_view text = outline_.text();
  style.newline = outline_.block_style().newline;
  style.quotes_all =
      outline_.is_json() || outline_.Content(last.key).starts_with('"');
  const size_t value = outline_.Begin(last.value);
  if (parent.kind == Item::Kind::kMapping && last.indicator_end != kNone &&
      last.indicator_end == value && style.quotes_all) {
    style.colon = ":";
  }
  if (draft.entries.size() > 1) {
    const size_t end = draft.entries[draft.entries.size() - 2].end;
    if (text.substr(end, last.begin - end) == ",") style.comma = ",";
  } else if (style.colon == ":") {
    style.comma = ",";
  }
  style.is_multiline = IsMultiline(draft);
  const std::string_view inner = outline_.IndentOf(last.begin);
  const std::string_view outer = outline_.IndentOf(outline_.Begin(draft.item));
  if (style.is_multiline && inner.size() > outer.size() &&
      inner.starts_with(outer)) {
    style.step = inner.substr(outer.size());
  }
  return style;
}

// --- Values ------------------------------------------------------------------

// Written as nothing at all: `key:` or `-`.
bool EditWriter::IsAbsent(uint32_t item) const {
  return outline_.item(item).start == outline_.item(item).end;
}

Quotes EditWriter::QuotesOf(uint32_t item) const {
  const std::string_view content = outline_.Content(item);
  if (outline_.item(item).kind != Item::Kind::kScalar) return Quotes::kNone;
  if (content.starts_with('"')) return Quotes::kDouble;
  return content.starts_with('\'') ? Quotes::kSingle : Quotes::kNone;
}

bool EditWriter::ReplaceValue(uint32_t item, const Seat& seat, Node wanted) {
  const uint32_t end = item + outline_.item(item).size;
  if (outline_.IsNeededElsewhere(item, end)) {
    return Refuse("an alias elsewhere needs its anchor", outline_.Begin(item));
  }
  if (seat.kind == Seat::Kind::kFlow) {
    ReplaceInFlow(item, seat, wanted);
  } else if (!IsBlock(wanted)) {
    ReplaceByLine(item, seat, RenderScalar(wanted, QuotesOf(item), false));
  } else if (seat.kind == Seat::Kind::kMember) {
    ReplaceByBlock(item, seat, wanted);
  } else {
    ReplaceElement(item, seat, wanted);
  }
  return true;
}

void EditWriter::ReplaceInFlow(uint32_t item, const Seat& seat, Node wanted) {
  Quotes quotes = QuotesOf(item);
  if (seat.flow.quotes_all) quotes = Quotes::kDouble;
  const std::string indent(outline_.IndentOf(seat.entry_begin));
  const std::string text = IsBlock(wanted)
                               ? RenderFlow(wanted, seat.flow, indent)
                               : RenderScalar(wanted, quotes, true);
  if (!IsAbsent(item))
    return Edit(outline_.Begin(item), outline_.End(item), text);
  if (seat.indicator_end != kNone) {
    return Edit(seat.indicator_end, seat.indicator_end, " " + text);
  }
  Edit(outline_.Begin(item), outline_.Begin(item), ": " + text);
}

// By what fits on the line of the key or dash.
void EditWriter::ReplaceByLine(uint32_t item, const Seat& seat,
                               const std::string& text) {
  const size_t at = seat.indicator_end;
  if (IsAbsent(item)) return Edit(at, at, " " + text);
  const size_t begin = outline_.Begin(item);
  const Item& old = outline_.item(item);
  const bool is_below = seat.kind != Seat::Kind::kRoot &&
                        outline_.LineBegin(begin) != outline_.LineBegin(at);
  const bool is_block = old.kind != Item::Kind::kScalar && old.plain;
  if (!is_below || !is_block) return Edit(begin, outline_.End(item), text);
  Edit(at, at, " " + text);
  Edit(outline_.PreviousLineEnd(begin), outline_.End(item), {});
}

// Below a key.
void EditWriter::ReplaceByBlock(uint32_t item, const Seat& seat, Node wanted) {
  const BlockStyle& style = outline_.block_style();
  const size_t step = wanted.IsArray() ? style.sequence_step : style.step;
  const size_t column = seat.column + step;
  const std::string lines =
      style.newline + Spaces(column) + RenderBlock(wanted, column, style);
  const size_t begin =
      IsAbsent(item) ? seat.indicator_end : outline_.Begin(item);
  const size_t end = IsAbsent(item) ? begin : outline_.End(item);
  if (outline_.LineBegin(begin) != outline_.LineBegin(seat.indicator_end)) {
    return Edit(outline_.PreviousLineEnd(begin), end, lines);
  }
  if (end > seat.indicator_end) Edit(seat.indicator_end, end, {});
  const size_t at = outline_.LineEnd(end);
  Edit(at, at, lines);
}

// Behind a dash, or as the whole document.
void EditWriter::ReplaceElement(uint32_t item, const Seat& seat, Node wanted) {
  const BlockStyle& style = outline_.block_style();
  if (IsAbsent(item)) {
    const size_t at = seat.indicator_end;
    return Edit(at, at, " " + RenderBlock(wanted, seat.column + 2, style));
  }
  const size_t begin = outline_.Begin(item);
  const bool fits =
      seat.kind == Seat::Kind::kElement || outline_.StartsLine(begin);
  const size_t column = outline_.Column(begin);
  Edit(begin, outline_.End(item),
       fits ? RenderBlock(wanted, column, style)
            : RenderFlow(wanted, FlowStyle{}, ""));
}

}  // namespace meshvet::yaml

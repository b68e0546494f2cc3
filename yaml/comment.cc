#include "yaml/comment.h"

#include <algorithm>
#include <array>

#include "yaml/encoding.h"
#include "yaml/event_reader.h"
#include "yaml/items.h"
#include "yaml/marker.h"

namespace meshvet::yaml {
namespace {

constexpr size_t kNone = std::string_view::npos;
constexpr std::string_view kBlanks = " \t";
constexpr std::string_view kLineEnds = "\r\n";

// YAML 1.1 ends a line, and a comment, at these, too.
size_t UnicodeBreak(std::string_view line) {
  constexpr std::array<std::string_view, 3> kBreaks = {
      "\xC2\x85", "\xE2\x80\xA8", "\xE2\x80\xA9"};
  size_t first = line.size();
  for (const std::string_view one : kBreaks) {
    first = std::min(first, line.find(one));
  }
  return first;
}

}  // namespace

bool Comment::Reaches(const Position& place) const {
  switch (reach) {
    case Reach::kLine:
      return place.line == range.start.line;
    case Reach::kEntry:
    case Reach::kDocument:
      return place.offset >= begin && place.offset <= end;
    case Reach::kNothing:
      break;
  }
  return false;
}

// Reads the file document by document, as Parse does, and looks for comments
// between what a document consists of.
class CommentMap::Scanner {
 public:
  Scanner(CommentMap& map, std::string_view word, const Limits& limits)
      : map_(map),
        text_(map.text_),
        positions_(map.positions_),
        word_(word),
        limits_(limits),
        left_(limits.max_nodes) {}

  void Scan() {
    size_t at = positions_.line_starts().front();
    for (;;) {
      const auto bad = FindForbidden(text_, at);
      if (!bad) return ScanPart(at, text_.size());
      const size_t broken = LastMarker(text_, positions_, at, bad->offset + 1);
      if (broken != kNone && broken > at) ScanPart(at, broken);
      at = NextMarker(text_, positions_, bad->offset, text_.size());
      has_content_ = true;
      if (at == kNone) return;
    }
  }

 private:
  void ScanPart(size_t begin, size_t end) {
    while (begin != kNone && begin < end) begin = ScanUntilBroken(begin, end);
  }

  // Returns the marker where reading goes on; kNone at the end.
  size_t ScanUntilBroken(size_t begin, size_t end) {
    EventReader reader(text_, begin, end, positions_, limits_);
    Items next;
    Items items;
    bool has_items = false;
    size_t from = begin;
    for (;;) {
      const EventReader::Status status = reader.Next(next, left_);
      const bool is_last = status == EventReader::Status::kEnd;
      const bool is_broken = status == EventReader::Status::kBroken;
      if (has_items) {
        const size_t to = is_last     ? end
                          : is_broken ? map_.NextLine(EndOf(items))
                                      : BeginOf(next, items);
        ScanDocument(items, from, to);
        from = to;
      }
      if (is_last && !has_items) ScanDocument({}, from, end);
      if (is_last) return kNone;
      has_items = status == EventReader::Status::kDocument;
      if (!has_items) has_content_ = true;
      if (is_broken) return AfterBroken(reader, next, end);
      if (!has_items) from = positions_.ByteOf(reader.inside());
      left_ -= std::min(left_, next.list.size());
      std::swap(items, next);
    }
  }

  size_t AfterBroken(const EventReader& reader, const Items& items,
                     size_t end) const {
    if (items.list.size() > left_) return kNone;
    size_t from = positions_.ByteOf(reader.inside());
    if (IsMarkerAt(text_, from)) from += kMarker.size();
    return NextMarker(text_, positions_, from, end);
  }

  size_t EndOf(const Items& items) const {
    return positions_.ByteOf(items.list.front().end);
  }

  // Where the document behind `before` begins.
  size_t BeginOf(const Items& next, const Items& before) const {
    const size_t start = positions_.ByteOf(next.start);
    return std::max(start, EndOf(before));
  }

  void ScanDocument(const Items& items, size_t begin, size_t end) {
    items_ = &items;
    end_ = end;
    first_scalar_ = map_.scalars_.size();
    content_ = kNone;
    is_key_.clear();
    const bool is_empty = items.list.empty() || items.IsEmptyDocument();
    root_ = is_empty ? end : positions_.ByteOf(items.list.front().start);
    for (const Item& item : items.list) NoteScalar(item);
    FindComments(begin);
    if (!is_empty) has_content_ = true;
  }

  // Where the text of a scalar begins, behind its anchor, its tag and the
  // comments between; of a block scalar, behind its first line.
  size_t ContentBegin(size_t at, size_t end) const {
    while (at < end) {
      const char c = text_[at];
      if (c == '&' || c == '!') {
        at = std::min(text_.substr(0, end).find_first_of(" \t\r\n", at), end);
      } else if (c == '#') {
        at = CommentEnd(at);
      } else if (kBlanks.find(c) != kNone || kLineEnds.find(c) != kNone) {
        ++at;
      } else {
        break;
      }
    }
    const bool is_block = at < end && (text_[at] == '|' || text_[at] == '>');
    return is_block ? std::min(map_.LineEnd(at), end) : at;
  }

  void NoteScalar(const Item& item) {
    if (item.kind != Item::Kind::kScalar) return;
    const size_t end = positions_.ByteOf(item.end);
    const size_t begin = ContentBegin(positions_.ByteOf(item.start), end);
    const std::string_view inside = text_.substr(begin, end - begin);
    if (inside.find_first_of("#\r\n") == kNone) return;
    map_.scalars_.emplace_back(begin, end);
  }

  size_t CommentEnd(size_t hash) const {
    const size_t line_end = map_.LineEnd(hash);
    return hash + UnicodeBreak(text_.substr(hash, line_end - hash));
  }

  void FindComments(size_t begin) {
    const std::string_view text = text_.substr(0, end_);
    size_t scalar = first_scalar_;
    for (size_t at = text.find('#', begin); at < end_;
         at = text.find('#', at)) {
      const std::vector<Span>& scalars = map_.scalars_;
      while (scalar < scalars.size() && scalars[scalar].second <= at) ++scalar;
      if (scalar < scalars.size() && scalars[scalar].first <= at) {
        at = scalars[scalar].second;
        continue;
      }
      const size_t end = CommentEnd(at);
      if (!IsDirective(at)) TakeComment(at, end);
      at = end;
    }
  }

  // A `%TAG` line, whose text is no YAML.
  bool IsDirective(size_t at) const {
    return at < root_ && text_[map_.LineBegin(at)] == '%';
  }

  void TakeComment(size_t begin, size_t end) {
    const std::string_view text = text_.substr(begin, end - begin);
    const size_t first = text.find_first_not_of(" \t", 1);
    if (first == kNone || !text.substr(first).starts_with(word_)) return;
    if (map_.comments_.size() == kMostComments) {
      map_.is_cut_short_ = true;
      return;
    }
    Comment comment;
    const size_t length = text.find_last_not_of(kBlanks) + 1;
    comment.range = map_.RangeOf(begin, begin + length);
    const size_t line = map_.LineBegin(begin);
    const std::string_view before = text_.substr(line, begin - line);
    comment.owns_line = before.find_first_not_of(kBlanks) == kNone;
    comment.is_at_top = !has_content_ && begin < root_;
    SetReach(comment, begin, end);
    map_.comments_.push_back(comment);
  }

  void SetReach(Comment& comment, size_t begin, size_t end) {
    if (begin < root_ && root_ < end_) {
      comment.reach = Comment::Reach::kDocument;
      comment.begin = root_;
      comment.end = end_ == text_.size() ? end_ : end_ - 1;
    } else if (!comment.owns_line) {
      comment.reach = Comment::Reach::kLine;
    } else if (const size_t content = ContentAfter(end); content < end_) {
      SetEntry(comment, content);
    }
  }

  // The first byte behind `at` that is neither blank nor of a comment.
  size_t ContentAfter(size_t at) {
    if (content_ != kNone && content_ >= at) return content_;
    while (at < end_) {
      if (text_[at] == '#') {
        at = CommentEnd(at);
      } else if (kBlanks.find(text_[at]) != kNone ||
                 kLineEnds.find(text_[at]) != kNone) {
        ++at;
      } else {
        break;
      }
    }
    return content_ = at;
  }

  // Items begin in the order in which they are listed.
  size_t FirstItemAt(size_t byte) const {
    const auto character = static_cast<uint32_t>(positions_.CharacterOf(byte));
    const auto found =
        std::ranges::lower_bound(items_->list, character, {}, &Item::start);
    return static_cast<size_t>(found - items_->list.begin());
  }

  bool IsDash(size_t at) const {
    return text_[at] == '-' &&
           (at + 1 >= end_ ||
            std::string_view(" \t\r\n").find(text_[at + 1]) != kNone);
  }

  void SetEntry(Comment& comment, size_t content) {
    const std::vector<Item>& list = items_->list;
    if (root_ == end_) return;  // an empty document
    const bool is_dash = IsDash(content);
    size_t first = FirstItemAt(is_dash ? content + 1 : content);
    // Above the first key of a mapping, it speaks of that key alone.
    if (!is_dash && first < list.size() &&
        list[first].kind == Item::Kind::kMapping && list[first].plain &&
        list[first].size > 1) {
      ++first;
    }
    if (first >= list.size()) return;
    size_t last = first;
    if (!is_dash && IsKey(first)) last = first + list[first].size;
    if (last >= list.size()) return;
    comment.reach = Comment::Reach::kEntry;
    comment.begin = content;
    comment.end = positions_.ByteOf(list[last].end);
  }

  bool IsKey(size_t index) {
    if (is_key_.empty()) FindKeys();
    return is_key_[index];
  }

  // A mapping's items are keys and values in turn.
  void FindKeys() {
    const std::vector<Item>& list = items_->list;
    is_key_.assign(list.size(), false);
    for (size_t i = 0; i < list.size(); ++i) {
      if (list[i].kind != Item::Kind::kMapping) continue;
      const size_t end = i + list[i].size;
      for (size_t key = i + 1; key < end;) {
        is_key_[key] = true;
        const size_t value = key + list[key].size;
        key = value < end ? value + list[value].size : end;
      }
    }
  }

  CommentMap& map_;
  const std::string_view text_;
  const PositionMap& positions_;
  const std::string_view word_;
  const Limits& limits_;
  size_t left_;  // nodes of the file
  bool has_content_ = false;
  // Of the document at hand.
  const Items* items_ = nullptr;
  size_t root_ = 0;
  size_t end_ = 0;
  size_t first_scalar_ = 0;
  size_t content_ = kNone;    // the last answer of ContentAfter
  std::vector<bool> is_key_;  // by item, once it is asked for
};

CommentMap::CommentMap(std::string_view text, std::string_view word,
                       const Limits& limits)
    : text_(text), positions_(text) {
  constexpr size_t kMostBytes = 1 << 30;  // as Parse
  constexpr size_t kMostDepth = 1'000;
  Limits bounded = limits;
  bounded.max_depth = std::min(limits.max_depth, kMostDepth);
  if (text.size() > std::min(limits.max_bytes, kMostBytes)) return;
  if (LooksLikeUtf16(text)) return;
  Scanner(*this, word, bounded).Scan();
}

std::string_view CommentMap::TextOf(const Comment& comment) const {
  const size_t begin = comment.range.start.offset;
  const std::string_view text =
      text_.substr(begin, comment.range.end.offset - begin);
  const size_t first = text.find_first_not_of(kBlanks, 1);
  return first == kNone ? std::string_view() : text.substr(first);
}

Range CommentMap::RangeOf(size_t begin, size_t end) const {
  return {positions_.At(begin), positions_.At(end)};
}

const CommentMap::Span* CommentMap::ScalarAcross(size_t byte) const {
  const auto next = std::ranges::lower_bound(scalars_, byte, {}, &Span::first);
  if (next == scalars_.begin()) return nullptr;
  const Span& before = *std::prev(next);
  return before.second > byte ? &before : nullptr;
}

bool CommentMap::Allows(size_t byte) const {
  if (ScalarAcross(byte) != nullptr) return false;
  const std::string_view text = text_.substr(0, byte);
  for (size_t at = text.find('#', LineBegin(byte)); at < byte;
       at = text.find('#', at + 1)) {
    const Span* scalar = ScalarAcross(at);
    if (scalar == nullptr) return false;
    at = scalar->second - 1;
  }
  return true;
}

size_t CommentMap::LineBegin(size_t byte) const {
  const auto& lines = positions_.line_starts();
  const auto next = std::upper_bound(lines.begin(), lines.end(), byte);
  return next == lines.begin() ? lines.front() : *(next - 1);
}

size_t CommentMap::LineEnd(size_t byte) const {
  return std::min(text_.find_first_of(kLineEnds, byte), text_.size());
}

size_t CommentMap::NextLine(size_t byte) const {
  const auto& lines = positions_.line_starts();
  const auto next = std::upper_bound(lines.begin(), lines.end(), byte);
  return next == lines.end() ? text_.size() : *next;
}

}  // namespace meshvet::yaml

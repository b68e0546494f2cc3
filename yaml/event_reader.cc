#include "yaml/event_reader.h"

#include <algorithm>
#include <memory>
#include <utility>

namespace meshvet::yaml {
namespace {

struct EventDeleter {
  void operator()(yaml_event_t* event) const { yaml_event_delete(event); }
};
using ScopedEvent = std::unique_ptr<yaml_event_t, EventDeleter>;

const char* CharsOf(const yaml_char_t* text) {
  return reinterpret_cast<const char*>(text);
}

// "did not find expected ',' or ']' while parsing a flow sequence (line 3)".
std::string Describe(const yaml_parser_t& parser, std::string context_line) {
  if (parser.error == YAML_MEMORY_ERROR) return "out of memory";
  std::string text =
      parser.problem == nullptr ? "not YAML" : std::string(parser.problem);
  if (parser.context != nullptr) {
    text += std::string(" ") + parser.context + std::move(context_line);
  }
  return text;
}

}  // namespace

EventReader::EventReader(std::string_view text, size_t begin, size_t end,
                         const PositionMap& positions, const Limits& limits)
    : text_(text),
      positions_(positions),
      limits_(limits),
      base_(positions.CharacterOf(begin)),
      usable_(yaml_parser_initialize(&parser_) != 0),
      inside_(base_) {
  if (!usable_) return;
  yaml_parser_set_encoding(&parser_, YAML_UTF8_ENCODING);
  yaml_parser_set_input_string(
      &parser_, reinterpret_cast<const yaml_char_t*>(text.data() + begin),
      end - begin);
}

EventReader::~EventReader() {
  if (usable_) yaml_parser_delete(&parser_);
}

uint32_t EventReader::Character(const yaml_mark_t& mark) const {
  return static_cast<uint32_t>(base_ + mark.index);
}

bool EventReader::Fail(Problem::Kind kind, std::string message, size_t start,
                       size_t end) {
  failure_ = {kind, std::move(message), start, end};
  return false;
}

void EventReader::FailAsLibyaml() {
  const size_t at = Character(parser_.problem_mark);
  const Position context =
      positions_.At(positions_.ByteOf(Character(parser_.context_mark)));
  Fail(Problem::Kind::kSyntax,
       Describe(parser_, " (line " + std::to_string(context.line) + ")"), at,
       at + 1);
}

bool EventReader::Pull(yaml_event_t& event) {
  if (usable_ && yaml_parser_parse(&parser_, &event) != 0) return true;
  FailAsLibyaml();
  return false;
}

EventReader::Status EventReader::Next(Items& items, size_t max_items) {
  items_ = &items;
  yaml_event_t event{};
  while (Pull(event)) {
    const ScopedEvent scope(&event);
    if (event.type == YAML_STREAM_END_EVENT || event.type == YAML_NO_EVENT) {
      return Status::kEnd;
    }
    if (event.type != YAML_DOCUMENT_START_EVENT) continue;
    if (!ReadDocument(event, max_items)) return Status::kBroken;
    return bad_ ? Status::kBad : Status::kDocument;
  }
  return Status::kBroken;
}

bool EventReader::ReadDocument(const yaml_event_t& start, size_t max_items) {
  items_->list.clear();
  items_->text.clear();
  items_->start = Character(start.start_mark);
  items_->marker_end = Character(start.end_mark);
  items_->has_marker = start.data.document_start.implicit == 0;
  inside_ = items_->marker_end;
  open_.clear();
  // Not clear(), which would sweep the buckets of the largest document yet.
  if (!anchors_.empty()) decltype(anchors_)().swap(anchors_);
  bad_ = false;
  last_end_ = 0;
  yaml_event_t event{};
  while (Pull(event)) {
    const ScopedEvent scope(&event);
    if (event.type == YAML_DOCUMENT_END_EVENT) {
      inside_ = Character(event.end_mark);
      return true;
    }
    if (!Take(event)) return false;
    if (items_->list.size() > max_items) {
      return Fail(Problem::Kind::kLimit, "too many nodes in this file",
                  Character(event.start_mark), Character(event.end_mark));
    }
  }
  return false;
}

bool EventReader::Take(const yaml_event_t& event) {
  switch (event.type) {
    case YAML_SCALAR_EVENT:
      return TakeScalar(event);
    case YAML_ALIAS_EVENT:
      TakeAlias(event);
      return true;
    case YAML_SEQUENCE_START_EVENT:
      return Open(event, At(event, Item::Kind::kSequence),
                  event.data.sequence_start.anchor);
    case YAML_MAPPING_START_EVENT:
      return Open(event, At(event, Item::Kind::kMapping),
                  event.data.mapping_start.anchor);
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
      Close(event, open_.back().flow);
      return true;
    default:
      return true;
  }
}

Item EventReader::At(const yaml_event_t& event, Item::Kind kind) const {
  Item item;
  item.kind = kind;
  item.start = Character(event.start_mark);
  item.end = Character(event.end_mark);
  return item;
}

// Adds an item to the innermost open collection.
void EventReader::Add(const Item& item, const yaml_char_t* anchor) {
  const auto index = static_cast<uint32_t>(items_->list.size());
  if (anchor != nullptr) anchors_[CharsOf(anchor)] = index;
  items_->list.push_back(item);
  last_end_ = item.end;
  if (!open_.empty()) {
    OpenCollection& parent = open_.back();
    Item& collection = items_->list[parent.item];
    const bool is_key =
        collection.kind == Item::Kind::kMapping && parent.children % 2 == 0;
    if (is_key && items_->IsMergeKey(item)) collection.has_merge = true;
    ++parent.children;
  }
}

bool EventReader::TakeScalar(const yaml_event_t& event) {
  const auto& scalar = event.data.scalar;
  Item item = At(event, Item::Kind::kScalar);
  if (scalar.length > limits_.max_scalar) {
    return Fail(Problem::Kind::kLimit, "text is too long", item.start,
                item.end);
  }
  item.tag = TagOf(CharsOf(scalar.tag));
  item.plain = scalar.style == YAML_PLAIN_SCALAR_STYLE;
  if (scalar.style == YAML_LITERAL_SCALAR_STYLE ||
      scalar.style == YAML_FOLDED_SCALAR_STYLE) {
    item.end = TrimmedEnd(item.start, item.end);
  }
  item.text_offset = static_cast<uint32_t>(items_->text.size());
  item.text_length = static_cast<uint32_t>(scalar.length);
  items_->text.append(CharsOf(scalar.value), scalar.length);
  Add(item, scalar.anchor);
  return true;
}

// libyaml lets a block scalar end where the next thing starts.
uint32_t EventReader::TrimmedEnd(uint32_t start, uint32_t end) const {
  const size_t first = positions_.ByteOf(start);
  size_t at = positions_.ByteOf(end);
  const size_t untrimmed = at;
  constexpr std::string_view kBlank = " \t\r\n";
  while (at > first + 1 && kBlank.find(text_[at - 1]) != std::string_view::npos)
    --at;
  return end - static_cast<uint32_t>(untrimmed - at);
}

void EventReader::TakeAlias(const yaml_event_t& event) {
  Item item = At(event, Item::Kind::kAlias);
  const std::string name = CharsOf(event.data.alias.anchor);
  const auto anchor = anchors_.find(name);
  const bool known = anchor != anchors_.end();
  const auto is_target = [&](const OpenCollection& open) {
    return known && open.item == anchor->second;
  };
  const bool recursive = std::any_of(open_.begin(), open_.end(), is_target);
  if ((!known || recursive) && !bad_) {
    bad_ = true;
    Fail(Problem::Kind::kValue,
         known ? "anchor '" + name + "' contains itself"
               : "unknown anchor '" + name + "'",
         item.start, item.end);
  }
  if (known) item.text_offset = anchor->second;
  Add(item, nullptr);
}

bool EventReader::Open(const yaml_event_t& event, Item item,
                       const yaml_char_t* anchor) {
  if (open_.size() >= limits_.max_depth) {
    return Fail(Problem::Kind::kLimit, "nested too deeply", item.start,
                item.end);
  }
  const bool flow =
      event.type == YAML_SEQUENCE_START_EVENT
          ? event.data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE
          : event.data.mapping_start.style == YAML_FLOW_MAPPING_STYLE;
  item.plain = !flow;
  Add(item, anchor);
  open_.push_back({static_cast<uint32_t>(items_->list.size() - 1), 0, flow});
  return true;
}

// A block collection ends, to libyaml, where the next token starts; to a reader
// it ends with its last value.
void EventReader::Close(const yaml_event_t& event, bool flow_style) {
  const uint32_t index = open_.back().item;
  open_.pop_back();
  std::vector<Item>& list = items_->list;
  Item& item = list[index];
  item.size = static_cast<uint32_t>(list.size()) - index;
  item.end =
      flow_style ? Character(event.end_mark) : std::max(item.end, last_end_);
  last_end_ = item.end;
}

}  // namespace meshvet::yaml

#include <algorithm>
#include <charconv>
#include <string>
#include <system_error>
#include <utility>

#include "mesh/json_pointer.h"
#include "yaml/layout.h"
#include "yaml/parse.h"

namespace meshvet::yaml {

struct Source::Place {
  Node node;
  size_t value = 0;  // span of the value
  std::optional<size_t> key;
  bool exact = false;  // false: a parent of what was asked for
};

namespace {

std::optional<size_t> ElementIndex(std::string_view token, size_t count) {
  if (token.size() > 1 && token[0] == '0') return std::nullopt;
  size_t index = 0;
  const char* end = token.data() + token.size();
  const auto [stop, error] = std::from_chars(token.data(), end, index);
  if (error != std::errc() || stop != end || index >= count) {
    return std::nullopt;
  }
  return index;
}

}  // namespace

Source::Source(std::shared_ptr<const Document> document,
               std::shared_ptr<const Layout> layout, size_t first_span,
               size_t index, std::string template_path)
    : document_(std::move(document)),
      layout_(std::move(layout)),
      first_span_(first_span),
      index_(index),
      template_path_(std::move(template_path)) {}

Source::Place Source::Find(std::string_view pointer) const {
  const std::vector<Span>& spans = layout_->spans;
  Place place{.node = root(), .value = first_span_, .key = {}, .exact = false};
  const auto tokens = SplitPointer(pointer);
  if (!tokens) return place;
  for (const std::string& token : *tokens) {
    size_t span = place.value + 1;
    if (place.node.IsArray()) {
      const auto index = ElementIndex(token, place.node.size());
      if (!index) return place;
      size_t passed = 0;
      const auto marks = layout_->marks.find(place.value);
      if (marks != layout_->marks.end() && *index >= kMarkEvery) {
        span = marks->second[*index / kMarkEvery - 1];
        passed = *index / kMarkEvery * kMarkEvery;
      }
      for (; passed < *index; ++passed) span += spans[span].size;
      place = {.node = place.node[*index], .value = span, .key = {}};
      continue;
    }
    const auto members = place.node.Members();
    auto member = members.begin();
    for (; member != members.end() && (*member).key != token; ++member) {
      span += 1 + spans[span + 1].size;
    }
    if (member == members.end()) return place;
    place = {.node = (*member).value, .value = span + 1, .key = span};
  }
  place.exact = true;
  return place;
}

Range Source::ValueRange(std::string_view pointer) const {
  const Span& span = layout_->spans[Find(pointer).value];
  return layout_->positions.RangeOf(span.start, span.end);
}

std::optional<Range> Source::KeyRange(std::string_view pointer) const {
  const Place place = Find(pointer);
  if (!place.exact || !place.key) return std::nullopt;
  const Span& span = layout_->spans[*place.key];
  return layout_->positions.RangeOf(span.start, span.end);
}

}  // namespace meshvet::yaml

#include "cluster/list_splitter.h"

#include <algorithm>
#include <utility>

namespace meshvet::cluster {
namespace {

constexpr size_t kMaxAround = 1 << 20;
constexpr std::string_view kBlank = " \t\r\n";

std::string_view WithoutBlankEnd(std::string_view text) {
  return text.substr(0, text.find_last_not_of(kBlank) + 1);
}

// Whether `text`, which ends in a bracket outside of strings, ends in
// `"items": [`.
bool OpensItems(std::string_view text) {
  constexpr std::string_view kKey = "\"items\"";
  text.remove_suffix(1);
  text = WithoutBlankEnd(text);
  if (!text.ends_with(':')) return false;
  text.remove_suffix(1);
  text = WithoutBlankEnd(text);
  if (!text.ends_with(kKey)) return false;
  text.remove_suffix(kKey.size());
  return !text.ends_with('\\');  // the end of a longer key
}

bool IsBracketOrQuote(char c) {
  return c == '"' || c == '{' || c == '}' || c == '[' || c == ']';
}

}  // namespace

template <typename Stop>
size_t ListSplitter::Brackets::Find(std::string_view text, const Stop& stop) {
  size_t at = 0;
  while (at < text.size()) {
    if (in_string_) {
      at += SkipString(text.substr(at));
      continue;
    }
    const char c = text[at++];
    if (!IsBracketOrQuote(c)) continue;
    Follow(c);
    if (stop(c)) return at;
  }
  return std::string_view::npos;
}

size_t ListSplitter::Brackets::SkipString(std::string_view text) {
  if (escaped_) {
    escaped_ = false;
    return 1;
  }
  const auto end =
      std::ranges::find_if(text, [](char c) { return c == '"' || c == '\\'; });
  if (end == text.end()) return text.size();
  escaped_ = *end == '\\';
  in_string_ = escaped_;
  return static_cast<size_t>(end - text.begin()) + 1;
}

void ListSplitter::Brackets::Follow(char c) {
  switch (c) {
    case '"':
      in_string_ = true;
      return;
    case '{':
    case '[':
      ++depth_;
      return;
    default:  // it closes
      if (depth_ > 0) --depth_;
      return;
  }
}

ListSplitter::ListSplitter(size_t max_item_bytes, TakeItem take)
    : max_item_bytes_(max_item_bytes), take_(std::move(take)) {}

std::optional<Error> ListSplitter::Take(std::string_view piece) {
  while (!piece.empty()) {
    auto error = place_ == Place::kAround ? TakeAround(piece)
                 : place_ == Place::kItem ? TakeOfItem(piece)
                                          : TakeBetween(piece);
    if (error) return error;
  }
  return std::nullopt;
}

std::optional<Error> ListSplitter::TakeAround(std::string_view& piece) {
  constexpr size_t kDepthOfItems = 2;
  const size_t size =
      std::min(piece.size(), around_brackets_.Find(piece, [&](char c) {
        return c == '[' && around_brackets_.depth() == kDepthOfItems;
      }));
  around_.append(piece.substr(0, size));
  piece.remove_prefix(size);
  if (around_.size() > kMaxAround) {
    return Error{"it is larger than " + std::to_string(kMaxAround) +
                 " bytes, but for its items"};
  }
  if (around_.ends_with('[') && around_brackets_.depth() == kDepthOfItems &&
      OpensItems(around_)) {
    place_ = Place::kBeforeFirst;
  }
  return std::nullopt;
}

std::optional<Error> ListSplitter::TakeBetween(std::string_view& piece) {
  const char c = piece.front();
  if (c == '{' && place_ != Place::kAfterItem) {
    item_brackets_ = {};
    place_ = Place::kItem;
  } else if (c == ']' && place_ != Place::kAfterComma) {
    place_ = Place::kAround;
  } else if (c == ',' && place_ == Place::kAfterItem) {
    place_ = Place::kAfterComma;
    piece.remove_prefix(1);
  } else if (kBlank.find(c) != kBlank.npos) {
    piece.remove_prefix(1);
  } else {
    return Error{"its items are no objects"};
  }
  return std::nullopt;
}

std::optional<Error> ListSplitter::TakeOfItem(std::string_view& piece) {
  const size_t end = item_brackets_.Find(
      piece, [&](char) { return item_brackets_.depth() == 0; });
  const std::string_view part = piece.substr(0, end);
  piece.remove_prefix(part.size());
  if (item_.size() + part.size() > max_item_bytes_) {
    return Error{"one object is larger than " +
                 std::to_string(max_item_bytes_) + " bytes"};
  }
  const bool is_whole = item_.empty();
  if (end == part.npos || !is_whole) item_.append(part);
  if (end == part.npos) return std::nullopt;
  place_ = Place::kAfterItem;
  auto error = take_(is_whole ? part : std::string_view(item_));
  item_.clear();
  return error;
}

Result<Document> ListSplitter::Finish() const {
  if (place_ != Place::kAround) return Error{"it ends amid its items"};
  return ParseJson(around_, {.max_bytes = kMaxAround});
}

}  // namespace meshvet::cluster

#include "yaml/position.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "mesh/utf8.h"

namespace meshvet::yaml {
namespace {

constexpr size_t kWord = 64;

bool IsAscii(std::string_view text) {
  uint64_t seen = 0;
  size_t at = 0;
  for (; at + sizeof seen <= text.size(); at += sizeof seen) {
    uint64_t bytes = 0;
    std::memcpy(&bytes, text.data() + at, sizeof bytes);
    seen |= bytes;
  }
  for (; at < text.size(); ++at) seen |= static_cast<uint8_t>(text[at]);
  return (seen & 0x8080808080808080U) == 0;
}

size_t NextBreak(std::string_view text, size_t at) {
  while (at < text.size() && text[at] != '\n' && text[at] != '\r') ++at;
  return at;
}

// The position of the bit that has `before` set bits below it.
size_t SelectBit(uint64_t word, size_t before) {
  for (; before > 0; --before) word &= word - 1;
  return static_cast<size_t>(std::countr_zero(word));
}

}  // namespace

PositionMap::PositionMap(std::string_view text)
    : first_(text.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0),
      size_(text.size()) {
  FindLines(text);
  if (!IsAscii(text.substr(first_))) CountCharacters(text);
}

void PositionMap::FindLines(std::string_view text) {
  line_starts_.push_back(static_cast<uint32_t>(first_));
  const bool only_line_feeds = text.find('\r') == std::string_view::npos;
  size_t at = first_;
  while (at < text.size()) {
    at = only_line_feeds ? text.find('\n', at) : NextBreak(text, at);
    if (at >= text.size()) return;
    ++at;
    if (text[at - 1] == '\r' && at < text.size() && text[at] == '\n') ++at;
    line_starts_.push_back(static_cast<uint32_t>(at));
  }
}

void PositionMap::CountCharacters(std::string_view text) {
  starts_.assign(text.size() / kWord + 1, 0);
  for (size_t at = first_; at < text.size(); ++at) {
    if (!IsUtf8Continuation(text[at]))
      starts_[at / kWord] |= 1ULL << (at % kWord);
  }
  ranks_.reserve(starts_.size());
  uint32_t rank = 0;
  for (const uint64_t word : starts_) {
    ranks_.push_back(rank);
    rank += static_cast<uint32_t>(std::popcount(word));
  }
}

size_t PositionMap::Rank(size_t byte) const {
  if (starts_.empty()) return byte < first_ ? 0 : byte - first_;
  const uint64_t below = (1ULL << (byte % kWord)) - 1;
  return ranks_[byte / kWord] +
         static_cast<size_t>(std::popcount(starts_[byte / kWord] & below));
}

size_t PositionMap::CharacterOf(size_t byte) const {
  return Rank(std::min(byte, size_));
}

size_t PositionMap::ByteOf(size_t character) const {
  if (starts_.empty()) return std::min(first_ + character, size_);
  const auto above = std::upper_bound(ranks_.begin(), ranks_.end(), character);
  const auto word = static_cast<size_t>(above - ranks_.begin()) - 1;
  const size_t before = character - ranks_[word];
  if (before >= static_cast<size_t>(std::popcount(starts_[word]))) {
    return size_;
  }
  return word * kWord + SelectBit(starts_[word], before);
}

Position PositionMap::At(size_t byte) const {
  byte = std::min(byte, size_);
  auto line = std::upper_bound(line_starts_.begin(), line_starts_.end(), byte);
  if (line != line_starts_.begin()) --line;
  const size_t column = Rank(byte) - Rank(*line) + 1;
  return {.line = static_cast<uint32_t>(line - line_starts_.begin()) + 1,
          .column = static_cast<uint32_t>(byte < *line ? 1 : column),
          .offset = byte};
}

Range PositionMap::RangeOf(size_t first_character, size_t end_character) const {
  return {At(ByteOf(first_character)), At(ByteOf(end_character))};
}

}  // namespace meshvet::yaml

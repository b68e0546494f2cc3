#include "lint/report/line_hash.h"

#include <array>
#include <charconv>
#include <optional>
#include <unordered_map>

namespace meshvet::lint {
namespace {

constexpr size_t kWindow = 100;
constexpr uint64_t kFactor = 37;
constexpr uint16_t kEndOfText = 0xFFFF;

constexpr uint64_t FactorOfTheOldest() {
  uint64_t power = 1;
  for (size_t i = 0; i < kWindow; ++i) power *= kFactor;
  return power;
}

// The hash of the last kWindow code units, and which of them start a line.
class RollingHash {
 public:
  // The hash of the window, if it is about to lose the start of a line.
  std::optional<uint64_t> Add(uint16_t unit, bool starts_line) {
    Slot& slot = window_[at_];
    std::optional<uint64_t> full;
    if (slot.starts_line) full = hash_;
    hash_ = hash_ * kFactor + unit - FactorOfTheOldest() * slot.unit;
    slot = {unit, starts_line};
    at_ = (at_ + 1) % kWindow;
    return full;
  }

 private:
  struct Slot {
    uint16_t unit = 0;
    bool starts_line = false;
  };
  std::array<Slot, kWindow> window_{};
  size_t at_ = 0;
  uint64_t hash_ = 0;
};

// The character at the front of well-formed UTF-8, which it is taken from.
char32_t TakeCharacter(std::string_view& text) {
  const auto lead = static_cast<uint8_t>(text[0]);
  size_t bytes = 1;
  if (lead >= 0xC0) bytes = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  char32_t code = bytes == 1 ? lead : lead & (0x7FU >> bytes);
  for (size_t i = 1; i < bytes && i < text.size(); ++i) {
    code = (code << 6U) | (static_cast<uint8_t>(text[i]) & 0x3FU);
  }
  text.remove_prefix(std::min(bytes, text.size()));
  return code;
}

// Code units to the hash: without white space, with one kind of line end.
template <typename Sink>
class Normalizer {
 public:
  explicit Normalizer(Sink sink) : sink_(std::move(sink)) {}

  void Add(uint16_t unit) {
    const bool ends_crlf = after_return_ && unit == '\n';
    after_return_ = false;
    if (unit == ' ' || unit == '\t' || ends_crlf) return;
    after_return_ = unit == '\r';
    if (after_return_) unit = '\n';
    sink_(unit, at_line_start_);
    at_line_start_ = unit == '\n';
  }

 private:
  Sink sink_;
  bool after_return_ = false;
  bool at_line_start_ = true;
};

}  // namespace

LineHashes::LineHashes(std::string_view text) {
  RollingHash rolling;
  std::unordered_map<uint64_t, uint32_t> seen;
  const auto add = [&](uint16_t unit, bool starts_line) {
    if (const auto hash = rolling.Add(unit, starts_line)) {
      hashes_.push_back({*hash, ++seen[*hash]});
    }
  };
  Normalizer normalizer(add);
  while (!text.empty()) {
    const char32_t code = TakeCharacter(text);
    if (code < 0x10000) {
      normalizer.Add(static_cast<uint16_t>(code));
      continue;
    }
    normalizer.Add(static_cast<uint16_t>(0xD7C0 + (code >> 10U)));
    normalizer.Add(static_cast<uint16_t>(0xDC00 + (code & 0x3FFU)));
  }
  normalizer.Add(kEndOfText);
  for (size_t i = 0; i < kWindow; ++i) add(0, false);
}

std::string LineHashes::Of(size_t line) const {
  if (line == 0 || line > hashes_.size()) return {};
  const LineHash& found = hashes_[line - 1];
  std::array<char, 16> digits{};
  const auto end = std::to_chars(digits.begin(), digits.end(), found.hash, 16);
  return std::string(digits.data(), end.ptr) + ":" +
         std::to_string(found.ordinal);
}

}  // namespace meshvet::lint

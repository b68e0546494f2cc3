#include "mesh/suggestion.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstddef>
#include <cstdint>

namespace meshvet {
namespace {

constexpr size_t kLongest = 256;
// No candidate longer than this can be near enough.
constexpr size_t kLongestCandidate = kLongest + kLongest / 3;
// Cells of tables that one question may fill: a few milliseconds. Names come
// from the cluster, so there may be any number of them.
constexpr size_t kMaxCells = 2'000'000;

using Row = std::array<uint16_t, kLongestCandidate + 1>;
using LetterCounts = std::array<uint16_t, 256>;

unsigned char Lower(char c) {
  return static_cast<unsigned char>(
      std::tolower(static_cast<unsigned char>(c)));
}

bool SameLetter(char a, char b) { return Lower(a) == Lower(b); }

LetterCounts CountLetters(std::string_view word) {
  LetterCounts counts{};
  for (const char c : word) ++counts[Lower(c)];
  return counts;
}

// Slips there are at least: each slip changes one letter of the multiset.
size_t LeastDistance(std::string_view word, LetterCounts letters,
                     std::string_view candidate) {
  size_t common = 0;
  for (const char c : candidate) {
    uint16_t& left = letters[Lower(c)];
    if (left == 0) continue;
    --left;
    ++common;
  }
  return std::max(word.size(), candidate.size()) - common;
}

// Slips between `a` and `b` by optimal string alignment, or any number from
// `limit` on. Three rows of the table are enough.
size_t Distance(std::string_view a, std::string_view b, size_t limit) {
  std::array<Row, 3> rows;
  for (size_t j = 0; j <= b.size(); ++j) rows[0][j] = static_cast<uint16_t>(j);
  for (size_t i = 1; i <= a.size(); ++i) {
    Row& row = rows[i % 3];
    const Row& above = rows[(i + 2) % 3];
    const Row& two_above = rows[(i + 1) % 3];
    row[0] = static_cast<uint16_t>(i);
    size_t least = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const bool same = SameLetter(a[i - 1], b[j - 1]);
      auto cell = std::min<size_t>(
          {above[j] + 1U, row[j - 1] + 1U, above[j - 1] + (same ? 0U : 1U)});
      const bool swapped = i > 1 && j > 1 && SameLetter(a[i - 1], b[j - 2]) &&
                           SameLetter(a[i - 2], b[j - 1]);
      if (swapped) cell = std::min<size_t>(cell, two_above[j - 2] + 1U);
      row[j] = static_cast<uint16_t>(cell);
      least = std::min(least, cell);
    }
    if (least >= limit) return least;
  }
  return rows[a.size() % 3][b.size()];
}

}  // namespace

std::string Nearest(std::string_view word,
                    std::span<const std::string_view> candidates) {
  if (word.empty() || word.size() > kLongest) return {};
  const LetterCounts letters = CountLetters(word);
  size_t best = std::max<size_t>(1, word.size() / 3) + 1;
  size_t cells = 0;
  std::string_view nearest;
  for (const std::string_view candidate : candidates) {
    if (candidate.size() >= word.size() + best) continue;
    if (LeastDistance(word, letters, candidate) >= best) continue;
    cells += word.size() * candidate.size();
    if (cells > kMaxCells) break;
    const size_t distance = Distance(word, candidate, best);
    if (distance >= best) continue;
    best = distance;
    nearest = candidate;
  }
  return std::string(nearest);
}

std::string DidYouMean(std::string_view word,
                       std::span<const std::string_view> candidates) {
  const std::string nearest = Nearest(word, candidates);
  return nearest.empty() ? nearest : " (did you mean \"" + nearest + "\"?)";
}

}  // namespace meshvet

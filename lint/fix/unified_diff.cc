#include "lint/fix/unified_diff.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

namespace meshvet::lint {
namespace {

using Lines = std::vector<std::string_view>;

constexpr size_t kContext = 3;

Lines SplitLines(std::string_view text) {
  Lines lines;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size() - 1) + 1;
    lines.push_back(text.substr(0, end));
    text.remove_prefix(end);
  }
  return lines;
}

// Lines [old_begin, old_end) gave way to lines [new_begin, new_end).
struct Change {
  size_t old_begin;
  size_t old_end;
  size_t new_begin;
  size_t new_end;
};

class Comparison {
 public:
  Comparison(const Lines& before, const Lines& after)
      : old_(before), new_(after) {}

  std::vector<Change> Run() {
    size_t i = 0;
    size_t j = 0;
    while (i < old_.size() || j < new_.size()) {
      if (i < old_.size() && j < new_.size() && old_[i] == new_[j]) {
        ++i;
        ++j;
        continue;
      }
      const auto [next_i, next_j] = Meet(i, j);
      Refine(i, next_i, j, next_j);
      i = next_i;
      j = next_j;
    }
    return std::move(changes_);
  }

 private:
  // Whether both go on alike from here, for a while or to the end.
  bool GoOnAlike(size_t i, size_t j) const {
    constexpr size_t kEnough = 3;
    for (size_t n = 0; n < kEnough; ++n, ++i, ++j) {
      const bool ends = i >= old_.size() || j >= new_.size();
      if (ends) return i >= old_.size() && j >= new_.size();
      if (old_[i] != new_[j]) return false;
    }
    return true;
  }

  // The nearest place where they are together again.
  std::pair<size_t, size_t> Meet(size_t i, size_t j) const {
    constexpr size_t kFarthest = 400;
    for (size_t distance = 1; distance <= kFarthest; ++distance) {
      for (size_t down = 0; down <= distance; ++down) {
        const size_t right = distance - down;
        if (i + down > old_.size() || j + right > new_.size()) continue;
        if (GoOnAlike(i + down, j + right)) return {i + down, j + right};
      }
    }
    return {old_.size(), new_.size()};
  }

  // Splits a change where single lines in it stayed.
  void Refine(size_t i, size_t i_end, size_t j, size_t j_end) {
    const size_t rows = i_end - i;
    const size_t columns = j_end - j;
    constexpr size_t kMostCells = 1 << 18;
    if (rows == 0 || columns == 0 || rows * columns > kMostCells) {
      changes_.push_back({i, i_end, j, j_end});
      return;
    }
    // common[r][c]: how many lines can stay of those from (r, c) on.
    std::vector<std::vector<size_t>> common(
        rows + 1, std::vector<size_t>(columns + 1, 0));
    for (size_t r = rows; r-- > 0;) {
      for (size_t c = columns; c-- > 0;) {
        common[r][c] = old_[i + r] == new_[j + c]
                           ? common[r + 1][c + 1] + 1
                           : std::max(common[r + 1][c], common[r][c + 1]);
      }
    }
    Change change{i, i, j, j};
    const auto close = [&] {
      const bool is_empty = change.old_begin == change.old_end &&
                            change.new_begin == change.new_end;
      if (!is_empty) changes_.push_back(change);
    };
    while (change.old_end < i_end || change.new_end < j_end) {
      const size_t r = change.old_end - i;
      const size_t c = change.new_end - j;
      if (r < rows && c < columns && old_[i + r] == new_[j + c]) {
        close();
        change = {i + r + 1, i + r + 1, j + c + 1, j + c + 1};
      } else if (c == columns ||
                 (r < rows && common[r + 1][c] >= common[r][c + 1])) {
        ++change.old_end;
      } else {
        ++change.new_end;
      }
    }
    close();
  }

  const Lines& old_;
  const Lines& new_;
  std::vector<Change> changes_;
};

void AddLine(std::string& text, char sign, std::string_view line) {
  text += sign;
  text += line;
  if (!line.ends_with('\n')) text += "\n\\ No newline at end of file\n";
}

// "12,3"; a range without lines is named by the line before it.
std::string RangeText(size_t begin, size_t end) {
  const size_t count = end - begin;
  return std::to_string(count == 0 ? begin : begin + 1) +
         (count == 1 ? "" : "," + std::to_string(count));
}

// Changes [first, last), close enough to share their context.
std::string Hunk(const Lines& before, const Lines& after, const Change* first,
                 const Change* last) {
  const size_t lead = std::min(kContext, first->old_begin);
  const Change& end = *(last - 1);
  const size_t trail = std::min(kContext, before.size() - end.old_end);
  std::string text =
      "@@ -" + RangeText(first->old_begin - lead, end.old_end + trail) + " +" +
      RangeText(first->new_begin - lead, end.new_end + trail) + " @@\n";
  size_t at = first->old_begin - lead;
  for (const Change* change = first; change != last; ++change) {
    for (; at < change->old_begin; ++at) AddLine(text, ' ', before[at]);
    for (; at < change->old_end; ++at) AddLine(text, '-', before[at]);
    for (size_t i = change->new_begin; i < change->new_end; ++i) {
      AddLine(text, '+', after[i]);
    }
  }
  for (; at < end.old_end + trail; ++at) AddLine(text, ' ', before[at]);
  return text;
}

bool IsPlainName(std::string_view path) {
  return std::ranges::all_of(path, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 0x20 && byte != 0x7F && c != '"' && c != '\\';
  });
}

std::string HeaderName(std::string_view path) {
  if (IsPlainName(path)) {
    // patch takes what follows a blank for a date, unless a tab ends the name.
    const bool has_blank = path.find(' ') != path.npos;
    return std::string(path) + (has_blank ? "\t" : "");
  }
  std::string quoted = "\"";
  for (const char c : path) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      quoted += '\\';
      quoted += c;
    } else if (byte < 0x20 || byte == 0x7F) {
      quoted += '\\';
      for (const unsigned shift : {6U, 3U, 0U}) {
        quoted += static_cast<char>('0' + (byte >> shift & 7U));
      }
    } else {
      quoted += c;
    }
  }
  return quoted += '"';
}

}  // namespace

std::string UnifiedDiff(std::string_view path, std::string_view before,
                        std::string_view after) {
  if (before == after) return {};
  const Lines old_lines = SplitLines(before);
  const Lines new_lines = SplitLines(after);
  const std::vector<Change> changes = Comparison(old_lines, new_lines).Run();
  const std::string name = HeaderName(path);
  std::string text = "--- " + name + "\n+++ " + name + "\n";
  for (size_t i = 0; i < changes.size();) {
    size_t next = i + 1;
    while (next < changes.size() &&
           changes[next].old_begin - changes[next - 1].old_end <=
               2 * kContext) {
      ++next;
    }
    text += Hunk(old_lines, new_lines, &changes[i], changes.data() + next);
    i = next;
  }
  return text;
}

}  // namespace meshvet::lint

// File: yaml/position.h
//
// Position: a place in a file, as people and machines want it named. Lines and
// columns count from 1; a column is a number of Unicode code points, so that an
// editor lands on the character; the offset is a byte offset from the start of
// the file, byte order mark included. A line ends with LF, CR LF or a lone CR.
//
//   PositionMap map("a: é # b\n");
//   map.At(map.ByteOf(5));   // line 1, column 6, offset 6: the '#'
//
// The map keeps a few numbers for each line (and, beyond ASCII, one bit for
// each byte), not the text. It is immutable and safe to read from any thread.

#ifndef MESHVET_YAML_POSITION_H_
#define MESHVET_YAML_POSITION_H_

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace meshvet::yaml {

struct Position {
  uint32_t line = 1;
  uint32_t column = 1;
  size_t offset = 0;

  friend bool operator==(const Position&, const Position&) = default;
};

// From `start` up to, not including, `end`.
struct Range {
  Position start;
  Position end;

  friend bool operator==(const Range&, const Range&) = default;
};

inline constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

class PositionMap {
 public:
  // `text` must be shorter than 4 GiB.
  explicit PositionMap(std::string_view text);

  // The position of a byte; anything beyond the end means the end.
  Position At(size_t byte) const;
  // The byte where a character starts, and the character a byte belongs to.
  // Characters are code points counted from 0 after the byte order mark.
  size_t ByteOf(size_t character) const;
  size_t CharacterOf(size_t byte) const;
  Range RangeOf(size_t first_character, size_t end_character) const;

  // The bytes where lines start; the first is after the byte order mark.
  const std::vector<uint32_t>& line_starts() const { return line_starts_; }

 private:
  void FindLines(std::string_view text);
  void CountCharacters(std::string_view text);
  // Code points that start before `byte`, the byte order mark not counted.
  size_t Rank(size_t byte) const;

  size_t first_;  // length of the byte order mark
  size_t size_;
  std::vector<uint32_t> line_starts_;
  // Empty for ASCII. A bit for each byte that starts a code point, and before
  // each word of 64 of them the number of those that came earlier.
  std::vector<uint64_t> starts_;
  std::vector<uint32_t> ranks_;
};

}  // namespace meshvet::yaml

#endif  // MESHVET_YAML_POSITION_H_

// File: yaml/layout.h
//
// Where the nodes of a file's documents stand: one Span for each key and value
// in document order, beside the trees rather than in them.

#ifndef MESHVET_YAML_LAYOUT_H_
#define MESHVET_YAML_LAYOUT_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <string_view>
#include <vector>

#include "yaml/parse.h"
#include "yaml/position.h"

namespace meshvet::yaml {

// Code points of the file, and the number of spans up to the next sibling.
struct Span {
  uint32_t start;
  uint32_t end;
  uint32_t size;
};

// The spans of every 64th element of the long sequences, by the sequence's own:
// who looks for an element in a List of thousands need not pass all before it.
using Marks = std::map<size_t, std::vector<size_t>>;
inline constexpr size_t kMarkEvery = 64;

struct Source::Layout {
  explicit Layout(std::string_view text) : positions(text) {}

  PositionMap positions;
  std::vector<Span> spans;
  Marks marks;
};

}  // namespace meshvet::yaml

#endif  // MESHVET_YAML_LAYOUT_H_

// File: yaml/marker.h
//
// Markers: the `---` at the start of a line, with nothing or white space behind
// it, which ends whatever document there was: YAML allows it nowhere else in
// the first column.

#ifndef MESHVET_YAML_MARKER_H_
#define MESHVET_YAML_MARKER_H_

#include <cstddef>
#include <string_view>

#include "yaml/position.h"

namespace meshvet::yaml {

inline constexpr std::string_view kMarker = "---";

// Whether the line that begins at `at` begins with one.
bool IsMarkerAt(std::string_view text, size_t at);

// The first and the last in [from, end); npos if there is none. `positions` are
// those of `text`.
size_t NextMarker(std::string_view text, const PositionMap& positions,
                  size_t from, size_t end);
size_t LastMarker(std::string_view text, const PositionMap& positions,
                  size_t from, size_t end);

}  // namespace meshvet::yaml

#endif  // MESHVET_YAML_MARKER_H_

// File: yaml/render.h
//
// Render: a value -> YAML or JSON text, to be put into a file that is written
// in a style of its own.
//
//   RenderBlock(node, 4, style)   // "mode: SIMPLE\n    sni: a.example"
//   RenderFlow(node, style, "")   // {mode: SIMPLE, sni: a.example}
//
// A text stands without quotes only where no reader of YAML, kubectl's or
// another, could take it for anything else. Whatever is written reads back as
// an equal value. No state.

#ifndef MESHVET_YAML_RENDER_H_
#define MESHVET_YAML_RENDER_H_

#include <cstddef>
#include <string>
#include <string_view>

#include "mesh/node.h"

namespace meshvet::yaml {

enum class Quotes { kNone, kSingle, kDouble };

struct BlockStyle {
  size_t step = 2;           // of a mapping in a mapping
  size_t sequence_step = 2;  // of a sequence in a mapping; 0 is usual too
  std::string newline = "\n";
};

struct FlowStyle {
  bool quotes_all = false;  // as JSON does
  std::string colon = ": ";
  std::string comma = ", ";
  // Each entry on a line of its own, one step further in.
  bool is_multiline = false;
  std::string step = "  ";
  std::string newline = "\n";
};

// A scalar, an empty array or an empty object, on one line. A text gets these
// quotes, or double ones where they would not do.
std::string RenderScalar(Node value, Quotes quotes, bool in_flow);
std::string RenderKey(std::string_view key, bool quoted, bool in_flow);

// An array or object that is not empty, in block style. The first line is to
// stand at `column`, and is not indented; the last has no line end.
std::string RenderBlock(Node value, size_t column, const BlockStyle& style);
// One entry of a mapping in block style, its key at `column`.
std::string RenderMember(std::string_view key, Node value, size_t column,
                         const BlockStyle& style);
// One entry of a sequence in block style, its dash at `column`.
std::string RenderElement(Node value, size_t column, const BlockStyle& style);

// Any value in flow style; `indent` is what the line it starts on begins with.
std::string RenderFlow(Node value, const FlowStyle& style,
                       const std::string& indent);

// Whether the value is written over several lines in block style.
bool IsBlock(Node value);

}  // namespace meshvet::yaml

#endif  // MESHVET_YAML_RENDER_H_

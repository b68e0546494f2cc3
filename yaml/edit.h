// File: yaml/edit.h
//
// Edit: JSON Patch on a document -> the few bytes of its file to change, so
// that everything else stays as its author wrote it: comments, quotes,
// indentation, anchors, line ends.
//
//   const auto edits = EditsOf(text, source.ValueRange("").start.offset,
//                              {{"add", "/metadata/labels/app", "\"shop\""}});
//   if (edits) text = Apply(text, *edits);
//
// What the edits make of the text is read again before they are handed out: the
// document is then the one ApplyPatch gives, and what else the text holds is
// what it was. Where that cannot be had, an Error says why, and nothing is
// done: the value stands behind an alias or a merge key, an anchor shares it,
// or its text is of a shape that no edit can be trusted with.
//
// A value is written in the style of its surroundings: block or flow, the
// file's steps of indentation, the quotes of the value it replaces. An empty
// `{}`, `[]` or null becomes a block where its parent is one. A comment goes
// only with the line, or the value, that is removed.

#ifndef MESHVET_YAML_EDIT_H_
#define MESHVET_YAML_EDIT_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "mesh/json_patch.h"
#include "mesh/result.h"
#include "yaml/parse.h"

namespace meshvet::yaml {

// Bytes [offset, offset + length) give way to `text`.
struct TextEdit {
  size_t offset = 0;
  size_t length = 0;
  std::string text;

  friend bool operator==(const TextEdit&, const TextEdit&) = default;
};

// For the document of `text` whose root value begins at byte `root`. `patch`
// may add, replace, remove and test. The edits are sorted and do not overlap.
// The error's `where` is a JSON Pointer, or empty.
Result<std::vector<TextEdit>> EditsOf(std::string_view text, size_t root,
                                      const std::vector<PatchOperation>& patch,
                                      const Limits& limits = {});

// `edits` as EditsOf gives them, of one document or of several in their order.
std::string Apply(std::string_view text, const std::vector<TextEdit>& edits);

}  // namespace meshvet::yaml

#endif  // MESHVET_YAML_EDIT_H_

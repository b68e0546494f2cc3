// File: mesh/json_pointer.h
//
// JSON Pointer (RFC 6901): text such as "/spec/http/0/route" that names one
// place in a document. "" is the whole document.

#ifndef MESHVET_MESH_JSON_POINTER_H_
#define MESHVET_MESH_JSON_POINTER_H_

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mesh/node.h"

namespace meshvet {

// "a/b~c" -> "a~1b~0c".
std::string EscapePointerToken(std::string_view token);

// "/spec/http" -> {"spec", "http"}; nothing if the text is no JSON Pointer.
std::optional<std::vector<std::string>> SplitPointer(std::string_view pointer);

// The index of an array's element that a token names: digits without a leading
// zero; nothing for any other, "-" among them.
std::optional<size_t> ParseArrayIndex(std::string_view token);

// The Node at `pointer` below `root`; missing if there is none.
Node Resolve(Node root, std::string_view pointer);

// Finds the pointer of any Node of one document. Costs one walk over the
// document's containers, then a binary search a question, so the price is paid
// only where there is a finding.
class PointerIndex {
 public:
  explicit PointerIndex(Node root);
  ~PointerIndex();
  PointerIndex(const PointerIndex&) = delete;
  PointerIndex& operator=(const PointerIndex&) = delete;

  // Of the Node itself; for a missing Node, of the place it would have.
  std::string Of(const Node& node) const;
  // Of the Node, or of its nearest existing parent when it is missing.
  std::string OfNearest(const Node& node) const;

 private:
  struct Container;
  std::string OfValue(const rapidjson::Value* value) const;

  const rapidjson::Value* root_;
  std::vector<Container> containers_;  // sorted by the address of their content
};

}  // namespace meshvet

#endif  // MESHVET_MESH_JSON_POINTER_H_

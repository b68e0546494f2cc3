// File: mesh/document_tree.h
//
// The RapidJSON document inside a Document. Included by mesh/*.cc only, so that
// RapidJSON's headers are compiled nowhere else.

#ifndef MESHVET_MESH_DOCUMENT_TREE_H_
#define MESHVET_MESH_DOCUMENT_TREE_H_

#include <rapidjson/document.h>

#include <algorithm>
#include <cstddef>
#include <string>

#include "mesh/document.h"

namespace meshvet {

struct Document::Tree {
  // RapidJSON's default chunk of 64 KiB would waste most of itself on an
  // ordinary manifest of 1 KiB.
  explicit Tree(size_t chunk)
      : allocator(std::clamp<size_t>(chunk, 256, 64 << 10)),
        document(&allocator) {}

  // What the strings of a parsed document point into.
  std::string text;
  rapidjson::MemoryPoolAllocator<> allocator;
  rapidjson::Document document;
};

// A deep copy of `from` in `to`, strings included: RapidJSON's own copy would
// share the text of a parsed document, which may be gone sooner.
void CopyDeep(const rapidjson::Value& from, rapidjson::Document& to);
// The same as a value that `allocator` keeps.
rapidjson::Value CopyDeep(const rapidjson::Value& from,
                          rapidjson::MemoryPoolAllocator<>& allocator);

}  // namespace meshvet

#endif  // MESHVET_MESH_DOCUMENT_TREE_H_

// File: mesh/document.h
//
// Document: one JSON-like tree and the memory it lives in. Everything we read,
// from HTTP or from YAML, becomes a Document and is seen through Node.
//
//   Result<Document> review = ParseJson(body, {.max_depth = 128});
//   if (!review) return Refuse(review.error());
//   Use(review->root()["request"]);
//
// A Document is immutable once built and may then be read from any thread.

#ifndef MESHVET_MESH_DOCUMENT_H_
#define MESHVET_MESH_DOCUMENT_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

#include "mesh/node.h"
#include "mesh/result.h"

namespace meshvet {

struct JsonLimits {
  size_t max_bytes = 7 << 20;
  // Our own walks recurse, so depth is bounded while parsing.
  size_t max_depth = 256;
  size_t max_values = 1'000'000;
};

// Receives a tree in document order. Keys come before their values; strings are
// copied. The caller balances Start… and End… calls.
class DocumentBuilder {
 public:
  virtual void Null() = 0;
  virtual void Bool(bool value) = 0;
  virtual void Int(int64_t value) = 0;
  virtual void Uint(uint64_t value) = 0;
  virtual void Double(double value) = 0;
  virtual void String(std::string_view value) = 0;
  virtual void StartObject() = 0;
  virtual void Key(std::string_view key) = 0;
  virtual void EndObject() = 0;
  virtual void StartArray() = 0;
  virtual void EndArray() = 0;

 protected:
  ~DocumentBuilder() = default;
};

class Document {
 public:
  struct Tree;  // mesh/document_tree.h, for mesh/ alone

  Document();
  explicit Document(std::unique_ptr<Tree> tree);
  ~Document();
  Document(Document&& other) noexcept;
  Document& operator=(Document&& other) noexcept;

  // The root; missing for a default-constructed Document.
  Node root() const;

  // Builds a tree from the calls that `write` makes, which must describe
  // exactly one complete value and return true; a false return gives an empty
  // Document. `size_hint` is roughly the number of bytes of text behind it.
  static Document Build(size_t size_hint,
                        const std::function<bool(DocumentBuilder&)>& write);

  // A deep copy in memory of just the right size, without the top-level fields
  // `status` and `metadata.managedFields`, which no rule reads and which are
  // often larger than the rest.
  static Document CompactCopyOf(Node object);

 private:
  std::unique_ptr<Tree> tree_;
};

// Parses one JSON text (RFC 8259). Refused, with a message that names the byte
// offset or the JSON Pointer: anything over a limit, invalid UTF-8, a lone
// surrogate escape, duplicate keys, text after the value.
Result<Document> ParseJson(std::string_view text, const JsonLimits& limits);

}  // namespace meshvet

#endif  // MESHVET_MESH_DOCUMENT_H_

// Any bytes -> a refusal, or a Document whose JSON text reads back as an equal
// one; and what the fast reader takes, the thorough one reads as the same.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "mesh/document.h"
#include "mesh/document_tree.h"
#include "mesh/json_pointer.h"
#include "mesh/json_reader.h"
#include "test/fuzz/require.h"
#include "test/support/same_tree.h"

namespace {

using meshvet::Node;
using meshvet::fuzz::Require;

// Asks for a bounded number of places: each costs the steps that lead there.
class Walker {
 public:
  explicit Walker(Node root) : root_(root), index_(root) {}

  void Walk(Node node) {
    if (left_ == 0) return;
    --left_;
    const std::string pointer = index_.Of(node);
    Require(meshvet::Resolve(root_, pointer).value() == node.value());
    for (const Node element : node) Walk(element);
    for (const auto& [key, value] : node.Members()) Walk(value);
  }

 private:
  Node root_;
  meshvet::PointerIndex index_;
  size_t left_ = 2'000;
};

void CompareReaders(std::string_view text) {
  const auto fast = meshvet::ReadFast(text, {});
  if (fast == nullptr) return;
  const auto thorough = meshvet::ReadThoroughly(text, {});
  Require(thorough.ok());
  Require(meshvet::IsSameTree(fast->document, *thorough->root().value()));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  CompareReaders(text);
  const auto document = meshvet::ParseJson(text, {});
  if (!document) {
    Require(!document.error().message.empty());
    return 0;
  }
  const auto again = meshvet::ParseJson(document->root().ToJson(), {});
  Require(again.ok());
  Require(again->root() == document->root());
  Require(document->root() == document->root());
  Walker(document->root()).Walk(document->root());
  return 0;
}

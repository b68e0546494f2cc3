// Two lines or more -> a document and the patch to apply to it: no crash, and
// what comes out is a document that reads back as an equal one.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "mesh/document.h"
#include "mesh/json_patch.h"
#include "mesh/json_pointer.h"
#include "test/fuzz/require.h"

namespace {

using meshvet::ApplyPatch;
using meshvet::Node;
using meshvet::PatchOperation;
using meshvet::Result;
using meshvet::fuzz::Require;

void RequireReadsBack(Node root) {
  const auto again = meshvet::ParseJson(root.ToJson(), {});
  Require(again.ok());
  Require(again->root() == root);
}

void RequireWritesBack(const std::vector<PatchOperation>& operations) {
  const auto document = meshvet::ParseJson(WritePatch(operations), {});
  // The text may pass a limit that the parts of it kept.
  if (!document) return;
  const auto again = meshvet::ReadPatch(document->root());
  Require(again.ok());
  Require(*again == operations);
}

// What was added can be tested for and taken away again.
void RequireUndone(Node before, Node after, const PatchOperation& operation) {
  if (operation.op != "add" || operation.path.ends_with("/-")) return;
  const std::vector<PatchOperation> test = {
      {"test", operation.path, operation.value}};
  Require(ApplyPatch(after, test).ok());
  if (operation.path.empty()) return;
  const std::string parent =
      operation.path.substr(0, operation.path.rfind('/'));
  const bool inserted = meshvet::Resolve(before, parent).IsArray();
  const Node old = meshvet::Resolve(before, operation.path);
  if (old.value() != nullptr && !inserted) return;
  const auto undone = ApplyPatch(after, {{"remove", operation.path}});
  Require(undone.ok());
  Require(undone->root() == before);
}

void RequireNamesAnOperation(const meshvet::Error& error, size_t count) {
  Require(!error.message.empty());
  const auto tokens = meshvet::SplitPointer(error.where);
  Require(tokens.has_value() && tokens->size() == 2);
  const auto index = meshvet::ParseArrayIndex((*tokens)[0]);
  Require(index.has_value() && *index < count);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const size_t line = text.find('\n');
  if (line == text.npos) return 0;
  const auto document = meshvet::ParseJson(text.substr(0, line), {});
  const auto patch = meshvet::ParseJson(text.substr(line + 1), {});
  if (!document || !patch) return 0;
  const std::string before = document->root().ToJson();

  const auto operations = meshvet::ReadPatch(patch->root());
  if (!operations) return 0;
  RequireWritesBack(*operations);
  constexpr meshvet::PatchLimits kLimits = {.max_copy_bytes = 4 << 10,
                                            .max_operations = 100};
  const auto after = ApplyPatch(document->root(), *operations, kLimits);
  Require(document->root().ToJson() == before);
  if (after) {
    RequireReadsBack(after->root());
    if (operations->size() == 1) {
      RequireUndone(document->root(), after->root(), operations->front());
    }
  } else if (operations->size() <= kLimits.max_operations) {
    RequireNamesAnOperation(after.error(), operations->size());
  }
  return 0;
}

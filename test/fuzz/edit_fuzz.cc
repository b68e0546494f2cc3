// A line of JSON Patch, then a file: what the edits of a document make of the
// file is what the patch makes of the document, all else in the file stays, and
// editing once more to the same end changes nothing.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "mesh/document.h"
#include "mesh/json_patch.h"
#include "test/fuzz/require.h"
#include "yaml/edit.h"
#include "yaml/parse.h"

namespace {

using meshvet::Document;
using meshvet::Node;
using meshvet::PatchOperation;
using meshvet::fuzz::Require;
using meshvet::yaml::Source;
using meshvet::yaml::Stream;
using meshvet::yaml::TextEdit;

constexpr meshvet::yaml::Limits kLimits = {.max_depth = 64,
                                           .max_nodes = 20'000,
                                           .max_alias_nodes = 5'000,
                                           .max_alias_bytes = 1 << 16,
                                           .max_documents = 100,
                                           .max_problems = 50};

size_t RootOf(const Source& source) {
  return source.ValueRange("").start.offset;
}

void RequireInOrder(const std::vector<TextEdit>& edits, size_t size) {
  size_t done = 0;
  for (const TextEdit& edit : edits) {
    Require(edit.offset >= done && edit.length <= size &&
            edit.offset <= size - edit.length);
    done = edit.offset + edit.length;
  }
}

void RequireOnlyOneChanged(const Stream& before, const Stream& after,
                           size_t changed, Node wanted) {
  Require(after.documents.size() == before.documents.size());
  Require(after.problems.size() == before.problems.size());
  for (size_t i = 0; i < after.documents.size(); ++i) {
    const Node root = after.documents[i].root();
    Require(root == (i == changed ? wanted : before.documents[i].root()));
  }
}

void Edit(std::string_view text, const Stream& stream, size_t index,
          const std::vector<PatchOperation>& patch) {
  const Source& source = stream.documents[index];
  const auto wanted = ApplyPatch(source.root(), patch);
  const auto edits = EditsOf(text, RootOf(source), patch, kLimits);
  if (!edits) {
    Require(!edits.error().message.empty());
    return;
  }
  Require(wanted.ok());
  RequireInOrder(*edits, text.size());
  const std::string edited = Apply(text, *edits);
  const Stream after = meshvet::yaml::Parse(edited, kLimits);
  RequireOnlyOneChanged(stream, after, index, wanted->root());

  const Source& again = after.documents[index];
  const std::vector<PatchOperation> same = {
      {"replace", "", wanted->root().ToJson()}};
  const auto nothing = EditsOf(edited, RootOf(again), same, kLimits);
  Require(!nothing || nothing->empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const size_t line = input.find('\n');
  if (line == input.npos) return 0;
  const auto patch = meshvet::ParseJson(input.substr(0, line), {});
  if (!patch) return 0;
  const auto operations = meshvet::ReadPatch(patch->root());
  if (!operations || operations->size() > 20) return 0;
  const std::string_view text = input.substr(line + 1);
  const Stream stream = meshvet::yaml::Parse(text, kLimits);
  const size_t most = std::min<size_t>(stream.documents.size(), 3);
  for (size_t i = 0; i < most; ++i) Edit(text, stream, i, *operations);
  return 0;
}

#include "mesh/json_patch.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "mesh/document_tree.h"
#include "mesh/json_pointer.h"

namespace meshvet {
namespace {

using rapidjson::SizeType;
using rapidjson::Value;
using Tokens = std::vector<std::string>;

// What an object may hold is bounded when it is read; a patch must not lead
// past it.
constexpr size_t kMaxDepth = 256;
constexpr JsonLimits kValueLimits = {.max_bytes = 8 << 20,
                                     .max_depth = kMaxDepth};

constexpr std::array<std::string_view, 6> kOperations = {
    "add", "remove", "replace", "move", "copy", "test"};

bool NeedsValue(std::string_view op) {
  return op == "add" || op == "replace" || op == "test";
}

bool NeedsFrom(std::string_view op) { return op == "move" || op == "copy"; }

Value Text(std::string_view text, Value::AllocatorType& allocator) {
  return {text.data(), static_cast<SizeType>(text.size()), allocator};
}

// An index below `limit`.
std::optional<SizeType> Index(std::string_view token, SizeType limit) {
  const std::optional<size_t> index = ParseArrayIndex(token);
  if (!index || *index >= limit) return {};
  return static_cast<SizeType>(*index);
}

Value* Child(Value& parent, std::string_view token) {
  if (parent.IsArray()) {
    const auto index = Index(token, parent.Size());
    return index ? &parent[*index] : nullptr;
  }
  if (!parent.IsObject()) return nullptr;
  const Value key(rapidjson::StringRef(token.data(), token.size()));
  return parent.HasMember(key) ? &parent[key] : nullptr;
}

// How deep arrays and objects nest, counted as the parser does: 0 for a scalar.
size_t DepthOf(const Value& root) {
  std::vector<std::pair<const Value*, size_t>> open = {{&root, 0}};
  size_t deepest = 0;
  while (!open.empty()) {
    const auto [value, above] = open.back();
    open.pop_back();
    if (!value->IsArray() && !value->IsObject()) continue;
    const size_t depth = above + 1;
    deepest = std::max(deepest, depth);
    if (value->IsArray()) {
      for (const Value& element : value->GetArray()) {
        open.emplace_back(&element, depth);
      }
    } else if (value->IsObject()) {
      for (const auto& member : value->GetObject()) {
        open.emplace_back(&member.value, depth);
      }
    }
  }
  return deepest;
}

// Whether `inner` lies strictly below `outer`.
bool IsBelow(const Tokens& inner, const Tokens& outer) {
  return inner.size() > outer.size() &&
         std::equal(outer.begin(), outer.end(), inner.begin());
}

// Why an operation cannot be carried out, and which of its members says so.
struct Refusal {
  std::string message;
  const char* member = "/path";
};
using Failure = std::optional<Refusal>;  // nothing means success

// Carries out operations on one tree.
class Patcher {
 public:
  Patcher(Document::Tree& tree, const PatchLimits& limits)
      : root_(tree.document), allocator_(tree.allocator), limits_(limits) {}

  Failure Apply(const PatchOperation& operation) {
    const bool needs_value = NeedsValue(operation.op);
    const bool needs_from = NeedsFrom(operation.op);
    if (!needs_value && !needs_from && operation.op != "remove") {
      return Refusal{"unknown operation", "/op"};
    }
    const auto path = SplitPointer(operation.path);
    if (!path) return Refusal{"path is no JSON Pointer"};
    if (needs_from) return MoveOrCopy(operation, *path);
    if (needs_value) return ApplyValue(operation, *path);
    return Remove(*path);
  }

 private:
  Failure ApplyValue(const PatchOperation& operation, const Tokens& path) {
    const Result<Document> value = ParseJson(operation.value, kValueLimits);
    if (!value) return Refusal{value.error().message, "/value"};
    if (operation.op == "test") return Test(path, value->root());
    Value copy = CopyDeep(*value->root().value(), allocator_);
    return operation.op == "add" ? Add(path, copy) : Replace(path, copy);
  }

  Value* Find(const Tokens& path, size_t length) {
    Value* at = &root_;
    for (size_t i = 0; i < length && at != nullptr; ++i) {
      at = Child(*at, path[i]);
    }
    return at;
  }
  Value* Find(const Tokens& path) { return Find(path, path.size()); }

  Failure Add(const Tokens& path, Value& value) {
    if (path.size() + DepthOf(value) > kMaxDepth)
      return Refusal{"nested too deeply"};
    if (path.empty()) {
      root_ = value;
      return {};
    }
    Value* parent = Find(path, path.size() - 1);
    if (parent == nullptr) return Refusal{"its parent does not exist"};
    if (parent->IsArray()) return Insert(*parent, path.back(), value);
    if (!parent->IsObject())
      return Refusal{"its parent is neither object nor array"};
    if (Value* old = Child(*parent, path.back())) {
      *old = value;
    } else {
      Value key = Text(path.back(), allocator_);
      parent->AddMember(key, value, allocator_);
    }
    return {};
  }

  Failure Insert(Value& array, std::string_view token, Value& value) {
    const SizeType size = array.Size();
    const auto index =
        token == "-" ? std::optional(size) : Index(token, size + 1);
    if (!index) return Refusal{"no such place in the array"};
    array.PushBack(Value(), allocator_);
    for (SizeType i = size; i > *index; --i) array[i] = array[i - 1];
    array[*index] = value;
    return {};
  }

  Failure Replace(const Tokens& path, Value& value) {
    Value* target = Find(path);
    if (target == nullptr) return Refusal{"there is nothing to replace"};
    if (path.size() + DepthOf(value) > kMaxDepth)
      return Refusal{"nested too deeply"};
    *target = value;
    return {};
  }

  Failure Remove(const Tokens& path) {
    if (path.empty()) return Refusal{"the whole document cannot be removed"};
    Value* parent = Find(path, path.size() - 1);
    Value* target = parent == nullptr ? nullptr : Child(*parent, path.back());
    if (target == nullptr) return Refusal{"there is nothing to remove"};
    if (parent->IsArray()) {
      parent->Erase(target);
    } else {
      // Keeps the order of the others, which authors see in diffs.
      const Value key(
          rapidjson::StringRef(path.back().data(), path.back().size()));
      parent->EraseMember(parent->FindMember(key));
    }
    return {};
  }

  Failure MoveOrCopy(const PatchOperation& operation, const Tokens& path) {
    const auto from = SplitPointer(operation.from);
    if (!from) return Refusal{"from is no JSON Pointer", "/from"};
    Value* source = Find(*from);
    if (source == nullptr) return Refusal{"there is nothing at from", "/from"};
    return operation.op == "copy" ? Copy(*source, path)
                                  : Move(*source, *from, path);
  }

  Failure Copy(const Value& source, const Tokens& path) {
    copied_ += Node(&source).ToJson().size();
    if (copied_ > limits_.max_copy_bytes) {
      return Refusal{"copies too much", "/from"};
    }
    Value copy = CopyDeep(source, allocator_);
    return Add(path, copy);
  }

  Failure Move(Value& source, const Tokens& from, const Tokens& path) {
    if (IsBelow(path, from)) return Refusal{"a value cannot move into itself"};
    if (path == from) return {};
    // Taken, not copied: memory of the tree is never given back.
    Value taken;
    taken.Swap(source);
    if (Failure failure = Remove(from)) return failure;
    return Add(path, taken);
  }

  Failure Test(const Tokens& path, Node wanted) {
    const Value* target = Find(path);
    if (target == nullptr) return Refusal{"there is nothing to test"};
    if (Node(target) == wanted) return {};
    return Refusal{"the value is not the one tested for", "/value"};
  }

  Value& root_;
  Value::AllocatorType& allocator_;
  const PatchLimits& limits_;
  size_t copied_ = 0;
};

Result<PatchOperation> ReadOperation(Node node) {
  if (!node.IsObject()) return Error{"an operation is an object"};
  PatchOperation operation{std::string(node["op"].Str()),
                           std::string(node["path"].Str())};
  if (std::ranges::find(kOperations, operation.op) == kOperations.end()) {
    return Error{"unknown operation \"" + operation.op + "\"", "/op"};
  }
  if (!node["path"].IsString()) return Error{"a text is required", "/path"};
  if (NeedsFrom(operation.op)) {
    if (!node["from"].IsString()) return Error{"a text is required", "/from"};
    operation.from = node["from"].Str();
  }
  if (NeedsValue(operation.op)) {
    if (node["value"].value() == nullptr) {
      return Error{"a value is required", "/value"};
    }
    operation.value = node["value"].ToJson();
  }
  return operation;
}

std::string Quoted(std::string_view text) {
  Value value(rapidjson::StringRef(text.data(), text.size()));
  return Node(&value).ToJson();
}

}  // namespace

Result<std::vector<PatchOperation>> ReadPatch(Node patch) {
  if (!patch.IsArray()) return Error{"a patch is an array of operations"};
  std::vector<PatchOperation> operations;
  for (const Node node : patch) {
    Result<PatchOperation> operation = ReadOperation(node);
    if (!operation) {
      const Error& error = operation.error();
      return Error{error.message,
                   "/" + std::to_string(operations.size()) + error.where};
    }
    operations.push_back(*std::move(operation));
  }
  return operations;
}

std::string WritePatch(const std::vector<PatchOperation>& operations) {
  std::string json = "[";
  for (const PatchOperation& operation : operations) {
    if (json.size() > 1) json += ',';
    json += "{\"op\":" + Quoted(operation.op);
    if (NeedsFrom(operation.op)) json += ",\"from\":" + Quoted(operation.from);
    json += ",\"path\":" + Quoted(operation.path);
    if (NeedsValue(operation.op)) json += ",\"value\":" + operation.value;
    json += '}';
  }
  return json += ']';
}

Result<Document> ApplyPatch(Node document,
                            const std::vector<PatchOperation>& operations,
                            const PatchLimits& limits) {
  if (document.value() == nullptr) return Error{"there is no document"};
  if (operations.size() > limits.max_operations) {
    return Error{"more than " + std::to_string(limits.max_operations) +
                 " operations"};
  }
  auto tree = std::make_unique<Document::Tree>(4 << 10);
  CopyDeep(*document.value(), tree->document);
  Patcher patcher(*tree, limits);
  for (size_t i = 0; i < operations.size(); ++i) {
    if (const auto failure = patcher.Apply(operations[i])) {
      return Error{
          operations[i].op + " " + operations[i].path + ": " + failure->message,
          "/" + std::to_string(i) + failure->member};
    }
  }
  return Document(std::move(tree));
}

}  // namespace meshvet

#include "mesh/json_patch.h"

#include <algorithm>
#include <array>
#include <charconv>
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

// An array index below `limit`: digits without a leading zero.
std::optional<SizeType> Index(std::string_view token, SizeType limit) {
  if (token.empty() || (token.size() > 1 && token[0] == '0')) return {};
  SizeType index = 0;
  const char* end = token.data() + token.size();
  const auto [at, error] = std::from_chars(token.data(), end, index);
  if (error != std::errc() || at != end || index >= limit) return {};
  return index;
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

size_t DepthOf(const Value& root) {
  std::vector<std::pair<const Value*, size_t>> open = {{&root, 1}};
  size_t deepest = 0;
  while (!open.empty()) {
    const auto [value, depth] = open.back();
    open.pop_back();
    deepest = std::max(deepest, depth);
    if (value->IsArray()) {
      for (const Value& element : value->GetArray()) {
        open.emplace_back(&element, depth + 1);
      }
    } else if (value->IsObject()) {
      for (const auto& member : value->GetObject()) {
        open.emplace_back(&member.value, depth + 1);
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

// Carries out operations on one tree. Every step says why it failed; nothing
// means success.
class Patcher {
 public:
  using Failure = std::optional<std::string>;

  Patcher(Document::Tree& tree, const PatchLimits& limits)
      : root_(tree.document), allocator_(tree.allocator), limits_(limits) {}

  Failure Apply(const PatchOperation& operation) {
    const auto path = SplitPointer(operation.path);
    if (!path) return "path is no JSON Pointer";
    if (operation.op == "remove") return Remove(*path);
    if (NeedsFrom(operation.op)) return MoveOrCopy(operation, *path);
    const Result<Document> value = ParseJson(operation.value, kValueLimits);
    if (!value) return "value: " + value.error().message;
    if (operation.op == "test") return Test(*path, value->root());
    if (operation.op != "add" && operation.op != "replace") {
      return "unknown operation \"" + operation.op + "\"";
    }
    Value copy = CopyDeep(*value->root().value(), allocator_);
    return operation.op == "add" ? Add(*path, copy) : Replace(*path, copy);
  }

 private:
  Value* Find(const Tokens& path, size_t length) {
    Value* at = &root_;
    for (size_t i = 0; i < length && at != nullptr; ++i) {
      at = Child(*at, path[i]);
    }
    return at;
  }
  Value* Find(const Tokens& path) { return Find(path, path.size()); }

  Failure Add(const Tokens& path, Value& value) {
    if (path.size() + DepthOf(value) > kMaxDepth) return "nested too deeply";
    if (path.empty()) {
      root_ = value;
      return {};
    }
    Value* parent = Find(path, path.size() - 1);
    if (parent == nullptr) return "its parent does not exist";
    if (parent->IsArray()) return Insert(*parent, path.back(), value);
    if (!parent->IsObject()) return "its parent is neither object nor array";
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
    if (!index) return "no such place in the array";
    array.PushBack(Value(), allocator_);
    for (SizeType i = size; i > *index; --i) array[i] = array[i - 1];
    array[*index] = value;
    return {};
  }

  Failure Replace(const Tokens& path, Value& value) {
    Value* target = Find(path);
    if (target == nullptr) return "there is nothing to replace";
    if (path.size() + DepthOf(value) > kMaxDepth) return "nested too deeply";
    *target = value;
    return {};
  }

  Failure Remove(const Tokens& path) {
    if (path.empty()) return "the whole document cannot be removed";
    Value* parent = Find(path, path.size() - 1);
    Value* target = parent == nullptr ? nullptr : Child(*parent, path.back());
    if (target == nullptr) return "there is nothing to remove";
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
    if (!from) return "from is no JSON Pointer";
    const Value* source = Find(*from);
    if (source == nullptr) return "there is nothing at from";
    Value copy = CopyDeep(*source, allocator_);
    if (operation.op == "copy") {
      copied_ += Node(source).ToJson().size();
      if (copied_ > limits_.max_copy_bytes) return "copies too much";
      return Add(path, copy);
    }
    if (IsBelow(path, *from)) return "a value cannot move into itself";
    if (path == *from) return {};
    if (Failure failure = Remove(*from)) return failure;
    return Add(path, copy);
  }

  Failure Test(const Tokens& path, Node wanted) {
    const Value* target = Find(path);
    if (target == nullptr) return "there is nothing to test";
    if (Node(target) == wanted) return {};
    return "the value is not the one tested for";
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
          operations[i].op + " " + operations[i].path + ": " + *failure,
          "/" + std::to_string(i)};
    }
  }
  return Document(std::move(tree));
}

}  // namespace meshvet

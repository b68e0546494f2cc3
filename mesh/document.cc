#include "mesh/document.h"

#include <algorithm>
#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include "mesh/document_tree.h"
#include "mesh/json_reader.h"

namespace meshvet {
namespace {

using rapidjson::SizeType;

class TreeBuilder final : public DocumentBuilder {
 public:
  explicit TreeBuilder(rapidjson::Document& target) : target_(target) {}

  void Null() override { Value(target_.Null()); }
  void Bool(bool value) override { Value(target_.Bool(value)); }
  void Int(int64_t value) override { Value(target_.Int64(value)); }
  void Uint(uint64_t value) override { Value(target_.Uint64(value)); }
  void Double(double value) override { Value(target_.Double(value)); }
  void String(std::string_view text) override {
    // RapidJSON asks for an address even of nothing.
    Value(target_.String(text.empty() ? "" : text.data(),
                         static_cast<SizeType>(text.size()), true));
  }
  void StartObject() override {
    Value(target_.StartObject());
    counts_.push_back(0);
  }
  void Key(std::string_view key) override {
    target_.Key(key.empty() ? "" : key.data(),
                static_cast<SizeType>(key.size()), true);
  }
  void EndObject() override { target_.EndObject(PopCount()); }
  void StartArray() override {
    Value(target_.StartArray());
    counts_.push_back(0);
  }
  void EndArray() override { target_.EndArray(PopCount()); }

 private:
  void Value(bool /*always true*/) {
    if (!counts_.empty()) ++counts_.back();
  }
  SizeType PopCount() {
    const SizeType count = counts_.back();
    counts_.pop_back();
    return count;
  }

  rapidjson::Document& target_;
  std::vector<SizeType> counts_;  // values in each open container
};

// Tells a document what to hold, strings included. Told so, it takes the room
// it needs; AddMember takes that of sixteen members for each object.
class Copier {
 public:
  explicit Copier(rapidjson::Document& target) : target_(target) {}

  bool Null() { return target_.Null(); }
  bool Bool(bool value) { return target_.Bool(value); }
  bool Int(int value) { return target_.Int(value); }
  bool Uint(unsigned value) { return target_.Uint(value); }
  bool Int64(int64_t value) { return target_.Int64(value); }
  bool Uint64(uint64_t value) { return target_.Uint64(value); }
  bool Double(double value) { return target_.Double(value); }
  bool RawNumber(const char* s, SizeType n, bool /*copy*/) {
    return target_.RawNumber(s, n, true);
  }
  bool String(const char* s, SizeType n, bool /*copy*/) {
    return target_.String(s, n, true);
  }
  bool Key(const char* s, SizeType n, bool /*copy*/) {
    return target_.Key(s, n, true);
  }
  bool StartObject() { return target_.StartObject(); }
  bool StartArray() { return target_.StartArray(); }
  bool EndObject(SizeType n) { return target_.EndObject(n); }
  bool EndArray(SizeType n) { return target_.EndArray(n); }

 private:
  rapidjson::Document& target_;
};

// Copies the members of `from` whose keys are not among `skipped`; their
// number.
SizeType CopyMembers(Node from, std::initializer_list<std::string_view> skipped,
                     Copier& copier) {
  SizeType count = 0;
  for (const auto& [key, value] : from.Members()) {
    if (std::find(skipped.begin(), skipped.end(), key) != skipped.end()) {
      continue;
    }
    copier.Key(key.data(), static_cast<SizeType>(key.size()), true);
    value.value()->Accept(copier);
    ++count;
  }
  return count;
}

}  // namespace

Document::Document() = default;
Document::Document(std::unique_ptr<Tree> tree) : tree_(std::move(tree)) {}
Document::~Document() = default;
Document::Document(Document&& other) noexcept = default;
Document& Document::operator=(Document&& other) noexcept = default;

Node Document::root() const {
  return tree_ == nullptr ? Node() : Node(&tree_->document);
}

Document Document::Build(size_t size_hint,
                         const std::function<bool(DocumentBuilder&)>& write) {
  auto tree = std::make_unique<Tree>(size_hint * 2);
  bool complete = false;
  const auto generate = [&](rapidjson::Document& target) {
    TreeBuilder builder(target);
    complete = write(builder);
    return complete;
  };
  tree->document.Populate(generate);
  return complete ? Document(std::move(tree)) : Document();
}

rapidjson::Value CopyDeep(const rapidjson::Value& from,
                          rapidjson::MemoryPoolAllocator<>& allocator) {
  switch (from.GetType()) {
    case rapidjson::kStringType:
      return {from.GetString(), from.GetStringLength(), allocator};
    case rapidjson::kArrayType: {
      rapidjson::Value copy(rapidjson::kArrayType);
      copy.Reserve(from.Size(), allocator);
      for (const rapidjson::Value& element : from.GetArray()) {
        copy.PushBack(CopyDeep(element, allocator), allocator);
      }
      return copy;
    }
    case rapidjson::kObjectType: {
      rapidjson::Value copy(rapidjson::kObjectType);
      for (const auto& member : from.GetObject()) {
        copy.AddMember(CopyDeep(member.name, allocator),
                       CopyDeep(member.value, allocator), allocator);
      }
      return copy;
    }
    default:
      return {from, allocator};
  }
}

void CopyDeep(const rapidjson::Value& from, rapidjson::Document& to) {
  static_cast<rapidjson::Value&>(to) = CopyDeep(from, to.GetAllocator());
}

Document Document::CompactCopyOf(Node object) {
  if (object.value() == nullptr) return {};
  // What is left of the last chunk is lost, so they are small.
  auto tree = std::make_unique<Tree>(512);
  const auto write = [&](rapidjson::Document& target) {
    Copier copier(target);
    if (!object.IsObject()) return object.value()->Accept(copier);
    copier.StartObject();
    SizeType count = CopyMembers(object, {"status", "metadata"}, copier);
    if (const Node metadata = object["metadata"]; metadata.IsObject()) {
      copier.Key("metadata", sizeof("metadata") - 1, true);
      copier.StartObject();
      copier.EndObject(CopyMembers(metadata, {"managedFields"}, copier));
      ++count;
    }
    return copier.EndObject(count);
  };
  tree->document.Populate(write);
  return Document(std::move(tree));
}

Result<Document> ParseJson(std::string_view text, const JsonLimits& limits) {
  if (text.size() > limits.max_bytes) {
    return Error{"larger than " + std::to_string(limits.max_bytes) + " bytes"};
  }
  if (auto tree = ReadFast(text, limits)) return Document(std::move(tree));
  return ReadThoroughly(text, limits);
}

}  // namespace meshvet

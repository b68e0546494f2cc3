#include "mesh/json_pointer.h"

#include <rapidjson/document.h>

#include <algorithm>
#include <charconv>
#include <functional>

namespace meshvet {

// The elements or members of one array or object: a block of memory, and the
// place of the array or object itself.
struct PointerIndex::Container {
  const char* first;  // of the block
  const char* last;   // one past it
  const rapidjson::Value* owner;
};

namespace {

using rapidjson::SizeType;
using rapidjson::Value;
using Member = Value::Member;

// "~0" is "~" and "~1" is "/"; any other "~" is no pointer.
std::optional<std::string> UnescapePointerToken(std::string_view token) {
  std::string plain;
  for (size_t i = 0; i < token.size(); ++i) {
    if (token[i] != '~') {
      plain += token[i];
      continue;
    }
    if (++i == token.size() || (token[i] != '0' && token[i] != '1')) return {};
    plain += token[i] == '0' ? '~' : '/';
  }
  return plain;
}

std::pair<const void*, const void*> ContentOf(const Value& value) {
  if (value.IsArray() && !value.Empty()) return {value.Begin(), value.End()};
  if (value.IsObject() && !value.ObjectEmpty()) {
    const Member* first = &*value.MemberBegin();
    return {first, first + value.MemberCount()};
  }
  return {nullptr, nullptr};
}

}  // namespace

std::optional<size_t> ParseArrayIndex(std::string_view token) {
  if (token.empty() || (token.size() > 1 && token[0] == '0')) return {};
  size_t index = 0;
  const char* end = token.data() + token.size();
  const auto [at, error] = std::from_chars(token.data(), end, index);
  if (error != std::errc() || at != end) return {};
  return index;
}

std::string EscapePointerToken(std::string_view token) {
  std::string escaped;
  escaped.reserve(token.size());
  for (const char c : token) {
    if (c == '~') {
      escaped += "~0";
    } else if (c == '/') {
      escaped += "~1";
    } else {
      escaped += c;
    }
  }
  return escaped;
}

std::optional<std::vector<std::string>> SplitPointer(std::string_view pointer) {
  std::vector<std::string> tokens;
  if (pointer.empty()) return tokens;
  if (pointer[0] != '/') return std::nullopt;
  while (!pointer.empty()) {
    pointer.remove_prefix(1);
    const size_t end = std::min(pointer.find('/'), pointer.size());
    std::optional<std::string> token =
        UnescapePointerToken(pointer.substr(0, end));
    if (!token) return std::nullopt;
    tokens.push_back(*std::move(token));
    pointer.remove_prefix(end);
  }
  return tokens;
}

Node Resolve(Node root, std::string_view pointer) {
  const auto tokens = SplitPointer(pointer);
  if (!tokens) return {};
  Node at = root;
  for (const std::string& token : *tokens) {
    const std::optional<size_t> index = ParseArrayIndex(token);
    at = at.IsArray() && index ? at[*index] : at[std::string_view(token)];
    // A missing Node would keep a view of `token`, which ends here.
    if (at.value() == nullptr) return {};
  }
  return at;
}

PointerIndex::PointerIndex(Node root) : root_(root.value()) {
  std::vector<const Value*> open;
  if (root_ != nullptr) open.push_back(root_);
  while (!open.empty()) {
    const Value* value = open.back();
    open.pop_back();
    const auto [first, last] = ContentOf(*value);
    if (first == nullptr) continue;
    containers_.push_back({static_cast<const char*>(first),
                           static_cast<const char*>(last), value});
    if (value->IsArray()) {
      for (const Value& element : value->GetArray()) open.push_back(&element);
    } else {
      for (const Member& m : value->GetObject()) open.push_back(&m.value);
    }
  }
  std::sort(containers_.begin(), containers_.end(),
            [](const Container& a, const Container& b) {
              return std::less<>()(a.first, b.first);
            });
}

PointerIndex::~PointerIndex() = default;

std::string PointerIndex::OfValue(const Value* value) const {
  std::vector<std::string> tokens;
  while (value != root_) {
    const char* address = reinterpret_cast<const char*>(value);
    auto next = std::upper_bound(containers_.begin(), containers_.end(),
                                 address, [](const char* at, const auto& c) {
                                   return std::less<>()(at, c.first);
                                 });
    // Not a value of this document: the whole document is the honest answer.
    if (next == containers_.begin()) return {};
    const Container& container = *--next;
    if (!std::less<>()(address, container.last)) return {};
    const auto offset = static_cast<size_t>(address - container.first);
    if (container.owner->IsArray()) {
      tokens.push_back(std::to_string(offset / sizeof(Value)));
    } else {
      const auto* member = reinterpret_cast<const Member*>(container.first) +
                           offset / sizeof(Member);
      tokens.push_back(EscapePointerToken(
          {member->name.GetString(), member->name.GetStringLength()}));
    }
    value = container.owner;
  }
  std::string pointer;
  for (auto token = tokens.rbegin(); token != tokens.rend(); ++token) {
    pointer += '/';
    pointer += *token;
  }
  return pointer;
}

std::string PointerIndex::Of(const Node& node) const {
  std::string pointer = OfNearest(node);
  for (const std::string_view key : node.missing_keys()) {
    pointer += '/';
    pointer += EscapePointerToken(key);
  }
  return pointer;
}

std::string PointerIndex::OfNearest(const Node& node) const {
  return node.anchor() == nullptr ? std::string() : OfValue(node.anchor());
}

}  // namespace meshvet

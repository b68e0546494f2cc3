#include "rules/policy_scope.h"

#include <algorithm>

#include "mesh/json_pointer.h"
#include "mesh/suggestion.h"

namespace meshvet::rules {
namespace {

std::string Expected(std::string_view what, Node node) {
  std::string shown = node.ToJson();
  constexpr size_t kMostShown = 60;
  if (shown.size() > kMostShown) shown = shown.substr(0, kMostShown) + "…";
  return "expected " + std::string(what) + ", got " + shown;
}

std::string List(std::span<const std::string_view> words) {
  std::string list;
  for (const std::string_view word : words) {
    if (!list.empty()) list += ", ";
    list += word;
  }
  return list;
}

}  // namespace

void ErrorLog::Add(const std::string& pointer, std::string message) {
  if (errors_.size() == kMost) {
    errors_.push_back({"further errors are not shown", file_});
  }
  if (errors_.size() > kMost) return;
  errors_.push_back({std::move(message), file_ + pointer});
}

Scope Scope::operator[](std::string_view key) const {
  return {node_[key], pointer_ + "/" + EscapePointerToken(key), log_};
}

std::vector<Scope> Scope::Elements() const {
  std::vector<Scope> elements;
  for (const Node element : node_) {
    elements.emplace_back(
        element, pointer_ + "/" + std::to_string(elements.size()), log_);
  }
  return elements;
}

std::vector<std::pair<std::string_view, Scope>> Scope::Members() const {
  std::vector<std::pair<std::string_view, Scope>> members;
  for (const auto& [key, value] : node_.Members()) {
    members.emplace_back(
        key, Scope(value, pointer_ + "/" + EscapePointerToken(key), log_));
  }
  return members;
}

void Scope::Fail(std::string message) const {
  log_.Add(pointer_, std::move(message));
}

std::optional<std::string> Scope::Text() const {
  if (!exists()) return {};
  if (node_.IsString()) return std::string(node_.Str());
  Fail(Expected("a text", node_));
  return {};
}

std::optional<bool> Scope::Bool() const {
  if (!exists()) return {};
  if (node_.type() == Node::Type::kBool) return node_.Bool();
  Fail(Expected("true or false", node_));
  return {};
}

std::vector<std::string> Scope::Texts() const {
  std::vector<std::string> texts;
  if (!exists() || !IsArray()) return texts;
  for (const Scope& element : Elements()) {
    if (element.node().IsString()) {
      texts.emplace_back(element.node().Str());
    } else {
      element.Fail(Expected("a text", element.node()));
    }
  }
  return texts;
}

std::optional<std::string> Scope::Word(
    std::span<const std::string_view> words) const {
  // YAML reads a bare `off` as false.
  if (node_.type() == Node::Type::kBool && !node_.Bool() &&
      std::ranges::find(words, "off") != words.end()) {
    return "off";
  }
  const auto text = Text();
  if (!text || std::ranges::find(words, *text) != words.end()) return text;
  Fail("\"" + *text + "\" is none of " + List(words) +
       DidYouMean(*text, words));
  return {};
}

bool Scope::IsObjectOf(std::span<const std::string_view> keys) const {
  if (!IsObject()) return false;
  for (const auto& [key, value] : Members()) {
    if (std::ranges::find(keys, key) != keys.end()) continue;
    value.Fail("unknown key \"" + std::string(key) + "\"" +
               DidYouMean(key, keys));
  }
  return true;
}

bool Scope::IsObject() const {
  if (node_.IsObject()) return true;
  Fail(Expected("a mapping", node_));
  return false;
}

bool Scope::IsArray() const {
  if (node_.IsArray()) return true;
  Fail(Expected("a list", node_));
  return false;
}

}  // namespace meshvet::rules

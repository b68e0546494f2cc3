#include "mesh/entry_visibility.h"

#include <string>

namespace meshvet {
namespace {

// Every Namespace has this label, put there by the API server.
constexpr std::string_view kNameLabel = "kubernetes.io/metadata.name";

EntryVisibility::Reach ReadReach(Node word) {
  if (word.Str() == "NAMESPACE") return EntryVisibility::Reach::kOwnNamespace;
  if (word.Str() == "NONE") return EntryVisibility::Reach::kNobody;
  return EntryVisibility::Reach::kEveryone;
}

// The labels of a namespace, as far as they are known.
class NamespaceLabels {
 public:
  NamespaceLabels(std::string_view ns, const Node* labels)
      : name_(ns), labels_(labels) {}

  bool Knows(std::string_view key) const {
    return key == kNameLabel || labels_ != nullptr;
  }
  // Nothing if the key is not there.
  std::optional<std::string> operator[](std::string_view key) const {
    if (key == kNameLabel) return std::string(name_);
    const Node value = labels_ == nullptr ? Node() : (*labels_)[key];
    if (!value.exists()) return std::nullopt;
    return value.Text();
  }

 private:
  std::string_view name_;
  const Node* labels_;
};

bool HasValue(Node values, const std::string& text) {
  for (const Node value : values) {
    if (value.Text() == text) return true;
  }
  return false;
}

// One element of matchExpressions (kubernetes apimachinery
// pkg/labels/selector.go Requirement.Matches).
bool Holds(Node requirement, const NamespaceLabels& labels) {
  const std::optional<std::string> value = labels[requirement["key"].Str()];
  const std::string_view word = requirement["operator"].Str();
  if (word == "Exists") return value.has_value();
  if (word == "DoesNotExist") return !value;
  if (requirement["values"].empty()) return false;
  if (word == "In") return value && HasValue(requirement["values"], *value);
  if (word == "NotIn")
    return !value || !HasValue(requirement["values"], *value);
  return false;
}

// Whether the selector matches; nothing if that depends on unknown labels.
std::optional<bool> Matches(Node selector, const NamespaceLabels& labels) {
  if (!selector.IsObject()) return false;
  bool matches = true;
  for (const auto& [key, wanted] : selector["matchLabels"].Members()) {
    if (!labels.Knows(key)) return std::nullopt;
    matches = matches && labels[key] == wanted.Text();
  }
  for (const Node requirement : selector["matchExpressions"]) {
    if (!labels.Knows(requirement["key"].Str())) return std::nullopt;
    matches = matches && Holds(requirement, labels);
  }
  return matches;
}

std::optional<bool> AllMatch(Node rules, const NamespaceLabels& labels) {
  bool all = true;
  for (const Node rule : rules) {
    const auto matches = Matches(rule["namespaceSelector"], labels);
    if (!matches) return std::nullopt;
    all = all && *matches;
  }
  return all;
}

}  // namespace

EntryVisibility::EntryVisibility(Node setting) {
  if (!setting["applyToSidecars"].Bool()) return;
  setting_ = std::make_shared<const Document>(Document::CompactCopyOf(setting));
}

std::optional<EntryVisibility::Reach> EntryVisibility::Of(
    std::string_view ns, const Node* labels) const {
  if (setting_ == nullptr) return Reach::kEveryone;
  const NamespaceLabels known(ns, labels);
  const Node setting = setting_->root();
  for (const Node policy : setting["policies"]) {
    const auto matches = AllMatch(policy["matchingRules"], known);
    if (!matches) return std::nullopt;
    if (*matches) return ReadReach(policy["visibility"]);
  }
  return ReadReach(setting["defaultVisibility"]);
}

bool operator==(const EntryVisibility& a, const EntryVisibility& b) {
  if (a.setting_ == nullptr || b.setting_ == nullptr) {
    return a.setting_ == b.setting_;
  }
  return a.setting_->root() == b.setting_->root();
}

}  // namespace meshvet

#include "mesh/label_selector.h"

namespace meshvet {

Node Labels::operator[](std::string_view key) const {
  const Node strong = stronger_[key];
  return strong.exists() ? strong : weaker_[key];
}

void Labels::ForEach(
    const std::function<void(std::string_view, Node)>& visit) const {
  for (const auto& [key, value] : stronger_.Members()) visit(key, value);
  for (const auto& [key, value] : weaker_.Members()) {
    if (!stronger_[key].exists()) visit(key, value);
  }
}

bool Labels::Matches(Node selector) const {
  for (const auto& [key, wanted] : selector.Members()) {
    const Node value = (*this)[key];
    if (!value.exists() || value.Text() != wanted.Text()) return false;
  }
  return true;
}

}  // namespace meshvet

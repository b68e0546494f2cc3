#include "mesh/visibility.h"

#include <algorithm>

#include "mesh/comma_list.h"

namespace meshvet {
void ExportTo::Add(std::string_view entry) {
  if (entry == "*") {
    public_ = true;
  } else if (entry == "~") {
    hidden_ = true;
  } else if (entry == ".") {
    own_ = true;
  } else if (!entry.empty()) {
    names_.emplace_back(entry);
  }
}

void ExportTo::Finish() {
  std::ranges::sort(names_);
  names_.erase(std::unique(names_.begin(), names_.end()), names_.end());
}

ExportTo::ExportTo(Node list, const std::vector<std::string>& mesh_default) {
  if (list.IsArray() && !list.empty()) {
    for (const Node entry : list) Add(entry.Str());
  } else {
    for (const std::string& entry : mesh_default) Add(entry);
  }
  Finish();
}

ExportTo ExportTo::FromAnnotation(
    Node annotation, const std::vector<std::string>& mesh_default) {
  if (annotation.Str().empty()) return {Node(), mesh_default};
  ExportTo exported;
  AnyInCommaList(annotation.Str(), [&](std::string_view entry) {
    exported.Add(entry);
    return false;
  });
  exported.Finish();
  return exported;
}

bool ExportTo::VisibleTo(std::string_view client_ns,
                         std::string_view own_ns) const {
  if (public_) return true;
  if (hidden_) return false;
  return (own_ && client_ns == own_ns) || Names(client_ns);
}

bool ExportTo::ReachesBeyond(std::string_view own_ns) const {
  if (public_) return true;
  if (hidden_) return false;
  return std::ranges::any_of(
      names_, [&](const std::string& name) { return name != own_ns; });
}

bool ExportTo::Names(std::string_view ns) const {
  return std::ranges::binary_search(names_, ns);
}

bool IsVisibleByDefault(const std::vector<std::string>& mesh_default,
                        std::string_view client_ns, std::string_view own_ns) {
  bool is_hidden = false;
  bool is_named = false;
  for (const std::string& entry : mesh_default) {
    if (entry == "*") return true;
    is_hidden |= entry == "~";
    is_named |= entry == "." ? client_ns == own_ns
                             : !entry.empty() && entry == client_ns;
  }
  return is_named && !is_hidden;
}

}  // namespace meshvet

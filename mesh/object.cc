#include "mesh/object.h"

#include <utility>

#include "mesh/kinds.h"

namespace meshvet {

std::string_view GroupOf(std::string_view api_version) {
  const size_t slash = api_version.find('/');
  return slash == api_version.npos ? std::string_view()
                                   : api_version.substr(0, slash);
}

std::string_view VersionOf(std::string_view api_version) {
  return api_version.substr(api_version.find('/') + 1);
}

Object::Object(Node root, std::shared_ptr<const Document> owner,
               std::string_view default_namespace)
    : root_(root),
      metadata_(root["metadata"]),
      spec_(root["spec"]),
      owner_(std::move(owner)),
      kind_{GroupOf(root["apiVersion"].Str()), root["kind"].Str()},
      name_(metadata_["name"].Str()) {
  if (IsClusterScoped(kind_)) return;
  const std::string_view own = metadata()["namespace"].Str();
  namespace_ = own.empty() ? default_namespace : own;
}

std::string Object::Title() const {
  std::string title(kind_.kind.empty() ? "object" : kind_.kind);
  title += ' ';
  if (!namespace_.empty()) title += namespace_ + "/";
  if (!name_.empty()) return title.append(name_);
  return title.append(metadata()["generateName"].Str()).append("*");
}

bool Object::SameIdentity(const Object& other) const {
  return !name_.empty() && name_ == other.name_ && kind_ == other.kind_ &&
         namespace_ == other.namespace_;
}

}  // namespace meshvet

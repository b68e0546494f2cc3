// File: mesh/object.h
//
// Object: one Kubernetes object, and who it is.
//
//   const Object object(document->root(), document, "default");
//   if (object.kind() == kVirtualService) Look(object.spec()["http"]);
//
// Immutable; safe to read from many threads. Whatever the input holds, every
// accessor answers: a field of the wrong type reads as missing.

#ifndef MESHVET_MESH_OBJECT_H_
#define MESHVET_MESH_OBJECT_H_

#include <memory>
#include <string>
#include <string_view>

#include "mesh/document.h"
#include "mesh/node.h"
#include "mesh/object_facts.h"

namespace meshvet {

// What an object is. Never the version: Istio has one schema for all versions
// of a kind, and istiod looks at group and kind alone (istio.io/api
// kubernetes/customresourcedefinitions.gen.yaml).
struct GroupKind {
  std::string_view group;
  std::string_view kind;

  // The kind first: that is where most differ.
  friend constexpr bool operator==(const GroupKind& a, const GroupKind& b) {
    return a.kind == b.kind && a.group == b.group;
  }
  friend constexpr auto operator<=>(const GroupKind&,
                                    const GroupKind&) = default;
};

// The group of an apiVersion: "networking.istio.io/v1" ->
// "networking.istio.io", "v1" -> "".
std::string_view GroupOf(std::string_view api_version);
// The rest of it: "v1" for both.
std::string_view VersionOf(std::string_view api_version);

class Object {
 public:
  // `owner` keeps `root` alive; without one the caller does. An object of a
  // namespaced kind that names no namespace is taken to be in
  // `default_namespace`, as kubectl and the API server do.
  explicit Object(Node root, std::shared_ptr<const Document> owner = nullptr,
                  std::string_view default_namespace = {});

  const GroupKind& kind() const { return kind_; }
  std::string_view api_version() const { return root_["apiVersion"].Str(); }
  // Empty while only `generateName` is known.
  std::string_view name() const { return name_; }
  // Empty for a cluster-scoped kind.
  std::string_view ns() const { return namespace_; }
  // RFC 3339 text, which sorts by time; empty for what was never stored.
  std::string_view created() const {
    return metadata()["creationTimestamp"].Str();
  }

  Node root() const { return root_; }
  const Node& metadata() const { return metadata_; }
  const Node& spec() const { return spec_; }
  Node labels() const { return metadata()["labels"]; }
  Node annotations() const { return metadata()["annotations"]; }

  // What was worked out about this object already.
  const ObjectFacts& facts() const { return facts_; }

  // "VirtualService shop/reviews", as messages call it.
  std::string Title() const;

  // Same kind, namespace and name. Two objects without a name are never the
  // same.
  bool SameIdentity(const Object& other) const;

 private:
  Node root_;
  // Asked for by every rule; looked up once.
  Node metadata_;
  Node spec_;
  std::shared_ptr<const Document> owner_;
  GroupKind kind_;
  std::string_view name_;
  std::string namespace_;
  ObjectFacts facts_;
};

}  // namespace meshvet

#endif  // MESHVET_MESH_OBJECT_H_

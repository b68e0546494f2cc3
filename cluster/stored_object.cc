#include "cluster/stored_object.h"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <string>

#include "mesh/document.h"
#include "mesh/kinds.h"

namespace meshvet::cluster {
namespace {

using Names = std::initializer_list<std::string_view>;

bool IsOneOf(std::string_view name, Names names) {
  return std::ranges::find(names, name) != names.end();
}

void CopyNumber(Node number, DocumentBuilder& out) {
  if (const auto integer = number.Int()) return out.Int(*integer);
  out.Double(number.Number().value_or(0));
}

void Copy(Node value, DocumentBuilder& out);

void CopyMember(std::string_view key, Node value, DocumentBuilder& out) {
  out.Key(key);
  Copy(value, out);
}

void CopyWithout(Node object, Names dropped, DocumentBuilder& out) {
  out.StartObject();
  for (const auto& [key, value] : object.Members()) {
    if (!IsOneOf(key, dropped)) CopyMember(key, value, out);
  }
  out.EndObject();
}

void CopyOnly(Node object, Names kept, DocumentBuilder& out) {
  out.StartObject();
  for (const auto& [key, value] : object.Members()) {
    if (IsOneOf(key, kept)) CopyMember(key, value, out);
  }
  out.EndObject();
}

// Documents are no deeper than they were when they were parsed.
void Copy(Node value, DocumentBuilder& out) {
  switch (value.type()) {
    case Node::Type::kMissing:
    case Node::Type::kNull:
      return out.Null();
    case Node::Type::kBool:
      return out.Bool(value.Bool());
    case Node::Type::kNumber:
      return CopyNumber(value, out);
    case Node::Type::kString:
      return out.String(value.Str());
    case Node::Type::kArray:
      out.StartArray();
      for (const Node element : value) Copy(element, out);
      return out.EndArray();
    case Node::Type::kObject:
      return CopyWithout(value, {}, out);
  }
}

void CopyMetadata(Node metadata, DocumentBuilder& out) {
  out.StartObject();
  for (const auto& [key, value] : metadata.Members()) {
    if (key == "managedFields") continue;
    out.Key(key);
    if (key == "annotations" && value.IsObject()) {
      CopyWithout(value, {"kubectl.kubernetes.io/last-applied-configuration"},
                  out);
    } else {
      Copy(value, out);
    }
  }
  out.EndObject();
}

void CopyContainers(Node containers, DocumentBuilder& out) {
  out.StartArray();
  for (const Node container : containers) {
    CopyOnly(container, {"name", "ports"}, out);
  }
  out.EndArray();
}

void CopyPodSpec(Node spec, DocumentBuilder& out) {
  out.StartObject();
  for (const auto& [key, value] : spec.Members()) {
    if (IsOneOf(key, {"serviceAccountName", "hostNetwork"})) {
      CopyMember(key, value, out);
    } else if (IsOneOf(key, {"containers", "initContainers"})) {
      out.Key(key);
      CopyContainers(value, out);
    }
  }
  out.EndObject();
}

// A pod, a pod template, or what holds one at some depth.
void CopyAroundPod(Node node, bool is_pod, DocumentBuilder& out) {
  out.StartObject();
  for (const auto& [key, value] : node.Members()) {
    if (!value.IsObject() || !IsOneOf(key, {"metadata", "spec", "template",
                                            "jobTemplate", "selector"})) {
      if (!is_pod) CopyMember(key, value, out);
      continue;
    }
    out.Key(key);
    if (key == "metadata") {
      CopyMetadata(value, out);
    } else if (key == "selector") {
      Copy(value, out);
    } else if (key == "spec" && is_pod) {
      CopyPodSpec(value, out);
    } else {
      CopyAroundPod(value, key == "template", out);
    }
  }
  out.EndObject();
}

}  // namespace

ObjectPtr StoredObject(Node item, std::string_view api_version,
                       std::string_view kind) {
  if (!item.IsObject() || item["metadata"]["name"].Str().empty()) {
    return nullptr;
  }
  const GroupKind group_kind{GroupOf(api_version), kind};
  const auto runs_pods = std::ranges::find(PodKinds(), group_kind);
  constexpr size_t kUsualSize = 4 << 10;
  const Document cut = Document::Build(kUsualSize, [&](DocumentBuilder& out) {
    out.StartObject();
    out.Key("apiVersion");
    out.String(api_version);
    out.Key("kind");
    out.String(kind);
    for (const auto& [key, value] : item.Members()) {
      if (IsOneOf(key, {"apiVersion", "kind", "status"})) continue;
      out.Key(key);
      if (key == "metadata") {
        CopyMetadata(value, out);
      } else if (key == "spec" && group_kind == kPod) {
        CopyPodSpec(value, out);
      } else if (key == "spec" && runs_pods != PodKinds().end()) {
        CopyAroundPod(value, false, out);
      } else {
        Copy(value, out);
      }
    }
    out.EndObject();
    return true;
  });
  auto compact =
      std::make_shared<const Document>(Document::CompactCopyOf(cut.root()));
  return std::make_shared<const Object>(compact->root(), compact);
}

std::string_view ResourceVersionOf(const Object& object) {
  return object.metadata()["resourceVersion"].Str();
}

}  // namespace meshvet::cluster

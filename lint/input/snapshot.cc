#include "lint/input/snapshot.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "mesh/kinds.h"
#include "mesh/mesh_config_fields.h"
#include "mesh/suggestion.h"
#include "mesh/utf8.h"
#include "rules/policy_keys.h"
#include "rules/policy_scope.h"
#include "rules/rule_context.h"

namespace meshvet::lint {
namespace {

using rules::Quote;
using rules::Scope;
using Objects = std::span<const std::shared_ptr<const Object>>;

// By which a large one is known before it is parsed.
constexpr std::string_view kFirstLine =
    "# What `meshvet snapshot` found in a cluster. Of a kind that is listed "
    "here as\n";

constexpr GroupKind kSecret{"", "Secret"};

constexpr std::array<std::string_view, 8> kKeys = {
    "apiVersion", "kind",    "taken",         "kubernetes",
    "complete",   "unknown", "rootNamespace", "meshConfig"};
constexpr std::array<std::string_view, 2> kUnknownKeys = {"kind", "reason"};

std::vector<std::string> KindNames() {
  std::vector<std::string> names;
  for (const GroupKind& kind : KnownKinds()) names.push_back(FullName(kind));
  return names;
}

// Writing.

// A character that JSON lets stand in a text and YAML does not (YAML 1.2, 5.1),
// or takes for the end of a line (YAML 1.1, 5.4).
bool MustBeEscaped(char32_t code) {
  constexpr std::array<char32_t, 5> kLong = {0x2028, 0x2029, 0xFEFF, 0xFFFE,
                                             0xFFFF};
  return (code >= 0x7F && code <= 0x9F) ||
         std::ranges::find(kLong, code) != kLong.end();
}

std::string Escape(char32_t code) {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string text = "\\u";
  for (int shift = 12; shift >= 0; shift -= 4) {
    text += kHex[(code >> static_cast<unsigned>(shift)) & 0xFU];
  }
  return text;
}

// JSON that is YAML, too: such characters stand in strings alone.
std::string AsYaml(std::string_view json) {
  std::string text;
  text.reserve(json.size());
  while (!json.empty()) {
    const auto [code, length] = DecodeUtf8(json);
    const size_t taken = std::max<size_t>(length, 1);
    if (MustBeEscaped(code)) {
      text += Escape(code);
    } else {
      text += json.substr(0, taken);
    }
    json.remove_prefix(taken);
  }
  return text;
}

bool IsOfDomain(std::string_view key, std::string_view domain) {
  const std::string_view prefix = key.substr(0, key.find('/'));
  if (prefix.size() == key.size() || !prefix.ends_with(domain)) return false;
  return prefix.size() == domain.size() ||
         prefix[prefix.size() - domain.size() - 1] == '.';
}

// Those that rules read; others may hold whatever people put there.
bool IsKeptAnnotation(std::string_view key) {
  return IsOfDomain(key, "istio.io") || IsOfDomain(key, "meshvet.dev");
}

void WriteMember(std::string_view key, const std::string& value,
                 std::string& json) {
  json += json.ends_with('{') ? "" : ",";
  json.append(Quote(key)).append(":").append(value);
}

std::string ValueText(Node value);

// As istiod reads them; of a pod template they are the pod's.
std::string MetadataText(Node metadata, bool is_objects_own) {
  constexpr std::array<std::string_view, 5> kKept = {
      "name", "namespace", "labels", "annotations", "creationTimestamp"};
  std::string json = "{";
  for (const auto& [key, value] : metadata.Members()) {
    const bool is_kept =
        !is_objects_own || std::ranges::find(kKept, key) != kKept.end();
    if (!is_kept) continue;
    if (key != "annotations") {
      WriteMember(key, ValueText(value), json);
      continue;
    }
    std::string annotations = "{";
    for (const auto& [name, text] : value.Members()) {
      if (IsKeptAnnotation(name)) {
        WriteMember(name, text.ToJson(), annotations);
      }
    }
    if (annotations.size() > 1) WriteMember(key, annotations + "}", json);
  }
  return json + "}";
}

std::string ArrayText(Node array) {
  std::string json = "[";
  for (const Node element : array) {
    json += json.size() > 1 ? "," : "";
    json += ValueText(element);
  }
  return json + "]";
}

// No deeper than what was parsed.
std::string ValueText(Node value) {
  if (value.IsArray()) return ArrayText(value);
  if (!value.IsObject()) return value.ToJson();
  std::string json = "{";
  for (const auto& [key, member] : value.Members()) {
    const bool is_metadata = key == "metadata" && member.IsObject();
    WriteMember(key,
                is_metadata ? MetadataText(member, false) : ValueText(member),
                json);
  }
  return json + "}";
}

// What it is comes first, in whatever order it was stored.
std::string ObjectText(const Object& object) {
  std::string json = "{";
  const Node root = object.root();
  WriteMember("apiVersion", ValueText(root["apiVersion"]), json);
  WriteMember("kind", ValueText(root["kind"]), json);
  WriteMember("metadata", MetadataText(root["metadata"], true), json);
  constexpr std::array<std::string_view, 4> kDone = {"apiVersion", "kind",
                                                     "metadata", "status"};
  for (const auto& [key, member] : root.Members()) {
    if (std::ranges::find(kDone, key) != kDone.end()) continue;
    WriteMember(key, ValueText(member), json);
  }
  return AsYaml(json + "}");
}

std::string HeaderText(const Snapshot& snapshot) {
  std::string text = std::string(kFirstLine) +
                     "# complete, what is not in this file does not exist.\n"
                     "apiVersion: " +
                     std::string(rules::kConfigApiVersion) +
                     "\nkind: " + std::string(kSnapshotKind) +
                     "\ntaken: " + Quote(snapshot.taken) + "\n";
  if (!snapshot.kubernetes.empty()) {
    text += "kubernetes: " + Quote(snapshot.kubernetes) + "\n";
  }
  text += snapshot.complete.empty() ? "complete: []\n" : "complete:\n";
  for (const GroupKind& kind : snapshot.complete) {
    text += "  - " + FullName(kind) + "\n";
  }
  if (!snapshot.unknown.empty()) text += "unknown:\n";
  for (const Snapshot::Unknown& unknown : snapshot.unknown) {
    text += "  - kind: " + unknown.kind +
            "\n    reason: " + Quote(unknown.reason) + "\n";
  }
  if (!snapshot.root_namespace.empty()) {
    text += "rootNamespace: " + Quote(snapshot.root_namespace) + "\n";
  }
  if (!snapshot.mesh_config.empty()) {
    text += "meshConfig: " + snapshot.mesh_config + "\n";
  }
  return AsYaml(text);
}

// Reading.

class HeaderReader {
 public:
  explicit HeaderReader(Node root) : root_(root, "", log_) {}

  std::variant<Snapshot, std::vector<Error>> Read() {
    if (root_.IsObjectOf(kKeys)) ReadFields();
    if (!log_.errors().empty()) return std::move(log_.errors());
    return std::move(snapshot_);
  }

 private:
  void ReadFields() {
    if (root_.node()["apiVersion"].Str() != rules::kConfigApiVersion) {
      root_["apiVersion"].Fail("expected \"" +
                               std::string(rules::kConfigApiVersion) + "\"");
    }
    snapshot_.taken = root_["taken"].Text().value_or("");
    snapshot_.kubernetes = root_["kubernetes"].Text().value_or("");
    snapshot_.root_namespace = root_["rootNamespace"].Text().value_or("");
    ReadComplete(root_["complete"]);
    ReadUnknown(root_["unknown"]);
    ReadMesh(root_["meshConfig"]);
  }

  // Without it nobody would know what the file is worth.
  void ReadComplete(const Scope& complete) {
    if (!complete.exists()) return complete.Fail("is missing");
    if (!complete.IsArray()) return;
    for (const Scope& element : complete.Elements()) {
      if (const auto kind = KindOf(element))
        snapshot_.complete.push_back(*kind);
    }
  }

  static std::optional<GroupKind> KindOf(const Scope& element) {
    const auto name = element.Text();
    if (!name) {
      if (!element.exists()) element.Fail("expected a kind");
      return std::nullopt;
    }
    for (const GroupKind& kind : KnownKinds()) {
      if (FullName(kind) == *name) return kind;
    }
    const std::vector<std::string> names = KindNames();
    const std::vector<std::string_view> views(names.begin(), names.end());
    element.Fail("no rule asks for kind \"" + *name + "\"" +
                 DidYouMean(*name, views));
    return std::nullopt;
  }

  void ReadUnknown(const Scope& list) {
    if (!list.exists() || !list.IsArray()) return;
    for (const Scope& element : list.Elements()) {
      if (!element.IsObjectOf(kUnknownKeys)) continue;
      const auto kind = element["kind"].Text();
      if (!kind) {
        element.Fail("names no kind");
        continue;
      }
      snapshot_.unknown.push_back(
          {*kind, element["reason"].Text().value_or("")});
    }
  }

  void ReadMesh(const Scope& mesh) {
    if (!mesh.exists() || !mesh.IsObjectOf(kMeshConfigFields)) return;
    snapshot_.mesh_config = mesh.node().ToJson();
  }

  rules::ErrorLog log_{""};
  Scope root_;
  Snapshot snapshot_;
};

}  // namespace

std::string FullName(const GroupKind& kind) {
  std::string name(kind.kind);
  if (!kind.group.empty()) name.append(".").append(kind.group);
  return name;
}

Coverage Snapshot::Covers(const Coverage& configured) const {
  Coverage coverage;
  coverage.complete_kinds = complete;
  coverage.assumed_hosts = configured.assumed_hosts;
  return coverage;
}

MeshConfig Snapshot::Mesh(MeshConfig configured,
                          const Insisted& insisted) const {
  MeshConfig mesh = std::move(configured);
  if (!root_namespace.empty() &&
      mesh.root_namespace == MeshConfig().root_namespace) {
    mesh.root_namespace = root_namespace;
  }
  if (!insisted.on_settings && !mesh_config.empty()) {
    const auto settings = ParseJson(mesh_config, {});
    if (settings) mesh = ReadMeshConfig(settings->root(), std::move(mesh));
  }
  if (!insisted.root_namespace.empty()) {
    mesh.root_namespace = insisted.root_namespace;
  }
  return mesh;
}

std::vector<Snapshot::Unknown> Snapshot::Gaps() const {
  std::vector<Unknown> gaps = unknown;
  for (const GroupKind& kind : KnownKinds()) {
    const std::string name = FullName(kind);
    const bool is_known =
        std::ranges::find(complete, kind) != complete.end() ||
        std::ranges::find(unknown, name, &Unknown::kind) != unknown.end();
    if (!is_known) gaps.push_back({name, "not in the snapshot"});
  }
  return gaps;
}

std::string WriteSnapshot(const Snapshot& snapshot, Objects mesh) {
  std::string text = HeaderText(snapshot);
  for (const auto& object : mesh) {
    if (object->kind() == kSecret) continue;
    text += "---\n" + ObjectText(*object) + "\n";
  }
  return text;
}

yaml::Limits ContextLimits(std::string_view text, yaml::Limits usual) {
  if (!text.starts_with(kFirstLine)) return usual;
  usual.max_bytes = 512 << 20;
  usual.max_nodes = 50'000'000;
  usual.max_documents = 2'000'000;
  return usual;
}

std::variant<Snapshot, std::vector<Error>> ReadSnapshot(Node root) {
  return HeaderReader(root).Read();
}

}  // namespace meshvet::lint

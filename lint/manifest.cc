#include "lint/manifest.h"

#include <algorithm>
#include <optional>
#include <span>
#include <utility>

#include "lint/input/loader_rules.h"
#include "lint/input/template_text.h"
#include "mesh/istio_release.h"
#include "mesh/json_pointer.h"
#include "mesh/kinds.h"
#include "mesh/suggestion.h"
#include "rules/rule_context.h"

namespace meshvet::lint {
namespace {

constexpr std::string_view kOwnGroup = "meshvet.dev";
constexpr size_t kMaxListDepth = 8;

bool IsMeshApiGroup(std::string_view group) {
  return std::ranges::any_of(MeshApiKinds(), [&](const GroupKind& kind) {
    return kind.group == group;
  });
}

bool IsKnown(const GroupKind& kind) {
  return std::ranges::find(KnownKinds(), kind) != KnownKinds().end() ||
         std::ranges::find(MeshApiKinds(), kind) != MeshApiKinds().end();
}

const rules::Rule& RuleOf(yaml::Problem::Kind kind) {
  switch (kind) {
    case yaml::Problem::Kind::kDuplicateKey:
      return kDuplicateKey;
    case yaml::Problem::Kind::kLimit:
      return kYamlLimit;
    case yaml::Problem::Kind::kSyntax:
    case yaml::Problem::Kind::kValue:
      break;
  }
  return kYamlSyntax;
}

// What the loader says may name lines, which move.
std::string WithoutDigits(std::string text) {
  std::erase_if(text, [](char c) { return c >= '0' && c <= '9'; });
  return text;
}

rules::Finding FindingOf(const rules::Rule& rule, std::string message) {
  rules::Finding finding;
  finding.rule = rule.id;
  finding.severity = rule.severity;
  finding.about = WithoutDigits(message);
  finding.message = std::move(message);
  return finding;
}

// Only what identifies the object and is never encrypted.
Document MetadataOf(Node root) {
  return Document::Build(512, [&](DocumentBuilder& builder) {
    builder.StartObject();
    for (const std::string_view key : {"apiVersion", "kind"}) {
      builder.Key(key);
      builder.String(root[key].Str());
    }
    builder.Key("metadata");
    builder.StartObject();
    for (const std::string_view key : {"name", "namespace"}) {
      builder.Key(key);
      builder.String(root["metadata"][key].Str());
    }
    builder.EndObject();
    builder.EndObject();
    return true;
  });
}

class Reader {
 public:
  Reader(const std::shared_ptr<const SourceFile>& file, std::string_view ns,
         std::optional<IstioRelease> release)
      : file_(file), default_namespace_(ns), release_(release) {}

  Manifest Read() {
    manifest_.empty_documents = file_->empty_documents();
    if (const auto place = FindTemplate(*file_)) {
      ReportTemplate(*place);
      return std::move(manifest_);
    }
    for (const yaml::Problem& problem : file_->problems()) {
      Report(RuleOf(problem.kind), problem.message, problem.range,
             problem.document);
    }
    for (const SourceDocument& document : file_->documents()) {
      ReadRoot(document);
    }
    return std::move(manifest_);
  }

 private:
  Diagnostic& Report(const rules::Rule& rule, std::string message,
                     yaml::Range range, size_t document) {
    Diagnostic diagnostic;
    diagnostic.finding = FindingOf(rule, std::move(message));
    diagnostic.file = file_;
    diagnostic.path = file_->name();
    diagnostic.range = range;
    diagnostic.document = document;
    manifest_.diagnostics.push_back(std::move(diagnostic));
    return manifest_.diagnostics.back();
  }

  void ReportTemplate(const yaml::Range& place) {
    manifest_.is_template = true;
    Report(kHelmTemplate,
           "template directives: render it first, as in "
           "`helm template . | meshvet lint -`",
           place, 0);
  }

  void Skip(const SourceDocument& document, std::string_view pointer,
            std::string reason) {
    manifest_.skipped.push_back({file_->name(), document.index(),
                                 document.Anchor(pointer).start.line,
                                 std::move(reason)});
  }

  void ReadRoot(const SourceDocument& document) {
    const Node root = document.root();
    if (!root.exists()) {
      ++manifest_.empty_documents;
      return;
    }
    ReadValue(document, root, "", 0);
  }

  void ReadValue(const SourceDocument& document, Node value,
                 const std::string& pointer, size_t depth) {
    if (!value.IsObject()) return Skip(document, pointer, "not an object");
    const std::string_view version = value["apiVersion"].Str();
    const std::string_view kind = value["kind"].Str();
    const std::string_view group = GroupOf(version);
    if (group == kOwnGroup) {
      if (kind == kSnapshotKind) NoteSnapshot(document, value, pointer);
      return Skip(document, pointer, "meshvet " + std::string(kind));
    }
    if (IsList(value, kind)) return ReadList(document, value, pointer, depth);
    if (kind.empty() || version.empty()) {
      const char* missing =
          kind.empty()
              ? (version.empty() ? "no apiVersion and no kind" : "no kind")
              : "no apiVersion";
      return Skip(document, pointer, missing);
    }
    ReadObject(document, value, pointer);
  }

  void NoteSnapshot(const SourceDocument& document, Node value,
                    const std::string& pointer) {
    const auto fail = [&](const Error& error) {
      const yaml::Position at = document.Anchor(pointer + error.where).start;
      manifest_.snapshot_errors.push_back(
          {error.message, file_->name() + ":" + std::to_string(at.line) + ":" +
                              std::to_string(at.column)});
    };
    if (manifest_.IsSnapshot()) return fail({"a second snapshot in one file"});
    auto read = ReadSnapshot(value);
    if (auto* snapshot = std::get_if<Snapshot>(&read)) {
      manifest_.snapshot = std::move(*snapshot);
      return;
    }
    for (const Error& error : std::get<std::vector<Error>>(read)) fail(error);
  }

  static bool IsList(Node value, std::string_view kind) {
    return kind.ends_with("List") && value["items"].IsArray();
  }

  void ReadList(const SourceDocument& document, Node list,
                const std::string& pointer, size_t depth) {
    if (depth >= kMaxListDepth) {
      return Skip(document, pointer, "lists nested too deeply");
    }
    if (list["items"].empty()) ++manifest_.empty_documents;
    size_t index = 0;
    for (const Node item : list["items"]) {
      ReadValue(document, item, pointer + "/items/" + std::to_string(index++),
                depth + 1);
    }
  }

  void ReadObject(const SourceDocument& document, Node value,
                  const std::string& pointer) {
    Item item{std::make_shared<const Object>(value, document.document(),
                                             default_namespace_),
              file_, &document, pointer};
    const GroupKind kind = item.object->kind();
    if (kind == kConfigMap) NoteMeshConfig(*item.object);
    if (!IsKnown(kind)) return ReadStranger(document, item);
    CheckVersion(item);
    if (value["sops"].IsObject()) {
      Skip(document, pointer, "encrypted with SOPS: metadata only");
      auto metadata = std::make_shared<const Document>(MetadataOf(value));
      item.object = std::make_shared<const Object>(metadata->root(), metadata,
                                                   default_namespace_);
      item.metadata_only = true;
    }
    manifest_.items.push_back(std::move(item));
  }

  void ReadStranger(const SourceDocument& document, const Item& item) {
    const GroupKind kind = item.object->kind();
    if (IsMeshApiGroup(kind.group)) return ReportUnknownKind(item);
    const std::string group =
        kind.group.empty() ? "core" : std::string(kind.group);
    Skip(document, item.prefix,
         "other kind: " + group + " " + std::string(kind.kind));
  }

  void ReportUnknownKind(const Item& item) {
    ++manifest_.unknown_kinds;
    const GroupKind kind = item.object->kind();
    std::vector<std::string_view> names;
    for (const GroupKind& known : MeshApiKinds()) {
      if (known.group == kind.group) names.push_back(known.kind);
    }
    std::string message = std::string(kind.group)
                              .append(" has no kind ")
                              .append(kind.kind)
                              .append(DidYouMean(kind.kind, names));
    ReportText(kUnknownKind, item, "/kind", std::move(message),
               Nearest(kind.kind, names));
  }

  // One of the two texts that make up what an object is; `better` is empty if
  // nobody knows.
  void ReportText(const rules::Rule& rule, const Item& item,
                  const std::string& pointer, std::string message,
                  const std::string& better) {
    Diagnostic& diagnostic = Report(
        rule, std::move(message), item.Anchor(pointer), item.document->index());
    diagnostic.finding.pointer = pointer;
    diagnostic.prefix = item.prefix;
    diagnostic.object = ObjectName::Of(*item.object);
    diagnostic.source = SourceOf(item);
    if (better.empty()) return;
    diagnostic.finding.fix = {{"replace", pointer, rules::Quote(better)}};
    diagnostic.finding.fix_title = "use " + better;
    diagnostic.fix_range = item.document->ValueRange(item.prefix + pointer);
  }

  void CheckVersion(const Item& item) {
    // What a release to come serves, nobody knows.
    if (release_ && *release_ > kLastKnownRelease) return;
    const std::span<const ApiVersion> known =
        ApiVersionsOf(item.object->kind());
    const std::string_view version = VersionOf(item.object->api_version());
    const bool is_served = std::ranges::any_of(known, [&](const auto& api) {
      return api.version == version && IsServed(api);
    });
    if (known.empty() || is_served) return;
    std::vector<std::string_view> served;
    for (const ApiVersion& api : known) {
      if (IsServed(api)) served.push_back(api.version);
    }
    if (served.empty()) return ReportTooNew(item, known.back().since);
    ReportUnknownVersion(item, version, served);
  }

  bool IsServed(const ApiVersion& api) const {
    return !release_ || api.since <= *release_;
  }

  // "Istio", or "Istio 1.24".
  std::string Istio() const {
    return release_ ? "Istio " + release_->ToString() : "Istio";
  }

  void ReportTooNew(const Item& item, IstioRelease since) {
    ReportText(kUnknownApiVersion, item, "/apiVersion",
               Istio()
                   .append(" has no kind ")
                   .append(item.object->kind().kind)
                   .append("; it came with ")
                   .append(since.ToString()),
               "");
  }

  void ReportUnknownVersion(const Item& item, std::string_view version,
                            std::span<const std::string_view> served) {
    const GroupKind& kind = item.object->kind();
    std::string others;
    for (const std::string_view one : served) {
      others.append(others.empty() ? "" : ", ").append(one);
    }
    const std::string nearest = Nearest(version, served);
    ReportText(kUnknownApiVersion, item, "/apiVersion",
               Istio()
                   .append(" does not serve ")
                   .append(kind.kind)
                   .append(" as ")
                   .append(item.object->api_version())
                   .append(" (it does as " + others + ")"),
               std::string(kind.group)
                   .append("/")
                   .append(nearest.empty() ? served.front() : nearest));
  }

  void NoteMeshConfig(const Object& map) {
    if (map.name() != "istio") return;
    const std::string_view text = map.root()["data"]["mesh"].Str();
    if (text.empty()) return;
    manifest_.mesh_texts.push_back({std::string(map.ns()), std::string(text)});
  }

  const std::shared_ptr<const SourceFile>& file_;
  std::string_view default_namespace_;
  std::optional<IstioRelease> release_;
  Manifest manifest_;
};

}  // namespace

yaml::Range Item::Anchor(std::string_view pointer) const {
  if (!pointer.empty()) return document->Anchor(prefix + std::string(pointer));
  // The whole object: its name says best which one.
  for (const char* place : {"/metadata/name", "/metadata", "/kind"}) {
    const Node node = Resolve(object->root(), place);
    if (node.exists()) return document->Anchor(prefix + place);
  }
  return document->Anchor(prefix);
}

Manifest ReadManifest(const std::shared_ptr<const SourceFile>& file,
                      std::string_view default_namespace,
                      std::optional<IstioRelease> release) {
  return Reader(file, default_namespace, release).Read();
}

std::string SourceOf(const Item& item) {
  // Its value is itself YAML: "path: base/x.yaml\n…".
  constexpr std::string_view kOrigin = "config.kubernetes.io/origin";
  const std::string_view origin = item.object->annotations()[kOrigin].Str();
  constexpr std::string_view kPath = "path: ";
  const size_t at = origin.find(kPath);
  if (at == origin.npos) return item.document->template_path();
  const std::string_view path = origin.substr(at + kPath.size());
  return std::string(path.substr(0, path.find('\n')));
}

}  // namespace meshvet::lint

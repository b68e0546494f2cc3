#include "lint/static_mesh.h"

#include <filesystem>
#include <optional>
#include <utility>

#include "lint/input/input_files.h"
#include "lint/input/source_file.h"
#include "lint/manifest.h"
#include "lint/mesh_file.h"

namespace meshvet::lint {
namespace {

constexpr std::string_view kDefaultNamespace = "default";

Error ToError(const Diagnostic& diagnostic) {
  return {diagnostic.finding.message,
          diagnostic.path + ":" + std::to_string(diagnostic.range.start.line) +
              ":" + std::to_string(diagnostic.range.start.column)};
}

// A copy of just the right size, which the text need not outlive.
std::shared_ptr<const Object> Compact(const Item& item) {
  auto document = std::make_shared<const Document>(
      Document::CompactCopyOf(item.object->root()));
  return std::make_shared<const Object>(document->root(), document,
                                        item.object->ns());
}

}  // namespace

Result<MeshConfig> ReadMeshSettings(const Configuration& configuration,
                                    const std::string& mesh_config,
                                    const std::string& root_namespace) {
  const rules::Policy& policy = configuration.policy;
  MeshConfig config = policy.mesh;
  std::string file = mesh_config;
  if (file.empty() && policy.mesh_config_file) {
    file = (std::filesystem::path(configuration.directory) /
            *policy.mesh_config_file)
               .string();
  }
  if (!file.empty()) {
    Result<MeshConfig> read = ReadMeshFile(file, config);
    if (!read) return read.error();
    config = *std::move(read);
  }
  if (!root_namespace.empty()) config.root_namespace = root_namespace;
  return config;
}

Result<StaticMesh> LoadStaticMesh(const std::vector<std::string>& paths,
                                  const MeshConfig& config,
                                  const Coverage& coverage,
                                  const Insisted& insisted) {
  const Result<InputFiles> inputs = FindInputFiles(paths, {});
  if (!inputs) return inputs.error();
  if (!inputs->failures.empty()) return inputs->failures.front();
  StaticMesh mesh;
  std::vector<std::shared_ptr<const Object>> objects;
  std::optional<Snapshot> snapshot;
  for (const std::string& path : inputs->paths) {
    Result<std::string> text = ReadText(path, [](std::string_view read) {
      return ContextLimits(read, {}).max_bytes;
    });
    if (!text) return text.error();
    auto file = std::make_shared<SourceFile>(path, *std::move(text));
    file->Parse(1, ContextLimits(file->text(), {}));
    Manifest manifest = ReadManifest(file, kDefaultNamespace);
    if (!manifest.snapshot_errors.empty()) {
      return manifest.snapshot_errors.front();
    }
    if (manifest.snapshot && snapshot) {
      return Error{"is a second snapshot: one at most can be the mesh", path};
    }
    if (manifest.snapshot) snapshot = std::move(manifest.snapshot);
    for (const Diagnostic& diagnostic : manifest.diagnostics) {
      mesh.problems.push_back(ToError(diagnostic));
    }
    for (const Item& item : manifest.items) objects.push_back(Compact(item));
    ++mesh.files;
  }
  InventoryBuilder builder(snapshot ? snapshot->Mesh(config, insisted) : config,
                           snapshot ? snapshot->Covers(coverage) : coverage);
  for (auto& object : objects) builder.Put(std::move(object));
  mesh.inventory = builder.Snapshot();
  return mesh;
}

}  // namespace meshvet::lint

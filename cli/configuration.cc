#include "cli/configuration.h"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <filesystem>
#include <variant>

namespace meshvet::cli {

void AddMeshFlags(CLI::App& command, MeshFlags& flags) {
  command.add_option("--config", flags.config,
                     "policy file (default: the recommended policy)");
  command
      .add_option("--inventory", flags.inventory,
                  "files and directories with the objects of the mesh")
      ->allow_extra_args(false)
      ->delimiter(',');
  command.add_option("--mesh-config", flags.mesh_config,
                     "istiod's mesh.yaml, or the ConfigMap that holds it");
  command.add_option("--root-namespace", flags.root_namespace,
                     "the mesh's root namespace (default istio-system)");
}

Result<lint::Configuration> ReadConfiguration(const std::string& file) {
  if (file.empty())
    return lint::Configuration{rules::RecommendedPolicy(), "", "."};
  auto read = lint::ReadConfiguration(file);
  if (auto* configuration = std::get_if<lint::Configuration>(&read)) {
    return std::move(*configuration);
  }
  Error all;
  for (const Error& error : std::get<std::vector<Error>>(read)) {
    if (!all.message.empty()) all.message += '\n';
    all.message += error.where + ": " + error.message;
  }
  return all;
}

Result<lint::StaticMesh> LoadMesh(const MeshFlags& flags,
                                  const lint::Configuration& configuration) {
  const Result<MeshConfig> config = lint::ReadMeshSettings(
      configuration, flags.mesh_config, flags.root_namespace);
  if (!config) return config.error();
  std::vector<std::string> paths = flags.inventory;
  for (const std::string& path : configuration.policy.context_paths) {
    paths.push_back(
        (std::filesystem::path(configuration.directory) / path).string());
  }
  return lint::LoadStaticMesh(paths, *config, configuration.policy.coverage);
}

}  // namespace meshvet::cli

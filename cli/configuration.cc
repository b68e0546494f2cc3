#include "cli/configuration.h"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <filesystem>
#include <system_error>

#include "cli/commands.h"
#include "cli/log.h"
#include "cli/value.h"

namespace meshvet::cli {

void AddMeshFlags(CLI::App& command, MeshFlags& flags) {
  command
      .add_option("--config", flags.config,
                  "policy file (default: the recommended policy)")
      ->type_name(kFile);
  command
      .add_option("--inventory", flags.inventory,
                  "files and directories with the objects of the mesh")
      ->type_name(kPath)
      ->allow_extra_args(false)
      ->delimiter(',');
  command
      .add_option("--mesh-config", flags.mesh_config,
                  "istiod's mesh.yaml, or the ConfigMap that holds it")
      ->type_name(kFile);
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

Failure NoFile(Error error) {
  std::error_code ignored;
  const bool is_there = std::filesystem::exists(error.where, ignored);
  return is_there ? Unfinished(std::move(error)) : Usage(std::move(error));
}

namespace {

// Each line of a message says whose it is.
std::string Ours(const std::string& message) {
  std::string text = "meshvet: ";
  for (const char c : message) {
    text += c;
    if (c == '\n') text += "meshvet: ";
  }
  return text + "\n";
}

}  // namespace

int Complain(const Failure& failure) {
  const Error& error = failure.error;
  const std::string where = error.where.empty() ? "" : error.where + ": ";
  const bool told = PrintLog(Ours(where + error.message), failure.exit_code);
  return told ? failure.exit_code : kExitUnfinished;
}

std::variant<lint::StaticMesh, Failure> LoadMesh(
    const MeshFlags& flags, const lint::Configuration& configuration) {
  const Result<MeshConfig> config = lint::ReadMeshSettings(
      configuration, flags.mesh_config, flags.root_namespace);
  if (!config) return Usage(config.error());
  std::vector<std::string> paths = flags.inventory;
  for (const std::string& path : configuration.policy.context_paths) {
    paths.push_back(
        (std::filesystem::path(configuration.directory) / path).string());
  }
  auto mesh = lint::LoadStaticMesh(
      paths, *config, configuration.policy.coverage,
      {.on_settings = !flags.mesh_config.empty() ||
                      configuration.policy.mesh_config_file.has_value(),
       .root_namespace = flags.root_namespace});
  if (!mesh) return NoFile(mesh.error());
  return *std::move(mesh);
}

}  // namespace meshvet::cli

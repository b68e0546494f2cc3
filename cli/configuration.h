// File: cli/configuration.h
//
// The flags that `serve` and `review` share: which policy, which mesh.

#ifndef MESHVET_CLI_CONFIGURATION_H_
#define MESHVET_CLI_CONFIGURATION_H_

#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "cli/commands.h"
#include "lint/config/configuration.h"
#include "lint/static_mesh.h"
#include "mesh/result.h"

namespace CLI {
class App;
}  // namespace CLI

namespace meshvet::cli {

struct MeshFlags {
  std::string config;
  std::vector<std::string> inventory;
  std::string mesh_config;
  std::string root_namespace;
};

void AddMeshFlags(CLI::App& command, MeshFlags& flags);

// The configuration of `file`, or the recommended policy without one. Several
// mistakes become one error, a line each.
Result<lint::Configuration> ReadConfiguration(const std::string& file);

// Why a command cannot go on, and the exit code that says so.
struct Failure {
  int exit_code;
  Error error;
};
inline Failure Usage(Error error) { return {kExitUsage, std::move(error)}; }
inline Failure Unfinished(Error error) {
  return {kExitUnfinished, std::move(error)};
}
// Of a file that was named: wrong usage if it is not there, else unreadable.
Failure NoFile(Error error);

// Says so on standard error; returns the exit code.
int Complain(const Failure& failure);

// The mesh of the flags and of the configuration's `context`.
std::variant<lint::StaticMesh, Failure> LoadMesh(
    const MeshFlags& flags, const lint::Configuration& configuration);

}  // namespace meshvet::cli

#endif  // MESHVET_CLI_CONFIGURATION_H_

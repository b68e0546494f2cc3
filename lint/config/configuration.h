// File: lint/config/configuration.h
//
// Configuration: the `.meshvet.yaml` of a run: found, read, and turned into a
// Policy whose errors name a line of the file.
//
//   const std::string path = FindConfiguration({"deploy/a", "deploy/b"});
//   const auto configuration = ReadConfiguration(path);

#ifndef MESHVET_LINT_CONFIG_CONFIGURATION_H_
#define MESHVET_LINT_CONFIG_CONFIGURATION_H_

#include <map>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "lint/input/source_file.h"
#include "mesh/result.h"
#include "rules/policy.h"

namespace meshvet::lint {

struct Configuration {
  rules::Policy policy;
  std::string file;       // empty for the recommended policy
  std::string directory;  // what its paths are relative to
  // What was read, by the name `extends` has for it; the file itself is "".
  // Each holds one document.
  std::map<std::string, std::shared_ptr<const SourceFile>> sources;
};

// The nearest `.meshvet.yaml` or `.meshvet.yml` in the folder all the paths
// have in common or one above it, up to the repository's root; empty if there
// is none. One configuration a run: rules that compare objects need one view.
std::string FindConfiguration(const std::vector<std::string>& paths);

// The root of the repository around `paths`, else the working directory.
std::string FindRoot(const std::vector<std::string>& paths);

// Each error's `where` is "file:line:column".
std::variant<Configuration, std::vector<Error>> ReadConfiguration(
    const std::string& file);

// A document that holds one value, in YAML or JSON. The error's `where` is
// "file:line:column" or the file.
Result<std::shared_ptr<const Document>> ReadOneDocument(
    const std::string& file);

}  // namespace meshvet::lint

#endif  // MESHVET_LINT_CONFIG_CONFIGURATION_H_

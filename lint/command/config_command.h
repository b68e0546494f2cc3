// File: lint/command/config_command.h
//
// `meshvet config` but for the reading of flags: whether a configuration is
// valid, and what holds when all of it is put together.

#ifndef MESHVET_LINT_COMMAND_CONFIG_COMMAND_H_
#define MESHVET_LINT_COMMAND_CONFIG_COMMAND_H_

#include <string>

#include "lint/command/lint_command.h"
#include "lint/config/configuration.h"

namespace meshvet::lint {

struct ConfigOptions {
  std::string path = ".";  // where to look for a configuration from
  std::string config;      // found when empty
  bool no_config = false;
};

// Exit code 2 with each mistake's line, or when there is none to be found.
LintOutcome RunConfigValidate(const ConfigOptions& options);

// The configuration of `path` after presets, files it extends and defaults: a
// configuration itself, with the origin of each value in a comment.
LintOutcome RunConfigShow(const ConfigOptions& options);

// Writes `.meshvet.yaml` into `folder`; exit code 2 where one is there already,
// 3 where none can be made.
LintOutcome RunConfigInit(const std::string& folder);

std::string WriteConfiguration(const Configuration& configuration);

}  // namespace meshvet::lint

#endif  // MESHVET_LINT_COMMAND_CONFIG_COMMAND_H_

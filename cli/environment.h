// File: cli/environment.h
//
// The environment form of every flag: --fail-on is MESHVET_FAIL_ON. A flag on
// the command line wins over it.

#ifndef MESHVET_CLI_ENVIRONMENT_H_
#define MESHVET_CLI_ENVIRONMENT_H_

namespace CLI {
class App;
}  // namespace CLI

namespace meshvet::cli {

// Names the variable of every long flag of every subcommand.
void NameEnvironment(CLI::App& app);

}  // namespace meshvet::cli

#endif  // MESHVET_CLI_ENVIRONMENT_H_

// File: cli/certs.h
//
// The parts of `meshvet certs` that stand in files of their own.

#ifndef MESHVET_CLI_CERTS_H_
#define MESHVET_CLI_CERTS_H_

namespace CLI {
class App;
}  // namespace CLI

namespace meshvet::cli {

// `certs rotate`: the one that needs a cluster.
void AddRotate(CLI::App& certs, int& exit_code);

}  // namespace meshvet::cli

#endif  // MESHVET_CLI_CERTS_H_

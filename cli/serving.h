// File: cli/serving.h
//
// Serve: puts the webhook together out of certificates, policy, mesh, handler
// and transport, runs it, and takes it down in order.

#ifndef MESHVET_CLI_SERVING_H_
#define MESHVET_CLI_SERVING_H_

#include <cstddef>
#include <string>
#include <vector>

#include "cli/cluster_mesh.h"
#include "cli/configuration.h"
#include "cli/tls_secret.h"

namespace meshvet::cli {

struct ServeOptions {
  std::string listen = "0.0.0.0:8443";
  std::string ops_listen = "0.0.0.0:8080";
  std::string cert_file;
  std::string key_file;
  std::string ca_out;
  std::string min_version = "1.2";
  std::string client_ca_file;
  std::vector<std::string> client_names;
  TlsSecretFlags tls_secret;
  MeshFlags mesh;
  ClusterFlags cluster;
  double config_interval_seconds = 1;
  size_t max_body = 7 << 20;
  size_t max_in_flight = 0;  // 0: four for each core
  double lame_duck_seconds = 10;
  double grace_seconds = 30;
};

// Returns the exit code when SIGTERM or SIGINT has ended it.
int Serve(const ServeOptions& options);

}  // namespace meshvet::cli

#endif  // MESHVET_CLI_SERVING_H_

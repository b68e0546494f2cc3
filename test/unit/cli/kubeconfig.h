// The files by which `meshvet` comes to a scripted API server.

#ifndef MESHVET_TEST_UNIT_CLI_KUBECONFIG_H_
#define MESHVET_TEST_UNIT_CLI_KUBECONFIG_H_

#include <string>

#include "test/support/temp_folder.h"
#include "test/unit/cluster/scripted_server.h"

namespace meshvet::cli {

// kube.yaml, whose path it returns, and ca.pem beside it. The token is "hush".
inline std::string PutKubeconfig(const test::TempFolder& folder,
                                 const cluster::ScriptedServer& server) {
  folder.Put("ca.pem", server.ca_pem());
  return folder.Put(
      "kube.yaml",
      "current-context: c\n"
      "contexts: [{name: c, context: {cluster: k, user: u}}]\n"
      "clusters: [{name: k, cluster: {server: \"https://127.0.0.1:" +
          std::to_string(server.port()) +
          "\", certificate-authority: ca.pem}}]\n"
          "users: [{name: u, user: {token: hush}}]\n");
}

}  // namespace meshvet::cli

#endif  // MESHVET_TEST_UNIT_CLI_KUBECONFIG_H_

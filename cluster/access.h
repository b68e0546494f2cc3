// File: cluster/access.h
//
// ClusterAccess: where an API server is, and how to show it who we are.
//
//   Result<ClusterAccess> access = ReadKubeconfig("kube.yaml", "");
//   if (InPod()) access = ServiceAccountAccess();
//   Result<std::shared_ptr<ApiClient>> client = ApiClient::Make(*access);

#ifndef MESHVET_CLUSTER_ACCESS_H_
#define MESHVET_CLUSTER_ACCESS_H_

#include <string>
#include <string_view>
#include <vector>

#include "mesh/result.h"

namespace meshvet::cluster {

// A credential as it is given: its text, or the file that holds it. A file wins
// and is read again when it changes. Both empty: there is none.
struct Credential {
  std::string text;
  std::string file = {};

  bool empty() const { return text.empty() && file.empty(); }
};

struct ClusterAccess {
  std::string host;  // a name or an address, an IPv6 one without brackets
  int port = 443;
  std::string path_prefix = {};  // before every path; "" or "/k8s/c-1"
  bool tls = true;
  // The name the server's certificate must bear, where it is not `host`.
  std::string server_name = {};
  bool skip_verify = false;
  Credential ca = {};  // empty: the system's
  Credential client_certificate = {};
  Credential client_key = {};
  Credential token = {};
  // What the user ought to hear about it.
  std::vector<std::string> warnings = {};
};

// The folder kubelet mounts a pod's service account into.
inline constexpr std::string_view kServiceAccountFolder =
    "/var/run/secrets/kubernetes.io/serviceaccount";

// Whether this process runs in a pod with a service account: the two variables
// and the token are there, as client-go's rest.InClusterConfig wants them.
bool InPod();

// Of the pod's service account. Error.where is the variable or the file.
Result<ClusterAccess> ServiceAccountAccess(
    const std::string& folder = std::string(kServiceAccountFolder));

// Of a kubeconfig's context; its current one if `context` is empty. Fields mean
// what client-go makes of them (tools/clientcmd/api/v1/types.go). Refused, by
// name: plugins (exec, auth-provider), passwords, impersonation, proxies, two
// entries of one name. Error.where is "file:line:column", the message names the
// field.
Result<ClusterAccess> ReadKubeconfig(const std::string& file,
                                     std::string_view context);

}  // namespace meshvet::cluster

#endif  // MESHVET_CLUSTER_ACCESS_H_

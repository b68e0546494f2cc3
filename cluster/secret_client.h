// File: cluster/secret_client.h
//
// SecretClient: one Secret of a cluster, compared and swapped by its
// resourceVersion
// (https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-versions).
//
//   SecretClient client(api, stop, "mesh", "meshvet-tls");
//   Result<SecretObject> secret = client.Read();
//   Result<bool> written = client.Write(data, secret->version);
//
// Read and written keys are limited as an object of the API server is: to about
// a MiB. Belongs to one thread.

#ifndef MESHVET_CLUSTER_SECRET_CLIENT_H_
#define MESHVET_CLUSTER_SECRET_CLIENT_H_

#include <map>
#include <string>

#include "cluster/api_client.h"
#include "mesh/result.h"

namespace meshvet::cluster {

struct SecretObject {
  std::map<std::string, std::string> data;  // decoded
  std::string version;                      // empty if there is no such Secret
};

class SecretClient {
 public:
  // `client` and `stop` must outlive it.
  SecretClient(ApiClient& client, const StopSignal& stop, std::string ns,
               std::string name);

  // From the API server's storage, never from its cache.
  Result<SecretObject> Read();
  // Makes `data` all there is in the Secret that was last read, if that is
  // still `version`; creates one of type kubernetes.io/tls if it is empty.
  // Labels and the like stay. False if another was faster.
  Result<bool> Write(const std::map<std::string, std::string>& data,
                     const std::string& version);

 private:
  std::string Body(const std::map<std::string, std::string>& data,
                   const std::string& version) const;

  ApiSession session_;
  const std::string ns_;
  const std::string name_;
  SecretObject last_;
};

}  // namespace meshvet::cluster

#endif  // MESHVET_CLUSTER_SECRET_CLIENT_H_

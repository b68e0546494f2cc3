// File: cli/tls_secret.h
//
// `serve --tls-secret`: puts the API server behind what certs/ knows of a
// cluster, and runs the keeper of the authority and the promotion of the
// failure policy.

#ifndef MESHVET_CLI_TLS_SECRET_H_
#define MESHVET_CLI_TLS_SECRET_H_

#include <functional>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "certs/authority_keeper.h"
#include "certs/secret_store.h"
#include "cli/cluster_mesh.h"
#include "cli/configuration.h"
#include "cluster/api_client.h"
#include "cluster/secret_client.h"
#include "cluster/stop_signal.h"
#include "cluster/webhook_configurations.h"
#include "webhook/json_log.h"

namespace meshvet::cli {

struct TlsSecretFlags {
  std::string secret;  // NAMESPACE/NAME; empty: another way of certificates
  std::vector<std::string> names;
  std::string webhook_configuration = "meshvet";
  double interval_seconds = 10;
  double ca_grace_seconds = 600;
  std::string promote;  // empty, or Fail
  std::string proof_namespace = "default";
};

// Those of the promotion are among them.
void AddTlsSecretFlags(CLI::App& command, TlsSecretFlags& flags);

struct SecretName {
  std::string ns;
  std::string name;
};
// Error.where is the flag.
Result<SecretName> ParseSecretName(const std::string& text);

// One Secret of a cluster, as certs/ wants it.
class ClusterSecret : public certs::SecretStore {
 public:
  ClusterSecret(cluster::ApiClient& client, const cluster::StopSignal& stop,
                const SecretName& name)
      : client_(client, stop, name.ns, name.name) {}
  Result<certs::StoredSecret> Read() override;
  Result<certs::WriteOutcome> Write(const certs::SecretData& data,
                                    const std::string& version) override;

 private:
  cluster::SecretClient client_;
};

// The API server of --kubeconfig or of the pod. Error.where is what is at
// fault, or, if there is none, `what_for`.
Result<std::shared_ptr<cluster::ApiClient>> ConnectCluster(
    const ClusterFlags& flags, const char* what_for);

class TlsSecret {
 public:
  struct News {
    std::function<void(const certs::TlsIdentity&)> on_change;
    std::function<void(const Error&)> on_problem;
  };
  // `log` must outlive it. Tries for ten seconds to get a first pair.
  static std::variant<std::unique_ptr<TlsSecret>, Failure> Start(
      const TlsSecretFlags& flags, const ClusterFlags& cluster,
      const certs::ServerTlsOptions& tls, const webhook::JsonLog& log,
      const News& news);
  ~TlsSecret();
  TlsSecret(const TlsSecret&) = delete;
  TlsSecret& operator=(const TlsSecret&) = delete;

  certs::TlsContextSource source() const { return keeper_->source(); }

  class Anchors;

 private:
  TlsSecret(std::shared_ptr<cluster::ApiClient> client,
            const webhook::JsonLog& log);
  certs::AuthorityKeeper::Options KeeperOptions(
      const TlsSecretFlags& flags, const certs::SubjectNames& names,
      const certs::ServerTlsOptions& tls, const News& news) const;

  const std::shared_ptr<cluster::ApiClient> client_;
  const webhook::JsonLog& log_;
  cluster::StopSignal stop_;
  std::unique_ptr<ClusterSecret> secret_;
  std::unique_ptr<Anchors> anchors_;
  std::unique_ptr<certs::AuthorityKeeper> keeper_;
};

}  // namespace meshvet::cli

#endif  // MESHVET_CLI_TLS_SECRET_H_

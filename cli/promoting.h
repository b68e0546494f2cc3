// File: cli/promoting.h
//
// `serve --promote-failure-policy`: a thread that takes turns at the promotion
// of the webhook configurations.

#ifndef MESHVET_CLI_PROMOTING_H_
#define MESHVET_CLI_PROMOTING_H_

#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <variant>

#include "cli/cluster_mesh.h"
#include "cli/configuration.h"
#include "cli/tls_secret.h"
#include "cluster/api_client.h"
#include "cluster/event_recorder.h"
#include "cluster/promotion.h"
#include "cluster/stop_signal.h"
#include "webhook/json_log.h"

namespace meshvet::cli {

class Promoting {
 public:
  // Called from its thread.
  using Tell = std::function<void(const cluster::EventNote&)>;

  // To be started when the webhook answers. `log` must outlive it.
  static std::variant<std::unique_ptr<Promoting>, Failure> Start(
      const TlsSecretFlags& flags, const ClusterFlags& cluster,
      const webhook::JsonLog& log, Tell tell);
  ~Promoting();
  Promoting(const Promoting&) = delete;
  Promoting& operator=(const Promoting&) = delete;

 private:
  Promoting(std::shared_ptr<cluster::ApiClient> client,
            const TlsSecretFlags& flags, const webhook::JsonLog& log,
            Tell tell);
  void Run();
  // True if there was something it could not do.
  bool Turn();

  const std::shared_ptr<cluster::ApiClient> client_;
  const webhook::JsonLog& log_;
  const Tell tell_;
  cluster::StopSignal stop_;
  cluster::ClusterPromotion steps_;
  cluster::Promotion promotion_;
  std::string reported_;
  std::thread thread_;
};

}  // namespace meshvet::cli

#endif  // MESHVET_CLI_PROMOTING_H_

// File: webhook/ops_server.h
//
// OpsServer: what kubelet and Prometheus ask, over plain HTTP on a port and on
// threads of its own, so that a busy webhook still answers its probes.
//
//   OpsServer::Options options;
//   options.port = 8080;
//   options.metrics = [&] { return metrics.Text(); };
//   options.ready = {{"policy", [&] { return CheckPolicy(); }}};
//   auto ops = OpsServer::Start(std::move(options));
//
//   GET /livez, /readyz   200 "ok", or 503 with the checks that fail, one
//                         a line; ?verbose lists all, as an API server does:
//                         "[+]policy ok", "[-]cluster failed: not synced"
//                         (https://kubernetes.io/docs/reference/using-api/health-checks/)
//   GET /metrics          the Prometheus text format
//
// Bounded like the webhook itself: it is the same transport without TLS.

#ifndef MESHVET_WEBHOOK_OPS_SERVER_H_
#define MESHVET_WEBHOOK_OPS_SERVER_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "mesh/result.h"

namespace meshvet::webhook {

struct CheckResult {
  bool ok = true;
  // Why not, for people; of one that is well, what else there is to say.
  std::string reason = {};
};

// Called at each probe, from several threads; must be quick. What it throws is
// a failed check.
struct HealthCheck {
  std::string name;
  std::function<CheckResult()> check;
};

class OpsServer {
 public:
  struct Options {
    std::string host;  // empty: all addresses of both families
    int port = 0;      // 0: any free one, see port()
    std::vector<HealthCheck> live;
    std::vector<HealthCheck> ready;
    std::function<std::string()> metrics;
  };

  // Error.where is "host:port".
  static Result<std::unique_ptr<OpsServer>> Start(Options options);

  ~OpsServer();
  OpsServer(const OpsServer&) = delete;
  OpsServer& operator=(const OpsServer&) = delete;

  int port() const;

  // Checks that come with what they check. Thread-safe.
  void AddLiveCheck(HealthCheck check);
  void AddReadyCheck(HealthCheck check);

 private:
  class Impl;
  explicit OpsServer(std::unique_ptr<Impl> impl);

  std::unique_ptr<Impl> impl_;
};

}  // namespace meshvet::webhook

#endif  // MESHVET_WEBHOOK_OPS_SERVER_H_

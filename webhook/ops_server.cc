#include "webhook/ops_server.h"

#include <exception>
#include <mutex>
#include <utility>

#include "webhook/https_server.h"
#include "webhook/metrics.h"

namespace meshvet::webhook {
namespace {

constexpr std::string_view kPlainText = "text/plain; charset=utf-8";
constexpr std::size_t kMaxConnections = 256;

CheckResult Run(const HealthCheck& check) {
  try {
    return check.check();
  } catch (const std::exception& error) {
    return {.ok = false, .reason = error.what()};
  }
}

bool IsVerbose(std::string_view query) {
  return query == "verbose" || query.starts_with("verbose=") ||
         query.starts_with("verbose&");
}

class Checks {
 public:
  explicit Checks(std::vector<HealthCheck> checks)
      : checks_(std::move(checks)) {}

  void Add(HealthCheck check) {
    const std::scoped_lock lock(mutex_);
    checks_.push_back(std::move(check));
  }

  HttpResponse Answer(bool verbose) const {
    std::string lines;
    bool all_ok = true;
    for (const HealthCheck& check : Copy()) {
      const CheckResult result = Run(check);
      all_ok = all_ok && result.ok;
      if (!result.ok) {
        lines += "[-]" + check.name + " failed: " + result.reason + "\n";
      } else if (verbose) {
        lines += "[+]" + check.name + " ok" +
                 (result.reason.empty() ? "" : ": " + result.reason) + "\n";
      }
    }
    lines += all_ok ? "ok\n" : "failed\n";
    return {.status = all_ok ? 200 : 503,
            .body = std::move(lines),
            .content_type = kPlainText};
  }

 private:
  // A slow check must not hold up who adds one, nor other probes.
  std::vector<HealthCheck> Copy() const {
    const std::scoped_lock lock(mutex_);
    return checks_;
  }

  mutable std::mutex mutex_;
  std::vector<HealthCheck> checks_;
};

HttpsServer::Options TransportOptions(const std::string& host, int port) {
  HttpsServer::Options options;
  options.host = host;
  options.port = port;
  options.rules.method = HeaderRules::Method::kGet;
  options.rules.paths = {"/livez", "/readyz", "/metrics"};
  options.rules.max_body_bytes = 0;
  options.gate.in_flight = 2;
  options.max_connections = kMaxConnections;
  options.thread_name = "ops";
  return options;
}

}  // namespace

class OpsServer::Impl {
 public:
  explicit Impl(Options options)
      : live_(std::move(options.live)),
        ready_(std::move(options.ready)),
        metrics_(std::move(options.metrics)) {}

  Result<bool> Start(const std::string& host, int port) {
    Result<std::unique_ptr<HttpsServer>> server = HttpsServer::Start(
        TransportOptions(host, port),
        [this](const HttpRequest& request) { return Answer(request); });
    if (!server) return server.error();
    server_ = std::move(*server);
    return true;
  }

  int port() const { return server_->port(); }
  Checks& live() { return live_; }
  Checks& ready() { return ready_; }

 private:
  HttpResponse Answer(const HttpRequest& request) const {
    if (request.path == "/livez") return live_.Answer(IsVerbose(request.query));
    if (request.path == "/readyz") {
      return ready_.Answer(IsVerbose(request.query));
    }
    return {.body = metrics_ ? metrics_() : std::string(),
            .content_type = Metrics::kContentType};
  }

  Checks live_;
  Checks ready_;
  const std::function<std::string()> metrics_;
  // Last: it goes first, and its handler needs the rest.
  std::unique_ptr<HttpsServer> server_;
};

Result<std::unique_ptr<OpsServer>> OpsServer::Start(Options options) {
  const std::string host = options.host;
  const int port = options.port;
  auto impl = std::make_unique<Impl>(std::move(options));
  const Result<bool> started = impl->Start(host, port);
  if (!started) return started.error();
  return std::unique_ptr<OpsServer>(new OpsServer(std::move(impl)));
}

OpsServer::OpsServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

OpsServer::~OpsServer() = default;

int OpsServer::port() const { return impl_->port(); }

void OpsServer::AddLiveCheck(HealthCheck check) {
  impl_->live().Add(std::move(check));
}

void OpsServer::AddReadyCheck(HealthCheck check) {
  impl_->ready().Add(std::move(check));
}

}  // namespace meshvet::webhook

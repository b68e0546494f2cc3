// File: webhook/metrics.h
//
// Metrics: what the server counts, in the names Prometheus will know it by.
//
//   Metrics metrics({.paths = {"/validate"}, .kinds = {"Gateway", …}});
//   server = HttpsServer::Start(options, handler, &metrics);
//   metrics.SetTransport([&] { return server->stats(); });
//   metrics.OnRequest({.path = "/validate", .operation = "CREATE", …});
//   std::string page = metrics.Text();   // text format 0.0.4
//
// Every label set is bounded: a path, kind, operation, verdict, rule or reason
// that was not announced counts as "other", whatever clients send. Counters are
// made on first use and remembered by index, so that counting is a few
// comparisons and an atomic addition.
//
// Thread-safe. Durations in seconds, times in seconds since 1970.

#ifndef MESHVET_WEBHOOK_METRICS_H_
#define MESHVET_WEBHOOK_METRICS_H_

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "webhook/transport_observer.h"

namespace meshvet::webhook {

// One answered admission call.
struct RequestSample {
  std::string_view path;
  std::string_view operation;  // CREATE, UPDATE, DELETE, CONNECT
  std::string_view kind;
  std::string_view verdict;  // one of Metrics::Options::verdicts
  bool dry_run = false;
  std::chrono::nanoseconds duration{};
};

// What one rule said of one call.
struct RuleSample {
  std::string_view rule;
  std::string_view verdict;  // one of Metrics::Options::rule_verdicts
  bool dry_run = false;
};

class Metrics final : public TransportObserver {
 public:
  struct Options {
    std::vector<std::string> paths = {"/validate", "/mutate"};
    std::vector<std::string> kinds;
    std::vector<std::string> verdicts = {"allowed", "warned", "denied",
                                         "patched", "error"};
    std::vector<std::string> rules = {};
    std::vector<std::string> rule_verdicts = {"audited", "warned", "denied",
                                              "patched"};
  };

  explicit Metrics(Options options);
  ~Metrics() override;
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  // meshvet_requests_total and meshvet_request_duration_seconds.
  void OnRequest(const RequestSample& sample);
  // meshvet_rule_verdicts_total.
  void OnRule(const RuleSample& sample);
  // meshvet_rule_not_run_total.
  void OnRuleNotRun(std::string_view rule);
  // meshvet_deadline_exceeded_total.
  void OnDeadlineExceeded();
  // meshvet_config_reload_failed_total.
  void OnReloadFailed();
  // meshvet_policy_generation, meshvet_cert_not_after_seconds.
  void SetPolicyGeneration(std::uint64_t generation);
  void SetCertNotAfter(std::chrono::system_clock::time_point not_after);
  // Where in_flight, queue, connections and body_bytes come from when somebody
  // asks. To be taken back (with {}) before what it captures goes.
  void SetTransport(std::function<TransportStats()> source);
  // A gauge more, meshvet_<name>, asked at each scrape: watch_age_seconds….
  void AddGauge(const std::string& name, const std::string& help,
                std::function<double()> source);

  // Several series, meshvet_<name>{<label>="…"}, asked at each scrape. Their
  // labels must be few; a counter must not fall.
  enum class SeriesType { kGauge, kCounter };
  using Series = std::vector<std::pair<std::string, double>>;
  void AddSeries(const std::string& name, const std::string& help,
                 SeriesType type, const std::string& label,
                 std::function<Series()> source);

  // What Prometheus scrapes.
  std::string Text() const;
  static constexpr std::string_view kContentType =
      "text/plain; version=0.0.4; charset=utf-8";

  void OnHttpError(int status) override;
  void OnShed(std::string_view reason) override;
  void OnTlsHandshakeError(std::string_view reason) override;
  void OnHandlerException(std::string_view what) override;
  void OnAcceptError(int error) override;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace meshvet::webhook

#endif  // MESHVET_WEBHOOK_METRICS_H_

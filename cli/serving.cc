#include "cli/serving.h"

#include <pthread.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <optional>
#include <set>
#include <thread>
#include <utility>
#include <variant>

#include "certs/certificate_watcher.h"
#include "certs/self_signed.h"
#include "cli/cluster_events.h"
#include "cli/cluster_mesh.h"
#include "cli/commands.h"
#include "cli/durations.h"
#include "cli/expiry.h"
#include "cli/print.h"
#include "cli/promoting.h"
#include "cli/rule_coverage.h"
#include "lint/input/processors.h"
#include "mesh/kinds.h"
#include "webhook/admission_handler.h"
#include "webhook/admission_metrics.h"
#include "webhook/https_server.h"
#include "webhook/json_log.h"
#include "webhook/metrics.h"
#include "webhook/ops_server.h"
#include "webhook/policy_source.h"
#include "webhook/self_test.h"

namespace meshvet::cli {
namespace {

using cluster::EventNote;
using std::chrono::milliseconds;
using webhook::CheckResult;
using webhook::JsonLog;

constexpr milliseconds kLeastPolicyInterval{10};
constexpr milliseconds kSignalInterval{50};
constexpr milliseconds kEventPatience{2'000};
constexpr size_t kReviewsPerCore = 4;

struct Address {
  std::string host;
  int port = 0;
};

// "0.0.0.0:8443", "[::1]:8443", ":8443".
Result<Address> ParseAddress(const std::string& text, const char* flag) {
  const size_t colon = text.rfind(':');
  if (colon == text.npos) return Error{"expected HOST:PORT", flag};
  std::string host = text.substr(0, colon);
  if (host.size() > 1 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
  }
  const std::string port = text.substr(colon + 1);
  const bool is_number = !port.empty() && port.size() <= 5 &&
                         port.find_first_not_of("0123456789") == port.npos;
  if (!is_number || std::stoi(port) > 65'535) {
    return Error{"\"" + port + "\" is no port", flag};
  }
  return Address{host, std::stoi(port)};
}

// Blocks the signals that end the server in this and all later threads, so that
// one of them can wait for them.
sigset_t BlockEndSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  return signals;
}

// The signal that came within `patience`; 0 if none did.
int WaitForSignal(const sigset_t& signals, milliseconds patience) {
  const timespec time = {
      static_cast<time_t>(patience.count() / 1'000),
      static_cast<long>(patience.count() % 1'000) * 1'000'000};
  const int signal = sigtimedwait(&signals, nullptr, &time);
  return signal > 0 ? signal : 0;
}

std::vector<std::string> JudgedKinds(const rules::Engine& engine) {
  std::vector<std::string> kinds;
  for (const GroupKind& kind : KnownKinds()) {
    if (engine.Judges(kind)) kinds.emplace_back(kind.kind);
  }
  return kinds;
}

std::vector<std::string> RuleIds() {
  std::vector<std::string> ids;
  for (const rules::Rule* rule : rules::AllRules()) ids.emplace_back(rule->id);
  return ids;
}

class Server {
 public:
  explicit Server(const ServeOptions& options) : options_(options) {}

  // Nothing on success; the exit code otherwise, with the reason printed.
  std::optional<int> Start() {
    for (const auto step :
         {&Server::ReadPolicy, &Server::ReadMesh, &Server::StartEvents,
          &Server::ReadCertificates, &Server::StartOps, &Server::StartWebhook,
          &Server::StartPromoting}) {
      if (const auto failure = (this->*step)()) return Complain(*failure);
    }
    Announce();
    return std::nullopt;
  }

  int Run(const sigset_t& signals) {
    const milliseconds interval =
        ToMilliseconds(options_.config_interval_seconds);
    while (WaitForSignal(signals, interval) == 0) {
      PollPolicy();
      PollCertificate();
    }
    draining_ = true;
    promoting_.reset();
    log_.Event(JsonLog::Level::kInfo, "draining");
    webhook_->StartDrain();
    // A second signal is an order, not a request.
    const bool hurried =
        WaitForSignal(signals, ToMilliseconds(options_.lame_duck_seconds)) != 0;
    const bool finished =
        hurried ? webhook_->Stop(milliseconds(0)) : StopUnlessHurried(signals);
    metrics_->SetTransport({});
    log_.Event(JsonLog::Level::kInfo, finished ? "stopped" : "cut off");
    return kExitDone;
  }

 private:
  using MaybeFailure = std::optional<Failure>;

  // Waits for the calls under way, and for the Events of what they met; a
  // signal meanwhile ends the process at once, since nothing it still waits for
  // is worth more than the order.
  bool StopUnlessHurried(const sigset_t& signals) {
    std::atomic<bool> stopped = false;
    std::thread impatient([&] {
      while (!stopped) {
        if (WaitForSignal(signals, kSignalInterval) == 0) continue;
        log_.Event(JsonLog::Level::kInfo, "cut off");
        _exit(kExitDone);
      }
    });
    const milliseconds grace = ToMilliseconds(options_.grace_seconds);
    const auto end = std::chrono::steady_clock::now() + grace;
    const bool finished = webhook_->Stop(grace);
    FlushEvents(end);
    stopped = true;
    impatient.join();
    return finished;
  }

  // An API server that does not answer keeps us no longer than that.
  void FlushEvents(std::chrono::steady_clock::time_point end) {
    if (events_ == nullptr) return;
    const auto left = std::chrono::duration_cast<milliseconds>(
        end - std::chrono::steady_clock::now());
    if (events_->Flush(std::clamp(left, milliseconds(0), kEventPatience))) {
      return;
    }
    log_.Event(JsonLog::Level::kWarning, "event lost",
               {{"message", "not written before the end"}});
  }

  MaybeFailure ReadPolicy() {
    if (ToMilliseconds(options_.config_interval_seconds) <
        kLeastPolicyInterval) {
      return Usage({"must be at least 10ms", "--config-interval"});
    }
    auto read = cli::ReadConfiguration(options_.mesh.config);
    if (!read) return Usage(read.error());
    configuration_ = *read;
    webhook::PolicySource::Read again;
    if (!options_.mesh.config.empty()) {
      again = [file = options_.mesh.config]() -> Result<rules::Policy> {
        auto next = cli::ReadConfiguration(file);
        if (!next) return next.error();
        return std::move(next->policy);
      };
    }
    policies_ = std::make_unique<webhook::PolicySource>(std::move(read->policy),
                                                        std::move(again));
    metrics_ = std::make_unique<webhook::Metrics>(webhook::Metrics::Options{
        .kinds = JudgedKinds(policies_->Current()->engine),
        .rules = RuleIds()});
    metrics_->SetPolicyGeneration(policies_->Current()->generation);
    return std::nullopt;
  }

  MaybeFailure ReadMesh() {
    auto watched =
        WatchCluster(options_.cluster, options_.mesh, *configuration_, log_);
    if (auto* failure = std::get_if<Failure>(&watched)) return *failure;
    cluster_ =
        std::get<std::unique_ptr<cluster::MeshWatch>>(std::move(watched));
    return cluster_ == nullptr ? LoadFiles() : std::nullopt;
  }

  // The mesh as it is now; null while the cluster has not told it yet.
  std::shared_ptr<const Inventory> Mesh() {
    if (cluster_ == nullptr) return inventory_;
    if (!synced_ && !cluster_->Status().synced()) return nullptr;
    synced_ = true;
    return cluster_->Current();
  }

  std::vector<rules::UnmetNeed> Needs() const {
    const auto mesh = cluster_ == nullptr ? inventory_ : cluster_->Current();
    return rules::UnmetNeeds(policies_->Current()->engine, mesh->coverage());
  }

  MaybeFailure StartEvents() {
    auto started =
        cli::StartEvents(options_.cluster, options_.mesh,
                         options_.tls_secret.webhook_configuration, log_);
    if (auto* failure = std::get_if<Failure>(&started)) return *failure;
    events_ =
        std::get<std::unique_ptr<cluster::EventRecorder>>(std::move(started));
    if (events_ != nullptr) AddEventMetrics(*events_, *metrics_);
    return std::nullopt;
  }

  webhook::ConfirmAbsence Confirm() const {
    if (cluster_ == nullptr) return {};
    return [this](const Inventory& mesh, const std::set<Absence>& absences,
                  std::chrono::steady_clock::time_point deadline) {
      return cluster_->Confirm(mesh, absences, deadline);
    };
  }

  MaybeFailure LoadFiles() {
    auto loaded = LoadMesh(options_.mesh, *configuration_);
    if (auto* failure = std::get_if<Failure>(&loaded)) return *failure;
    const auto& mesh = std::get<lint::StaticMesh>(loaded);
    for (const Error& problem : mesh.problems) {
      log_.Event(JsonLog::Level::kWarning, "inventory",
                 {{"where", problem.where}, {"message", problem.message}});
    }
    inventory_ = mesh.inventory;
    return std::nullopt;
  }

  certs::ServerTlsOptions TlsOptions() const {
    return {.min_version = options_.min_version == "1.3"
                               ? certs::TlsVersion::kTls13
                               : certs::TlsVersion::kTls12,
            .client_names = options_.client_names};
  }

  MaybeFailure ReadCertificates() {
    if (options_.cert_file.empty() != options_.key_file.empty()) {
      return Usage({"--tls-cert-file and --tls-private-key-file go together"});
    }
    if (!options_.client_names.empty() && options_.client_ca_file.empty()) {
      return Usage({"--client-name needs --client-ca-file"});
    }
    if (!options_.tls_secret.secret.empty()) return KeepAuthority();
    return options_.cert_file.empty() ? MakeCertificate() : WatchCertificate();
  }

  MaybeFailure KeepAuthority() {
    if (!options_.cert_file.empty() || !options_.ca_out.empty()) {
      return Usage({"excludes other ways of certificates", "--tls-secret"});
    }
    auto tls = OwnTlsOptions();
    if (!tls) return Usage(tls.error());
    auto started =
        TlsSecret::Start(options_.tls_secret, options_.cluster, *tls, log_,
                         {.on_change =
                              [this](const certs::TlsIdentity& identity) {
                                metrics_->SetCertNotAfter(identity.not_after);
                              },
                          .on_problem =
                              [this](const Error& error) {
                                metrics_->OnReloadFailed();
                                Tell(CertificateRejected(error));
                              }});
    if (auto* failure = std::get_if<Failure>(&started)) return *failure;
    tls_secret_ = std::get<std::unique_ptr<TlsSecret>>(std::move(started));
    tls_ = tls_secret_->source();
    return std::nullopt;
  }

  MaybeFailure StartPromoting() {
    if (options_.tls_secret.promote.empty()) return std::nullopt;
    auto started =
        Promoting::Start(options_.tls_secret, options_.cluster, log_,
                         [this](const EventNote& note) { Tell(note); });
    if (auto* failure = std::get_if<Failure>(&started)) return *failure;
    promoting_ = std::get<std::unique_ptr<Promoting>>(std::move(started));
    return std::nullopt;
  }

  // With a certificate of our own, read once.
  Result<certs::ServerTlsOptions> OwnTlsOptions() const {
    certs::ServerTlsOptions tls = TlsOptions();
    if (options_.client_ca_file.empty()) return tls;
    auto ca = certs::ReadSmallFile(options_.client_ca_file);
    if (!ca) return ca.error();
    // An empty CA file must not turn the check of clients off.
    if (ca->empty()) {
      return Error{"holds no certificate", options_.client_ca_file};
    }
    tls.client_ca_pem = *std::move(ca);
    return tls;
  }

  MaybeFailure WatchCertificate() {
    certs::CertificateWatcher::Options watch;
    watch.cert_file = options_.cert_file;
    watch.key_file = options_.key_file;
    watch.client_ca_file = options_.client_ca_file;
    watch.tls = TlsOptions();
    watch.on_change = [this](const certs::TlsIdentity& identity) {
      metrics_->SetCertNotAfter(identity.not_after);
      log_.Event(JsonLog::Level::kInfo, "certificate",
                 {{"fingerprint", identity.fingerprint}});
    };
    watch.on_error = [this](const Error& error) {
      metrics_->OnReloadFailed();
      log_.Event(JsonLog::Level::kError, "certificate rejected",
                 {{"where", error.where}, {"message", error.message}});
      Tell(CertificateRejected(error));
    };
    auto watcher = certs::CertificateWatcher::Start(std::move(watch));
    if (!watcher) return Usage(watcher.error());
    watcher_ = *std::move(watcher);
    tls_ = watcher_->source();
    return std::nullopt;
  }

  MaybeFailure MakeCertificate() {
    auto pair = certs::SelfSigned({"localhost"}, {"127.0.0.1", "::1"});
    if (!pair) return Unfinished(pair.error());
    auto tls = OwnTlsOptions();
    if (!tls) return Usage(tls.error());
    auto context = certs::MakeServerContext(pair->identity, *tls);
    // The certificate is our own, so that it must be the CA.
    if (!context) {
      return Usage({context.error().message, options_.client_ca_file});
    }
    tls_ = [context = *context] { return context; };
    if (options_.ca_out.empty()) return std::nullopt;
    std::ofstream out(options_.ca_out, std::ios::binary | std::ios::trunc);
    out << pair->ca_pem;
    out.close();
    if (!out) return Unfinished({"cannot write", options_.ca_out});
    return std::nullopt;
  }

  CheckResult CheckCertificate() const {
    constexpr std::chrono::hours kSoon{1};
    const auto left =
        tls_()->identity().not_after - std::chrono::system_clock::now();
    if (left > kSoon) return {};
    return {false, "the certificate ends within an hour"};
  }

  CheckResult CheckPolicy() const {
    const std::string failure = webhook::SelfTest(*policies_->Current());
    return {failure.empty(), failure};
  }

  CheckResult CheckDraining() const {
    return {!draining_, draining_ ? "shutting down" : ""};
  }

  CheckResult CheckListener() const {
    constexpr double kStuckSeconds = 30;
    if (webhook_ == nullptr) return {false, "starting"};
    const webhook::TransportStats stats = webhook_->stats();
    if (stats.listener_age > kStuckSeconds) return {false, "listener stuck"};
    if (stats.longest_handler > kStuckSeconds) return {false, "worker stuck"};
    return {};
  }

  MaybeFailure StartWebhook() {
    const auto address = ParseAddress(options_.listen, "--listen");
    if (!address) return Usage(address.error());
    const JsonLimits limits{.max_bytes = options_.max_body};
    handler_ = std::make_unique<webhook::AdmissionHandler>(
        webhook::AdmissionSources{[this] { return policies_->Current(); },
                                  [this] { return Mesh(); }, Confirm()},
        [this](const webhook::AdmissionRecord& record) { Observe(record); },
        limits);
    webhook::HttpsServer::Options server;
    server.host = address->host;
    server.port = address->port;
    server.tls = tls_;
    server.rules.paths = {"/validate", "/mutate"};
    server.rules.max_body_bytes = options_.max_body;
    const size_t cores = lint::UsableProcessors();
    server.seats = cores;
    server.gate.in_flight = options_.max_in_flight != 0
                                ? options_.max_in_flight
                                : kReviewsPerCore * cores;
    auto started = webhook::HttpsServer::Start(
        std::move(server),
        [this](const webhook::HttpRequest& request) {
          return handler_->Handle(request);
        },
        metrics_.get());
    if (!started) return Unfinished(started.error());
    webhook_ = *std::move(started);
    metrics_->SetTransport([this] { return webhook_->stats(); });
    ops_->AddLiveCheck({"listener", [this] { return CheckListener(); }});
    ops_->AddReadyCheck({"listener", [this] { return CheckListener(); }});
    return std::nullopt;
  }

  MaybeFailure StartOps() {
    const auto address = ParseAddress(options_.ops_listen, "--ops-listen");
    if (!address) return Usage(address.error());
    webhook::OpsServer::Options ops;
    ops.host = address->host;
    ops.port = address->port;
    ops.ready = {{"certificate", [this] { return CheckCertificate(); }},
                 {"policy", [this] { return CheckPolicy(); }},
                 {"serving", [this] { return CheckDraining(); }},
                 {"started", [this]() -> CheckResult {
                    return {started_, started_ ? "" : "starting"};
                  }}};
    ops.ready.push_back(
        {"rules", [this] { return CheckRules([this] { return Needs(); }); }});
    AddRuleMetrics([this] { return Needs(); }, *metrics_);
    if (cluster_ != nullptr) {
      ops.ready.push_back(
          {"cluster", [this] { return CheckCluster(*cluster_); }});
      AddClusterMetrics(*cluster_, *metrics_);
    }
    ops.metrics = [this] { return metrics_->Text(); };
    auto started = webhook::OpsServer::Start(std::move(ops));
    if (!started) return Unfinished(started.error());
    ops_ = *std::move(started);
    metrics_->SetCertNotAfter(tls_()->identity().not_after);
    return std::nullopt;
  }

  void Observe(const webhook::AdmissionRecord& record) {
    log_.Admission(record);
    webhook::Count(record, *metrics_);
  }

  void PollPolicy() {
    switch (policies_->Poll()) {
      case webhook::PolicySource::Change::kNone:
        return;
      case webhook::PolicySource::Change::kReplaced:
        metrics_->SetPolicyGeneration(policies_->Current()->generation);
        log_.Event(JsonLog::Level::kInfo, "policy replaced");
        return;
      case webhook::PolicySource::Change::kRejected:
        metrics_->OnReloadFailed();
        log_.Event(JsonLog::Level::kError, "policy rejected",
                   {{"message", policies_->rejection()}});
        Tell(PolicyRejected(policies_->rejection()));
        return;
    }
  }

  // Of a certificate that ought to have been renewed by now, once an hour.
  void PollCertificate() {
    const auto now = std::chrono::system_clock::now();
    const auto problem = ExpiryProblem(tls_()->identity(), now);
    if (!problem || now < next_expiry_warning_) return;
    constexpr std::chrono::hours kBetween{1};
    next_expiry_warning_ = now + kBetween;
    log_.Event(JsonLog::Level::kWarning, "certificate expiring",
               {{"message", *problem}});
    Tell(CertificateExpiring(*problem));
  }

  void Tell(const EventNote& note) const {
    if (events_ != nullptr) events_->Record(note);
  }

  // On standard output, for people and for whoever started us on port 0.
  void Announce() {
    const auto host = [](const std::string& listen) {
      return listen.substr(0, listen.rfind(':'));
    };
    const std::string text = "webhook https://" + host(options_.listen) + ":" +
                             std::to_string(webhook_->port()) +
                             "\nops http://" + host(options_.ops_listen) + ":" +
                             std::to_string(ops_->port()) + "\n";
    // Ready before anybody knows where, and though nobody may read it.
    started_ = true;
    (void)Print(STDOUT_FILENO, text);
  }

  const ServeOptions& options_;
  JsonLog log_;
  std::optional<lint::Configuration> configuration_;
  std::unique_ptr<webhook::PolicySource> policies_;
  std::unique_ptr<webhook::Metrics> metrics_;
  std::shared_ptr<const Inventory> inventory_;   // of files
  std::unique_ptr<cluster::MeshWatch> cluster_;  // or null
  std::atomic<bool> synced_ = false;
  // Before all that tells it something; null without a cluster.
  std::unique_ptr<cluster::EventRecorder> events_;
  std::chrono::system_clock::time_point next_expiry_warning_;
  std::unique_ptr<certs::CertificateWatcher> watcher_;
  std::unique_ptr<TlsSecret> tls_secret_;  // or null
  certs::TlsContextSource tls_;
  std::atomic<bool> draining_ = false;
  std::atomic<bool> started_ = false;
  std::unique_ptr<webhook::AdmissionHandler> handler_;
  // The servers go first: their threads use all of the above.
  std::unique_ptr<webhook::HttpsServer> webhook_;
  std::unique_ptr<webhook::OpsServer> ops_;
  std::unique_ptr<Promoting> promoting_;  // or null
};

}  // namespace

int Serve(const ServeOptions& options) {
  const sigset_t signals = BlockEndSignals();
  Server server(options);
  if (const auto exit_code = server.Start()) return *exit_code;
  return server.Run(signals);
}

}  // namespace meshvet::cli

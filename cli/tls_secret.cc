#include "cli/tls_secret.h"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

#include "cli/durations.h"
#include "cli/value.h"
#include "cluster/resource.h"

namespace meshvet::cli {
namespace {

using certs::AuthorityKeeper;
using certs::WriteOutcome;
using std::chrono::milliseconds;
using webhook::JsonLog;

constexpr const char* kFlag = "--tls-secret";
constexpr int kAttempts = 10;
constexpr milliseconds kBetweenAttempts{1'000};

Result<WriteOutcome> ToOutcome(const Result<bool>& written) {
  if (!written) return written.error();
  return *written ? WriteOutcome::kWritten : WriteOutcome::kConflict;
}

std::optional<Error> CheckTimes(const TlsSecretFlags& flags) {
  if (flags.interval_seconds <= 0) {
    return Error{"must be more than 0", "--tls-secret-interval"};
  }
  if (flags.ca_grace_seconds < 3 * flags.interval_seconds) {
    return Error{"must be at least three times --tls-secret-interval",
                 "--tls-ca-grace"};
  }
  return std::nullopt;
}

}  // namespace

void AddTlsSecretFlags(CLI::App& command, TlsSecretFlags& flags) {
  command.add_option(kFlag, flags.secret,
                     "NAMESPACE/NAME of a Secret for an own CA: made, renewed "
                     "and published by meshvet");
  command
      .add_option("--tls-dns-name", flags.names,
                  "with --tls-secret: a name or address of the certificate, "
                  "several times (default meshvet.NAMESPACE.svc)")
      ->allow_extra_args(false)
      ->delimiter(',');
  command.add_option("--webhook-configuration", flags.webhook_configuration,
                     "name of the validating and the mutating webhook "
                     "configuration (default meshvet)");
  TakeDuration(command.add_option("--tls-secret-interval",
                                  flags.interval_seconds,
                                  "how often to look at the Secret and the "
                                  "webhook configurations (default 10s)"));
  TakeDuration(command.add_option(
      "--tls-ca-grace", flags.ca_grace_seconds,
      "how long replicas and API servers may take to notice a change, when the "
      "CA changes (default 10m)"));
  TakeOneOf(
      command.add_option("--promote-failure-policy", flags.promote,
                         "Fail: the failure policy of the webhooks, once their "
                         "way through the API server is proven"),
      {"Fail"});
  command.add_option("--proof-namespace", flags.proof_namespace,
                     "where that is proven, by dry runs (default default)");
}

Result<SecretName> ParseSecretName(const std::string& text) {
  const size_t slash = text.find('/');
  const SecretName name{text.substr(0, slash),
                        slash == text.npos ? "" : text.substr(slash + 1)};
  if (!cluster::IsObjectName(name.ns) || !cluster::IsObjectName(name.name)) {
    return Error{"expected NAMESPACE/NAME", kFlag};
  }
  return name;
}

Result<std::shared_ptr<cluster::ApiClient>> ConnectCluster(
    const ClusterFlags& flags, const char* what_for) {
  auto access = FindAccess(flags, {});
  if (!access) return access.error();
  if (!access->has_value()) {
    return Error{"needs a cluster: --kubeconfig, or to run in a pod", what_for};
  }
  return cluster::ApiClient::Make(**access);
}

Result<certs::StoredSecret> ClusterSecret::Read() {
  auto secret = client_.Read();
  if (!secret) return secret.error();
  return certs::StoredSecret{std::move(secret->data),
                             std::move(secret->version)};
}

Result<WriteOutcome> ClusterSecret::Write(const certs::SecretData& data,
                                          const std::string& version) {
  return ToOutcome(client_.Write(data, version));
}

class TlsSecret::Anchors : public certs::TrustAnchors {
 public:
  Anchors(cluster::ApiClient& client, const cluster::StopSignal& stop,
          const std::string& name)
      : configurations_(client, stop, name) {}

  Result<std::vector<certs::TrustAnchor>> Read() override {
    auto all = configurations_.Read();
    if (!all) return all.error();
    last_ = *std::move(all);
    std::vector<certs::TrustAnchor> anchors;
    for (const cluster::WebhookConfiguration& one : last_) {
      certs::TrustAnchor anchor{one.Title(), one.version, {}};
      for (const cluster::WebhookEntry& webhook : one.webhooks) {
        anchor.bundles.push_back(webhook.ca_bundle);
      }
      anchors.push_back(std::move(anchor));
    }
    return anchors;
  }

  Result<WriteOutcome> Write(const certs::TrustAnchor& anchor,
                             const std::string& bundle) override {
    const auto one = std::ranges::find(last_, anchor.name,
                                       &cluster::WebhookConfiguration::Title);
    if (one == last_.end() || one->version != anchor.version) {
      return WriteOutcome::kConflict;
    }
    return ToOutcome(configurations_.SetCaBundle(*one, bundle));
  }

 private:
  cluster::WebhookConfigurations configurations_;
  std::vector<cluster::WebhookConfiguration> last_;
};

TlsSecret::TlsSecret(std::shared_ptr<cluster::ApiClient> client,
                     const JsonLog& log)
    : client_(std::move(client)), log_(log) {}

TlsSecret::~TlsSecret() {
  stop_.Raise();
  keeper_.reset();
}

AuthorityKeeper::Options TlsSecret::KeeperOptions(
    const TlsSecretFlags& flags, const certs::SubjectNames& names,
    const certs::ServerTlsOptions& tls, const News& news) const {
  AuthorityKeeper::Options options;
  options.secret.store = secret_.get();
  options.secret.anchors = anchors_.get();
  options.secret.names = names;
  options.secret.grace = ToMilliseconds(flags.ca_grace_seconds);
  options.interval = ToMilliseconds(flags.interval_seconds);
  options.tls = tls;
  options.on_change = [this, news](const certs::TlsIdentity& identity) {
    log_.Event(JsonLog::Level::kInfo, "certificate",
               {{"fingerprint", identity.fingerprint}});
    news.on_change(identity);
  };
  options.on_move = [this](const certs::Decision& move) {
    log_.Event(JsonLog::Level::kInfo, "authority",
               {{"move", certs::ToString(move.move)}, {"why", move.reason}});
  };
  options.on_publish = [this](const std::string& anchor) {
    log_.Event(JsonLog::Level::kInfo, "caBundle patched", {{"where", anchor}});
  };
  options.on_problem = [this, news](const Error& error) {
    news.on_problem(error);
    log_.Event(JsonLog::Level::kError, "certificate rejected",
               {{"where", error.where.empty() ? kFlag : error.where},
                {"message", error.message}});
  };
  return options;
}

std::variant<std::unique_ptr<TlsSecret>, Failure> TlsSecret::Start(
    const TlsSecretFlags& flags, const ClusterFlags& cluster,
    const certs::ServerTlsOptions& tls, const JsonLog& log, const News& news) {
  const auto name = ParseSecretName(flags.secret);
  if (!name) return Usage(name.error());
  if (auto error = CheckTimes(flags)) return Usage(*std::move(error));
  const auto names = certs::SortNames(
      flags.names.empty() ? certs::ServiceNames("meshvet", name->ns)
                          : flags.names);
  if (!names) return Usage({names.error().message, names.error().where});
  auto client = ConnectCluster(cluster, kFlag);
  if (!client) return Usage(client.error());
  std::unique_ptr<TlsSecret> self(new TlsSecret(*std::move(client), log));
  self->secret_ =
      std::make_unique<ClusterSecret>(*self->client_, self->stop_, *name);
  self->anchors_ = std::make_unique<Anchors>(*self->client_, self->stop_,
                                             flags.webhook_configuration);
  const auto options = self->KeeperOptions(flags, *names, tls, news);
  Error last;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    if (attempt > 0) self->stop_.Wait(kBetweenAttempts);
    auto keeper = AuthorityKeeper::Start(options);
    if (keeper) {
      self->keeper_ = *std::move(keeper);
      return self;
    }
    if (keeper.error().message != last.message) {
      last = keeper.error();
      log.Event(JsonLog::Level::kWarning, "no certificate yet",
                {{"message", last.message}});
    }
  }
  return Unfinished({last.message, kFlag});
}

}  // namespace meshvet::cli

#include <unistd.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "certs/authority_plan.h"
#include "cli/certs.h"
#include "cli/cluster_mesh.h"
#include "cli/commands.h"
#include "cli/configuration.h"
#include "cli/lint_flags.h"
#include "cli/print.h"
#include "cli/time_limit.h"
#include "cli/tls_secret.h"
#include "cli/value.h"
#include "cluster/stop_signal.h"

namespace meshvet::cli {
namespace {

struct RotateOptions {
  std::string secret;
  bool ca = false;
  ClusterFlags cluster;
  double timeout_seconds = 0;
};

// What is to be done by order, whatever the time; an error if it cannot be.
Result<certs::Move> MoveFor(const certs::SecretData& data, bool ca,
                            const certs::Circumstances& circumstances) {
  using certs::Move;
  const certs::Decision due = certs::Decide(data, circumstances);
  if (due.move == Move::kRefuse) return Error{due.reason};
  if (due.move == Move::kFound) {
    return Error{due.reason + ": `meshvet serve` makes one"};
  }
  if (!ca) return Move::kRenewLeaf;
  if (data.contains(certs::kNextCaCertificate)) {
    return Error{"the CA is being changed already"};
  }
  return Move::kIntroduceCa;
}

// The outcome of one attempt: nothing if another was faster.
Result<std::optional<std::string>> Attempt(ClusterSecret& secret, bool ca) {
  const auto stored = secret.Read();
  if (!stored) return stored.error();
  if (stored->version.empty()) return Error{"there is no such Secret"};
  const certs::Circumstances circumstances{
      .now = std::chrono::system_clock::now(),
      // It keeps its names: which ones are wanted, only `serve` knows.
      .names = certs::LeafNames(stored->data),
      .published_for = {},
      .grace = {}};
  const auto move = MoveFor(stored->data, ca, circumstances);
  if (!move) return move.error();
  const auto next = certs::Carry({*move}, stored->data, circumstances);
  if (!next) return next.error();
  const auto outcome = secret.Write(*next, stored->version);
  if (!outcome) return outcome.error();
  if (*outcome == certs::WriteOutcome::kConflict) {
    return std::optional<std::string>();
  }
  return std::optional<std::string>(
      ca ? "a new CA is introduced; the replicas publish it, and change to it "
           "after --tls-ca-grace\n"
         : "the certificate is renewed; the replicas serve it within "
           "--tls-secret-interval\n");
}

int Rotate(const RotateOptions& options) {
  StartTimer(options.timeout_seconds);
  const auto name = ParseSecretName(options.secret);
  if (!name) return Complain(Usage(name.error()));
  auto client = ConnectCluster(options.cluster, "certs rotate");
  if (!client) return Complain(Usage(client.error()));
  const cluster::StopSignal stop;
  ClusterSecret secret(**client, stop, *name);
  constexpr int kAttempts = 16;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    const auto done = Attempt(secret, options.ca);
    if (!done)
      return Complain(Unfinished({done.error().message, options.secret}));
    if (!done->has_value()) continue;
    return Print(STDOUT_FILENO, **done) ? kExitDone : kExitUnfinished;
  }
  return Complain(Unfinished({"others keep changing it", options.secret}));
}

}  // namespace

void AddRotate(CLI::App& certs, int& exit_code) {
  CLI::App* command = certs.add_subcommand(
      "rotate", "Renew the certificate, or the CA, of a running webhook");
  auto options = std::make_shared<RotateOptions>();
  command
      ->add_option("--tls-secret", options->secret,
                   "NAMESPACE/NAME, as given to `meshvet serve`")
      ->required();
  command->add_flag("--ca", options->ca, "change the CA too");
  command
      ->add_option("--kubeconfig", options->cluster.kubeconfig,
                   "the cluster (default: $KUBECONFIG, or that of the pod)")
      ->type_name(kFile);
  command->add_option("--kube-context", options->cluster.context,
                      "context of the kubeconfig (default: its current one)");
  AddTimeout(*command, options->timeout_seconds);
  command->footer(
      Examples({{"meshvet certs rotate --tls-secret mesh/meshvet-tls",
                 "a new certificate by the same CA"},
                {"meshvet certs rotate --tls-secret mesh/meshvet-tls --ca",
                 "a new CA, without an interruption"},
                {"meshvet certs rotate --tls-secret mesh/meshvet-tls "
                 "--kubeconfig k.yaml",
                 "in another cluster"}}));
  command->callback([options, &exit_code] { exit_code = Rotate(*options); });
}

}  // namespace meshvet::cli

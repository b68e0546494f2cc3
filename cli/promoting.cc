#include "cli/promoting.h"

#include <pthread.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "cli/cluster_events.h"
#include "cluster/backoff.h"

namespace meshvet::cli {

using webhook::JsonLog;

std::variant<std::unique_ptr<Promoting>, Failure> Promoting::Start(
    const TlsSecretFlags& flags, const ClusterFlags& cluster,
    const JsonLog& log, Tell tell) {
  auto client = ConnectCluster(cluster, "--promote-failure-policy");
  if (!client) return Usage(client.error());
  return std::unique_ptr<Promoting>(
      new Promoting(*std::move(client), flags, log, std::move(tell)));
}

Promoting::Promoting(std::shared_ptr<cluster::ApiClient> client,
                     const TlsSecretFlags& flags, const JsonLog& log, Tell tell)
    : client_(std::move(client)),
      log_(log),
      tell_(std::move(tell)),
      steps_(*client_, stop_, flags.webhook_configuration,
             flags.proof_namespace),
      promotion_(steps_),
      thread_([this] { Run(); }) {}

Promoting::~Promoting() {
  stop_.Raise();
  thread_.join();
}

void Promoting::Run() {
  pthread_setname_np(pthread_self(), "promotion");
  cluster::Backoff backoff(cluster::Backoff::Range{});
  do {
    if (!Turn()) backoff.Reset();
  } while (!stop_.Wait(backoff.Next()));
}

bool Promoting::Turn() {
  const cluster::PromotionTurn turn = promotion_.Turn();
  if (stop_.raised()) return false;
  for (const std::string& title : turn.promoted) {
    log_.Event(JsonLog::Level::kInfo, "failure policy promoted",
               {{"where", title}, {"policy", "Fail"}});
    tell_(FailurePolicyPromoted(title));
  }
  std::string text;
  for (const Error& problem : turn.problems) {
    text += problem.where + '\n' + problem.message + '\n';
  }
  if (text == reported_) return !text.empty();
  reported_ = text;
  for (const Error& problem : turn.problems) {
    log_.Event(JsonLog::Level::kWarning, "failure policy not promoted",
               {{"where", problem.where}, {"message", problem.message}});
    tell_(FailurePolicyNotPromoted(problem));
  }
  return !text.empty();
}

}  // namespace meshvet::cli

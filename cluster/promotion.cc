#include "cluster/promotion.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <random>
#include <utility>

#include "cluster/resource.h"
#include "mesh/document.h"
#include "mesh/kinds.h"

namespace meshvet::cluster {
namespace {

constexpr size_t kMaxBody = 1 << 20;

// Longer than an API server waits for a webhook.
constexpr std::chrono::seconds kPatience{35};

std::string Nonce() {
  std::random_device random;
  const uint64_t number = (uint64_t{random()} << 32U) | random();
  static constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (unsigned shift = 0; shift < 64; shift += 4) {
    text += kDigits[(number >> shift) & 0xFU];
  }
  return text;
}

bool FailsClosed(const WebhookConfiguration& one) {
  return std::ranges::all_of(one.webhooks, [](const WebhookEntry& webhook) {
    return webhook.failure_policy == "Fail";
  });
}

std::string MessageOf(const ApiAnswer& answer) {
  const auto body = ParseJson(answer.body, {.max_bytes = kMaxBody});
  return body ? std::string(body->root()["message"].Str()) : std::string();
}

}  // namespace

PromotionTurn Promotion::Turn() {
  PromotionTurn turn;
  const auto all = steps_.Read();
  if (!all) {
    turn.problems.push_back(all.error());
    return turn;
  }
  for (const WebhookConfiguration& one : *all) Consider(one, turn);
  return turn;
}

void Promotion::Consider(const WebhookConfiguration& one, PromotionTurn& turn) {
  const std::string title = one.Title();
  if (FailsClosed(one)) settled_.insert(title);
  if (settled_.contains(title) || !one.may_promote) return;
  // A proof says which webhook denied, but all of them are promoted.
  if (one.webhooks.size() != 1) {
    turn.problems.push_back({"it has several webhooks", title});
    return;
  }
  if (auto why = steps_.Prove(one)) {
    turn.problems.push_back({why->message, title});
    return;
  }
  const auto patched = steps_.Fail(one);
  if (!patched) {
    turn.problems.push_back({patched.error().message, title});
  } else if (*patched) {
    settled_.insert(title);
    turn.promoted.push_back(title);
  }
  // Otherwise it has changed since it was proven: the next turn proves it anew.
}

Result<ApiAnswer> ClusterPromotion::DryRun(const std::string& name,
                                           const Labels& labels) {
  const auto resources = WatchedResources();
  const auto resource =
      std::ranges::find(resources, kWorkloadEntry, &Resource::kind);
  if (resource == resources.end()) return Error{"WorkloadEntry is unknown"};
  const auto served = Discover(session_, *resource);
  if (!served) return served.error();
  if (!served->is_installed) return Error{"WorkloadEntry is not installed"};
  nlohmann::json object = {{"apiVersion", served->api_version},
                           {"kind", "WorkloadEntry"},
                           {"metadata", {{"name", name}, {"namespace", ns_}}},
                           {"spec", {{"address", "192.0.2.1"}}}};
  if (!labels.app.empty()) {
    object["spec"]["labels"] = {{"app.kubernetes.io/name", labels.app},
                                {"version", "v1"}};
  }
  return session_.Send({.method = "POST",
                        .target = served->PathIn(ns_) + "?dryRun=All",
                        .content_type = "application/json",
                        .body = object.dump()},
                       ApiSession::Limits::Within(kPatience, kMaxBody));
}

std::optional<Error> ClusterPromotion::ProveDenial(
    const WebhookConfiguration& one) {
  const std::string name = "meshvet-proof-" + Nonce();
  const auto answer = DryRun(name, {});
  if (!answer) return answer.error();
  if (answer->status == 201) {
    return Error{"a WorkloadEntry without labels was let through"};
  }
  // How an API server words a denial:
  // k8s.io/apiserver pkg/admission/plugin/webhook/errors/statuserror.go.
  const std::string message = MessageOf(*answer);
  const std::string by =
      "admission webhook \"" + one.webhooks.front().name + "\" denied";
  if (message.find(by) != message.npos && message.find(name) != message.npos) {
    return std::nullopt;
  }
  return Error{Explain("not denied by this webhook", *answer)};
}

std::optional<Error> ClusterPromotion::ProvePatch() {
  const std::string nonce = Nonce();
  const auto answer = DryRun("meshvet-proof-" + nonce, {.app = nonce});
  if (!answer) return answer.error();
  if (answer->status != 201) return Error{Explain("not patched", *answer)};
  const auto body = ParseJson(answer->body, {.max_bytes = kMaxBody});
  if (body && body->root()["spec"]["labels"]["app"].Str() == nonce) {
    return std::nullopt;
  }
  return Error{"a WorkloadEntry that lacks a label was not patched"};
}

std::optional<Error> ClusterPromotion::Prove(const WebhookConfiguration& one) {
  return one.is_mutating ? ProvePatch() : ProveDenial(one);
}

}  // namespace meshvet::cluster

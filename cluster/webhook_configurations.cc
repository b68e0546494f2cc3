#include "cluster/webhook_configurations.h"

#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "certs/base64.h"
#include "mesh/document.h"

namespace meshvet::cluster {
namespace {

using nlohmann::json;

constexpr size_t kMaxBody = 4 << 20;

constexpr std::chrono::seconds kPatience{10};

std::string PathOf(bool is_mutating, const std::string& name) {
  return std::string("/apis/admissionregistration.k8s.io/v1/") +
         (is_mutating ? "mutating" : "validating") + "webhookconfigurations/" +
         name;
}

WebhookConfiguration FromNode(const Node& object, bool is_mutating) {
  const Node metadata = object["metadata"];
  WebhookConfiguration read;
  read.is_mutating = is_mutating;
  read.name = metadata["name"].Str();
  read.version = metadata["resourceVersion"].Str();
  read.may_promote =
      metadata["annotations"]["meshvet.dev/promote"].Str() != "never";
  for (const Node webhook : object["webhooks"]) {
    read.webhooks.push_back(
        {std::string(webhook["name"].Str()),
         certs::DecodeBase64(webhook["clientConfig"]["caBundle"].Str())
             .value_or(""),
         std::string(webhook["failurePolicy"].Str())});
  }
  return read;
}

// A strategic merge patch: webhooks are told apart by their names.
std::string PatchOf(const WebhookConfiguration& configuration,
                    const json& change) {
  json webhooks = json::array();
  for (const WebhookEntry& webhook : configuration.webhooks) {
    json entry = change;
    entry["name"] = webhook.name;
    webhooks.push_back(std::move(entry));
  }
  return json{{"metadata", {{"resourceVersion", configuration.version}}},
              {"webhooks", webhooks}}
      .dump();
}

}  // namespace

std::string WebhookConfiguration::Title() const {
  return (is_mutating ? "MutatingWebhookConfiguration "
                      : "ValidatingWebhookConfiguration ") +
         name;
}

WebhookConfigurations::WebhookConfigurations(ApiClient& client,
                                             const StopSignal& stop,
                                             std::string name)
    : session_(client, stop), name_(std::move(name)) {}

Result<std::vector<WebhookConfiguration>> WebhookConfigurations::Read() {
  std::vector<WebhookConfiguration> all;
  for (const bool is_mutating : {false, true}) {
    const std::string what =
        "read " + WebhookConfiguration{is_mutating, name_}.Title();
    const auto answer =
        session_.Get(PathOf(is_mutating, name_),
                     ApiSession::Limits::Within(kPatience, kMaxBody));
    if (!answer) return Error{what + ": " + answer.error().message};
    if (answer->status == 404) continue;
    if (answer->status != 200) return Error{Explain(what, *answer)};
    const auto body = ParseJson(answer->body, {.max_bytes = kMaxBody});
    if (!body) return Error{what + ": " + body.error().message};
    all.push_back(FromNode(body->root(), is_mutating));
  }
  return all;
}

Result<bool> WebhookConfigurations::Patch(
    const WebhookConfiguration& configuration, const std::string& body) {
  const auto answer = session_.Send(
      {.method = "PATCH",
       .target = PathOf(configuration.is_mutating, configuration.name),
       .content_type = "application/strategic-merge-patch+json",
       .body = body},
      ApiSession::Limits::Within(kPatience, kMaxBody));
  const std::string what = "patch " + configuration.Title();
  if (!answer) return Error{what + ": " + answer.error().message};
  if (answer->status == 409 || answer->status == 404) return false;
  if (answer->status != 200) return Error{Explain(what, *answer)};
  return true;
}

Result<bool> WebhookConfigurations::SetCaBundle(
    const WebhookConfiguration& configuration, const std::string& pem) {
  return Patch(
      configuration,
      PatchOf(configuration,
              {{"clientConfig", {{"caBundle", certs::EncodeBase64(pem)}}}}));
}

Result<bool> WebhookConfigurations::SetFailurePolicy(
    const WebhookConfiguration& configuration, const std::string& policy) {
  return Patch(configuration,
               PatchOf(configuration, {{"failurePolicy", policy}}));
}

}  // namespace meshvet::cluster

#include "cluster/secret_client.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "certs/base64.h"
#include "mesh/document.h"

namespace meshvet::cluster {
namespace {

constexpr size_t kMaxBody = 4 << 20;

constexpr std::chrono::seconds kPatience{10};

std::string SecretsIn(const std::string& ns) {
  return "/api/v1/namespaces/" + ns + "/secrets";
}

}  // namespace

SecretClient::SecretClient(ApiClient& client, const StopSignal& stop,
                           std::string ns, std::string name)
    : session_(client, stop), ns_(std::move(ns)), name_(std::move(name)) {}

Result<SecretObject> SecretClient::Read() {
  const std::string what = "read Secret " + ns_ + "/" + name_;
  const auto answer =
      session_.Get(SecretsIn(ns_) + "/" + name_,
                   ApiSession::Limits::Within(kPatience, kMaxBody));
  if (!answer) return Error{what + ": " + answer.error().message};
  last_ = {};
  if (answer->status == 404) return last_;
  if (answer->status != 200) return Error{Explain(what, *answer)};
  const auto body = ParseJson(answer->body, {.max_bytes = kMaxBody});
  if (!body) return Error{what + ": " + body.error().message};
  for (const auto& [key, value] : body->root()["data"].Members()) {
    auto bytes = certs::DecodeBase64(value.Str());
    if (!bytes || !value.IsString()) {
      return Error{what + ": data." + std::string(key) + " is not base64"};
    }
    last_.data[std::string(key)] = *std::move(bytes);
  }
  last_.version = body->root()["metadata"]["resourceVersion"].Str();
  if (last_.version.empty()) return Error{what + ": it has no version"};
  return last_;
}

std::string SecretClient::Body(const std::map<std::string, std::string>& data,
                               const std::string& version) const {
  nlohmann::json values = nlohmann::json::object();
  // A merge patch removes what is null.
  for (const auto& [key, value] : last_.data) values[key] = nullptr;
  for (const auto& [key, value] : data)
    values[key] = certs::EncodeBase64(value);
  nlohmann::json object = {{"data", values}};
  if (version.empty()) {
    object["apiVersion"] = "v1";
    object["kind"] = "Secret";
    object["type"] = "kubernetes.io/tls";
    object["metadata"] = {{"name", name_}};
  } else {
    object["metadata"] = {{"resourceVersion", version}};
  }
  return object.dump();
}

Result<bool> SecretClient::Write(const std::map<std::string, std::string>& data,
                                 const std::string& version) {
  const bool is_new = version.empty();
  const auto answer =
      session_.Send({.method = is_new ? "POST" : "PATCH",
                     .target = SecretsIn(ns_) + (is_new ? "" : "/" + name_),
                     .content_type = is_new ? "application/json"
                                            : "application/merge-patch+json",
                     .body = Body(data, version)},
                    ApiSession::Limits::Within(kPatience, kMaxBody));
  const std::string what = "write Secret " + ns_ + "/" + name_;
  if (!answer) return Error{what + ": " + answer.error().message};
  // Gone since it was read, or there meanwhile, or changed.
  if (answer->status == 409 || (answer->status == 404 && !is_new)) return false;
  if (answer->status != 200 && answer->status != 201) {
    return Error{Explain(what, *answer)};
  }
  return true;
}

}  // namespace meshvet::cluster

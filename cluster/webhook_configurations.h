// File: cluster/webhook_configurations.h
//
// WebhookConfigurations: the validating and the mutating webhook configuration
// of one name. Changed is only what is asked for, by a strategic merge patch of
// the resourceVersion that was read; all other fields are somebody else's
// (https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/).
//
//   WebhookConfigurations configurations(api, stop, "meshvet");
//   auto all = configurations.Read();
//   for (const auto& one : *all) configurations.SetCaBundle(one, pem);
//
// Belongs to one thread.

#ifndef MESHVET_CLUSTER_WEBHOOK_CONFIGURATIONS_H_
#define MESHVET_CLUSTER_WEBHOOK_CONFIGURATIONS_H_

#include <string>
#include <vector>

#include "cluster/api_client.h"
#include "mesh/result.h"

namespace meshvet::cluster {

struct WebhookEntry {
  std::string name;
  std::string ca_bundle;  // decoded; empty if there is none or it is no base64
  std::string failure_policy;
};

struct WebhookConfiguration {
  bool is_mutating = false;
  std::string name;
  std::string version;
  bool may_promote = true;  // not annotated meshvet.dev/promote: "never"
  std::vector<WebhookEntry> webhooks;

  // "MutatingWebhookConfiguration meshvet".
  std::string Title() const;
};

class WebhookConfigurations {
 public:
  // `client` and `stop` must outlive it.
  WebhookConfigurations(ApiClient& client, const StopSignal& stop,
                        std::string name);

  // Those that are installed: none, one or both.
  Result<std::vector<WebhookConfiguration>> Read();
  // In every webhook of it. False if it is no longer what was read.
  Result<bool> SetCaBundle(const WebhookConfiguration& configuration,
                           const std::string& pem);
  Result<bool> SetFailurePolicy(const WebhookConfiguration& configuration,
                                const std::string& policy);

 private:
  Result<bool> Patch(const WebhookConfiguration& configuration,
                     const std::string& body);

  ApiSession session_;
  const std::string name_;
};

}  // namespace meshvet::cluster

#endif  // MESHVET_CLUSTER_WEBHOOK_CONFIGURATIONS_H_

// File: cluster/promotion.h
//
// Promotion: brings the failure policy of webhook configurations from Ignore to
// Fail, once it is proven that calls get through. A webhook that fails closed
// before it can be reached locks everybody out; one that fails open for ever
// guards nothing (Istio promotes its own webhook the same way,
// pkg/webhooks/validation/controller).
//
//   Promotion promotion(steps);
//   PromotionTurn turn = promotion.Turn();
//
// Each turn reads a configuration, proves it, and patches the version it read;
// nothing is remembered that a restart could lose. It never demotes, and it
// leaves alone what it has seen at Fail: who goes back to Ignore does so to get
// out of trouble. The annotation `meshvet.dev/promote: "never"` keeps it off
// for good.
//
// Belongs to one thread.

#ifndef MESHVET_CLUSTER_PROMOTION_H_
#define MESHVET_CLUSTER_PROMOTION_H_

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "cluster/webhook_configurations.h"
#include "mesh/result.h"

namespace meshvet::cluster {

// What a promotion asks of a cluster.
class PromotionSteps {
 public:
  PromotionSteps() = default;
  virtual ~PromotionSteps() = default;
  PromotionSteps(const PromotionSteps&) = delete;
  PromotionSteps& operator=(const PromotionSteps&) = delete;

  virtual Result<std::vector<WebhookConfiguration>> Read() = 0;
  // Nothing if a call through the API server reached meshvet by way of this
  // configuration and its answer came back; else why that is not proven.
  virtual std::optional<Error> Prove(const WebhookConfiguration& one) = 0;
  // False if the configuration is no longer what was read.
  virtual Result<bool> Fail(const WebhookConfiguration& one) = 0;
};

struct PromotionTurn {
  std::vector<std::string> promoted;  // titles
  std::vector<Error> problems;        // where = a title
};

class Promotion {
 public:
  // `steps` must outlive it.
  explicit Promotion(PromotionSteps& steps) : steps_(steps) {}

  PromotionTurn Turn();

 private:
  void Consider(const WebhookConfiguration& one, PromotionTurn& turn);

  PromotionSteps& steps_;
  std::set<std::string> settled_;
};

// The proof with a real API server: dry runs of objects that nobody stores. The
// validating webhook must deny a WorkloadEntry without labels, by its name,
// which is drawn anew each time; the mutating one must add the label `app` with
// the value drawn, from the canonical label that is there.
class ClusterPromotion : public PromotionSteps {
 public:
  // `client` and `stop` must outlive it. `ns` must be one that the webhooks are
  // asked about.
  ClusterPromotion(ApiClient& client, const StopSignal& stop,
                   const std::string& configuration, std::string ns)
      : session_(client, stop),
        configurations_(client, stop, configuration),
        ns_(std::move(ns)) {}

  Result<std::vector<WebhookConfiguration>> Read() override {
    return configurations_.Read();
  }
  std::optional<Error> Prove(const WebhookConfiguration& one) override;
  Result<bool> Fail(const WebhookConfiguration& one) override {
    return configurations_.SetFailurePolicy(one, "Fail");
  }

 private:
  struct Labels {
    std::string app;  // a canonical label's value; empty for no label
  };
  Result<ApiAnswer> DryRun(const std::string& name, const Labels& labels);
  std::optional<Error> ProveDenial(const WebhookConfiguration& one);
  std::optional<Error> ProvePatch();

  ApiSession session_;
  WebhookConfigurations configurations_;
  const std::string ns_;
};

}  // namespace meshvet::cluster

#endif  // MESHVET_CLUSTER_PROMOTION_H_

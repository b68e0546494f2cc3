#include "webhook/self_test.h"

#include <memory>
#include <string_view>

#include "mesh/inventory.h"

namespace meshvet::webhook {
namespace {

constexpr std::string_view kGood = R"({
  "apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview",
  "request": {"uid": "self-test", "operation": "CREATE",
    "namespace": "self-test", "name": "good",
    "kind": {"group": "networking.istio.io", "version": "v1",
             "kind": "WorkloadEntry"},
    "object": {"apiVersion": "networking.istio.io/v1", "kind": "WorkloadEntry",
      "metadata": {"name": "good", "namespace": "self-test"},
      "spec": {"address": "192.0.2.1",
               "labels": {"app": "self-test", "version": "v1"}}},
    "oldObject": null, "dryRun": true}})";

// The same without its labels.
constexpr std::string_view kBad = R"({
  "apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview",
  "request": {"uid": "self-test", "operation": "CREATE",
    "namespace": "self-test", "name": "bad",
    "kind": {"group": "networking.istio.io", "version": "v1",
             "kind": "WorkloadEntry"},
    "object": {"apiVersion": "networking.istio.io/v1", "kind": "WorkloadEntry",
      "metadata": {"name": "bad", "namespace": "self-test"},
      "spec": {"address": "192.0.2.1"}},
    "oldObject": null, "dryRun": true}})";

constexpr std::string_view kRule = "workload-entry-missing-label";

Outcome Ask(const AdmissionHandler& handler, std::string_view body,
            Outcome& seen) {
  constexpr std::chrono::seconds kPatience{1};
  handler.Handle(
      {"/validate", body, std::chrono::steady_clock::now() + kPatience});
  return seen;
}

}  // namespace

std::string SelfTest(const EngineGeneration& engine) {
  // Not owned: the test ends before the engine does.
  const std::shared_ptr<const EngineGeneration> under_test(
      std::shared_ptr<const void>(), &engine);
  const auto empty_mesh = InventoryBuilder().Snapshot();
  Outcome seen = Outcome::kError;
  const AdmissionHandler handler(
      {[&] { return under_test; }, [&] { return empty_mesh; }},
      [&](const AdmissionRecord& record) { seen = record.outcome; });
  if (Ask(handler, kGood, seen) == Outcome::kError) {
    return "a good review got no verdict";
  }
  const Outcome bad = Ask(handler, kBad, seen);
  if (bad == Outcome::kError) return "a bad review got no verdict";
  const auto& settings = engine.engine.policy().rules;
  const bool is_by_the_book = settings.find(kRule) == settings.end() &&
                              engine.engine.policy().overrides.empty() &&
                              engine.engine.policy().suppressions.empty();
  if (is_by_the_book && bad != Outcome::kDenied) {
    return "a bad review was let through";
  }
  return {};
}

}  // namespace meshvet::webhook

// What a Deployment and its kin annotate on the template of their pods silences
// rules about them.

#include <gtest/gtest.h>

#include <memory>
#include <span>
#include <string>

#include "mesh/kinds.h"
#include "rules/engine.h"
#include "rules/rule_context.h"
#include "test/support/scene.h"

namespace meshvet::rules {
namespace {

void Complain(const Object& object, RuleContext& ctx) {
  ctx.Report(object.root(), "is there");
}

// What the engine says of an object that a rule about workloads complains of.
Finding FoundIn(const std::string& yaml) {
  static constexpr Rule kRule = {.id = "workload-is-there",
                                 .kinds = {kDeployment, kCronJob, kPod},
                                 .check = Complain};
  static constexpr const Rule* kRulePointer = &kRule;
  const Engine engine(std::make_shared<const Policy>(RecommendedPolicy()), {},
                      std::span(&kRulePointer, 1));
  const auto object = test::ReadObjects(yaml).front();
  const Evaluation judged = engine.Evaluate(
      {.object = object.get()}, *InventoryBuilder({}, {}).Snapshot());
  EXPECT_EQ(judged.findings.size(), 1U) << yaml;
  return judged.findings.empty() ? Finding() : judged.findings[0];
}

TEST(AnnotationsOfPods, SilenceWhatRunsThem) {
  const std::string annotated =
      "template: {metadata: {annotations: "
      "{ignore.meshvet.dev/workload-is-there: why}}}";
  const Finding deployment = FoundIn(
      "{apiVersion: apps/v1, kind: Deployment, metadata: {name: a, namespace: "
      "shop}, spec: {" +
      annotated + "}}");
  EXPECT_EQ(deployment.suppressed, "why");
  EXPECT_EQ(deployment.action, Action::kOff);
  EXPECT_EQ(deployment.silence.pointer,
            "/spec/template/metadata/annotations/"
            "ignore.meshvet.dev~1workload-is-there");
  const Finding job = FoundIn(
      "{apiVersion: batch/v1, kind: CronJob, metadata: {name: a, namespace: "
      "shop}, spec: {jobTemplate: {spec: {" +
      annotated + "}}}}");
  EXPECT_EQ(job.suppressed, "why");
  EXPECT_EQ(job.silence.pointer,
            "/spec/jobTemplate/spec/template/metadata/annotations/"
            "ignore.meshvet.dev~1workload-is-there");
  // A pod is no template of itself, and has none.
  EXPECT_EQ(
      FoundIn("{apiVersion: v1, kind: Pod, metadata: {name: a, namespace: "
              "shop}, spec: {" +
              annotated + "}}")
          .suppressed,
      "");
  EXPECT_EQ(
      FoundIn("{apiVersion: v1, kind: Pod, metadata: {name: a, namespace: "
              "shop, annotations: "
              "{ignore.meshvet.dev/workload-is-there: own}}}")
          .silence.pointer,
      "/metadata/annotations/ignore.meshvet.dev~1workload-is-there");
}

// istioctl reads its annotation on the object alone.
TEST(AnnotationsOfPods, OfIstioSilenceNothing) {
  EXPECT_EQ(
      FoundIn("{apiVersion: apps/v1, kind: Deployment, metadata: {name: a, "
              "namespace: shop}, spec: {template: {metadata: {annotations: "
              "{galley.istio.io/analyze-suppress: '*'}}}}}")
          .suppressed,
      "");
}

}  // namespace
}  // namespace meshvet::rules

// Labels, identity and sidecars of what a selector selects.

#include "mesh/workload.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "mesh/mesh_view.h"
#include "test/support/scene.h"

namespace meshvet {
namespace {

using ::testing::UnorderedElementsAre;

std::shared_ptr<const Object> Read(const std::string& yaml) {
  return test::ReadObjects(yaml).at(0);
}

std::string LabelsOf(const Object& object) {
  std::string text;
  WorkloadLabels(object).ForEach([&](std::string_view key, Node value) {
    text.append(key).append("=").append(value.Text()).append(" ");
  });
  return text;
}

struct LabelCase {
  const char* object;
  const char* labels;
};

TEST(WorkloadLabelsTest, AreTheEndpoints) {
  const LabelCase cases[] = {
      {"{apiVersion: v1, kind: Pod, metadata: {labels: {app: a}}}", "app=a "},
      {"{apiVersion: apps/v1, kind: Deployment, metadata: {labels: {app: no}},"
       " spec: {template: {metadata: {labels: {app: a}}}}}",
       "app=a "},
      {"{apiVersion: batch/v1, kind: CronJob, spec: {jobTemplate: {spec: "
       "{template: {metadata: {labels: {app: a}}}}}}}",
       "app=a "},
      {"{apiVersion: networking.istio.io/v1, kind: WorkloadEntry, metadata: "
       "{labels: {app: strong}}, spec: {labels: {app: weak, v: b}}}",
       "app=strong v=b "},
      {"{apiVersion: networking.istio.io/v1, kind: WorkloadGroup, metadata: "
       "{labels: {app: no}}, spec: {metadata: {labels: {app: strong}}, "
       "template: {labels: {app: weak, v: b}}}}",
       "app=strong v=b "},
      {"{apiVersion: v1, kind: Service, metadata: {labels: {app: a}}}", ""},
  };
  for (const LabelCase& c : cases) {
    EXPECT_EQ(LabelsOf(*Read(c.object)), c.labels) << c.object;
  }
}

struct MeshCase {
  const char* metadata;  // of the pod
  bool outside;
  bool takes_mtls;
};

TEST(IsOutsideMeshTest, NeedsEvidence) {
  const MeshCase cases[] = {
      {"{}", false, true},
      {"{labels: {sidecar.istio.io/inject: \"false\"}}", true, false},
      {"{labels: {sidecar.istio.io/inject: false}}", true, false},
      {"{labels: {sidecar.istio.io/inject: \"true\"}}", false, true},
      {"{annotations: {sidecar.istio.io/inject: \"false\"}}", true, false},
      // The label counts before the annotation, which is deprecated.
      {"{labels: {sidecar.istio.io/inject: \"true\"}, annotations: "
       "{sidecar.istio.io/inject: \"false\"}}",
       false, true},
      {"{labels: {security.istio.io/tlsMode: disabled}}", false, false},
      {"{labels: {security.istio.io/tlsMode: istio}}", false, true},
  };
  for (const MeshCase& c : cases) {
    const std::string metadata(c.metadata);
    const auto pod =
        Read("{apiVersion: v1, kind: Pod, metadata: " + metadata + "}");
    const auto template_of = Read(
        "{apiVersion: apps/v1, kind: StatefulSet, spec: {template: "
        "{metadata: " +
        metadata + "}}}");
    EXPECT_EQ(IsOutsideMesh(*pod), c.outside) << metadata;
    EXPECT_EQ(IsOutsideMesh(*template_of), c.outside) << metadata;
    EXPECT_EQ(TakesIstioMutualTls(*pod), c.takes_mtls) << metadata;
    EXPECT_EQ(TakesIstioMutualTls(*template_of), c.takes_mtls) << metadata;
  }
  // The object's own metadata is not the pods'.
  EXPECT_FALSE(IsOutsideMesh(
      *Read("{apiVersion: apps/v1, kind: Deployment, metadata: {labels: "
            "{sidecar.istio.io/inject: \"false\"}}}")));
}

struct EntryCase {
  const char* rest;  // of the WorkloadEntry
  bool takes_mtls;
};

TEST(TakesIstioMutualTlsTest, OfAWorkloadEntryIsByLabelThenByAccount) {
  const EntryCase cases[] = {
      {"spec: {}", false},
      {"spec: {serviceAccount: cart}", true},
      {"spec: {serviceAccount: \"\"}", false},
      {"spec: {labels: {security.istio.io/tlsMode: istio}}", true},
      {"spec: {serviceAccount: cart, labels: {security.istio.io/tlsMode: "
       "disabled}}",
       false},
      {"metadata: {labels: {security.istio.io/tlsMode: istio}}, spec: "
       "{labels: {security.istio.io/tlsMode: disabled}}",
       true},
      // A WorkloadEntry knows nothing of injection.
      {"metadata: {labels: {sidecar.istio.io/inject: \"false\"}}, spec: "
       "{serviceAccount: cart}",
       true},
  };
  for (const EntryCase& c : cases) {
    EXPECT_EQ(
        TakesIstioMutualTls(*Read("{apiVersion: networking.istio.io/v1, kind: "
                                  "WorkloadEntry, " +
                                  std::string(c.rest) + "}")),
        c.takes_mtls)
        << c.rest;
  }
}

TEST(ServiceAccountTest, IsOfThePodOrTheEntry) {
  EXPECT_EQ(
      ServiceAccount(*Read("{apiVersion: apps/v1, kind: Deployment, spec:"
                           " {template: {spec: {serviceAccountName: a}}}}")),
      "a");
  EXPECT_EQ(ServiceAccount(*Read("{apiVersion: networking.istio.io/v1, kind: "
                                 "WorkloadGroup, spec: {template: "
                                 "{serviceAccount: a}}}")),
            "a");
  EXPECT_EQ(ServiceAccount(*Read("{apiVersion: v1, kind: Pod}")), "");
}

std::vector<std::string> WorkloadsOf(const std::string& yaml) {
  const test::Scene scene(yaml);
  const MeshView mesh(scene.inventory(), &scene.subject());
  std::vector<std::string> names;
  ForEachWorkloadOf(RegistryService{&scene.subject()}, mesh,
                    [&](const Object& workload) {
                      names.push_back(std::string(workload.kind().kind) + " " +
                                      std::string(workload.name()));
                    });
  return names;
}

const char* const kWorkloads = R"(
---
{apiVersion: v1, kind: Pod,
 metadata: {namespace: shop, name: pod, labels: {app: cart, x: y}}}
---
{apiVersion: apps/v1, kind: Deployment, metadata: {namespace: shop, name: dep},
 spec: {template: {metadata: {labels: {app: cart}}}}}
---
{apiVersion: networking.istio.io/v1, kind: WorkloadEntry,
 metadata: {namespace: shop, name: vm}, spec: {labels: {app: cart}}}
---
{apiVersion: networking.istio.io/v1, kind: WorkloadGroup,
 metadata: {namespace: shop, name: group},
 spec: {template: {labels: {app: cart}}}}
---
{apiVersion: v1, kind: Pod,
 metadata: {namespace: web, name: elsewhere, labels: {app: cart}}}
---
{apiVersion: v1, kind: Pod,
 metadata: {namespace: shop, name: other, labels: {app: pay}}}
)";

TEST(ForEachWorkloadOfTest, VisitsItsOwnNamespace) {
  EXPECT_THAT(
      WorkloadsOf("{apiVersion: v1, kind: Service, metadata: {namespace: shop, "
                  "name: cart}, spec: {selector: {app: cart}}}" +
                  std::string(kWorkloads)),
      UnorderedElementsAre("Pod pod", "Deployment dep", "WorkloadEntry vm"));
  EXPECT_THAT(
      WorkloadsOf("{apiVersion: networking.istio.io/v1, kind: ServiceEntry, "
                  "metadata: {namespace: shop, name: e}, spec: "
                  "{workloadSelector: {labels: {app: cart, x: y}}}}" +
                  std::string(kWorkloads)),
      UnorderedElementsAre("Pod pod"));
  EXPECT_THAT(WorkloadsOf("{apiVersion: v1, kind: Service, metadata: "
                          "{namespace: shop, name: cart}}" +
                          std::string(kWorkloads)),
              UnorderedElementsAre());
}

}  // namespace
}  // namespace meshvet

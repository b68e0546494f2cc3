#include "mesh/kinds.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "mesh/workload.h"
#include "test/support/scene.h"

namespace meshvet {
namespace {

using test::ReadObjects;
using ::testing::UnorderedElementsAreArray;

std::vector<std::string> Names(std::span<const GroupKind> kinds) {
  std::vector<std::string> names;
  for (const GroupKind& kind : kinds) {
    names.push_back(std::string(kind.group) + "/" + std::string(kind.kind));
  }
  return names;
}

TEST(KindsTest, TheInventoryKeepsWhatDecidesInAMesh) {
  EXPECT_THAT(Names(KnownKinds()),
              UnorderedElementsAreArray({
                  "/Namespace",
                  "/Service",
                  "/Pod",
                  "/ReplicationController",
                  "apps/Deployment",
                  "apps/StatefulSet",
                  "apps/DaemonSet",
                  "apps/ReplicaSet",
                  "batch/Job",
                  "batch/CronJob",
                  "networking.istio.io/VirtualService",
                  "networking.istio.io/DestinationRule",
                  "networking.istio.io/Gateway",
                  "networking.istio.io/ServiceEntry",
                  "networking.istio.io/Sidecar",
                  "networking.istio.io/WorkloadEntry",
                  "networking.istio.io/WorkloadGroup",
                  "security.istio.io/PeerAuthentication",
                  "security.istio.io/RequestAuthentication",
                  "security.istio.io/AuthorizationPolicy",
                  "gateway.networking.k8s.io/Gateway",
                  "gateway.networking.k8s.io/ReferenceGrant",
              }));
}

TEST(KindsTest, PodsRunInTheseKinds) {
  EXPECT_THAT(Names(PodKinds()),
              UnorderedElementsAreArray({"/Pod", "/ReplicationController",
                                         "apps/Deployment", "apps/StatefulSet",
                                         "apps/DaemonSet", "apps/ReplicaSet",
                                         "batch/Job", "batch/CronJob"}));
}

TEST(KindsTest, NoListHasAKindTwice) {
  for (const auto& kinds : {KnownKinds(), PodKinds(), MeshApiKinds()}) {
    const auto names = Names(kinds);
    EXPECT_EQ(std::set<std::string>(names.begin(), names.end()).size(),
              names.size());
  }
}

// Every kind of Istio's and Gateway API's groups that the inventory keeps is
// one their CRDs define.
TEST(KindsTest, KnownKindsOfMeshGroupsAreKindsOfTheirApi) {
  for (const GroupKind& kind : KnownKinds()) {
    if (!kind.group.ends_with("istio.io") &&
        !kind.group.ends_with("networking.k8s.io")) {
      continue;
    }
    EXPECT_NE(std::ranges::find(MeshApiKinds(), kind), MeshApiKinds().end())
        << kind.kind;
  }
}

TEST(KindsTest, OfTheKnownKindsOnlyNamespaceIsClusterScoped) {
  for (const GroupKind& kind : KnownKinds()) {
    EXPECT_EQ(IsClusterScoped(kind), kind == kNamespace) << kind.kind;
  }
  EXPECT_TRUE(IsClusterScoped({"gateway.networking.k8s.io", "GatewayClass"}));
  EXPECT_FALSE(IsClusterScoped({"example.com", "Namespace"}));
}

struct WorkloadCase {
  std::string_view yaml;
  bool runs_pods;
};

// One pod, written where each kind keeps it, among labels that are not the
// pod's.
constexpr WorkloadCase kWorkloads[] = {
    {R"(
apiVersion: v1
kind: Pod
metadata: {name: a, labels: {app: right}}
spec: {serviceAccountName: account, containers: [{ports: [{containerPort: 80}]}]}
)",
     true},
    {R"(
apiVersion: batch/v1
kind: CronJob
metadata: {name: a, labels: {app: wrong}}
spec:
  template:
    metadata: {labels: {app: wrong}}
    spec: {serviceAccountName: wrong}
  jobTemplate:
    metadata: {labels: {app: wrong}}
    spec:
      template:
        metadata: {labels: {app: right}}
        spec: {serviceAccountName: account, containers: [{ports: [{containerPort: 80}]}]}
)",
     true},
    {R"(
apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata: {name: a, labels: {app: right}}
spec: {labels: {app: wrong}, serviceAccount: account}
)",
     false},
    {R"(
apiVersion: networking.istio.io/v1
kind: WorkloadGroup
metadata: {name: a, labels: {app: wrong}}
spec:
  metadata: {labels: {app: right}}
  template: {labels: {app: wrong}, serviceAccount: account}
)",
     false},
};

void ExpectRightPod(const Object& object, bool runs_pods) {
  SCOPED_TRACE(object.Title());
  EXPECT_EQ(WorkloadLabels(object)["app"].Str(), "right");
  EXPECT_EQ(ServiceAccount(object), "account");
  const Node pod = PodTemplate(object);
  EXPECT_EQ(pod.exists(), runs_pods);
  if (!runs_pods) return;
  const Node port = pod["spec"]["containers"][size_t{0}]["ports"][size_t{0}];
  EXPECT_EQ(port["containerPort"].Int(), 80);
}

TEST(KindsTest, AWorkloadsPodIsReadWhereItsKindKeepsIt) {
  for (const WorkloadCase& c : kWorkloads) {
    ExpectRightPod(*ReadObjects(c.yaml).front(), c.runs_pods);
  }
}

TEST(KindsTest, ControllersKeepTheirPodInSpecTemplate) {
  for (const GroupKind& kind : PodKinds()) {
    if (kind == kPod || kind == kCronJob) continue;
    const std::string group(kind.group);
    const auto object =
        ReadObjects("apiVersion: " + (group.empty() ? "" : group + "/") +
                    "v1\nkind: " + std::string(kind.kind) + R"(
metadata: {name: a, labels: {app: wrong}}
spec:
  selector: {matchLabels: {app: wrong}}
  template:
    metadata: {labels: {app: right}}
    spec: {serviceAccountName: account, containers: [{ports: [{containerPort: 80}]}]}
)")
            .front();
    ExpectRightPod(*object, true);
  }
}

TEST(KindsTest, OtherKindsAreNoWorkloads) {
  const auto object = ReadObjects(R"(
apiVersion: v1
kind: Service
metadata: {name: a, labels: {app: wrong}}
spec: {template: {metadata: {labels: {app: wrong}}}, selector: {app: wrong}}
)")
                          .front();
  EXPECT_TRUE(WorkloadLabels(*object).empty());
  EXPECT_EQ(ServiceAccount(*object), "");
  EXPECT_FALSE(PodTemplate(*object).exists());
}

}  // namespace
}  // namespace meshvet

// Which path serves a kind, and what is kept of an object.

#include "cluster/resource.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "cluster/api_client.h"
#include "cluster/stored_object.h"
#include "mesh/document.h"
#include "mesh/kinds.h"
#include "test/unit/cluster/scripted_server.h"

namespace meshvet::cluster {
namespace {

using ::testing::ElementsAreArray;
using Reply = ScriptedServer::Reply;

void Say(ScriptedServer& server, const std::string& path,
         const std::string& body) {
  server.On(path, [body](const SeenRequest&, Reply& reply) {
    reply.Json(200, body);
  });
}

// The path found; "absent", or "error: …".
std::string Find(const ScriptedServer& server, const Resource& resource) {
  const StopSignal stop;
  const auto client = *ApiClient::Make(server.access());
  ApiSession session(*client, stop);
  const auto served = Discover(session, resource);
  if (!served) return "error: " + served.error().message;
  return served->is_installed ? served->path : "absent";
}

constexpr Resource kGrants{kReferenceGrant, "referencegrants", true};

TEST(Resource, IsKnownForEveryKindOfTheInventory) {
  std::vector<GroupKind> kinds;
  for (const Resource& resource : WatchedResources()) {
    kinds.push_back(resource.kind);
    // Its own kinds an API server always has.
    const bool is_own = resource.kind.group.find('.') == std::string::npos;
    EXPECT_EQ(resource.is_custom, !is_own) << resource.plural;
  }
  EXPECT_THAT(kinds,
              ElementsAreArray(KnownKinds().begin(), KnownKinds().end()));
}

TEST(Discover, AsksNobodyAboutKubernetesOwn) {
  const ScriptedServer server;
  EXPECT_EQ(Find(server, {kPod, "pods"}), "/api/v1/pods");
  EXPECT_EQ(Find(server, {kJob, "jobs"}), "/apis/batch/v1/jobs");
  EXPECT_EQ(server.connections(), 0);
}

TEST(Discover, TakesThePreferredVersionThatHasTheKind) {
  ScriptedServer server;
  EXPECT_EQ(Find(server, kGrants), "absent");
  Say(server, "/apis/gateway.networking.k8s.io",
      R"({"versions": [{"version": "v1"}, {"version": "v1beta1"}],
          "preferredVersion": {"version": "v1"}})");
  Say(server, "/apis/gateway.networking.k8s.io/v1",
      R"({"resources": [{"name": "gateways", "kind": "Gateway"}]})");
  EXPECT_EQ(Find(server, kGrants), "absent");
  Say(server, "/apis/gateway.networking.k8s.io/v1beta1",
      R"({"resources": [{"name": "referencegrants/status",
                         "kind": "ReferenceGrant"},
                        {"name": "referencegrants",
                         "kind": "ReferenceGrant"}]})");
  EXPECT_EQ(Find(server, kGrants),
            "/apis/gateway.networking.k8s.io/v1beta1/referencegrants");
  EXPECT_EQ(Find(server, {kKubernetesGateway, "gateways", true}),
            "/apis/gateway.networking.k8s.io/v1/gateways");
}

TEST(Discover, CannotSayWhenTheServerCannot) {
  ScriptedServer server;
  const auto answer = [&](int status, const std::string& body) {
    server.On(
        "/apis/gateway.networking.k8s.io",
        [=](const SeenRequest&, Reply& reply) { reply.Json(status, body); });
    return Find(server, kGrants);
  };
  EXPECT_EQ(answer(503, StatusJson(503, "X", "starting")),
            "error: discover: starting");
  EXPECT_THAT(answer(200, "{"), testing::StartsWith("error: discover: "));
  // Nobody but a server that means harm names a version like this.
  EXPECT_EQ(answer(200, R"({"preferredVersion": {"version": "v1/../../x"},
                            "versions": [{"version": "v1 x"}, {}, 7]})"),
            "error: discover: the group has no versions");
  EXPECT_EQ(answer(200, "null"), "error: discover: the group has no versions");
  Say(server, "/apis/gateway.networking.k8s.io/v1", "{}");
  EXPECT_EQ(answer(200, R"({"preferredVersion": {"version": "v1"}})"),
            "error: discover: version v1 has no resources");
  EXPECT_EQ(answer(403, "{}"),
            "/apis/gateway.networking.k8s.io/v1/referencegrants");
}

TEST(PercentEncode, LeavesOnlyWhatIsPlain) {
  EXPECT_EQ(PercentEncode("aZ09-._~"), "aZ09-._~");
  EXPECT_EQ(PercentEncode("a=b&c/\n\xff"), "a%3Db%26c%2F%0A%FF");
}

std::string Stored(const std::string& json, std::string_view api_version,
                   std::string_view kind) {
  const auto document = ParseJson(json, {});
  const ObjectPtr object = StoredObject(document->root(), api_version, kind);
  return object == nullptr ? "null" : object->root().ToJson();
}

TEST(StoredObject, SaysWhatItIs) {
  EXPECT_EQ(Stored(R"({"metadata": {"name": "a", "namespace": "n"}})", "v1",
                   "Service"),
            R"({"apiVersion":"v1","kind":"Service",)"
            R"("metadata":{"name":"a","namespace":"n"}})");
  EXPECT_EQ(Stored(R"({"metadata": {"generateName": "a"}})", "v1", "Service"),
            "null");
  EXPECT_EQ(Stored("[]", "v1", "Service"), "null");
  EXPECT_EQ(Stored(R"({"metadata": "a"})", "v1", "Service"), "null");
}

TEST(StoredObject, KeepsTheSpecOfAMeshObjectWhole) {
  EXPECT_EQ(Stored(R"({"apiVersion": "x", "kind": "y", "status": {"a": 1},
                 "metadata": {"name": "a", "managedFields": [{"b": 1}],
                   "annotations": {"keep": "me",
                     "kubectl.kubernetes.io/last-applied-configuration": "{}"}},
                 "spec": {"i": -1, "u": 4294967296, "d": 1.5,
                   "t": true, "n": null, "l": [[], {}, "s"]},
                 "data": {"mesh": "x"}})",
                   "networking.istio.io/v1", "Gateway"),
            R"({"apiVersion":"networking.istio.io/v1","kind":"Gateway",)"
            R"("spec":{"i":-1,"u":4294967296,"d":1.5,)"
            R"("t":true,"n":null,"l":[[],{},"s"]},"data":{"mesh":"x"},)"
            R"("metadata":{"name":"a","annotations":{"keep":"me"}}})");
}

TEST(StoredObject, KeepsOfPodsWhatRulesRead) {
  const std::string pod_spec =
      R"({"serviceAccountName": "sa", "nodeName": "n1", "volumes": [{}],
          "containers": [{"name": "c", "image": "i", "env": [{}],
                          "ports": [{"containerPort": 80}]}]})";
  const std::string kept_spec =
      R"({"serviceAccountName":"sa",)"
      R"("containers":[{"name":"c","ports":[{"containerPort":80}]}]})";
  EXPECT_EQ(Stored(R"({"metadata": {"name": "a"}, "spec": )" + pod_spec + "}",
                   "v1", "Pod"),
            R"({"apiVersion":"v1","kind":"Pod","spec":)" + kept_spec +
                R"(,"metadata":{"name":"a"}})");
  const std::string pod_template =
      R"({"metadata": {"labels": {"app": "a"}}, "spec": )" + pod_spec + "}";
  const std::string kept_template =
      R"({"metadata":{"labels":{"app":"a"}},"spec":)" + kept_spec + "}";
  EXPECT_EQ(
      Stored(R"({"metadata": {"name": "a"}, "spec": {"replicas": 2,
                 "selector": {"matchLabels": {"app": "a"}}, "template": )" +
                 pod_template + "}}",
             "apps/v1", "Deployment"),
      R"({"apiVersion":"apps/v1","kind":"Deployment","spec":{"replicas":2,)"
      R"("selector":{"matchLabels":{"app":"a"}},"template":)" +
          kept_template + R"(},"metadata":{"name":"a"}})");
  EXPECT_EQ(
      Stored(R"({"metadata": {"name": "a"}, "spec": {"schedule": "* * * * *",
                 "jobTemplate": {"metadata": {"labels": {"l": "1"}},
                   "spec": {"template": )" +
                 pod_template + "}}}}",
             "batch/v1", "CronJob"),
      R"({"apiVersion":"batch/v1","kind":"CronJob",)"
      R"("spec":{"schedule":"* * * * *",)"
      R"("jobTemplate":{"metadata":{"labels":{"l":"1"}},)"
      R"("spec":{"template":)" +
          kept_template + R"(}}},"metadata":{"name":"a"}})");
}

}  // namespace
}  // namespace meshvet::cluster

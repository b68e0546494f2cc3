// The mesh of a cluster read once, from a server that says what a test wants.

#include "cluster/cluster_snapshot.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "cluster/api_client.h"
#include "cluster/resource.h"
#include "mesh/kinds.h"
#include "test/support/refusing_port.h"
#include "test/unit/cluster/scripted_server.h"

namespace meshvet::cluster {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using Reply = ScriptedServer::Reply;

constexpr const char* kServices = "/api/v1/services";
constexpr const char* kMap = "/api/v1/namespaces/istio-system/configmaps";

std::string Item(const std::string& ns, const std::string& name,
                 const std::string& more = "") {
  return R"({"metadata":{"namespace":")" + ns + R"(","name":")" + name +
         R"(","resourceVersion":"7"})" + more + "}";
}

std::string ListOf(const std::string& items, const std::string& next = "") {
  return R"({"metadata":{"resourceVersion":"9","continue":")" + next +
         R"("},"items":[)" + items + "]}";
}

std::string ConfigMap(const std::string& mesh) {
  return ListOf(
      Item("istio-system", "istio", R"(,"data":{"mesh":")" + mesh + R"("})"));
}

// A cluster with every built-in kind, all empty, and no CRDs.
class ClusterSnapshotTest : public ::testing::Test {
 protected:
  ClusterSnapshotTest() {
    for (const Resource& resource : WatchedResources()) {
      if (resource.is_custom) continue;
      const std::string group(resource.kind.group);
      Say((group.empty() ? "/api/v1/" : "/apis/" + group + "/v1/") +
              std::string(resource.plural),
          200, ListOf(""));
    }
    Say(kMap, 200, ListOf(""));
    Say("/version", 200, R"({"gitVersion":"v1.36.2"})");
  }

  void Say(const std::string& path, int status, const std::string& body) {
    server_.On(path, [=](const SeenRequest&, Reply& reply) {
      reply.Json(status, body);
    });
  }

  // Answers the n-th request so, and all that follow as the last.
  void SayInTurn(const std::string& path,
                 std::vector<std::pair<int, std::string>> answers) {
    struct Turn {
      std::mutex mutex;
      size_t next = 0;
    };
    const auto turn = std::make_shared<Turn>();
    server_.On(path, [=](const SeenRequest&, Reply& reply) {
      const std::scoped_lock lock(turn->mutex);
      const auto& [status, body] =
          answers[std::min(turn->next++, answers.size() - 1)];
      reply.Json(status, body);
    });
  }

  Result<ClusterSnapshot> Take(SnapshotOptions options = {}) {
    options.pause = std::chrono::milliseconds(1);
    const auto client = *ApiClient::Make(server_.access());
    return TakeSnapshot(*client, stop_, options);
  }

  ClusterSnapshot Taken(const SnapshotOptions& options = {}) {
    auto taken = Take(options);
    EXPECT_TRUE(taken) << (taken ? "" : taken.error().message);
    return taken ? *std::move(taken) : ClusterSnapshot();
  }

  // What went wrong; empty if nothing did.
  std::string Problem() {
    const auto taken = Take();
    return taken ? "" : taken.error().message;
  }

  static std::vector<std::string> Names(const ClusterSnapshot& snapshot) {
    std::vector<std::string> names;
    for (const ObjectPtr& object : snapshot.objects) {
      names.push_back(object->Title());
    }
    return names;
  }

  ScriptedServer server_;
  StopSignal stop_;
};

TEST_F(ClusterSnapshotTest, HoldsEveryKindInOrder) {
  Say("/api/v1/namespaces", 200,
      ListOf(R"({"metadata":{"name":"shop"}},{"metadata":{"name":"bank"}})"));
  Say(kServices, 200,
      ListOf(Item("shop", "b") + "," + Item("bank", "z") + "," +
             Item("shop", "a", R"(,"status":{"x":1})")));
  const ClusterSnapshot taken = Taken();
  EXPECT_THAT(Names(taken),
              ElementsAre("Namespace bank", "Namespace shop", "Service bank/z",
                          "Service shop/a", "Service shop/b"));
  EXPECT_EQ(taken.kubernetes, "v1.36.2");
  EXPECT_THAT(taken.gaps, IsEmpty());
  EXPECT_EQ(taken.complete,
            std::vector<GroupKind>(KnownKinds().begin(), KnownKinds().end()));
  EXPECT_FALSE(taken.objects[3]->root()["status"].exists());
}

TEST_F(ClusterSnapshotTest, ReadsListsInPages) {
  server_.On(kServices, [](const SeenRequest& request, Reply& reply) {
    const bool is_first = request.Query("continue").empty();
    reply.Json(200, is_first ? ListOf(Item("shop", "b"), "more")
                             : ListOf(Item("shop", "a")));
  });
  EXPECT_THAT(Names(Taken()), ElementsAre("Service shop/a", "Service shop/b"));
  EXPECT_EQ(server_.Requests(kServices)[0].Query("limit"), "500");
}

TEST_F(ClusterSnapshotTest, KnowsThatAKindNotInstalledHasNoObjects) {
  const ClusterSnapshot taken = Taken();
  EXPECT_THAT(taken.not_installed,
              AllOf(SizeIs(12), Contains(kVirtualService)));
  EXPECT_THAT(taken.complete, Contains(kVirtualService));
}

TEST_F(ClusterSnapshotTest, ReadsAKindWhereItIsServed) {
  const std::string group = "/apis/networking.istio.io";
  Say(group, 200, R"({"preferredVersion":{"version":"v1beta1"}})");
  Say(group + "/v1beta1", 200,
      R"({"resources":[{"name":"gateways","kind":"Gateway"}]})");
  Say(group + "/v1beta1/gateways", 200, ListOf(Item("shop", "gw")));
  const ClusterSnapshot taken = Taken();
  ASSERT_THAT(Names(taken), ElementsAre("Gateway shop/gw"));
  EXPECT_EQ(taken.objects[0]->api_version(), "networking.istio.io/v1beta1");
  EXPECT_THAT(taken.not_installed, Not(Contains(kGateway)));
}

TEST_F(ClusterSnapshotTest, SaysWhatItMayNotRead) {
  Say("/api/v1/pods", 403, StatusJson(403, "Forbidden", "pods is forbidden"));
  Say(kMap, 403, StatusJson(403, "Forbidden", "configmaps is forbidden"));
  const ClusterSnapshot taken = Taken();
  ASSERT_THAT(taken.gaps, SizeIs(2));
  EXPECT_EQ(taken.gaps[0].kind, kPod);
  EXPECT_EQ(taken.gaps[0].reason, "list pods: pods is forbidden");
  EXPECT_EQ(taken.gaps[1].kind, kConfigMap);
  EXPECT_THAT(taken.complete, Not(Contains(kPod)));
}

// What the server had no time for, and a list that it forgot half way.
TEST_F(ClusterSnapshotTest, AsksAgain) {
  for (const int status : {404, 410, 429, 500, 503}) {
    SayInTurn(kServices, {{200, ListOf(Item("shop", "old"), "more")},
                          {status, StatusJson(status, "X", "not now")},
                          {200, ListOf(Item("shop", "a"))}});
    EXPECT_THAT(Names(Taken()), ElementsAre("Service shop/a")) << status;
  }
}

// Half of a mesh must not pass for all of it.
TEST_F(ClusterSnapshotTest, FailsWhereTheServerHasNoAnswer) {
  const struct {
    int status;
    std::string body;
    const char* problem;
  } cases[] = {
      {503, StatusJson(503, "X", "etcd is away"),
       "list services: etcd is away"},
      {404, "", "list services: HTTP 404"},
      {401, StatusJson(401, "X", "Unauthorized"),
       "list services: Unauthorized"},
      {302, "", "list services: HTTP 302"},
      {200, "{", "list services: "},
      {200, "{}", "list services: the answer is no list"},
      {200, R"({"items":{}})", "list services: the answer is no list"},
      {200, R"({"items":[{}]})", "list services: an item has no name"},
  };
  for (const auto& test : cases) {
    Say(kServices, test.status, test.body);
    EXPECT_THAT(Problem(), HasSubstr(test.problem)) << test.body;
  }
}

TEST_F(ClusterSnapshotTest, NamesTheServerItCannotReach) {
  const test::RefusingPort nobody;
  const auto client = *ApiClient::Make(
      {.host = "127.0.0.1", .port = nobody.number(), .tls = false});
  const auto taken = TakeSnapshot(*client, stop_, {});
  ASSERT_FALSE(taken);
  EXPECT_EQ(taken.error().where, client->url());
}

TEST_F(ClusterSnapshotTest, KeepsOfTheSettingsWhatIsRead) {
  Say(kMap, 200,
      ConfigMap(R"(rootNamespace: root\nenableAutoMtls: false\n)"
                R"(defaultConfig: {proxyMetadata: {TOKEN: secret}}\n)"));
  EXPECT_EQ(Taken().mesh_config,
            R"({"rootNamespace":"root","enableAutoMtls":false})");
  EXPECT_EQ(server_.Requests(kMap)[0].Query("fieldSelector"),
            "metadata.name=istio");
  Say(kMap, 200, ConfigMap(""));
  EXPECT_EQ(Taken().mesh_config, "");
}

TEST_F(ClusterSnapshotTest, AsksForTheConfigMapOfARevision) {
  constexpr const char* kElsewhere = "/api/v1/namespaces/mesh/configmaps";
  Say(kElsewhere, 200, ListOf(""));
  Taken({.istio_namespace = "mesh", .istio_revision = "canary"});
  EXPECT_EQ(server_.Requests(kElsewhere)[0].Query("fieldSelector"),
            "metadata.name=istio-canary");
}

TEST_F(ClusterSnapshotTest, SaysThatSettingsAreNoYaml) {
  Say(kMap, 200, ConfigMap("a: ["));
  const ClusterSnapshot taken = Taken();
  ASSERT_THAT(taken.gaps, SizeIs(1));
  EXPECT_EQ(taken.gaps[0].kind, kConfigMap);
  EXPECT_THAT(taken.gaps[0].reason, HasSubstr("data.mesh: "));
}

TEST_F(ClusterSnapshotTest, NeverAsksForSecrets) {
  Taken();
  EXPECT_THAT(server_.Requests("/api/v1/secrets"), IsEmpty());
  EXPECT_THAT(server_.Requests(kServices), SizeIs(1));
}

}  // namespace
}  // namespace meshvet::cluster

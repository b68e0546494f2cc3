// From changes to snapshots, and a whole mesh watched.

#include "cluster/live_inventory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "cluster/mesh_config_map.h"
#include "cluster/mesh_watch.h"
#include "mesh/document.h"
#include "mesh/kinds.h"
#include "test/support/wait_until.h"
#include "test/unit/cluster/scripted_server.h"

namespace meshvet::cluster {
namespace {

using std::chrono::milliseconds;
using test::WaitUntil;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Reply = ScriptedServer::Reply;

constexpr std::array kKinds = {kService, kVirtualService};

ObjectPtr Make(const GroupKind& kind, const std::string& name,
               const std::string& rest = "") {
  const auto json =
      ParseJson(R"({"metadata": {"namespace": "shop", "name": ")" + name +
                    R"("})" + rest + "}",
                {});
  const std::string group(kind.group);
  return StoredObject(json->root(), group.empty() ? "v1" : group + "/v1",
                      kind.kind);
}

Presence Find(const LiveInventory& live, const std::string& name) {
  return live.Current()->Find(kService, "shop", name).presence;
}

TEST(LiveInventory, KnowsWhatIsMissingOnceAKindIsListed) {
  LiveInventory live(kKinds, {});
  EXPECT_EQ(Find(live, "a"), Presence::kUnknown);
  live.store(0).Put(Make(kService, "a"));
  EXPECT_TRUE(WaitUntil([&] { return Find(live, "a") == Presence::kFound; }));
  EXPECT_EQ(Find(live, "b"), Presence::kUnknown);
  live.store(0).Replace({Make(kService, "c")});
  EXPECT_TRUE(WaitUntil([&] { return Find(live, "b") == Presence::kMissing; }));
  EXPECT_EQ(Find(live, "a"), Presence::kMissing);
  EXPECT_EQ(Find(live, "c"), Presence::kFound);
  EXPECT_EQ(live.Current()->Find(kVirtualService, "shop", "c").presence,
            Presence::kUnknown);
  live.store(0).Remove("shop", "c");
  EXPECT_TRUE(WaitUntil([&] { return Find(live, "c") == Presence::kMissing; }));
  live.store(0).SetIncomplete();
  EXPECT_TRUE(WaitUntil([&] { return Find(live, "c") == Presence::kUnknown; }));
  EXPECT_EQ(live.size(0), 0U);
}

TEST(LiveInventory, RemovesWhatANewListLacksAndNothingElse) {
  LiveInventory live(kKinds, {});
  const ObjectPtr kept = Make(kService, "kept");
  live.store(0).Replace({kept, Make(kService, "gone")});
  // A first list comes step by step: what is not read yet is unknown.
  ASSERT_TRUE(WaitUntil([&] {
    return Find(live, "gone") == Presence::kFound &&
           Find(live, "kept") == Presence::kFound;
  }));
  live.store(0).Replace({kept, Make(kService, "new")});
  while (Find(live, "gone") != Presence::kMissing) {
    ASSERT_EQ(Find(live, "kept"), Presence::kFound);
  }
  EXPECT_EQ(live.Current()->Find(kService, "shop", "kept").object, kept.get());
  EXPECT_EQ(live.Current()->size(), 2U);
  EXPECT_EQ(live.size(0), 2U);
}

TEST(LiveInventory, ForgetsNothingOfABurst) {
  LiveInventory live(kKinds, {});
  std::vector<std::thread> writers;
  for (size_t kind = 0; kind < kKinds.size(); ++kind) {
    writers.emplace_back([&, kind] {
      for (int i = 0; i < 2'000; ++i) {
        live.store(kind).Put(Make(kKinds[kind], "n" + std::to_string(i)));
        if (i % 2 == 1) {
          live.store(kind).Remove("shop", "n" + std::to_string(i - 1));
        }
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
  EXPECT_TRUE(WaitUntil([&] { return live.Current()->size() == 2'000; }));
  EXPECT_EQ(live.size(0), 1'000U);
}

TEST(LiveInventory, KeepsWhatIsDeclaredBesideTheCluster) {
  LiveInventory live(kKinds, {.coverage = {.assumed_hosts = {"*.corp"}}});
  live.store(0).Replace({});
  EXPECT_TRUE(WaitUntil([&] { return Find(live, "a") == Presence::kMissing; }));
  EXPECT_THAT(live.Current()->coverage().assumed_hosts, ElementsAre("*.corp"));
}

// What comes while a kind is forgotten is there when it is recalled.
TEST(LiveInventory, ForgetsAKindUntilItIsRecalled) {
  LiveInventory live(kKinds, {});
  live.store(0).Replace({Make(kService, "a"), Make(kService, "gone")});
  live.store(1).Replace({Make(kVirtualService, "v")});
  ASSERT_TRUE(WaitUntil([&] { return live.Current()->size() == 3; }));
  live.Forget(0);
  ASSERT_TRUE(WaitUntil([&] { return Find(live, "a") == Presence::kUnknown; }));
  EXPECT_EQ(Find(live, "b"), Presence::kUnknown);
  EXPECT_EQ(live.Current()->size(), 1U);
  live.store(0).Put(Make(kService, "b"));
  live.store(0).Remove("shop", "gone");
  live.SetMeshConfig({.domain = "mesh.example"});
  ASSERT_TRUE(WaitUntil(
      [&] { return live.Current()->mesh_config().domain == "mesh.example"; }));
  EXPECT_EQ(Find(live, "a"), Presence::kUnknown) << "made anew without it";
  EXPECT_EQ(Find(live, "b"), Presence::kUnknown);
  EXPECT_EQ(live.Current()->Find(kVirtualService, "shop", "v").presence,
            Presence::kFound);
  live.Recall(0);
  ASSERT_TRUE(WaitUntil([&] { return Find(live, "a") == Presence::kFound; }));
  EXPECT_EQ(Find(live, "b"), Presence::kFound);
  EXPECT_EQ(Find(live, "gone"), Presence::kMissing);
  EXPECT_EQ(live.Current()->size(), 3U);
}

// The settings decide what a host name means: indexes are made anew.
TEST(LiveInventory, ReadsReferencesAnewWhenTheSettingsChange) {
  LiveInventory live(kKinds, {});
  live.store(1).Replace({Make(kVirtualService, "v", R"(, "spec": {"http":
      [{"route": [{"destination": {"host": "reviews"}}]}]})")});
  const auto referrers = [&](const std::string& host) {
    return live.Current()->Referrers(kVirtualService, kService, host).size();
  };
  EXPECT_TRUE(WaitUntil(
      [&] { return referrers("reviews.shop.svc.cluster.local") == 1; }));
  live.SetMeshConfig({.domain = "mesh.example"});
  EXPECT_TRUE(WaitUntil(
      [&] { return referrers("reviews.shop.svc.mesh.example") == 1; }));
  EXPECT_EQ(referrers("reviews.shop.svc.cluster.local"), 0U);
  EXPECT_EQ(live.Current()->Find(kVirtualService, "shop", "w").presence,
            Presence::kMissing);
}

ObjectPtr ConfigMap(const std::string& mesh) {
  return Make(kConfigMap, "istio", R"(, "data": {"mesh": ")" + mesh + R"("})");
}

TEST(MeshConfigMap, LaysItsSettingsOverTheDefaults) {
  std::vector<std::string> told;
  MeshConfigMap map(
      {.trust_domain = "fallback"},
      [&](const MeshConfig& config) {
        told.push_back(config.trust_domain + " " +
                       (config.allow_any_outbound ? "any" : "registry"));
      },
      [&](const std::string& problem) { told.push_back("! " + problem); });
  map.Replace({});
  map.Put(ConfigMap(R"(outboundTrafficPolicy: {mode: REGISTRY_ONLY}\n)"));
  map.Replace({ConfigMap("trustDomain: td")});
  map.Put(ConfigMap(""));
  map.Put(ConfigMap("a: ["));
  map.Put(Make(kConfigMap, "istio", R"(, "data": {"meshNetworks": ""})"));
  map.Remove("istio-system", "istio");
  ASSERT_EQ(told.size(), 7U);
  EXPECT_THAT(told[4], testing::StartsWith("! data.mesh: "));
  told[4] = "!";
  EXPECT_THAT(told, ElementsAre("fallback any", "fallback registry", "td any",
                                "fallback any", "!", "! it has no data.mesh",
                                "fallback any"));
  EXPECT_EQ(MeshConfigMapName(""), "istio");
  EXPECT_EQ(MeshConfigMapName("default"), "istio");
  EXPECT_EQ(MeshConfigMapName("1-24"), "istio-1-24");
}

// A cluster of one Service, in which Istio is not installed.
class SmallCluster {
 public:
  SmallCluster() {
    server_.On("", [this](const SeenRequest& request, Reply& reply) {
      const bool is_custom = request.path.find('.') != std::string::npos;
      if (is_custom) {
        return reply.Json(404, StatusJson(404, "NotFound", "no such page"));
      }
      if (request.Query("watch") == "1") {
        reply.BeginStream();
        return reply.Hang();
      }
      const std::scoped_lock lock(mutex_);
      const auto found = items_.find(request.path);
      reply.Json(200, R"({"metadata":{"resourceVersion":"1"},"items":[)" +
                          (found == items_.end() ? "" : found->second) + "]}");
    });
  }

  void Put(const std::string& path, const std::string& items) {
    const std::scoped_lock lock(mutex_);
    items_[path] = items;
  }
  ScriptedServer& server() { return server_; }

 private:
  std::mutex mutex_;
  std::map<std::string, std::string> items_;
  ScriptedServer server_;
};

MeshWatch::Options QuickOptions(const ScriptedServer& server) {
  MeshWatch::Options options;
  options.access = server.access();
  options.backoff = {milliseconds(1), milliseconds(4)};
  options.absent_interval = milliseconds(5);
  return options;
}

TEST(MeshWatch, KnowsTheWholeMesh) {
  SmallCluster cluster;
  cluster.Put("/api/v1/services",
              R"({"metadata":{"namespace":"shop","name":"reviews"}})");
  cluster.Put("/api/v1/namespaces/istio-system/configmaps",
              R"({"metadata":{"namespace":"istio-system","name":"istio-b"},
                  "data":{"mesh":"rootNamespace: other\ntrustDomain: td"}})");
  MeshWatch::Options options = QuickOptions(cluster.server());
  options.istio_revision = "b";
  options.config.root_namespace = "istio-system";
  options.root_namespace = "mine";
  const auto watch = *MeshWatch::Start(std::move(options));
  ASSERT_TRUE(WaitUntil([&] { return watch->Status().synced(); }));
  const auto find = [&](const GroupKind& kind, const char* name) {
    return watch->Current()->Find(kind, "shop", name).presence;
  };
  EXPECT_EQ(find(kService, "reviews"), Presence::kFound);
  EXPECT_EQ(find(kService, "ratings"), Presence::kMissing);
  EXPECT_EQ(find(kVirtualService, "reviews"), Presence::kMissing);
  EXPECT_TRUE(WaitUntil(
      [&] { return watch->Current()->mesh_config().trust_domain == "td"; }));
  EXPECT_EQ(watch->Current()->mesh_config().root_namespace, "mine");
  for (const WatchStatus& one : watch->Status().watches) {
    const bool is_custom = one.resource.find(".io") != std::string::npos;
    EXPECT_EQ(one.phase, is_custom ? WatchPhase::kAbsent : WatchPhase::kSynced)
        << one.resource;
    EXPECT_EQ(one.objects, one.resource == "services" ? 1U : 0U);
    EXPECT_TRUE(one.age.has_value());
    EXPECT_EQ(one.problem, "");
  }
  EXPECT_EQ(watch->url(),
            "https://127.0.0.1:" + std::to_string(cluster.server().port()));
}

TEST(MeshWatch, ReadsNoSecrets) {
  SmallCluster cluster;
  const auto watch = *MeshWatch::Start(QuickOptions(cluster.server()));
  ASSERT_TRUE(WaitUntil([&] { return watch->Status().synced(); }));
  EXPECT_THAT(cluster.server().Requests("/api/v1/secrets"), IsEmpty());
}

TEST(MeshWatch, IsNotSyncedWhileOneKindCannotBeRead) {
  SmallCluster cluster;
  cluster.server().On("/api/v1/pods", [](const SeenRequest&, Reply& reply) {
    reply.Json(500, StatusJson(500, "X", "etcd is away"));
  });
  const auto watch = *MeshWatch::Start(QuickOptions(cluster.server()));
  const auto pods = [&] {
    for (WatchStatus& status : watch->Status().watches) {
      if (status.resource == "pods") return status;
    }
    return WatchStatus{};
  };
  ASSERT_TRUE(WaitUntil([&] {
    size_t settled = 0;
    const MeshStatus status = watch->Status();
    for (const WatchStatus& one : status.watches) {
      settled += one.phase != WatchPhase::kPending;
    }
    return settled + 1 == status.watches.size() && pods().errors > 0;
  }));
  EXPECT_FALSE(watch->Status().synced());
  EXPECT_EQ(pods().problem, "list pods: etcd is away");
  // Forbidden is settled: that will not change by waiting.
  cluster.server().On("/api/v1/pods", [](const SeenRequest&, Reply& reply) {
    reply.Json(403, StatusJson(403, "Forbidden", "pods is forbidden"));
  });
  ASSERT_TRUE(WaitUntil([&] { return watch->Status().synced(); }));
  EXPECT_EQ(pods().phase, WatchPhase::kForbidden);
  EXPECT_EQ(watch->Current()->Find(kPod, "shop", "p").presence,
            Presence::kUnknown);
}

// Lists Services; their watch has nothing to say until `speaks`.
void OnServices(ScriptedServer& server, const std::atomic<bool>& speaks) {
  server.On(
      "/api/v1/services", [&speaks](const SeenRequest& request, Reply& reply) {
        if (request.Query("watch") != "1") {
          return reply.Json(200, R"({"metadata":{"resourceVersion":"1"},
          "items":[{"metadata":{"namespace":"shop","name":"reviews"}}]})");
        }
        reply.BeginStream();
        while (reply.Line(speaks ? R"({"type":"BOOKMARK","object":{"metadata":)"
                                   R"({"resourceVersion":"2"}}})"
                                 : "")) {
          std::this_thread::sleep_for(milliseconds(2));
        }
      });
}

std::string PhaseOf(const MeshWatch& watch, std::string_view resource) {
  for (const WatchStatus& status : watch.Status().watches) {
    if (status.resource == resource) return std::string(ToString(status.phase));
  }
  return "none";
}

// No verdict rests on a view that nobody has confirmed for long, and readiness
// does not depend on it.
TEST(MeshWatch, ForgetsWhatNobodyConfirms) {
  std::atomic<bool> speaks = false;
  SmallCluster cluster;
  OnServices(cluster.server(), speaks);
  std::mutex mutex;
  std::vector<std::string> all_told;
  const auto told = [&] {
    const std::scoped_lock lock(mutex);
    return all_told;
  };
  MeshWatch::Options options = QuickOptions(cluster.server());
  options.max_age = milliseconds(200);
  options.on_outdated = [&](std::string_view resource, bool forgotten) {
    if (resource != "services") return;
    const std::scoped_lock lock(mutex);
    all_told.emplace_back(forgotten ? "forgotten" : "remembered");
  };
  const auto watch = *MeshWatch::Start(std::move(options));
  const auto find = [&] {
    return watch->Current()->Find(kService, "shop", "reviews").presence;
  };
  const auto is = [&](const char* resource, const char* phase) {
    return WaitUntil(
        [=, &watch] { return PhaseOf(*watch, resource) == phase; });
  };
  ASSERT_TRUE(is("services", "outdated"));
  EXPECT_EQ(find(), Presence::kUnknown);
  EXPECT_TRUE(WaitUntil([&] { return watch->Status().synced(); }));
  // Absent, and asked again all the time: that is confirmed.
  EXPECT_TRUE(is("gateways.networking.istio.io", "absent"));
  speaks = true;
  ASSERT_TRUE(WaitUntil([&] { return find() == Presence::kFound; }));
  EXPECT_TRUE(is("services", "synced"));
  EXPECT_TRUE(watch->Status().synced());
  // Who gets no turn for long hears nothing for long, and forgets once more.
  ASSERT_TRUE(WaitUntil([&] { return told().size() >= 2; }));
  const std::vector<std::string> news = told();
  for (size_t i = 0; i < news.size(); ++i) {
    EXPECT_EQ(news[i], i % 2 == 0 ? "forgotten" : "remembered") << i;
  }
}

TEST(MeshWatch, SaysWhichCredentialIsOfNoUse) {
  MeshWatch::Options options;
  options.access.ca.file = "/nowhere/ca.crt";
  const auto watch = MeshWatch::Start(std::move(options));
  ASSERT_FALSE(watch.ok());
  EXPECT_EQ(watch.error().where, "/nowhere/ca.crt");
}

// Whoever answers may be anybody. Nothing it says ends the program, fills the
// memory or passes for knowledge.
TEST(MeshWatch, SurvivesAHostileServer) {
  const std::vector<std::string> says = {
      "",
      "\r\n",
      std::string(100'000, 'A'),
      "HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551615\r\n\r\n{",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffff\r\nx",
      "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}",
      "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nnull",
      "HTTP/1.1 301 Moved\r\nLocation: http://127.0.0.1/\r\n"
      "Content-Length: 0\r\n\r\n",
      "HTTP/1.1 200 OK\r\n\r\n" + std::string(5'000, '['),
      "HTTP/1.1 200 OK\r\n\r\n{\"metadata\":{\"continue\":\"x\"},\"items\":7}",
  };
  std::atomic<size_t> turn = 0;
  ScriptedServer server;
  server.On("", [&](const SeenRequest&, Reply& reply) {
    reply.Raw(says[turn++ % says.size()]);
    reply.Close();
  });
  const auto watch = *MeshWatch::Start(QuickOptions(server));
  ASSERT_TRUE(WaitUntil([&] { return turn > 50 * says.size(); }));
  EXPECT_TRUE(WaitUntil([&] {
    const MeshStatus status = watch->Status();
    return std::ranges::none_of(status.watches, &std::string::empty,
                                &WatchStatus::problem);
  }));
  for (const WatchStatus& status : watch->Status().watches) {
    EXPECT_EQ(status.phase, WatchPhase::kPending) << status.resource;
  }
  EXPECT_EQ(watch->Current()->size(), 0U);
}

}  // namespace
}  // namespace meshvet::cluster

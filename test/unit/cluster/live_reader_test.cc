// Whether something is absent, asked of the API server at that moment.

#include "cluster/live_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "cluster/api_client.h"
#include "mesh/inventory.h"
#include "mesh/kinds.h"
#include "test/support/wait_until.h"
#include "test/unit/cluster/scripted_server.h"

namespace meshvet::cluster {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using Reply = ScriptedServer::Reply;

constexpr const char* kServices = "/api/v1/namespaces/shop/services";
const std::string kReviews = std::string(kServices) + "/reviews";

std::string Named(const std::string& name) {
  return R"({"metadata":{"namespace":"shop","name":")" + name + R"("}})";
}

std::string NotFound(const std::string& name) {
  return R"({"kind":"Status","reason":"NotFound","code":404,"details":{"name":")" +
         name + R"("}})";
}

// A snapshot that claims to hold every Service, Namespace and Gateway, and
// holds none.
std::shared_ptr<const Inventory> Empty() {
  return InventoryBuilder({},
                          {.complete_kinds = {kService, kNamespace, kGateway}})
      .Snapshot();
}

class Asked {
 public:
  explicit Asked(const ScriptedServer& server)
      : client_(*ApiClient::Make(server.access())), reader(*client_, stop_) {}

  std::shared_ptr<const Inventory> Confirm(
      const std::set<Absence>& absences,
      steady_clock::duration patience = test::kPatience) {
    return reader.Confirm(*Empty(), absences, steady_clock::now() + patience);
  }

 private:
  StopSignal stop_;
  std::shared_ptr<ApiClient> client_;

 public:
  LiveReader reader;
};

Presence Find(const Inventory& mesh, const GroupKind& kind, const char* name,
              const char* ns = "shop") {
  return mesh.Find(kind, ns, name).presence;
}

void Say(ScriptedServer& server, const std::string& path, int status,
         const std::string& body) {
  server.On(path, [=](const SeenRequest&, Reply& reply) {
    reply.Json(status, body);
  });
}

TEST(LiveReader, FindsWhatTheSnapshotDoesNotHaveYet) {
  ScriptedServer server;
  Say(server, kReviews, 200, Named("reviews"));
  Asked asked(server);
  const auto mesh = asked.Confirm({{kService, "shop", "reviews"}});
  EXPECT_EQ(Find(*mesh, kService, "reviews"), Presence::kFound);
  EXPECT_EQ(Find(*mesh, kService, "ratings"), Presence::kMissing);
  EXPECT_EQ(asked.reader.counts().refuted, 1U);
  // A plain read: with a resourceVersion it would be answered from a cache.
  EXPECT_THAT(server.Requests(kReviews)[0].query, IsEmpty());
}

TEST(LiveReader, ConfirmsThatThereIsNone) {
  ScriptedServer server;
  Say(server, kReviews, 404, NotFound("reviews"));
  Say(server, "/api/v1/namespaces/shop", 404, NotFound("shop"));
  Asked asked(server);
  const auto mesh =
      asked.Confirm({{kService, "shop", "reviews"}, {kNamespace, "", "shop"}});
  EXPECT_EQ(Find(*mesh, kService, "reviews"), Presence::kMissing);
  EXPECT_EQ(Find(*mesh, kNamespace, "shop", ""), Presence::kMissing);
  EXPECT_EQ(asked.reader.counts().confirmed, 2U);
  EXPECT_EQ(server.connections(), 1);
}

TEST(LiveReader, NeverRemembersAnAbsence) {
  ScriptedServer server;
  Say(server, kReviews, 404, NotFound("reviews"));
  Asked asked(server);
  const std::set<Absence> absence = {{kService, "shop", "reviews"}};
  EXPECT_EQ(Find(*asked.Confirm(absence), kService, "reviews"),
            Presence::kMissing);
  Say(server, kReviews, 200, Named("reviews"));
  EXPECT_EQ(Find(*asked.Confirm(absence), kService, "reviews"),
            Presence::kFound);
}

TEST(LiveReader, ListsWhereAnythingMayHaveCome) {
  ScriptedServer server;
  server.On(kServices, [](const SeenRequest& request, Reply& reply) {
    const bool is_first = request.Query("continue").empty();
    reply.Json(200, R"({"metadata":{"continue":")" +
                        std::string(is_first ? "next" : "") +
                        R"("},"items":[)" + Named(is_first ? "a" : "b") + "]}");
  });
  Asked asked(server);
  // What a list shows need not be asked for by name.
  const auto mesh = asked.Confirm({{kService, "shop", ""},
                                   {kService, "shop", "a"},
                                   {kService, "shop", "c"}});
  EXPECT_EQ(Find(*mesh, kService, "a"), Presence::kFound);
  EXPECT_EQ(Find(*mesh, kService, "b"), Presence::kFound);
  EXPECT_EQ(Find(*mesh, kService, "c"), Presence::kMissing);
  EXPECT_THAT(server.Requests(kServices), SizeIs(2));
}

TEST(LiveReader, AsksForANamespaceByItsName) {
  ScriptedServer server;
  Say(server, "/api/v1/namespaces/shop", 200,
      R"({"metadata":{"name":"shop"}})");
  Asked asked(server);
  const auto mesh = asked.Confirm({{kNamespace, "shop", ""}});
  EXPECT_EQ(Find(*mesh, kNamespace, "shop", ""), Presence::kFound);
}

TEST(LiveReader, KnowsThatAKindNotInstalledHasNoObjects) {
  ScriptedServer server;
  Asked asked(server);
  const auto mesh = asked.Confirm({{kGateway, "shop", "gw"}});
  EXPECT_EQ(Find(*mesh, kGateway, "gw"), Presence::kMissing);
  // Once it is, that is noticed at once.
  const std::string group = "/apis/networking.istio.io";
  Say(server, group, 200, R"({"preferredVersion":{"version":"v1"}})");
  Say(server, group + "/v1", 200,
      R"({"resources":[{"name":"gateways","kind":"Gateway"}]})");
  Say(server, group + "/v1/namespaces/shop/gateways/gw", 200, Named("gw"));
  EXPECT_EQ(Find(*asked.Confirm({{kGateway, "shop", "gw"}}), kGateway, "gw"),
            Presence::kFound);
}

TEST(LiveReader, LooksForAKindThatHasMovedToAnotherVersion) {
  ScriptedServer server;
  const std::string group = "/apis/networking.istio.io";
  const auto serve = [&](const std::string& version) {
    Say(server, group, 200,
        R"({"preferredVersion":{"version":")" + version + R"("}})");
    Say(server, group + "/" + version, 200,
        R"({"resources":[{"name":"gateways","kind":"Gateway"}]})");
    Say(server, group + "/" + version + "/namespaces/shop/gateways/gw", 200,
        Named("gw"));
  };
  serve("v1beta1");
  Asked asked(server);
  const std::set<Absence> absence = {{kGateway, "shop", "gw"}};
  EXPECT_EQ(Find(*asked.Confirm(absence), kGateway, "gw"), Presence::kFound);
  Say(server, group + "/v1beta1/namespaces/shop/gateways/gw", 404,
      StatusJson(404, "NotFound", "no such resource"));
  serve("v1");
  EXPECT_EQ(Find(*asked.Confirm(absence), kGateway, "gw"), Presence::kFound);
}

// What the server does not say, nobody knows; of other kinds nothing changes.
TEST(LiveReader, KnowsNothingOfWhatItCannotRead) {
  const struct {
    int status;
    std::string body;
  } answers[] = {
      {403, StatusJson(403, "Forbidden", "no")},
      {404, StatusJson(404, "NotFound", "the page is not there")},
      {404, NotFound("another")},
      {500, StatusJson(500, "X", "etcd is away")},
      {200, "{"},
      {200, "{}"},
      {200, Named("another")},
      {302, ""},
  };
  for (const auto& answer : answers) {
    ScriptedServer server;
    Say(server, kReviews, answer.status, answer.body);
    Asked asked(server);
    const auto mesh = asked.Confirm({{kService, "shop", "reviews"}});
    EXPECT_EQ(Find(*mesh, kService, "reviews"), Presence::kUnknown)
        << answer.body;
    EXPECT_EQ(Find(*mesh, kNamespace, "x", ""), Presence::kMissing);
    EXPECT_EQ(asked.reader.counts().unknown, 1U);
  }
}

TEST(LiveReader, KnowsNothingOfAListItCannotRead) {
  for (const char* body : {"{", "{}", R"({"items":[{}]})", R"({"items":7})"}) {
    ScriptedServer server;
    Say(server, kServices, 200, body);
    Asked asked(server);
    EXPECT_EQ(Find(*asked.Confirm({{kService, "shop", ""}}), kService, "a"),
              Presence::kUnknown)
        << body;
  }
}

TEST(LiveReader, KnowsNothingWhenTimeIsUp) {
  ScriptedServer server;
  server.On(kReviews, [](const SeenRequest&, Reply& reply) { reply.Hang(); });
  Asked asked(server);
  const std::set<Absence> absence = {{kService, "shop", "reviews"}};
  // Longer where that is too short for the question to arrive.
  for (milliseconds patience{200}; server.Requests(kReviews).empty();
       patience *= 2) {
    EXPECT_EQ(Find(*asked.Confirm(absence, patience), kService, "reviews"),
              Presence::kUnknown);
  }
}

TEST(LiveReader, AsksNobodyWhenThereIsNoTime) {
  ScriptedServer server;
  Say(server, kReviews, 404, NotFound("reviews"));
  Asked asked(server);
  const std::set<Absence> absence = {{kService, "shop", "reviews"}};
  EXPECT_EQ(Find(*asked.Confirm(absence, seconds(-1)), kService, "reviews"),
            Presence::kUnknown);
  EXPECT_EQ(server.connections(), 0);
}

// Where a kind is served may have to be asked too, within the same time.
// Without a deadline that would be a minute, on a thread of the webhook, and
// then the answer would come.
TEST(LiveReader, KnowsNothingWhenTimeIsUpBeforeItKnowsWhereToAsk) {
  ScriptedServer server;
  const std::string group = "/apis/networking.istio.io";
  server.On(group, [](const SeenRequest&, Reply& reply) {
    if (!reply.Hang(seconds(30))) return;
    reply.Json(404, StatusJson(404, "NotFound", "not installed"));
  });
  Asked asked(server);
  for (milliseconds patience{200}; server.Requests(group).empty();
       patience *= 2) {
    EXPECT_EQ(Find(*asked.Confirm({{kGateway, "shop", "gw"}}, patience),
                   kGateway, "gw"),
              Presence::kUnknown);
  }
}

TEST(LiveReader, KnowsNothingOfMoreThanItMayAsk) {
  ScriptedServer server;
  server.On("", [](const SeenRequest& request, Reply& reply) {
    reply.Json(404, NotFound(request.path.substr(request.path.rfind('/') + 1)));
  });
  Asked asked(server);
  std::set<Absence> absences;
  for (int i = 0; i < 40; ++i) {
    absences.insert({kService, "shop", "n" + std::to_string(i)});
  }
  EXPECT_EQ(Find(*asked.Confirm(absences), kService, "n0"), Presence::kUnknown);
  EXPECT_EQ(asked.reader.counts().confirmed, LiveReader::kMaxReads);
  EXPECT_EQ(asked.reader.counts().unknown, 40 - LiveReader::kMaxReads);
}

TEST(LiveReader, AsksFromFewConnectionsHoweverManyAsk) {
  ScriptedServer server;
  Say(server, kReviews, 200, Named("reviews"));
  Asked asked(server);
  std::vector<std::thread> threads;
  std::atomic<int> found = 0;
  for (int i = 0; i < 32; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < 5; ++n) {
        const auto mesh = asked.Confirm({{kService, "shop", "reviews"}});
        found += Find(*mesh, kService, "reviews") == Presence::kFound;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(found, 160);
  EXPECT_LE(server.connections(), static_cast<int>(LiveReader::kSessions));
}

}  // namespace
}  // namespace meshvet::cluster

// Kinds that may not be read, are not installed, come and go.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>

#include "test/unit/cluster/running_reflector.h"

namespace meshvet::cluster {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr const char* kGroup = "/apis/networking.istio.io";
constexpr const char* kGateways = "/apis/networking.istio.io/v1/gateways";

TEST(Reflector, KnowsNothingOfWhatItMayNotRead) {
  std::atomic<bool> is_allowed = false;
  ScriptedServer server;
  server.On(kPath, [&](const SeenRequest& request, Reply& reply) {
    if (!is_allowed) {
      return reply.Json(403, StatusJson(403, "Forbidden",
                                        "services is forbidden: User jane "
                                        "cannot list resource services"));
    }
    if (request.Query("watch") != "1") {
      return reply.Json(200, List({Service("a", "1")}, "9"));
    }
    reply.BeginStream();
    while (is_allowed && reply.Line("")) {
      std::this_thread::sleep_for(milliseconds(2));
    }
    reply.EndStream();
  });
  Running running(server);
  EXPECT_THAT(running.notes.First(1), ElementsAre("incomplete"));
  ASSERT_TRUE(WaitUntil(
      [&] { return running.health.phase() == WatchPhase::kForbidden; }));
  EXPECT_THAT(running.health.problem(),
              HasSubstr("jane cannot list resource services"));
  is_allowed = true;
  ASSERT_TRUE(
      WaitUntil([&] { return running.health.phase() == WatchPhase::kSynced; }));
  EXPECT_EQ(running.health.problem(), "");
  // Taken away again, what was known is kept, but is no longer all.
  is_allowed = false;
  ASSERT_TRUE(WaitUntil(
      [&] { return running.health.phase() == WatchPhase::kForbidden; }));
  EXPECT_EQ(running.notes.all().back(), "incomplete");
  EXPECT_NE(running.notes.Find("shop", "a"), nullptr);
}

// A CRD that is not installed has no objects; when it comes, they are noticed,
// and when it goes, so do they.
TEST(Reflector, NoticesCustomKindsThatComeAndGo) {
  std::atomic<bool> is_installed = false;
  ScriptedServer server;
  const auto when_installed = [&](const std::string& body) {
    return [&is_installed, body](const SeenRequest& request, Reply& reply) {
      if (!is_installed) {
        return reply.Json(404, StatusJson(404, "NotFound", "no such page"));
      }
      if (request.Query("watch") != "1") return reply.Json(200, body);
      reply.BeginStream();
      while (is_installed && reply.Line("")) {
        std::this_thread::sleep_for(milliseconds(2));
      }
      reply.EndStream();
    };
  };
  server.On(kGroup, when_installed(R"({"preferredVersion":{"version":"v1"}})"));
  server.On(std::string(kGroup) + "/v1",
            when_installed(
                R"({"resources":[{"name":"gateways","kind":"Gateway"}]})"));
  server.On(kGateways, when_installed(List({Service("a", "1")}, "9")));
  Running running(server, {.resource = {kGateway, "gateways", true}});
  EXPECT_THAT(running.notes.First(1), ElementsAre("replace"));
  ASSERT_TRUE(
      WaitUntil([&] { return running.health.phase() == WatchPhase::kAbsent; }));
  is_installed = true;
  EXPECT_THAT(running.notes.First(2), ElementsAre("replace", "replace a@1"));
  ASSERT_TRUE(
      WaitUntil([&] { return running.health.phase() == WatchPhase::kSynced; }));
  is_installed = false;
  EXPECT_THAT(running.notes.First(3),
              ElementsAre("replace", "replace a@1", "replace"));
  ASSERT_TRUE(
      WaitUntil([&] { return running.health.phase() == WatchPhase::kAbsent; }));
}

// An API server that has just started may not have found all CRDs yet.
TEST(Reflector, DoesNotBelieveAShortAbsence) {
  std::atomic<int> absences = 0;
  std::atomic<bool> is_there = true;
  ScriptedServer server;
  server.On(kGroup, [&](const SeenRequest&, Reply& reply) {
    if (absences > 0 && absences-- > 0) {
      return reply.Json(404, StatusJson(404, "NotFound", "not yet"));
    }
    reply.Json(200, R"({"preferredVersion":{"version":"v1"}})");
  });
  server.On(std::string(kGroup) + "/v1", [](const SeenRequest&, Reply& reply) {
    reply.Json(200, R"({"resources":[{"name":"gateways","kind":"Gateway"}]})");
  });
  server.On(kGateways, [&](const SeenRequest& request, Reply& reply) {
    if (!is_there.exchange(true)) {
      return reply.Json(404, StatusJson(404, "NotFound", "not yet"));
    }
    if (request.Query("watch") != "1") {
      return reply.Json(200, List({Service("a", "1")}, "9"));
    }
    reply.BeginStream();
    reply.Line(Event("BOOKMARK", Service("", "10")));
    if (absences == 0 && server.Requests(kGateways).size() < 4) {
      absences = 1;
      is_there = false;
      return reply.EndStream();
    }
    reply.Hang();
  });
  Running running(server, {.resource = {kGateway, "gateways", true}});
  EXPECT_THAT(running.notes.First(2),
              ElementsAre("replace a@1", "replace a@1"));
}

}  // namespace
}  // namespace meshvet::cluster

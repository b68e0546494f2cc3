// Events, as an API server gets them.

#include "cluster/event_recorder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "test/support/wait_until.h"
#include "test/unit/cluster/scripted_server.h"

namespace meshvet::cluster {
namespace {

using std::chrono::milliseconds;
using test::WaitUntil;
using ::testing::ElementsAre;
using ::testing::MatchesRegex;
using Json = nlohmann::json;
using Reply = ScriptedServer::Reply;

constexpr const char* kMicroTime =
    "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}[.][0-9]{6}Z";

struct Seen {
  std::string method;
  std::string path;
  std::string type;  // of the content
  Json body;
};

// An API server that keeps what it is sent and says `status`, or what a test
// says next.
class EventServer {
 public:
  EventServer() {
    server_.On("", [this](const SeenRequest& request, Reply& reply) {
      const int code = Note(request);
      if (code == 0) return reply.Close();
      reply.Json(code, code < 300 ? "{}" : StatusJson(code, "X", "no"));
    });
  }

  std::shared_ptr<ApiClient> client() {
    return *ApiClient::Make(server_.access());
  }
  std::vector<Seen> seen() const {
    const std::scoped_lock lock(mutex_);
    return seen_;
  }
  size_t count() const { return seen().size(); }

  // 0: the connection is closed without an answer.
  std::atomic<int> status = 201;
  // Every Event it was told: a PATCH finds none.
  std::atomic<bool> forgets = false;

 private:
  int Note(const SeenRequest& request) {
    const std::string& head = request.head;
    const std::string name = "\r\nContent-Type: ";
    const size_t from = head.find(name) + name.size();
    const std::scoped_lock lock(mutex_);
    seen_.push_back({head.substr(0, head.find(' ')), request.path,
                     head.substr(from, head.find("\r\n", from) - from),
                     Json::parse(request.body, nullptr, false)});
    return forgets && seen_.back().method == "PATCH" ? 404 : status.load();
  }

  mutable std::mutex mutex_;
  std::vector<Seen> seen_;
  ScriptedServer server_;
};

constexpr const char* kPath = "/apis/events.k8s.io/v1/namespaces/mesh/events";

EventRecorder::Options ForPod() {
  EventRecorder::Options options;
  options.about = {"v1", "Pod", "mesh", "meshvet-7c9f", "u-1"};
  options.between = milliseconds(1);
  options.backoff = {milliseconds(1), milliseconds(4)};
  return options;
}

EventNote Rejected(const std::string& note = "line 3") {
  return {.reason = "PolicyRejected", .action = "ReloadPolicy", .note = note};
}

TEST(EventRecorder, WritesWhatTheApiServerDemands) {
  EventServer server;
  EventRecorder recorder(server.client(), ForPod());
  recorder.Record(Rejected());
  ASSERT_TRUE(WaitUntil([&] { return recorder.counts().recorded == 1; }));
  const Seen seen = server.seen().at(0);
  EXPECT_EQ(seen.method, "POST");
  EXPECT_EQ(seen.path, kPath);
  EXPECT_EQ(seen.type, "application/json");
  Json body = seen.body;
  EXPECT_THAT(body["metadata"]["name"].get<std::string>(),
              MatchesRegex("meshvet-7c9f[.][0-9a-f]{16}"));
  EXPECT_THAT(body["eventTime"].get<std::string>(), MatchesRegex(kMicroTime));
  body["metadata"].erase("name");
  body.erase("eventTime");
  EXPECT_EQ(body, (Json{{"apiVersion", "events.k8s.io/v1"},
                        {"kind", "Event"},
                        {"metadata", {{"namespace", "mesh"}}},
                        {"type", "Warning"},
                        {"reason", "PolicyRejected"},
                        {"action", "ReloadPolicy"},
                        {"note", "line 3"},
                        {"regarding",
                         {{"apiVersion", "v1"},
                          {"kind", "Pod"},
                          {"namespace", "mesh"},
                          {"name", "meshvet-7c9f"},
                          {"uid", "u-1"}}},
                        {"reportingController", "meshvet.dev/serve"},
                        {"reportingInstance", "meshvet-7c9f"}}));
}

// Of what has no namespace, Events are in "default".
TEST(EventRecorder, WritesAboutWhatIsInNoNamespace) {
  EventServer server;
  EventRecorder::Options options;
  options.about = {"admissionregistration.k8s.io/v1",
                   "ValidatingWebhookConfiguration", "", "meshvet"};
  options.instance = "host-1";
  EventRecorder recorder(server.client(), std::move(options));
  recorder.Record({.type = EventNote::Type::kNormal,
                   .reason = "FailurePolicyPromoted",
                   .action = "Promote",
                   .note = "x"});
  ASSERT_TRUE(WaitUntil([&] { return server.count() == 1; }));
  const Seen seen = server.seen().at(0);
  EXPECT_EQ(seen.path, "/apis/events.k8s.io/v1/namespaces/default/events");
  EXPECT_EQ(seen.body["type"], "Normal");
  EXPECT_EQ(seen.body["metadata"]["namespace"], "default");
  EXPECT_EQ(seen.body["reportingInstance"], "host-1");
  EXPECT_EQ(seen.body["regarding"],
            (Json{{"apiVersion", "admissionregistration.k8s.io/v1"},
                  {"kind", "ValidatingWebhookConfiguration"},
                  {"name", "meshvet"}}));
}

TEST(EventRecorder, CountsWhatHappensAgain) {
  EventServer server;
  EventRecorder recorder(server.client(), ForPod());
  recorder.Record(Rejected());
  ASSERT_TRUE(WaitUntil([&] { return recorder.counts().recorded == 1; }));
  server.status = 200;
  recorder.Record(Rejected());
  ASSERT_TRUE(WaitUntil([&] { return recorder.counts().recorded == 2; }));
  recorder.Record(Rejected("line 4"));
  ASSERT_TRUE(WaitUntil([&] { return recorder.counts().recorded == 3; }));
  const auto seen = server.seen();
  ASSERT_EQ(seen.size(), 3U);
  EXPECT_EQ(seen[1].method, "PATCH");
  EXPECT_EQ(seen[1].path,
            std::string(kPath) + "/" +
                seen[0].body["metadata"]["name"].get<std::string>());
  EXPECT_EQ(seen[1].type, "application/merge-patch+json");
  EXPECT_EQ(seen[1].body["series"]["count"], 2);
  EXPECT_THAT(seen[1].body["series"]["lastObservedTime"].get<std::string>(),
              MatchesRegex(kMicroTime));
  EXPECT_EQ(seen[2].method, "POST") << "another note is another Event";
  EXPECT_EQ(recorder.counts().lost, 0U);
}

// What comes while one write is under way or awaited goes into the next.
TEST(EventRecorder, WritesOneEventNoMoreOftenThanItMay) {
  EventServer server;
  EventRecorder::Options options = ForPod();
  options.between = std::chrono::hours(1);
  EventRecorder recorder(server.client(), std::move(options));
  recorder.Record(Rejected());
  ASSERT_TRUE(WaitUntil([&] { return recorder.counts().recorded == 1; }));
  for (int i = 0; i < 1'000; ++i) recorder.Record(Rejected());
  recorder.Record(Rejected("a later one"));
  ASSERT_TRUE(WaitUntil([&] { return recorder.counts().recorded == 2; }));
  EXPECT_EQ(server.count(), 2U);
  EXPECT_EQ(recorder.counts().lost, 0U) << "they are still to be written";
}

// The API server forgets Events after an hour.
TEST(EventRecorder, BeginsAnewWhenTheEventIsGone) {
  EventServer server;
  EventRecorder recorder(server.client(), ForPod());
  recorder.Record(Rejected());
  ASSERT_TRUE(WaitUntil([&] { return recorder.counts().recorded == 1; }));
  server.forgets = true;
  recorder.Record(Rejected());
  ASSERT_TRUE(WaitUntil([&] { return recorder.counts().recorded == 2; }));
  const auto seen = server.seen();
  ASSERT_EQ(seen.size(), 3U);
  EXPECT_EQ(seen[1].method, "PATCH");
  EXPECT_EQ(seen[2].method, "POST");
  EXPECT_NE(seen[2].body["metadata"]["name"], seen[0].body["metadata"]["name"]);
  EXPECT_EQ(seen[2].body["series"]["count"], 2);
}

TEST(EventRecorder, TriesAgainWhatMayPass) {
  for (const int status : {0, 429, 500, 503}) {
    EventServer server;
    server.status = status;
    EventRecorder recorder(server.client(), ForPod());
    recorder.Record(Rejected());
    ASSERT_TRUE(WaitUntil([&] { return server.count() >= 3; })) << status;
    server.status = 201;
    ASSERT_TRUE(WaitUntil([&] { return recorder.counts().recorded == 1; }));
    EXPECT_EQ(recorder.counts().lost, 0U) << status;
    EXPECT_EQ(server.seen().front().body["metadata"]["name"],
              server.seen().back().body["metadata"]["name"])
        << "so that it is there once";
  }
}

TEST(EventRecorder, HoldsThatItWasSentTwiceAgainstNobody) {
  EventServer server;
  server.status = 409;
  EventRecorder recorder(server.client(), ForPod());
  recorder.Record(Rejected());
  ASSERT_TRUE(WaitUntil([&] { return recorder.counts().recorded == 1; }));
  EXPECT_EQ(server.count(), 1U);
}

TEST(EventRecorder, CountsAndTellsWhatIsLost) {
  EventServer server;
  server.status = 403;
  std::mutex mutex;
  std::vector<std::string> told;
  EventRecorder::Options options = ForPod();
  options.on_lost = [&](const std::string& problem) {
    const std::scoped_lock lock(mutex);
    told.push_back(problem);
  };
  options.attempts = 3;
  EventRecorder recorder(server.client(), std::move(options));
  recorder.Record(Rejected("a"));
  recorder.Record(Rejected("b"));
  ASSERT_TRUE(WaitUntil([&] { return recorder.counts().lost == 2; }));
  EXPECT_EQ(server.count(), 2U) << "forbidden stays forbidden";
  server.status = 500;
  recorder.Record(Rejected("c"));
  ASSERT_TRUE(WaitUntil([&] { return recorder.counts().lost == 3; }));
  EXPECT_EQ(server.count(), 5U) << "three attempts";
  EXPECT_EQ(recorder.counts().recorded, 0U);
  server.status = 201;
  recorder.Record(Rejected("d"));
  ASSERT_TRUE(WaitUntil([&] { return recorder.counts().recorded == 1; }));
  const std::scoped_lock lock(mutex);
  EXPECT_THAT(told, ElementsAre("write Event: no")) << "once until it changes";
}

// A storm costs neither the API server nor our memory more than is agreed.
TEST(EventRecorder, BoundsAStorm) {
  EventServer server;
  EventRecorder::Options options = ForPod();
  options.burst = 3;
  options.refill = std::chrono::hours(1);
  options.max_events = 10;
  EventRecorder recorder(server.client(), std::move(options));
  for (int i = 0; i < 1'000; ++i) {
    recorder.Record(Rejected("note " + std::to_string(i)));
  }
  ASSERT_TRUE(WaitUntil([&] { return recorder.counts().recorded == 3; }));
  EXPECT_EQ(server.count(), 3U);
  // Up to ten are kept, up to three were written meanwhile and made room.
  EXPECT_GE(recorder.counts().lost, 1'000U - 13U);
  EXPECT_LE(recorder.counts().lost, 1'000U - 10U);
}

TEST(EventRecorder, FillsItsBucketAgain) {
  EventServer server;
  EventRecorder::Options options = ForPod();
  options.burst = 1;
  options.refill = milliseconds(5);
  EventRecorder recorder(server.client(), std::move(options));
  for (int i = 0; i < 10; ++i) recorder.Record(Rejected(std::to_string(i)));
  EXPECT_TRUE(WaitUntil([&] { return recorder.counts().recorded == 10; }));
}

TEST(EventRecorder, KeepsTheLimitsOfAnEvent) {
  EventServer server;
  EventRecorder::Options options = ForPod();
  options.about.name = std::string(253, 'p');
  EventRecorder recorder(server.client(), std::move(options));
  std::string note = std::string(1'023, 'n');
  note += "\xC3\xA4 and more";
  recorder.Record(Rejected(note));
  recorder.Record(Rejected("\xFF\n\x1B[31m"));
  recorder.Record(Rejected(std::string(2'000, '\xFF')));
  ASSERT_TRUE(WaitUntil([&] { return recorder.counts().recorded == 3; }));
  const auto seen = server.seen();
  EXPECT_EQ(seen[0].body["note"], std::string(1'023, 'n'))
      << "no character is cut in two";
  EXPECT_LE(seen[0].body["metadata"]["name"].get<std::string>().size(), 253U);
  EXPECT_EQ(seen[0].body["reportingInstance"], std::string(128, 'p'));
  EXPECT_EQ(seen[1].body["note"], "\xEF\xBF\xBD\n\x1B[31m");
  EXPECT_EQ(seen[2].body["note"].get<std::string>().size(), 1'023U);
}

// Before the end there is no later.
TEST(EventRecorder, FlushesWhatWaitsForItsTurn) {
  EventServer server;
  EventRecorder::Options options = ForPod();
  options.between = std::chrono::hours(1);
  options.burst = 1;
  options.refill = std::chrono::hours(1);
  EventRecorder recorder(server.client(), std::move(options));
  recorder.Record(Rejected("first"));
  ASSERT_TRUE(WaitUntil([&] { return recorder.counts().recorded == 1; }));
  server.forgets = true;
  recorder.Record(Rejected("first"));
  recorder.Record(Rejected("second"));
  EXPECT_TRUE(recorder.Flush(std::chrono::minutes(1)));
  EXPECT_EQ(recorder.counts().recorded, 3U);
  std::vector<std::string> methods;
  for (const Seen& seen : server.seen()) methods.push_back(seen.method);
  EXPECT_THAT(methods, ElementsAre("POST", "PATCH", "POST", "POST"));
}

TEST(EventRecorder, FlushesNothingTwice) {
  EventServer server;
  EventRecorder recorder(server.client(), ForPod());
  EXPECT_TRUE(recorder.Flush(milliseconds(0)));
  recorder.Record(Rejected());
  EXPECT_TRUE(recorder.Flush(std::chrono::minutes(1)));
  EXPECT_TRUE(recorder.Flush(milliseconds(0)));
  EXPECT_EQ(server.count(), 1U);
}

TEST(EventRecorder, FlushesNoLongerThanItMay) {
  ScriptedServer server;
  server.On("", [](const SeenRequest&, Reply& reply) { reply.Hang(); });
  EventRecorder recorder(*ApiClient::Make(server.access()), ForPod());
  recorder.Record(Rejected());
  EXPECT_FALSE(recorder.Flush(milliseconds(1)));
  EXPECT_EQ(recorder.counts().recorded, 0U);
}

// Nobody waits: not who records, not who ends.
TEST(EventRecorder, WaitsForNobodyWhoIsSilent) {
  ScriptedServer server;
  server.On("", [](const SeenRequest&, Reply& reply) { reply.Hang(); });
  {
    EventRecorder recorder(*ApiClient::Make(server.access()), ForPod());
    recorder.Record(Rejected());
    ASSERT_TRUE(server.WaitFor(kPath, 1));
    for (int i = 0; i < 100; ++i) recorder.Record(Rejected());
  }
  EXPECT_EQ(server.Requests(kPath).size(), 1U);
}

}  // namespace
}  // namespace meshvet::cluster

// List and watch against a server that says everything an API server may say,
// and some things it should not.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "test/support/refusing_port.h"
#include "test/unit/cluster/running_reflector.h"

namespace meshvet::cluster {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(Reflector, ListsInPagesThenWatchesFromThere) {
  ScriptedServer server;
  Play(server, Script({Answer(200, List({Service("a", "3")}, "9", "n/x=1")),
                       Answer(200, List({Service("b", "4")}, "9"))},
                      {Events({Event("ADDED", Service("c", "10")),
                               Event("MODIFIED", Service("a", "11")),
                               Event("DELETED", Service("b", "12"))})}));
  Running running(server);
  EXPECT_THAT(running.notes.First(4), ElementsAre("replace a@3 b@4", "put c@10",
                                                  "put a@11", "remove b"));
  EXPECT_EQ(running.health.phase(), WatchPhase::kSynced);
  const auto requests = server.Requests(kPath);
  ASSERT_EQ(requests.size(), 3U);
  EXPECT_THAT(requests[0].query,
              ElementsAre(testing::Pair("limit", "500"),
                          testing::Pair("resourceVersion", "0")));
  EXPECT_THAT(requests[1].query, ElementsAre(testing::Pair("continue", "n/x=1"),
                                             testing::Pair("limit", "500")));
  EXPECT_EQ(requests[2].Query("resourceVersion"), "9");
  EXPECT_EQ(requests[2].Query("allowWatchBookmarks"), "true");
  const int timeout = std::stoi(requests[2].Query("timeoutSeconds"));
  EXPECT_GE(timeout, 300);
  EXPECT_LE(timeout, 600);
  EXPECT_EQ(server.connections(), 1);
}

TEST(Reflector, ResumesWhereTheLastEventOrBookmarkWas) {
  ScriptedServer server;
  Play(server, Script({Answer(200, List({}, "9"))},
                      {Events({Event("ADDED", Service("a", "10")),
                               Event("BOOKMARK", Service("", "20"))},
                              false),
                       Events({Event("ADDED", Service("b", "21"))}, false)}));
  Running running(server);
  EXPECT_THAT(running.notes.First(3),
              ElementsAre("replace", "put a@10", "put b@21"));
  ASSERT_TRUE(server.WaitFor(kPath, 4));
  const auto watches = Watches(server);
  EXPECT_EQ(watches[0].Query("resourceVersion"), "9");
  EXPECT_EQ(watches[1].Query("resourceVersion"), "20");
  EXPECT_EQ(watches[2].Query("resourceVersion"), "21");
  EXPECT_EQ(running.health.errors(), 0U);
}

TEST(Reflector, ReadsEventsThatComeInPieces) {
  const std::string event = Event("ADDED", Service("a", "10")) + "\n";
  ScriptedServer server;
  Play(server, Script({Answer(200, List({}, "9"))},
                      {[&](const SeenRequest&, Reply& reply) {
                        reply.BeginStream();
                        for (const char byte : event) {
                          reply.Raw("1\r\n" + std::string(1, byte) + "\r\n");
                        }
                        reply.Hang();
                      }}));
  Running running(server);
  EXPECT_THAT(running.notes.First(2), ElementsAre("replace", "put a@10"));
}

// The same in the stream, as an API server says it, and as a status.
TEST(Reflector, ListsAgainWhenItsPlaceIsForgotten) {
  const std::string gone = StatusJson(410, "Expired", "too old");
  for (const auto& step :
       {Events({Event("BOOKMARK", Service("", "10")), Event("ERROR", gone)}),
        Answer(410, gone)}) {
    ScriptedServer server;
    Play(server,
         Script({Answer(200, List({Service("a", "1"), Service("b", "2")}, "9")),
                 Answer(200, List({Service("b", "2")}, "30"))},
                {step}));
    Running running(server);
    // Nothing is emptied in between.
    EXPECT_THAT(running.notes.First(2),
                ElementsAre("replace a@1 b@2", "replace b@2"));
    ASSERT_TRUE(server.WaitFor(kPath, 4));
    EXPECT_EQ(server.Requests(kPath)[2].Query("resourceVersion"), "")
        << "nothing older than what is known";
    EXPECT_EQ(Watches(server)[1].Query("resourceVersion"), "30");
    EXPECT_EQ(running.health.lists(), 2U);
  }
}

// What a server has in memory is asked for until it fails to give it: to be
// busy is no such failure.
TEST(Reflector, AsksForTheNewestWhenTheServerFailsToGiveTheOld) {
  const auto cut_short = [](const SeenRequest&, Reply& reply) {
    reply.BeginStream();
    reply.Line(R"({"metadata":{"resourceVersion":"9"},"items":[)");
    reply.Line(Service("a", "1"));
    reply.EndStream();
  };
  const struct {
    Script::Step answer;
    std::string problem;
    std::string next;
  } cases[] = {
      {cut_short, "it ends amid its items", ""},
      {Answer(400, StatusJson(400, "BadRequest", "what?")), "what?", ""},
      {Answer(429, StatusJson(429, "TooManyRequests", "busy")), "busy", "0"},
      {Answer(503, "<html>"), "HTTP 503", "0"},
  };
  for (const auto& c : cases) {
    ScriptedServer server;
    Play(server,
         Script({c.answer, Answer(200, List({Service("b", "2")}, "9"))}));
    Running running(server);
    EXPECT_THAT(running.notes.First(1), ElementsAre("replace b@2"));
    EXPECT_EQ(server.Requests(kPath)[1].Query("resourceVersion"), c.next)
        << c.problem;
    EXPECT_THAT(running.Recovered(),
                ElementsAre("list services: " + c.problem, ""));
  }
}

TEST(Reflector, StartsTheListAnewWhenItsTokenExpires) {
  ScriptedServer server;
  Play(server,
       Script({Answer(200, List({Service("a", "1")}, "9", "token")),
               Answer(410, StatusJson(410, "Expired", "the token is too old")),
               Answer(200, List({Service("b", "2")}, "30"))}));
  Running running(server);
  EXPECT_THAT(running.notes.First(1), ElementsAre("replace b@2"));
  EXPECT_EQ(server.Requests(kPath)[2].Query("continue"), "");
  EXPECT_THAT(running.Recovered(),
              ElementsAre("list services: the token is too old", ""));
}

// A server that has forgotten even its newest list must not be asked without
// end and without pause.
TEST(Reflector, PausesWhenEvenTheNewestListIsForgotten) {
  ScriptedServer server;
  const auto gone = Answer(410, StatusJson(410, "Expired", "too old"));
  Play(server, Script({}, {gone, gone, gone}));
  Running running(server);
  ASSERT_TRUE(server.WaitFor(kPath, 8));
  EXPECT_EQ(running.health.errors(), 3U);
}

TEST(Reflector, GoesOnWhereItWasWhenTheServerIsBusy) {
  ScriptedServer server;
  Play(server,
       Script({Answer(200, List({}, "9"))},
              {Events({Event("ADDED", Service("a", "10"))}, false),
               Answer(429, StatusJson(429, "TooManyRequests", "busy")),
               Answer(503, "<html>"),
               Events({Event("ERROR", StatusJson(500, "X", "etcd is away"))}),
               Events({Event("ADDED", Service("b", "11"))})}));
  Running running(server);
  EXPECT_THAT(running.notes.First(3),
              ElementsAre("replace", "put a@10", "put b@11"));
  for (const SeenRequest& watch : Watches(server)) {
    EXPECT_THAT(watch.Query("resourceVersion"), testing::AnyOf("9", "10"));
  }
  EXPECT_THAT(running.Recovered(),
              ElementsAre("watch services: busy", "watch services: HTTP 503",
                          "watch services: etcd is away", ""));
  EXPECT_EQ(running.health.lists(), 1U);
}

TEST(Reflector, ListsAgainAfterWhatItCannotRead) {
  const std::string long_name(5'000, 'x');
  const struct {
    std::string line;
    std::string problem;
  } cases[] = {
      {"{", "Missing a name for object member"},
      {"7", "an event has no resourceVersion"},
      {Event("ADDED", R"({"metadata": {"name": "a"}})"),
       "an event has no resourceVersion"},
      {Event("ADDED", R"({"metadata": {"resourceVersion": "10"}})"),
       "an event's object has no name"},
      {Event("RENAMED", Service("a", "10")),
       "an event of a type we do not know: RENAMED"},
      {Event("ADDED", Service(long_name, "10")),
       "an event is longer than 4096 bytes"},
  };
  for (const auto& c : cases) {
    ScriptedServer server;
    Play(server, Script({}, {Events({c.line})}));
    Running running(
        server, {.resource = {kService, "services"}, .max_line_bytes = 4096});
    EXPECT_THAT(running.notes.First(2), ElementsAre("replace", "replace"));
    EXPECT_THAT(running.Recovered(),
                ElementsAre(AllOf(testing::StartsWith("watch services: "),
                                  HasSubstr(c.problem)),
                            ""));
  }
}

TEST(Reflector, RefusesListsItCannotRead) {
  const struct {
    std::string body;
    std::string problem;
  } cases[] = {
      {"[", "list services: "},
      {"{}", "list services: the answer has no resourceVersion"},
      {List({"{}"}, "9"), "list services: an item has no name"},
      {List({"[]"}, "9"), "list services: "},
      {List({"7"}, "9"), "list services: "},
  };
  for (const auto& c : cases) {
    ScriptedServer server;
    // The first is read item by item, the second is a page.
    Play(server, Script({Answer(200, c.body), Answer(200, c.body),
                         Answer(200, List({Service("a", "1")}, "9"))}));
    Running running(server);
    EXPECT_THAT(running.notes.First(1), ElementsAre("replace a@1"));
    const auto problems = running.Recovered();
    EXPECT_THAT(problems.front(), testing::StartsWith(c.problem)) << c.body;
    EXPECT_EQ(running.health.errors(), 2U) << c.body;
  }
}

// It comes in one page, of which an item at a time is in memory.
TEST(Reflector, TakesTheFirstListHoweverLongItIs) {
  ScriptedServer server;
  std::vector<std::string> items;
  for (int i = 0; i < 2'000; ++i) {
    items.push_back(Service(std::to_string(i), "1"));
  }
  Play(server, Script({Answer(200, List(items, "9"))}));
  Running running(server, {.resource = {kService, "services"},
                           .max_page_bytes = 400,
                           .max_line_bytes = 400});
  const auto notes = running.notes.First(1);
  EXPECT_EQ(running.health.problem(), "");
  ASSERT_EQ(notes.size(), 1U);
  EXPECT_EQ(std::count(notes[0].begin(), notes[0].end(), '@'), 2'000);
  EXPECT_EQ(running.health.errors(), 0U);
}

TEST(Reflector, AsksForSmallerPagesWhenOneIsTooLarge) {
  ScriptedServer server;
  server.On(kPath, [](const SeenRequest& request, Reply& reply) {
    if (request.Query("watch") == "1") {
      reply.BeginStream();
      return reply.Hang();
    }
    if (request.Query("resourceVersion") == "0") {
      return reply.Json(400, StatusJson(400, "BadRequest", "what?"));
    }
    const size_t limit = std::stoul(request.Query("limit"));
    const size_t first = request.Query("continue").empty()
                             ? 0
                             : std::stoul(request.Query("continue"));
    std::vector<std::string> items;
    for (size_t i = first; i < std::min<size_t>(first + limit, 20); ++i) {
      items.push_back(Service(std::to_string(i), "1"));
    }
    const size_t next = first + items.size();
    reply.Json(200, List(items, "9", next < 20 ? std::to_string(next) : ""));
  });
  Running running(
      server,
      {.resource = {kService, "services"}, .page = 16, .max_page_bytes = 400});
  const std::string note = running.notes.First(1).at(0);
  EXPECT_EQ(std::count(note.begin(), note.end(), '@'), 20) << note;
  EXPECT_EQ(running.health.errors(), 1U);
  ASSERT_TRUE(server.WaitFor(kPath, 6));
  EXPECT_EQ(server.Requests(kPath)[1].Query("limit"), "16");
  EXPECT_EQ(server.Requests(kPath)[2].Query("limit"), "8");
}

TEST(Reflector, GivesUpOnOneObjectThatIsTooLarge) {
  ScriptedServer server;
  const auto list = Answer(200, List({Service("a", "1")}, "9"));
  Play(server, Script({list, list, list}));
  Running running(server, {.resource = {kService, "services"},
                           .page = 2,
                           .max_page_bytes = 100,
                           .max_line_bytes = 50});
  EXPECT_THAT(running.notes.First(1), ElementsAre("replace"));
  EXPECT_THAT(
      running.Recovered(),
      ElementsAre("list services: one object is larger than 50 bytes",
                  "list services: one object is larger than 100 bytes", ""));
}

TEST(Reflector, KeepsWhatHasNotChangedSinceTheLastList) {
  const std::string gone = StatusJson(410, "Expired", "too old");
  std::atomic<bool> may_forget = false;
  ScriptedServer server;
  Play(server,
       Script({Answer(200, List({Service("a", "1"), Service("b", "1")}, "9")),
               Answer(200, List({Service("a", "1"), Service("b", "2")}, "30"))},
              {[&](const SeenRequest&, Reply& reply) {
                reply.BeginStream();
                reply.Line(Event("BOOKMARK", Service("", "10")));
                while (!may_forget && !reply.closed()) {
                  (void)reply.Hang(milliseconds(2));
                }
                reply.Line(Event("ERROR", gone));
              }}));
  Running running(server);
  ASSERT_THAT(running.notes.First(1), ElementsAre("replace a@1 b@1"));
  const ObjectPtr before = running.notes.Find("shop", "a");
  may_forget = true;
  EXPECT_THAT(running.notes.First(2),
              ElementsAre("replace a@1 b@1", "replace a@1 b@2"));
  EXPECT_EQ(running.notes.Find("shop", "a"), before);
}

// etcd was restored from a backup: what we have seen is yet to come.
TEST(Reflector, ListsAgainWhenTheServerIsBehind) {
  ScriptedServer server;
  Play(server, Script({Answer(200, List({}, "900")),
                       Answer(200, List({Service("a", "1")}, "9")),
                       Answer(200, List({Service("a", "1")}, "9"))},
                      {Events({}, false)}));
  Running running(server, {.resource = {kService, "services"},
                           .short_watch = milliseconds(0)});
  EXPECT_THAT(running.notes.First(2), ElementsAre("replace", "replace a@1"));
  EXPECT_EQ(server.Requests(kPath)[2].Query("limit"), "1");
  EXPECT_EQ(running.health.errors(), 0U);
}

TEST(Reflector, GoesOnWatchingWhereNothingHappens) {
  ScriptedServer server;
  Play(server,
       Script({Answer(200, List({}, "9")), Answer(200, List({}, "30")),
               Answer(500, "{}"), Answer(200, List({}, "9"))},
              {Events({}, false), Events({}, false), Events({}, false)}));
  Running running(server, {.resource = {kService, "services"},
                           .short_watch = milliseconds(0)});
  ASSERT_TRUE(WaitUntil([&] { return Watches(server).size() >= 4; }));
  for (const SeenRequest& watch : Watches(server)) {
    EXPECT_EQ(watch.Query("resourceVersion"), "9");
  }
  EXPECT_THAT(running.notes.all(), ElementsAre("replace"));
  EXPECT_EQ(running.health.lists(), 1U);
}

TEST(Reflector, WatchesOneObjectByName) {
  ScriptedServer server;
  const std::string path = "/api/v1/namespaces/istio-system/configmaps";
  server.On(path, [](const SeenRequest& request, Reply& reply) {
    if (request.Query("watch") != "1") return reply.Json(200, List({}, "9"));
    reply.BeginStream();
    reply.Hang();
  });
  Running running(server, {.resource = {kConfigMap, "configmaps"},
                           .ns = "istio-system",
                           .name = "istio"});
  ASSERT_TRUE(server.WaitFor(path, 2));
  for (const SeenRequest& request : server.Requests(path)) {
    EXPECT_EQ(request.Query("fieldSelector"), "metadata.name=istio");
  }
}

TEST(Reflector, TriesAgainUntilItCanConnect) {
  const test::RefusingPort nobody;
  Notes notes;
  WatchHealth health;
  StopSignal stop;
  const auto client = *ApiClient::Make(
      {.host = "127.0.0.1", .port = nobody.number(), .tls = false});
  Reflector reflector(*client,
                      {.resource = {kService, "services"},
                       .backoff = {milliseconds(1), milliseconds(4)}},
                      notes, health, stop);
  std::thread thread([&] { reflector.Run(); });
  EXPECT_TRUE(WaitUntil([&] { return health.errors() >= 3; }));
  EXPECT_THAT(health.problem(), HasSubstr("Connection refused"));
  EXPECT_EQ(health.phase(), WatchPhase::kPending);
  EXPECT_THAT(notes.all(), IsEmpty());
  stop.Raise();
  thread.join();
}

TEST(Backoff, DoublesUpToItsLongest) {
  Backoff backoff({milliseconds(800), milliseconds(30'000)});
  milliseconds least{800};
  for (int i = 0; i < 12; ++i) {
    const milliseconds wait = backoff.Next();
    EXPECT_GE(wait, std::min(least, milliseconds(30'000)));
    EXPECT_LE(wait, std::min(2 * least, milliseconds(30'000)));
    least *= 2;
  }
  backoff.Reset();
  EXPECT_LE(backoff.Next(), milliseconds(1'600));
}

}  // namespace
}  // namespace meshvet::cluster

// What the server does when there is more than it has room for.

#include <gtest/gtest.h>

#include <vector>

#include "test/unit/webhook/test_server.h"
#include "webhook/https_server.h"

namespace meshvet::webhook {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// To where there may be room.
TEST(HttpsServerOverload, LeadsAConnectionThatFindsNoRoomAwayNowAndThen) {
  Door door;
  HttpsServer::Options options;
  options.gate = {.in_flight = 1, .queue = 0, .queue_wait = seconds(20)};
  TestServer server(std::move(options), [&](const HttpRequest& request) {
    door.Pass();
    return Echo(request);
  });
  const auto first = server.Connect();
  ASSERT_TRUE(first->Send(Post("/validate", "1")));
  ASSERT_TRUE(server.WaitUntil(
      [](const TransportStats& stats) { return stats.in_flight == 1; }));
  const auto second = server.Connect();
  for (int i = 1; i < 16; ++i) {
    const auto shed = second->Exchange(Post("/validate", "2"));
    ASSERT_TRUE(shed);
    EXPECT_EQ(shed->status, 503);
    EXPECT_FALSE(shed->Has("Connection: close"));
  }
  const auto last = second->Exchange(Post("/validate", "2"));
  ASSERT_TRUE(last);
  EXPECT_EQ(last->status, 503);
  EXPECT_TRUE(last->Has("Retry-After: 1"));
  EXPECT_TRUE(last->Has("Connection: close"));
  EXPECT_TRUE(second->AtEnd());
  door.Open();
  EXPECT_EQ(first->Read()->body, "1");
}

TEST(HttpsServerOverload, QueuesALittleAndShedsTheRest) {
  Door door;
  HttpsServer::Options options;
  options.gate = {.in_flight = 1, .queue = 1, .queue_wait = seconds(20)};
  TestServer server(std::move(options), [&](const HttpRequest& request) {
    door.Pass();
    return Echo(request);
  });
  const auto first = server.Connect();
  ASSERT_TRUE(first->Send(Post("/validate", "1")));
  ASSERT_TRUE(server.WaitUntil(
      [](const TransportStats& stats) { return stats.in_flight == 1; }));
  const auto second = server.Connect();
  ASSERT_TRUE(second->Send(Post("/validate", "2")));
  ASSERT_TRUE(server.WaitUntil(
      [](const TransportStats& stats) { return stats.queued == 1; }));
  const auto third = server.Connect();
  const auto shed = third->Exchange(Post("/validate", "3"));
  ASSERT_TRUE(shed);
  EXPECT_EQ(shed->status, 503);
  EXPECT_TRUE(shed->Has("Retry-After: 1"));
  EXPECT_EQ(server.tally().count("queue_full"), 1);
  door.Open();
  EXPECT_EQ(first->Read()->body, "1");
  EXPECT_EQ(second->Read()->body, "2");
  // A handshake would cost more than the answer: it stays, and comes again.
  EXPECT_FALSE(shed->Has("Connection: close"));
  EXPECT_EQ(third->Exchange(Post("/validate", "3"))->body, "3");
  EXPECT_TRUE(server.WaitUntil(
      [](const TransportStats& stats) { return stats.in_flight == 0; }));
}

TEST(HttpsServerOverload, ShedsWhatWaitedTooLong) {
  Door door;
  HttpsServer::Options options;
  options.gate = {.in_flight = 1, .queue = 4, .queue_wait = milliseconds(50)};
  TestServer server(std::move(options), [&](const HttpRequest& request) {
    door.Pass();
    return Echo(request);
  });
  const auto first = server.Connect();
  ASSERT_TRUE(first->Send(Post("/validate", "1")));
  ASSERT_TRUE(server.WaitUntil(
      [](const TransportStats& stats) { return stats.in_flight == 1; }));
  const auto second = server.Connect();
  const auto shed = second->Exchange(Post("/validate", "2"));
  ASSERT_TRUE(shed);
  EXPECT_EQ(shed->status, 503);
  EXPECT_TRUE(shed->Has("Retry-After: 1"));
  EXPECT_EQ(server.tally().count("queue_timeout"), 1);
  door.Open();
  EXPECT_EQ(first->Read()->body, "1");
}

TEST(HttpsServerOverload, LimitsTheSumOfBodies) {
  HttpsServer::Options options;
  options.max_body_bytes_in_flight = 1U << 20U;
  TestServer server(std::move(options));
  const std::string body(700U << 10U, 'x');
  const auto first = server.Connect();
  const std::string request = Post("/validate", body);
  ASSERT_TRUE(first->Send(request.substr(0, request.size() - 1)));
  ASSERT_TRUE(server.WaitUntil([&](const TransportStats& stats) {
    return stats.body_bytes == body.size();
  }));
  const auto shed = server.Connect()->Exchange(Post("/validate", body));
  ASSERT_TRUE(shed);
  EXPECT_EQ(shed->status, 503);
  EXPECT_TRUE(shed->Has("Retry-After: 1"));
  EXPECT_EQ(server.tally().count("body_budget"), 1);
  ASSERT_TRUE(first->Send("x"));
  EXPECT_EQ(first->Read()->status, 200);
  EXPECT_EQ(server->stats().body_bytes, 0U);
  EXPECT_EQ(server.Connect()->Exchange(Post("/validate", body))->status, 200);
}

}  // namespace
}  // namespace meshvet::webhook

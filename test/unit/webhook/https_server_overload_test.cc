// What the server does when there is more than it has room for.

#include <gtest/gtest.h>

#include <memory>
#include <optional>

#include "test/unit/webhook/test_server.h"
#include "webhook/https_server.h"

namespace meshvet::webhook {
namespace {

using std::chrono::milliseconds;

// One request is in the handler, and there is no room for another there.
class HttpsServerOverload : public ::testing::Test {
 protected:
  void Begin(std::size_t queue, milliseconds queue_wait) {
    HttpsServer::Options options;
    options.gate = {.in_flight = 1, .queue = queue, .queue_wait = queue_wait};
    server_.emplace(std::move(options), [this](const HttpRequest& request) {
      door_.Pass();
      return Echo(request);
    });
    first_ = server_->Connect();
    ASSERT_TRUE(first_->Send(Post("/validate", "1")));
    ASSERT_TRUE(server_->WaitUntil(
        [](const TransportStats& stats) { return stats.in_flight == 1; }));
  }

  Door door_;
  std::optional<TestServer> server_;
  std::unique_ptr<TestClient> first_;
};

// To where there may be room.
TEST_F(HttpsServerOverload, LeadsAConnectionThatFindsNoRoomAwayNowAndThen) {
  ASSERT_NO_FATAL_FAILURE(Begin(0, test::kPatience));
  const auto second = server_->Connect();
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
  door_.Open();
  EXPECT_EQ(first_->Read()->body, "1");
}

TEST_F(HttpsServerOverload, QueuesALittleAndShedsTheRest) {
  ASSERT_NO_FATAL_FAILURE(Begin(1, test::kPatience));
  const auto second = server_->Connect();
  ASSERT_TRUE(second->Send(Post("/validate", "2")));
  ASSERT_TRUE(server_->WaitUntil(
      [](const TransportStats& stats) { return stats.queued == 1; }));
  const auto third = server_->Connect();
  const auto shed = third->Exchange(Post("/validate", "3"));
  ASSERT_TRUE(shed);
  EXPECT_EQ(shed->status, 503);
  EXPECT_TRUE(shed->Has("Retry-After: 1"));
  EXPECT_EQ(server_->tally().count("queue_full"), 1);
  door_.Open();
  EXPECT_EQ(first_->Read()->body, "1");
  EXPECT_EQ(second->Read()->body, "2");
  // A handshake would cost more than the answer: it stays, and comes again.
  EXPECT_FALSE(shed->Has("Connection: close"));
  EXPECT_EQ(third->Exchange(Post("/validate", "3"))->body, "3");
  EXPECT_TRUE(server_->WaitUntil(
      [](const TransportStats& stats) { return stats.in_flight == 0; }));
}

TEST_F(HttpsServerOverload, ShedsWhatWaitedTooLong) {
  ASSERT_NO_FATAL_FAILURE(Begin(4, milliseconds(50)));
  const auto second = server_->Connect();
  const auto shed = second->Exchange(Post("/validate", "2"));
  ASSERT_TRUE(shed);
  EXPECT_EQ(shed->status, 503);
  EXPECT_TRUE(shed->Has("Retry-After: 1"));
  EXPECT_EQ(server_->tally().count("queue_timeout"), 1);
  door_.Open();
  EXPECT_EQ(first_->Read()->body, "1");
}

TEST(HttpsServerBodies, LimitsTheSumOfBodies) {
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

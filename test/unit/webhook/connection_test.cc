#include "webhook/connection.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <memory>

#include "test/unit/webhook/test_server.h"

namespace meshvet::webhook {
namespace {

// The server's end of a connection that nobody but the test drives.
class Newcomer : public ::testing::Test {
 protected:
  Newcomer() {
    std::array<int, 2> ends{};
    EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends.data()),
              0);
    client_ = ends[1];
    connection_ = std::make_unique<Connection>(
        ends[0], *certs::MakeServerContext(TestPair().identity, {}), "",
        Connection::Shared{rules_, limits_, budget_, tally_});
    SSL_set_fd(ssl_.get(), client_);
  }
  ~Newcomer() override { close(client_); }

  // Whether the client is done with its handshake.
  bool Shake() const { return SSL_connect(ssl_.get()) == 1; }

  const HeaderRules rules_;
  const ConnectionLimits limits_;
  BodyBudget budget_{0};
  Tally tally_;
  int client_ = -1;
  std::unique_ptr<Connection> connection_;

 private:
  const std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> context_{
      SSL_CTX_new(TLS_client_method()), SSL_CTX_free};

 protected:
  const std::unique_ptr<SSL, void (*)(SSL*)> ssl_{SSL_new(context_.get()),
                                                  SSL_free};
};

TEST_F(Newcomer, IsNewUntilItIsAnswered) {
  EXPECT_EQ(connection_->Advance(), Connection::Progress::kWait);
  EXPECT_TRUE(connection_->is_new());
  EXPECT_FALSE(Shake());
  EXPECT_TRUE(connection_->is_new());
  EXPECT_EQ(connection_->Advance(), Connection::Progress::kWait);
  EXPECT_FALSE(connection_->is_new());
  EXPECT_EQ(connection_->state(), Connection::State::kHandshake);
  EXPECT_TRUE(Shake());
  EXPECT_EQ(connection_->Advance(), Connection::Progress::kWait);
  EXPECT_EQ(connection_->state(), Connection::State::kIdle);
}

}  // namespace
}  // namespace meshvet::webhook

#include "webhook/event_poll.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <vector>

namespace meshvet::webhook {
namespace {

using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

// Two ends of a connection.
class Pair {
 public:
  Pair() { EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, ends_.data()), 0); }
  ~Pair() {
    close(ends_[0]);
    close(ends_[1]);
  }
  Pair(const Pair&) = delete;
  Pair& operator=(const Pair&) = delete;

  int fd() const { return ends_[0]; }
  void Say() const { EXPECT_EQ(write(ends_[1], "x", 1), 1); }

 private:
  std::array<int, 2> ends_{};
};

std::vector<Ticket> Hear(const EventPoll& poll, size_t count) {
  std::vector<Ticket> tickets;
  while (tickets.size() < count) tickets.push_back(poll.Wait().ticket);
  return tickets;
}

// Whatever is added can be written to, which is an event.
TEST(EventPoll, GivesAllNewcomersOnePlaceAmongTheEstablished) {
  const EventPoll poll;
  const std::array<Pair, 3> newcomers;
  const std::array<Pair, 3> established;
  for (Ticket i = 0; i < 3; ++i) {
    ASSERT_TRUE(poll.AddNewcomer(newcomers[i].fd(), i));
  }
  for (Ticket i = 0; i < 3; ++i) {
    ASSERT_TRUE(poll.AddNewcomer(established[i].fd(), 10 + i));
    ASSERT_TRUE(poll.Establish(established[i].fd(), 10 + i));
  }
  std::vector<Ticket> round = Hear(poll, 4);
  std::ranges::sort(round);
  EXPECT_THAT(round, ElementsAre(0, 10, 11, 12));
  EXPECT_THAT(Hear(poll, 2), ElementsAre(1, 2));
}

TEST(EventPoll, TellsOfEachEventOnce) {
  const EventPoll poll;
  const Pair first;
  const Pair second;
  ASSERT_TRUE(poll.AddNewcomer(first.fd(), 1));
  ASSERT_TRUE(poll.AddNewcomer(second.fd(), 2));
  ASSERT_TRUE(poll.Establish(second.fd(), 2));
  EXPECT_THAT(Hear(poll, 2), UnorderedElementsAre(1, 2));
  first.Say();
  EXPECT_THAT(Hear(poll, 1), ElementsAre(1));
  second.Say();
  EXPECT_THAT(Hear(poll, 1), ElementsAre(2));
}

// It may have come with the last flight of the handshake.
TEST(EventPoll, TellsAgainOfWhatHappenedBeforeOneIsEstablished) {
  const EventPoll poll;
  const Pair pair;
  pair.Say();
  ASSERT_TRUE(poll.AddNewcomer(pair.fd(), 1));
  EXPECT_NE(poll.Wait().events & EPOLLIN, 0U);
  ASSERT_TRUE(poll.Establish(pair.fd(), 1));
  EXPECT_NE(poll.Wait().events & EPOLLIN, 0U);
}

TEST(EventPoll, TellsOfASignalAsLongAsItIsUp) {
  const EventPoll poll;
  const Pair signal;
  signal.Say();
  ASSERT_TRUE(poll.AddSignal(signal.fd(), 7));
  EXPECT_THAT(Hear(poll, 3), ElementsAre(7, 7, 7));
}

TEST(EventPoll, RefusesWhatIsNoConnection) {
  const EventPoll poll;
  EXPECT_FALSE(poll.AddNewcomer(-1, 1));
  EXPECT_FALSE(poll.Establish(-1, 1));
}

}  // namespace
}  // namespace meshvet::webhook

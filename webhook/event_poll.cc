#include "webhook/event_poll.h"

#include <sys/epoll.h>
#include <unistd.h>

namespace meshvet::webhook {
namespace {

constexpr std::uint32_t kEdges = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
// No ticket: there are not as many connections.
constexpr Ticket kNewcomers = ~Ticket{1};

bool Add(int poll, int fd, std::uint32_t events, Ticket ticket) {
  epoll_event event{};
  event.events = events;
  event.data.u64 = ticket;
  return epoll_ctl(poll, EPOLL_CTL_ADD, fd, &event) == 0;
}

}  // namespace

EventPoll::EventPoll()
    : established_(epoll_create1(EPOLL_CLOEXEC)),
      newcomers_(epoll_create1(EPOLL_CLOEXEC)) {
  // Not by edges: what is reported goes to the end of the ready list and is
  // reported again in the next round, as long as there is a newcomer
  // (epoll(7); fs/eventpoll.c, ep_send_events).
  Add(established_, newcomers_, EPOLLIN, kNewcomers);
}

EventPoll::~EventPoll() {
  close(newcomers_);
  close(established_);
}

bool EventPoll::AddNewcomer(int fd, Ticket ticket) const {
  return Add(newcomers_, fd, kEdges, ticket);
}

bool EventPoll::Establish(int fd, Ticket ticket) const {
  epoll_ctl(newcomers_, EPOLL_CTL_DEL, fd, nullptr);
  return Add(established_, fd, kEdges, ticket);
}

bool EventPoll::AddSignal(int fd, Ticket ticket) const {
  return Add(established_, fd, EPOLLIN, ticket);
}

EventPoll::Event EventPoll::Wait() const {
  epoll_event event{};
  while (true) {
    if (epoll_wait(established_, &event, 1, -1) != 1) continue;
    if (event.data.u64 == kNewcomers &&
        epoll_wait(newcomers_, &event, 1, 0) != 1) {
      continue;  // another thread was faster
    }
    return {event.data.u64, event.events};
  }
}

}  // namespace meshvet::webhook

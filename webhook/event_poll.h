// File: webhook/event_poll.h
//
// EventPoll: what waits for the serving threads, in an epoll: connections that
// are established, and the newcomers that still shake hands.
//
// A handshake costs several times what a review does. An API server opens a
// connection for every call that finds none idle, so a server that is late gets
// more of them and becomes later still; and half of the calls they were opened
// for will be made on a connection that became idle meanwhile. All newcomers
// together therefore have one place in the round in which each established
// connection has one. Who has been answered is no newcomer any more: what is
// left of its handshake is cheap, and would wait behind all first flights.
//
// Thread-safe. Edge-triggered: whoever is told of a ticket does all there is to
// do.

#ifndef MESHVET_WEBHOOK_EVENT_POLL_H_
#define MESHVET_WEBHOOK_EVENT_POLL_H_

#include <cstdint>

#include "webhook/connection_table.h"

namespace meshvet::webhook {

class EventPoll {
 public:
  struct Event {
    Ticket ticket;
    std::uint32_t events;  // as epoll's
  };

  EventPoll();
  ~EventPoll();
  EventPoll(const EventPoll&) = delete;
  EventPoll& operator=(const EventPoll&) = delete;

  // False if the system lacks what it takes. A closed fd leaves by itself.
  bool AddNewcomer(int fd, Ticket ticket) const;
  // A newcomer has been answered. What happened to it before is told again.
  bool Establish(int fd, Ticket ticket) const;
  // Told to every thread, again and again, as long as it is readable.
  bool AddSignal(int fd, Ticket ticket) const;

  Event Wait() const;

 private:
  const int established_;
  const int newcomers_;
};

}  // namespace meshvet::webhook

#endif  // MESHVET_WEBHOOK_EVENT_POLL_H_

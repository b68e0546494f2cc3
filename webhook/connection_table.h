// File: webhook/connection_table.h
//
// ConnectionTable: all connections of a server, and who may touch them.
//
// Any thread that hears of a connection claims it by its ticket; only one has
// it at a time, and what happens meanwhile is noted for it:
//
//   if (Connection* c = table.Claim(ticket, events)) {
//     do { …c->Advance()… } while (!table.Park(ticket));   // or Remove()
//   }
//
// A ticket is an index and a generation, so one that outlived its connection
// claims nothing. This is what lets the sockets stay in epoll edge-triggered
// without EPOLLONESHOT: no epoll_ctl per request.
//
// Thread-safe.

#ifndef MESHVET_WEBHOOK_CONNECTION_TABLE_H_
#define MESHVET_WEBHOOK_CONNECTION_TABLE_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "webhook/connection.h"

namespace meshvet::webhook {

using Ticket = std::uint64_t;

class ConnectionTable {
 public:
  explicit ConnectionTable(std::size_t capacity);

  bool full() const { return size_ >= capacity_; }
  std::size_t size() const { return size_; }

  // Nothing if there is no room.
  std::optional<Ticket> Insert(std::unique_ptr<Connection> connection);

  // The connection, if it is there and nobody has it; else its owner will find
  // `events` (of epoll) when he wants to part with it.
  Connection* Claim(Ticket ticket, std::uint32_t events);

  // The connection of a ticket the caller has claimed already.
  Connection* Owned(Ticket ticket) { return SlotOf(ticket).connection.get(); }

  // Gives it back. False if something happened meanwhile: go on with it.
  bool Park(Ticket ticket);

  // Destroys a claimed connection.
  void Remove(Ticket ticket);

  // Claims every parked connection that `wanted` picks and hands its ticket to
  // `use`, which has to Park or Remove it.
  void ForEachParked(const std::function<bool(const Connection&)>& wanted,
                     const std::function<void(Ticket, Connection&)>& use);

  // Fills in how many connections are in which state.
  void Count(TransportStats* stats);

 private:
  struct Slot {
    std::mutex mutex;
    std::unique_ptr<Connection> connection;
    std::uint32_t generation = 0;
    std::uint32_t events = 0;
    bool busy = false;
  };

  Slot& SlotOf(Ticket ticket) { return slots_[ticket & 0xFFFFFFFFU]; }
  static void Note(Slot* slot);

  const std::size_t capacity_;
  const std::unique_ptr<Slot[]> slots_;
  std::atomic<std::size_t> size_ = 0;
  std::atomic<std::size_t> ever_used_ = 0;  // slots behind it never were
  std::mutex free_mutex_;
  std::vector<std::uint32_t> free_;
};

}  // namespace meshvet::webhook

#endif  // MESHVET_WEBHOOK_CONNECTION_TABLE_H_

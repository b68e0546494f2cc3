#include "webhook/connection_table.h"

#include <sys/epoll.h>

#include <utility>

namespace meshvet::webhook {
namespace {

constexpr std::uint32_t kEndEvents = EPOLLRDHUP | EPOLLHUP | EPOLLERR;

std::uint32_t Generation(Ticket ticket) {
  return static_cast<std::uint32_t>(ticket >> 32U);
}

Ticket MakeTicket(std::size_t index, std::uint32_t generation) {
  return (Ticket{generation} << 32U) | index;
}

void CountState(Connection::State state, TransportStats* stats) {
  switch (state) {
    case Connection::State::kHandshake:
      ++stats->handshaking;
      break;
    case Connection::State::kIdle:
      ++stats->idle;
      break;
    case Connection::State::kClosing:
      ++stats->closing;
      break;
    default:
      ++stats->active;
  }
}

}  // namespace

ConnectionTable::ConnectionTable(std::size_t capacity)
    : capacity_(capacity), slots_(std::make_unique<Slot[]>(capacity)) {
  free_.reserve(capacity);  // what ends needs no memory for it
}

std::optional<Ticket> ConnectionTable::Insert(
    std::unique_ptr<Connection> connection) {
  std::size_t index = 0;
  {
    const std::scoped_lock lock(free_mutex_);
    if (!free_.empty()) {
      index = free_.back();
      free_.pop_back();
    } else if (ever_used_ < capacity_) {
      index = ever_used_++;
    } else {
      return std::nullopt;
    }
  }
  ++size_;
  Slot& slot = slots_[index];
  const std::scoped_lock lock(slot.mutex);
  slot.connection = std::move(connection);
  slot.events = 0;
  return MakeTicket(index, slot.generation);
}

void ConnectionTable::Note(Slot* slot) {
  if ((slot->events & kEndEvents) != 0) slot->connection->set_peer_ended();
  slot->events = 0;
}

Connection* ConnectionTable::Claim(Ticket ticket, std::uint32_t events) {
  Slot& slot = SlotOf(ticket);
  const std::scoped_lock lock(slot.mutex);
  if (slot.generation != Generation(ticket) || slot.connection == nullptr) {
    return nullptr;
  }
  slot.events |= events;
  if (slot.busy) return nullptr;
  slot.busy = true;
  Note(&slot);
  return slot.connection.get();
}

bool ConnectionTable::Park(Ticket ticket) {
  Slot& slot = SlotOf(ticket);
  const std::scoped_lock lock(slot.mutex);
  slot.busy = slot.events != 0;
  Note(&slot);
  return !slot.busy;
}

void ConnectionTable::Remove(Ticket ticket) {
  Slot& slot = SlotOf(ticket);
  std::unique_ptr<Connection> dead;
  {
    const std::scoped_lock lock(slot.mutex);
    dead = std::move(slot.connection);
    slot.busy = false;
    ++slot.generation;
  }
  dead.reset();
  const std::scoped_lock lock(free_mutex_);
  free_.push_back(static_cast<std::uint32_t>(ticket));
  --size_;
}

void ConnectionTable::ForEachParked(
    const std::function<bool(const Connection&)>& wanted,
    const std::function<void(Ticket, Connection&)>& use) {
  const std::size_t end = ever_used_;
  for (std::size_t index = 0; index < end; ++index) {
    Slot& slot = slots_[index];
    std::unique_lock lock(slot.mutex);
    if (slot.connection == nullptr || slot.busy || !wanted(*slot.connection)) {
      continue;
    }
    slot.busy = true;
    const Ticket ticket = MakeTicket(index, slot.generation);
    Connection& connection = *slot.connection;
    lock.unlock();
    use(ticket, connection);
  }
}

void ConnectionTable::Count(TransportStats* stats) {
  const std::size_t end = ever_used_;
  for (std::size_t index = 0; index < end; ++index) {
    Slot& slot = slots_[index];
    const std::scoped_lock lock(slot.mutex);
    if (slot.connection == nullptr) continue;
    if (slot.busy) {
      ++stats->active;
    } else {
      CountState(slot.connection->state(), stats);
    }
  }
}

}  // namespace meshvet::webhook

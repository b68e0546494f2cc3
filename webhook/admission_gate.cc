#include "webhook/admission_gate.h"

namespace meshvet::webhook {

AdmissionGate::AdmissionGate(const Limits& limits) : limits_(limits) {
  queue_.reserve(limits.queue);
}

AdmissionGate::Entry AdmissionGate::Enter(Ticket ticket,
                                          Clock::time_point now) {
  const std::scoped_lock lock(mutex_);
  if (in_flight_ < limits_.in_flight) {
    ++in_flight_;
    return Entry::kRun;
  }
  if (queue_.size() >= limits_.queue) return Entry::kFull;
  queue_.push_back({ticket, now + limits_.queue_wait});
  return Entry::kQueued;
}

std::optional<Ticket> AdmissionGate::Leave() {
  const std::scoped_lock lock(mutex_);
  if (queue_.empty()) {
    --in_flight_;
    return std::nullopt;
  }
  const Ticket next = queue_.front().ticket;
  queue_.erase(queue_.begin());
  return next;
}

std::optional<Ticket> AdmissionGate::TakeExpired(Clock::time_point now) {
  const std::scoped_lock lock(mutex_);
  if (queue_.empty() || queue_.front().until > now) return std::nullopt;
  const Ticket expired = queue_.front().ticket;
  queue_.erase(queue_.begin());
  return expired;
}

std::size_t AdmissionGate::in_flight() const {
  const std::scoped_lock lock(mutex_);
  return in_flight_;
}

std::size_t AdmissionGate::queued() const {
  const std::scoped_lock lock(mutex_);
  return queue_.size();
}

}  // namespace meshvet::webhook

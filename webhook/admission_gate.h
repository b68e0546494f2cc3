// File: webhook/admission_gate.h
//
// AdmissionGate: how many requests may be in the handler, and a short line for
// those that wait. A request whose turn does not come soon is better answered
// 503 with Retry-After, which the API server obeys inside its own deadline
// (client-go, rest/with_retry.go), than kept until nobody wants the answer.
//
// First come, first served. Thread-safe.

#ifndef MESHVET_WEBHOOK_ADMISSION_GATE_H_
#define MESHVET_WEBHOOK_ADMISSION_GATE_H_

#include <chrono>
#include <cstddef>
#include <mutex>
#include <optional>
#include <vector>

#include "webhook/connection_table.h"

namespace meshvet::webhook {

class AdmissionGate {
 public:
  struct Limits {
    std::size_t in_flight = 16;
    std::size_t queue = 64;
    std::chrono::milliseconds queue_wait{1'000};
  };
  enum class Entry { kRun, kQueued, kFull };

  explicit AdmissionGate(const Limits& limits);

  // kRun: call Leave() when done. kQueued: Leave() of another or TakeExpired()
  // will return the ticket. Needs no memory, as nothing here does.
  Entry Enter(Ticket ticket, Clock::time_point now);

  // The next in line; it has the leaver's place and must Leave() too.
  std::optional<Ticket> Leave();

  // One that has waited too long, if there is any.
  std::optional<Ticket> TakeExpired(Clock::time_point now);

  std::size_t in_flight() const;
  std::size_t queued() const;

 private:
  struct Waiting {
    Ticket ticket;
    Clock::time_point until;
  };

  const Limits limits_;
  mutable std::mutex mutex_;
  std::size_t in_flight_ = 0;
  std::vector<Waiting> queue_;  // in order; has its room from the start
};

}  // namespace meshvet::webhook

#endif  // MESHVET_WEBHOOK_ADMISSION_GATE_H_

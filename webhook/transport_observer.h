// File: webhook/transport_observer.h
//
// What the transport tells of itself while it works: implemented by Metrics
// and by whoever logs. Calls come from any of the server's threads, must be
// quick and must not throw. `reason` is always one of a few literals.

#ifndef MESHVET_WEBHOOK_TRANSPORT_OBSERVER_H_
#define MESHVET_WEBHOOK_TRANSPORT_OBSERVER_H_

#include <cstddef>
#include <string_view>

namespace meshvet::webhook {

// One moment of a server, for gauges and liveness.
struct TransportStats {
  std::size_t handshaking = 0;
  std::size_t idle = 0;
  std::size_t active = 0;  // reading, waiting for a turn, handling, writing
  std::size_t closing = 0;
  std::size_t in_flight = 0;  // requests in the handler
  std::size_t queued = 0;
  std::size_t body_bytes = 0;  // reserved for bodies in flight
  // Seconds since the listener last went round, and since the oldest request
  // now in the handler entered it (0 if none).
  double listener_age = 0;
  double longest_handler = 0;
};

class TransportObserver {
 public:
  virtual ~TransportObserver() = default;

  // An answer of 400 or above, the handler's own included.
  virtual void OnHttpError(int /*status*/) {}
  // A request or connection turned away: "queue_full", "queue_timeout",
  // "body_budget", "connections", "memory".
  virtual void OnShed(std::string_view /*reason*/) {}
  // "timeout", "closed", "protocol", "client_certificate", "no_certificate".
  virtual void OnTlsHandshakeError(std::string_view /*reason*/) {}
  // An exception of the handler, for the log.
  virtual void OnHandlerException(std::string_view /*what*/) {}
  // accept() failed with this errno; the listener pauses and goes on.
  virtual void OnAcceptError(int /*error*/) {}
};

}  // namespace meshvet::webhook

#endif  // MESHVET_WEBHOOK_TRANSPORT_OBSERVER_H_

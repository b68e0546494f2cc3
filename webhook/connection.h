// File: webhook/connection.h
//
// Connection: the life of one client connection as a state machine that never
// waits. Whoever finds its socket ready calls Advance(); when a whole request
// is in memory, Advance() says so, the caller lets somebody answer it and calls
// Respond(), then Advance() again.
//
//   handshake → idle ⇄ head → body → request → writing → idle
//                                                    ↘ closing → gone
//
// A slow client thus holds memory for what it sent, but never a thread. Each
// state has an absolute deadline: the whole request, not each read, must be in
// before it.
//
// Not thread-safe; the owner of its slot drives it (connection_table.h).

#ifndef MESHVET_WEBHOOK_CONNECTION_H_
#define MESHVET_WEBHOOK_CONNECTION_H_

#include <atomic>
#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

#include "webhook/header_reader.h"
#include "webhook/http_message.h"
#include "webhook/tls_stream.h"
#include "webhook/transport_observer.h"

namespace meshvet::webhook {

using Clock = std::chrono::steady_clock;

// The memory that bodies in flight may take together.
class BodyBudget {
 public:
  explicit BodyBudget(std::size_t limit) : limit_(limit) {}

  bool Take(std::size_t bytes) {
    if (used_.fetch_add(bytes) + bytes <= limit_) return true;
    used_.fetch_sub(bytes);
    return false;
  }
  void Give(std::size_t bytes) { used_.fetch_sub(bytes); }
  std::size_t used() const { return used_; }

 private:
  const std::size_t limit_;
  std::atomic<std::size_t> used_ = 0;
};

struct ConnectionLimits {
  std::chrono::milliseconds handshake{10'000};
  std::chrono::milliseconds idle{120'000};
  std::chrono::milliseconds request{10'000};
  std::chrono::milliseconds write{10'000};
  std::chrono::milliseconds linger{1'000};
  std::size_t linger_bytes = std::size_t{64} << 20U;
};

class Connection {
 public:
  enum class State {
    kHandshake,
    kIdle,
    kReading,
    kRequest,
    kWriting,
    kClosing
  };
  enum class Progress { kWait, kRequest, kGone };

  // What all connections of a server share; outlives them.
  struct Shared {
    const HeaderRules& rules;
    const ConnectionLimits& limits;
    BodyBudget& budget;
    TransportObserver& observer;
  };

  // Takes `fd`, whatever comes.
  Connection(int fd, certs::TlsContextPtr context, std::string remote,
             const Shared& shared) noexcept;
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Does all that can be done now.
  Progress Advance();

  // The request of kRequest. Its views live until Respond().
  HttpRequest request() const;
  bool keep_alive() const { return reader_.head().keep_alive; }
  std::size_t requests() const { return requests_; }
  Clock::time_point accepted() const { return accepted_; }
  // 0.8 to 1.2, drawn once: connections made together must not end together.
  double age_factor() const { return age_factor_; }

  // The complete response to the request; `last` ends the connection.
  void Respond(std::string response, bool last);

  // There is no room for the request: the client may come again with it, on
  // this connection unless it is the `last`.
  void PutOff(bool last);

  // An answer of our own instead, the last one.
  void Refuse(const Refusal& refusal);

  // Past its deadline: what the state asks for is done; then Advance().
  void Expire();

  // It is between requests, and no byte of another has arrived.
  bool IsIdle() const;
  // Sends an idle client elsewhere. A request may be on its way already, and an
  // API server does not repeat a call whose connection just ends; so the last
  // thing it hears is an answer that tells it to (503 with `Retry-After: 0`:
  // client-go, rest/with_retry.go). A client that waits for none ignores it and
  // closes (RFC 9112, section 9.2; Go's net/http does).
  void Dismiss();
  // Says goodbye and goes on to kClosing.
  void Close();

  int fd() const { return stream_.fd(); }
  State state() const { return state_; }
  // Its handshake has not got as far as an answer.
  bool is_new() const {
    return state_ == State::kHandshake && !stream_.has_spoken();
  }
  // Nothing is left to do but to wait for the client's end.
  bool has_said_all() const { return state_ == State::kClosing; }
  Clock::time_point deadline() const { return deadline_; }
  void set_peer_ended() { stream_.set_peer_ended(); }

 private:
  Progress Handshake();
  Progress ReadMore();
  Progress ParseHead();
  Progress ParseBody();
  Progress Write();
  Progress Linger();
  void WriteLast(const Refusal& refusal);
  void EnterIdle();
  void EnterReading();
  void ForgetRequest();

  const Shared shared_;
  TlsStream stream_;
  const std::string remote_;
  const Clock::time_point accepted_;
  const double age_factor_;
  std::string client_name_;
  State state_ = State::kHandshake;
  Clock::time_point deadline_;
  Clock::time_point request_began_;
  HeaderReader reader_;
  bool head_done_ = false;
  bool last_ = false;
  bool expired_ = false;
  std::string input_;  // the request from its first byte, and what follows
  std::string output_;
  std::size_t written_ = 0;
  std::size_t charged_ = 0;
  std::size_t discarded_ = 0;
  std::size_t requests_ = 0;
};

}  // namespace meshvet::webhook

#endif  // MESHVET_WEBHOOK_CONNECTION_H_

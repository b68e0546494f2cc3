// File: cluster/transport.h
//
// Transport: a connection to an API server, plain or TLS, as bytes. Each call
// ends by its deadline, and at once when the stop signal is raised; each
// deadline is for the whole call, however slowly the other side drips.
//
//   auto transport = Transport::Connect("10.0.0.1", 6443, tls, deadline, stop);
//   if (auto error = (*transport)->Write(request, deadline)) …
//   Result<size_t> count = (*transport)->Read(room, deadline);
//
// Belongs to one thread. After an error it is of no more use.

#ifndef MESHVET_CLUSTER_TRANSPORT_H_
#define MESHVET_CLUSTER_TRANSPORT_H_

#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "cluster/stop_signal.h"
#include "cluster/tls_client.h"
#include "mesh/result.h"

namespace meshvet::cluster {

using Deadline = std::chrono::steady_clock::time_point;

class Transport {
 public:
  // `tls` may be null: plain text. `stop` must outlive the transport. The name
  // is looked up by getaddrinfo, which the deadline does not bound. Error.where
  // is "host:port".
  static Result<std::unique_ptr<Transport>> Connect(
      const std::string& host, int port, std::shared_ptr<const TlsClient> tls,
      Deadline deadline, const StopSignal& stop);

  ~Transport();
  Transport(const Transport&) = delete;
  Transport& operator=(const Transport&) = delete;

  std::optional<Error> Write(std::string_view bytes, Deadline deadline);
  // At least one byte into `room`; 0 at the end of the stream.
  Result<size_t> Read(std::span<char> room, Deadline deadline);
  // Whether the other side has neither said anything unasked nor hung up.
  bool IsQuiet() const;

 private:
  struct Ssl;

  Transport(int fd, const StopSignal& stop);
  std::optional<Error> Handshake(const TlsClient& tls, Deadline deadline);
  // Until the socket is ready for `events`.
  std::optional<Error> Await(short events, Deadline deadline) const;
  // Of the result of an SSL_… call: nothing if it is to be made again.
  std::optional<Error> AfterTls(int result, Deadline deadline);

  const int fd_;
  const StopSignal& stop_;
  std::shared_ptr<const TlsClient> tls_;
  std::unique_ptr<Ssl> ssl_;  // null for plain text
};

}  // namespace meshvet::cluster

#endif  // MESHVET_CLUSTER_TRANSPORT_H_

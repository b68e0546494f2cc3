// File: webhook/https_server.h
//
// HttpsServer: the transport of the admission webhook.
//
//   HttpsServer::Options options;
//   options.port = 9443;
//   options.rules.paths = {"/validate", "/mutate"};
//   options.tls = watcher->source();
//   auto server = HttpsServer::Start(std::move(options), handler, &metrics);
//   if (!server) return server.error();
//   …                            // SIGTERM:
//   (*server)->StartDrain();     // readiness fails elsewhere; wait lame-duck
//   (*server)->Stop(30s);
//
// One thread listens and watches deadlines; `gate.in_flight` + 1 threads wait
// in one EventPoll and drive whatever connection is ready. Idle, silent and
// slow connections cost memory, but no thread. A request is complete in memory
// before the handler sees it, and its response leaves in one write.
//
// Everything a client can make grow is bounded: connections, header bytes and
// lines, body, the sum of bodies, requests in flight and in line. Every refusal
// is one clean response with `Connection: close`. Overload is answered 503 with
// `Retry-After: 1`, which an API server obeys within its own deadline, mostly
// on the same connection. Newcomers shake hands when the others leave time.
//
// Thread-safe. SIGPIPE is ignored for the whole process from Start() on, and it
// may have as many files as RLIMIT_NOFILE allows at the most.

#ifndef MESHVET_WEBHOOK_HTTPS_SERVER_H_
#define MESHVET_WEBHOOK_HTTPS_SERVER_H_

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>

#include "certs/tls_context.h"
#include "mesh/result.h"
#include "webhook/admission_gate.h"
#include "webhook/connection.h"
#include "webhook/header_reader.h"
#include "webhook/http_message.h"
#include "webhook/transport_observer.h"

namespace meshvet::webhook {

class HttpsServer {
 public:
  struct Options {
    std::string host;  // empty: all addresses of both families
    int port = 0;      // 0: any free one, see port()
    // Asked once for each connection; without it the server speaks plain HTTP
    // (OpsServer does).
    certs::TlsContextSource tls;
    HeaderRules rules;
    ConnectionLimits limits;
    AdmissionGate::Limits gate;
    // At most half of the files the process may have, so that it can be probed
    // and can read its policy whoever connects.
    std::size_t max_connections = 4096;
    // Leaves a container of 256 MiB room for all else.
    std::size_t max_body_bytes_in_flight = std::size_t{128} << 20U;
    // A connection older than this +-20 %, or with more requests, is asked to
    // go, so that new replicas get their share of an API server's calls.
    std::chrono::milliseconds max_age{300'000};
    std::size_t max_requests = 100'000;
    // Threads that wait for events, one for each processor: of two on one, the
    // first would be descheduled in the middle of a review, and who waits for
    // that waits long. More are seated while all are held up.
    std::size_t seats = 2;
    std::string thread_name = "webhook";  // at most 15 characters
  };

  // Binds, and serves as soon as it returns. `observer` may be null and must
  // else outlive the server. Error.where is "host:port".
  static Result<std::unique_ptr<HttpsServer>> Start(
      Options options, HttpHandler handler,
      TransportObserver* observer = nullptr);

  // As Stop(0).
  ~HttpsServer();
  HttpsServer(const HttpsServer&) = delete;
  HttpsServer& operator=(const HttpsServer&) = delete;

  int port() const;
  TransportStats stats() const;

  // From now on every response ends its connection; new ones are still taken.
  void StartDrain();

  // Takes the connections that wait, closes the port, sends the clients of idle
  // connections elsewhere, and lets what has begun come to its end for at most
  // `grace`; then closes what is left, but waits for handlers, which have
  // deadlines of their own.
  // True if all came to their end in time.
  bool Stop(std::chrono::milliseconds grace);

 private:
  class Impl;
  explicit HttpsServer(std::unique_ptr<Impl> impl);

  std::unique_ptr<Impl> impl_;
};

}  // namespace meshvet::webhook

#endif  // MESHVET_WEBHOOK_HTTPS_SERVER_H_

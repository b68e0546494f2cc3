// File: webhook/listener.h
//
// Listener: a listening TCP socket that survives what accept() may say.
//
// Non-blocking, backlog 4096 (bursts of API server connections), TCP_NODELAY
// and keepalive (inherited by accepted sockets), SO_REUSEADDR and not
// SO_REUSEPORT, which would let a second instance take half of the connections
// without anybody noticing.

#ifndef MESHVET_WEBHOOK_LISTENER_H_
#define MESHVET_WEBHOOK_LISTENER_H_

#include <memory>
#include <string>

#include "mesh/result.h"

namespace meshvet::webhook {

class Listener {
 public:
  // `host` empty: all addresses of both families. `port` 0: any free one.
  // Error.where is "host:port".
  static Result<std::unique_ptr<Listener>> Open(const std::string& host,
                                                int port);

  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  int fd() const { return fd_; }
  int port() const { return port_; }

  struct Accepted {
    int fd = -1;    // a non-blocking socket, the caller's to close
    int error = 0;  // errno if there is none; EAGAIN: nobody waits
  };
  Accepted Accept() const;

  // Whether the next accept() should wait for resources to come back. False
  // for errors of one connection, as an ECONNABORTED (accept(2), "Error
  // handling").
  static bool NeedsPause(int error);

 private:
  Listener(int fd, int port) : fd_(fd), port_(port) {}

  const int fd_;
  const int port_;
};

// "10.0.0.7:51234" or "[fd00::7]:51234"; empty if unknown.
std::string RemoteAddress(int fd);

}  // namespace meshvet::webhook

#endif  // MESHVET_WEBHOOK_LISTENER_H_

// File: webhook/tls_stream.h
//
// TlsStream: a non-blocking socket with TLS, or without where it is made
// without a context. Owns the descriptor.
//
// It never waits: every call does what the socket allows now. One record is
// read with one recv (read-ahead) and written with one send. Since the server
// listens to edges (EPOLLET), it must know whether the socket was emptied:
// quiet() says so.
//
// Not thread-safe; one thread at a time drives a connection.

#ifndef MESHVET_WEBHOOK_TLS_STREAM_H_
#define MESHVET_WEBHOOK_TLS_STREAM_H_

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "certs/tls_context.h"

namespace meshvet::webhook {

class TlsStream {
 public:
  enum class Io { kDone, kWait, kEnd, kFailed };

  // A null `context` means plain text.
  TlsStream(int fd, certs::TlsContextPtr context);
  int fd() const { return fd_; }
  ~TlsStream();
  TlsStream(const TlsStream&) = delete;
  TlsStream& operator=(const TlsStream&) = delete;

  // kDone at once for plain text. After kFailed, handshake_error() says why.
  Io Handshake();
  std::string_view handshake_error() const { return handshake_error_; }
  std::string ClientName() const;

  // kDone: at least one byte came or went, `*count` says how many.
  Io Read(char* data, std::size_t size, std::size_t* count);
  Io Write(std::string_view data, std::size_t* count);

  // Tells the peer that no more will come, and still reads.
  void SendEnd();

  // Throws away what has arrived, undeciphered. kWait: all for now; kDone:
  // there may be more.
  Io Discard(std::size_t* count);

  // True if nothing unread is left here or, as far as we saw, in the kernel.
  bool quiet() const;
  void set_may_have_more() { drained_ = false; }
  // epoll saw the end of the stream (EPOLLRDHUP): it will not say so again.
  void set_peer_ended() { peer_ended_ = true; }
  // The client's first flight has been answered: the costly part is done.
  bool has_spoken() const { return spoken_; }
  // Nothing was ever heard of this client.
  bool untouched() const { return ssl_ == nullptr && !HasUnread(); }
  // Bytes that the kernel holds and nobody read.
  bool HasUnread() const;

 private:
  friend struct StreamBio;

  Io Interpret(int result);
  Io PlainRead(char* data, std::size_t size, std::size_t* count);
  Io PlainWrite(std::string_view data, std::size_t* count);
  bool Open();

  const int fd_;
  const certs::TlsContextPtr context_;
  struct ssl_st* ssl_ = nullptr;
  bool spoken_ = false;
  bool drained_ = false;
  bool peer_ended_ = false;
  bool handshaken_ = false;
  bool broken_ = false;
  std::string_view handshake_error_;
};

}  // namespace meshvet::webhook

#endif  // MESHVET_WEBHOOK_TLS_STREAM_H_

#include "webhook/tls_stream.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <utility>

namespace meshvet::webhook {
namespace {

constexpr std::size_t kDiscardBytes = std::size_t{1} << 16U;

bool WouldBlock(int error) { return error == EAGAIN || error == EWOULDBLOCK; }

// Who is interrupted tries again: no edge will tell that it is time to.
template <typename Call>
ssize_t Uninterrupted(const Call& call) {
  while (true) {
    const ssize_t result = call();
    if (result >= 0 || errno != EINTR) return result;
  }
}

ssize_t Receive(int fd, char* data, std::size_t size, int flags = 0) {
  return Uninterrupted([=] { return recv(fd, data, size, flags); });
}

// A peer that went away is no reason for a signal.
ssize_t SendSome(int fd, const char* data, std::size_t size) {
  return Uninterrupted([=] { return send(fd, data, size, MSG_NOSIGNAL); });
}

std::string_view HandshakeErrorOf(SSL* ssl) {
  if (SSL_get_verify_result(ssl) != X509_V_OK) return "client_certificate";
  const unsigned long code = ERR_peek_error();
  if (code == 0 || ERR_GET_REASON(code) == SSL_R_UNEXPECTED_EOF_WHILE_READING) {
    return "closed";
  }
  return ERR_GET_REASON(code) == SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE
             ? "client_certificate"
             : "protocol";
}

}  // namespace

// Between OpenSSL and the socket: its own BIO would neither suppress SIGPIPE
// nor let us see whether a recv emptied the socket.
struct StreamBio {
  static int Read(BIO* bio, char* data, int size) {
    auto* stream = static_cast<TlsStream*>(BIO_get_data(bio));
    BIO_clear_retry_flags(bio);
    const ssize_t got =
        Receive(stream->fd_, data, static_cast<std::size_t>(size));
    stream->drained_ = got < size;
    if (got < 0 && WouldBlock(errno)) BIO_set_retry_read(bio);
    if (got == 0) BIO_set_flags(bio, BIO_FLAGS_IN_EOF);
    return static_cast<int>(got);
  }

  static int Write(BIO* bio, const char* data, int size) {
    auto* stream = static_cast<TlsStream*>(BIO_get_data(bio));
    BIO_clear_retry_flags(bio);
    const ssize_t sent =
        SendSome(stream->fd_, data, static_cast<std::size_t>(size));
    if (sent < 0 && WouldBlock(errno)) BIO_set_retry_write(bio);
    stream->spoken_ = true;
    return static_cast<int>(sent);
  }

  static long Control(BIO* bio, int command, long, void*) {
    if (command == BIO_CTRL_EOF) {
      return BIO_test_flags(bio, BIO_FLAGS_IN_EOF) != 0 ? 1 : 0;
    }
    return command == BIO_CTRL_FLUSH ? 1 : 0;
  }

  static const BIO_METHOD* Method() {
    static const std::unique_ptr<BIO_METHOD, void (*)(BIO_METHOD*)> method(
        Make(), BIO_meth_free);
    return method.get();
  }

  static BIO_METHOD* Make() {
    BIO_METHOD* method = BIO_meth_new(
        BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "meshvet socket");
    BIO_meth_set_read(method, Read);
    BIO_meth_set_write(method, Write);
    BIO_meth_set_ctrl(method, Control);
    return method;
  }
};

TlsStream::TlsStream(int fd, certs::TlsContextPtr context)
    : fd_(fd), context_(std::move(context)) {}

TlsStream::~TlsStream() {
  SSL_free(ssl_);
  close(fd_);
}

// Only once the client has said something: a silent connection costs nothing.
bool TlsStream::Open() {
  ssl_ = SSL_new(context_->native());
  BIO* bio = ssl_ == nullptr ? nullptr : BIO_new(StreamBio::Method());
  if (bio == nullptr) return false;
  BIO_set_data(bio, this);
  BIO_set_init(bio, 1);
  SSL_set_bio(ssl_, bio, bio);
  SSL_set_accept_state(ssl_);
  return true;
}

TlsStream::Io TlsStream::Handshake() {
  if (handshaken_ || context_ == nullptr) return Io::kDone;
  if (ssl_ == nullptr && !HasUnread()) {
    char byte = 0;
    if (Receive(fd_, &byte, 1, MSG_PEEK) == 0) {
      handshake_error_ = "closed";
      return Io::kFailed;
    }
    return Io::kWait;
  }
  if (ssl_ == nullptr && !Open()) {
    handshake_error_ = "protocol";
    return Io::kFailed;
  }
  ERR_clear_error();
  const int result = SSL_do_handshake(ssl_);
  if (result == 1) {
    handshaken_ = true;
    return Io::kDone;
  }
  const int error = SSL_get_error(ssl_, result);
  if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) {
    return Io::kWait;
  }
  handshake_error_ = HandshakeErrorOf(ssl_);
  broken_ = true;
  ERR_clear_error();
  return Io::kFailed;
}

std::string TlsStream::ClientName() const {
  return ssl_ == nullptr ? std::string() : certs::ClientName(ssl_, *context_);
}

TlsStream::Io TlsStream::Interpret(int result) {
  switch (SSL_get_error(ssl_, result)) {
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE:
      return Io::kWait;
    case SSL_ERROR_ZERO_RETURN:
      return Io::kEnd;
    default:
      broken_ = true;
      ERR_clear_error();
      return Io::kFailed;
  }
}

TlsStream::Io TlsStream::Read(char* data, std::size_t size,
                              std::size_t* count) {
  *count = 0;
  if (context_ == nullptr) return PlainRead(data, size, count);
  ERR_clear_error();
  const int result = SSL_read_ex(ssl_, data, size, count);
  return result == 1 ? Io::kDone : Interpret(result);
}

TlsStream::Io TlsStream::Write(std::string_view data, std::size_t* count) {
  *count = 0;
  if (context_ == nullptr) return PlainWrite(data, count);
  ERR_clear_error();
  const int result = SSL_write_ex(ssl_, data.data(), data.size(), count);
  return result == 1 ? Io::kDone : Interpret(result);
}

TlsStream::Io TlsStream::PlainRead(char* data, std::size_t size,
                                   std::size_t* count) {
  const ssize_t got = Receive(fd_, data, size);
  drained_ = got < static_cast<ssize_t>(size);
  if (got == 0) return Io::kEnd;
  if (got < 0) return WouldBlock(errno) ? Io::kWait : Io::kFailed;
  *count = static_cast<std::size_t>(got);
  return Io::kDone;
}

TlsStream::Io TlsStream::PlainWrite(std::string_view data, std::size_t* count) {
  const ssize_t sent = SendSome(fd_, data.data(), data.size());
  if (sent < 0) return WouldBlock(errno) ? Io::kWait : Io::kFailed;
  *count = static_cast<std::size_t>(sent);
  return Io::kDone;
}

void TlsStream::SendEnd() {
  if (handshaken_ && !broken_) {
    ERR_clear_error();
    SSL_shutdown(ssl_);
    ERR_clear_error();
  }
  shutdown(fd_, SHUT_WR);
}

// MSG_TRUNC makes TCP drop the bytes without copying them (tcp(7)).
TlsStream::Io TlsStream::Discard(std::size_t* count) {
  const ssize_t got = Receive(fd_, nullptr, kDiscardBytes, MSG_TRUNC);
  *count = got > 0 ? static_cast<std::size_t>(got) : 0;
  if (got == 0) return Io::kEnd;
  if (got < 0) return WouldBlock(errno) ? Io::kWait : Io::kFailed;
  return Io::kDone;
}

bool TlsStream::quiet() const {
  return drained_ && !peer_ended_ &&
         (ssl_ == nullptr || SSL_has_pending(ssl_) == 0);
}

bool TlsStream::HasUnread() const {
  int unread = 0;
  return ioctl(fd_, FIONREAD, &unread) == 0 && unread > 0;
}

}  // namespace meshvet::webhook

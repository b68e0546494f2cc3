#include "cluster/transport.h"

#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

namespace meshvet::cluster {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

struct FreeAddresses {
  void operator()(addrinfo* list) const { freeaddrinfo(list); }
};
using Addresses = std::unique_ptr<addrinfo, FreeAddresses>;

Error SystemError(const std::string& what) {
  return {what + ": " + std::generic_category().message(errno)};
}

// A peer that is gone without a word is noticed within a minute: a watch may
// rightly be silent for longer.
void Tune(int fd) {
  const int on = 1;
  const int idle_seconds = 30;
  const int interval_seconds = 10;
  const int probes = 3;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
  setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &idle_seconds,
             sizeof(idle_seconds));
  setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, &interval_seconds,
             sizeof(interval_seconds));
  setsockopt(fd, IPPROTO_TCP, TCP_KEEPCNT, &probes, sizeof(probes));
}

}  // namespace

struct Transport::Ssl {
  explicit Ssl(SSL* connection) : native(connection) {}
  ~Ssl() { SSL_free(native); }
  Ssl(const Ssl&) = delete;
  Ssl& operator=(const Ssl&) = delete;

  SSL* const native;
};

Transport::Transport(int fd, const StopSignal& stop) : fd_(fd), stop_(stop) {}

Transport::~Transport() {
  ssl_.reset();
  close(fd_);
}

Result<std::unique_ptr<Transport>> Transport::Connect(
    const std::string& host, int port, std::shared_ptr<const TlsClient> tls,
    Deadline deadline, const StopSignal& stop) {
  const std::string where = host + ":" + std::to_string(port);
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_ADDRCONFIG | AI_NUMERICSERV;
  addrinfo* list = nullptr;
  if (const int code = getaddrinfo(host.c_str(), std::to_string(port).c_str(),
                                   &hints, &list);
      code != 0) {
    return Error{gai_strerror(code), where};
  }
  const Addresses addresses(list);
  Error last{"no address", where};
  for (const addrinfo* at = list; at != nullptr; at = at->ai_next) {
    const int fd =
        socket(at->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) return Error{SystemError("socket").message, where};
    std::unique_ptr<Transport> transport(new Transport(fd, stop));
    if (connect(fd, at->ai_addr, at->ai_addrlen) != 0 && errno != EINPROGRESS) {
      last = {SystemError("connect").message, where};
      continue;
    }
    if (const auto error = transport->Await(POLLOUT, deadline)) {
      return Error{"connect: " + error->message, where};
    }
    int failure = 0;
    socklen_t size = sizeof(failure);
    getsockopt(fd, SOL_SOCKET, SO_ERROR, &failure, &size);
    if (failure != 0) {
      last = {"connect: " + std::generic_category().message(failure), where};
      continue;
    }
    Tune(fd);
    if (tls == nullptr) return transport;
    if (const auto error = transport->Handshake(*tls, deadline)) {
      return Error{error->message, where};
    }
    transport->tls_ = std::move(tls);
    return transport;
  }
  return last;
}

std::optional<Error> Transport::Await(short events, Deadline deadline) const {
  while (true) {
    std::array<pollfd, 2> wait = {{{fd_, events, 0}, {stop_.fd(), POLLIN, 0}}};
    const auto left =
        std::chrono::ceil<milliseconds>(deadline - steady_clock::now());
    if (left.count() <= 0) return Error{"timed out"};
    const int ready =
        poll(wait.data(), wait.size(),
             static_cast<int>(std::min<int64_t>(left.count(), 60'000)));
    if (ready < 0 && errno != EINTR) return SystemError("poll");
    if (wait[1].revents != 0) return Error{"stopped"};
    if (wait[0].revents != 0) return std::nullopt;
  }
}

std::optional<Error> Transport::AfterTls(int result, Deadline deadline) {
  const int failure = errno;
  switch (SSL_get_error(ssl_->native, result)) {
    case SSL_ERROR_WANT_READ:
      return Await(POLLIN, deadline);
    case SSL_ERROR_WANT_WRITE:
      return Await(POLLOUT, deadline);
    case SSL_ERROR_ZERO_RETURN:
      return Error{"closed by the server"};
    case SSL_ERROR_SYSCALL:
      if (ERR_peek_last_error() == 0 && failure != 0) {
        return Error{std::generic_category().message(failure)};
      }
      [[fallthrough]];
    default:
      return Error{LastTlsError()};
  }
}

std::optional<Error> Transport::Handshake(const TlsClient& tls,
                                          Deadline deadline) {
  SSL* connection = tls.NewConnection();
  if (connection == nullptr) return Error{"TLS: " + LastTlsError()};
  ssl_ = std::make_unique<Ssl>(connection);
  SSL_set_fd(connection, fd_);
  while (true) {
    ERR_clear_error();
    const int result = SSL_do_handshake(connection);
    if (result == 1) return std::nullopt;
    auto error = AfterTls(result, deadline);
    if (!error) continue;
    const long verdict = SSL_get_verify_result(connection);
    if (verdict != X509_V_OK) {
      return Error{std::string("the server's certificate is not accepted: ") +
                   X509_verify_cert_error_string(verdict)};
    }
    return Error{"TLS handshake: " + error->message};
  }
}

std::optional<Error> Transport::Write(std::string_view bytes,
                                      Deadline deadline) {
  while (!bytes.empty()) {
    if (ssl_ == nullptr) {
      const ssize_t sent = send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent >= 0) {
        bytes.remove_prefix(static_cast<size_t>(sent));
      } else if (errno != EAGAIN && errno != EINTR) {
        return SystemError("send");
      } else if (auto error = Await(POLLOUT, deadline)) {
        return error;
      }
      continue;
    }
    size_t sent = 0;
    ERR_clear_error();
    errno = 0;
    const int result =
        SSL_write_ex(ssl_->native, bytes.data(), bytes.size(), &sent);
    if (result == 1) {
      bytes.remove_prefix(sent);
    } else if (auto error = AfterTls(result, deadline)) {
      return error;
    }
  }
  return std::nullopt;
}

Result<size_t> Transport::Read(std::span<char> room, Deadline deadline) {
  while (true) {
    // Bytes that keep coming must not outrun the clock or the signal.
    if (steady_clock::now() >= deadline) return Error{"timed out"};
    if (ssl_ == nullptr) {
      const ssize_t count = recv(fd_, room.data(), room.size(), 0);
      if (count >= 0) return static_cast<size_t>(count);
      if (errno != EAGAIN && errno != EINTR) return SystemError("recv");
      if (auto error = Await(POLLIN, deadline)) return *std::move(error);
      continue;
    }
    size_t count = 0;
    ERR_clear_error();
    errno = 0;
    const int result =
        SSL_read_ex(ssl_->native, room.data(), room.size(), &count);
    if (result == 1) return count;
    if ((SSL_get_shutdown(ssl_->native) & SSL_RECEIVED_SHUTDOWN) != 0) {
      return size_t{0};
    }
    if (auto error = AfterTls(result, deadline)) return *std::move(error);
  }
}

bool Transport::IsQuiet() const {
  if (ssl_ != nullptr && SSL_pending(ssl_->native) > 0) return false;
  pollfd look{fd_, POLLIN, 0};
  return poll(&look, 1, 0) == 0;
}

}  // namespace meshvet::cluster

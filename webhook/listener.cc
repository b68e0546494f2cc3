#include "webhook/listener.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>

namespace meshvet::webhook {
namespace {

constexpr int kBacklog = 4096;

using AddressList = std::unique_ptr<addrinfo, void (*)(addrinfo*)>;

bool SetFlag(int fd, int level, int option, int value) {
  return setsockopt(fd, level, option, &value, sizeof value) == 0;
}

// A listening socket on `address`, or -1 with errno.
int ListenOn(const addrinfo& address, bool both_families) {
  const int fd =
      socket(address.ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return -1;
  const bool v6 = address.ai_family == AF_INET6;
  if (SetFlag(fd, SOL_SOCKET, SO_REUSEADDR, 1) &&
      SetFlag(fd, SOL_SOCKET, SO_KEEPALIVE, 1) &&
      SetFlag(fd, IPPROTO_TCP, TCP_NODELAY, 1) &&
      (!v6 || SetFlag(fd, IPPROTO_IPV6, IPV6_V6ONLY, both_families ? 0 : 1)) &&
      bind(fd, address.ai_addr, address.ai_addrlen) == 0 &&
      listen(fd, kBacklog) == 0) {
    return fd;
  }
  const int error = errno;
  close(fd);
  errno = error;
  return -1;
}

std::string EndpointText(const std::string& host, int port) {
  return (host.find(':') == std::string::npos ? host : "[" + host + "]") + ":" +
         std::to_string(port);
}

int PortOf(const sockaddr_storage& address) {
  const std::uint16_t port =
      address.ss_family == AF_INET6
          ? reinterpret_cast<const sockaddr_in6*>(&address)->sin6_port
          : reinterpret_cast<const sockaddr_in*>(&address)->sin_port;
  return ntohs(port);
}

int BoundPort(int fd) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
  return PortOf(address);
}

}  // namespace

Result<std::unique_ptr<Listener>> Listener::Open(const std::string& host,
                                                 int port) {
  const std::string where = EndpointText(host, port);
  if (port < 0 || port > 65535) return Error{"is no TCP port", where};
  const std::string service = std::to_string(port);
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  // "::" takes IPv4 too; where IPv6 is off, the second attempt is IPv4's.
  std::string error;
  for (const char* node : {host.empty() ? "::" : host.c_str(), "0.0.0.0"}) {
    addrinfo* found = nullptr;
    const int code = getaddrinfo(node, service.c_str(), &hints, &found);
    const AddressList list(found, freeaddrinfo);
    if (code != 0) error = gai_strerror(code);
    const int fd = code != 0 ? -1 : ListenOn(*list, host.empty());
    if (fd >= 0) {
      return std::unique_ptr<Listener>(new Listener(fd, BoundPort(fd)));
    }
    if (code == 0) error = std::generic_category().message(errno);
    if (!host.empty() || errno == EADDRINUSE) break;
  }
  return Error{"cannot listen: " + error, where};
}

Listener::~Listener() { close(fd_); }

Listener::Accepted Listener::Accept() const {
  const int fd = accept4(fd_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
  return fd >= 0 ? Accepted{fd, 0} : Accepted{-1, errno};
}

bool Listener::NeedsPause(int error) {
  switch (error) {
    case ECONNABORTED:
    case EINTR:
    case EPROTO:
    case EPERM:  // a firewall rule
    case ENETDOWN:
    case ENOPROTOOPT:
    case EHOSTDOWN:
    case ENONET:
    case EHOSTUNREACH:
    case EOPNOTSUPP:
    case ENETUNREACH:
      return false;
    default:
      return true;
  }
}

std::string RemoteAddress(int fd) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  auto* any = reinterpret_cast<sockaddr*>(&address);
  std::array<char, NI_MAXHOST> host{};
  if (getpeername(fd, any, &size) != 0 ||
      getnameinfo(any, size, host.data(), host.size(), nullptr, 0,
                  NI_NUMERICHOST) != 0) {
    return {};
  }
  std::string text = host.data();
  // IPv4 on a socket of both families.
  if (text.starts_with("::ffff:") && text.find('.') != std::string::npos) {
    text.erase(0, 7);
  }
  return EndpointText(text, PortOf(address));
}

}  // namespace meshvet::webhook

// File: test/support/refusing_port.h
//
// RefusingPort: a port of loopback at which every connection is refused, and
// which nobody else can get meanwhile: it is bound, and nobody listens.

#ifndef MESHVET_TEST_SUPPORT_REFUSING_PORT_H_
#define MESHVET_TEST_SUPPORT_REFUSING_PORT_H_

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <stdexcept>

namespace meshvet::test {

class RefusingPort {
 public:
  RefusingPort() : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    auto* generic = reinterpret_cast<sockaddr*>(&address);  // NOLINT
    if (bind(fd_, generic, size) != 0 ||
        getsockname(fd_, generic, &size) != 0) {
      throw std::runtime_error("no port");
    }
    port_ = ntohs(address.sin_port);
  }
  ~RefusingPort() { close(fd_); }
  RefusingPort(const RefusingPort&) = delete;
  RefusingPort& operator=(const RefusingPort&) = delete;

  int number() const { return port_; }

 private:
  const int fd_;
  int port_ = 0;
};

}  // namespace meshvet::test

#endif  // MESHVET_TEST_SUPPORT_REFUSING_PORT_H_

// What TLS alone costs: one thread, one epoll, OpenSSL, and a fixed answer to
// whatever request with a Content-Length comes. The server is held against it:
//
//   tls_echo 9444 & wrk -c16 -t1 -d10 -s review.lua https://127.0.0.1:9444/
//
// No HTTP beyond finding the length, no limits, no deadlines. Not a server.

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

#include "certs/self_signed.h"
#include "certs/tls_context.h"

namespace {

constexpr std::string_view kAnswer =
    "HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=utf-8\r\n"
    "Content-Length: 99\r\n\r\n"
    R"({"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview",)"
    R"("response":{"uid":"x","allowed":true}})";

struct Client {
  int fd;
  SSL* ssl;
  std::string input;
};

int ListenOn(int port) {
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  const int one = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
      listen(fd, 1024) != 0) {
    std::perror("listen");
    std::exit(1);
  }
  return fd;
}

// The bytes of the first request, 0 while it is incomplete.
std::size_t RequestSize(std::string_view input) {
  constexpr std::string_view kLength = "Content-Length: ";
  const std::size_t end = input.find("\r\n\r\n");
  const std::size_t at = input.find(kLength);
  if (end == std::string_view::npos || at == std::string_view::npos) return 0;
  const std::size_t size =
      end + 4 + std::strtoul(input.data() + at + kLength.size(), nullptr, 10);
  return input.size() < size ? 0 : size;
}

// False when the client is gone.
bool Serve(Client& client) {
  std::array<char, 16384> buffer{};
  if (SSL_is_init_finished(client.ssl) == 0) {
    const int result = SSL_do_handshake(client.ssl);
    if (result != 1) {
      return SSL_get_error(client.ssl, result) == SSL_ERROR_WANT_READ;
    }
  }
  const int got = SSL_read(client.ssl, buffer.data(), buffer.size());
  if (got <= 0) return SSL_get_error(client.ssl, got) == SSL_ERROR_WANT_READ;
  client.input.append(buffer.data(), static_cast<std::size_t>(got));
  if (const std::size_t size = RequestSize(client.input)) {
    client.input.erase(0, size);
    SSL_write(client.ssl, kAnswer.data(), static_cast<int>(kAnswer.size()));
  }
  return true;
}

void Accept(int listener, int epoll, SSL_CTX* context) {
  const int fd = accept4(listener, nullptr, nullptr, SOCK_NONBLOCK);
  if (fd < 0) return;
  auto client = std::make_unique<Client>(Client{fd, SSL_new(context), {}});
  SSL_set_fd(client->ssl, fd);
  SSL_set_accept_state(client->ssl);
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.ptr = client.release();
  epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
}

void Drop(Client* client) {
  SSL_free(client->ssl);
  close(client->fd);
  const std::unique_ptr<Client> owned(client);
}

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);  // clients leave in the middle of an answer
  const int port = argc > 1 ? std::atoi(argv[1]) : 9444;
  const auto pair = meshvet::certs::SelfSigned({"localhost"}, {"127.0.0.1"});
  if (!pair) return 1;
  const auto context = meshvet::certs::MakeServerContext(pair->identity, {});
  if (!context) return 1;
  const int listener = ListenOn(port);
  const int epoll = epoll_create1(0);
  epoll_event event{};
  event.events = EPOLLIN;
  epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &event);
  std::array<epoll_event, 64> events{};
  while (true) {
    const int count = epoll_wait(epoll, events.data(), events.size(), -1);
    for (int i = 0; i < count; ++i) {
      auto* client =
          static_cast<Client*>(events[static_cast<unsigned>(i)].data.ptr);
      if (client == nullptr) {
        Accept(listener, epoll, (*context)->native());
      } else if (!Serve(*client)) {
        Drop(client);
      }
    }
  }
}

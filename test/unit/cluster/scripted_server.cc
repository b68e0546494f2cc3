#include "test/unit/cluster/scripted_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <utility>

#include "certs/self_signed.h"
#include "test/support/wait_until.h"

namespace meshvet::cluster {

struct ScriptedServer::Wire {
  explicit Wire(int socket) : fd(socket) {}
  ~Wire() {
    if (ssl != nullptr) SSL_shutdown(ssl);
    SSL_free(ssl);
  }
  Wire(const Wire&) = delete;
  Wire& operator=(const Wire&) = delete;

  int Read(char* room, int size) const {
    return ssl != nullptr
               ? SSL_read(ssl, room, size)
               : static_cast<int>(recv(fd, room, static_cast<size_t>(size), 0));
  }
  bool Write(const std::string& bytes) const {
    if (ssl != nullptr) return WriteTls(bytes);
    return bytes.empty() ||
           send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL) ==
               static_cast<ssize_t>(bytes.size());
  }
  // The context lets it write a part: a record at a time.
  bool WriteTls(std::string_view bytes) const {
    while (!bytes.empty()) {
      const int size = static_cast<int>(bytes.size());
      const int written = SSL_write(ssl, bytes.data(), size);
      if (written <= 0) return false;
      bytes.remove_prefix(static_cast<size_t>(written));
    }
    return true;
  }

  const int fd;
  SSL* ssl = nullptr;
  // At least `count` bytes of input; false if the client goes before.
  bool Fill(size_t count) {
    while (input.size() < count) {
      std::array<char, 4096> room{};
      const int got = Read(room.data(), static_cast<int>(room.size()));
      if (got <= 0) return false;
      input.append(room.data(), static_cast<size_t>(got));
    }
    return true;
  }

  std::string input;
};

namespace {

std::string Decode(const std::string& text) {
  std::string plain;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%' || i + 2 >= text.size()) {
      plain += text[i];
      continue;
    }
    plain += static_cast<char>(std::stoi(text.substr(i + 1, 2), nullptr, 16));
    i += 2;
  }
  return plain;
}

size_t BodyLength(const std::string& head) {
  const std::string name = "\r\nContent-Length: ";
  const size_t from = head.find(name);
  return from == head.npos ? 0 : std::stoul(head.substr(from + name.size()));
}

SeenRequest ToRequest(std::string head) {
  SeenRequest request;
  const size_t from = head.find(' ') + 1;
  const std::string target = head.substr(from, head.find(' ', from) - from);
  const size_t mark = target.find('?');
  request.path = target.substr(0, mark);
  std::string rest = mark == target.npos ? "" : target.substr(mark + 1);
  while (!rest.empty()) {
    const size_t end = std::min(rest.find('&'), rest.size());
    const std::string pair = rest.substr(0, end);
    const size_t equals = std::min(pair.find('='), pair.size());
    if (!pair.empty()) {
      request.query[pair.substr(0, equals)] =
          Decode(pair.substr(std::min(equals + 1, pair.size())));
    }
    rest.erase(0, std::min(end + 1, rest.size()));
  }
  request.head = std::move(head);
  return request;
}

}  // namespace

std::string StatusJson(int code, const std::string& reason,
                       const std::string& message) {
  return R"({"kind":"Status","apiVersion":"v1","status":"Failure","message":")" +
         message + R"(","reason":")" + reason + R"(","code":)" +
         std::to_string(code) + "}";
}

ScriptedServer::ScriptedServer(const Options& options)
    : scheme_(options.scheme) {
  std::signal(SIGPIPE, SIG_IGN);
  if (scheme_ == Scheme::kHttps) {
    const auto pair =
        certs::SelfSigned(options.dns_names, options.ip_addresses);
    if (!pair) throw std::runtime_error(pair.error().message);
    ca_pem_ = pair->ca_pem;
    tls_ = *certs::MakeServerContext(pair->identity,
                                     {.client_ca_pem = options.client_ca_pem});
  }
  listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  auto* generic = reinterpret_cast<sockaddr*>(&address);  // NOLINT
  if (bind(listener_, generic, size) != 0 || listen(listener_, 64) != 0 ||
      getsockname(listener_, generic, &size) != 0) {
    throw std::runtime_error("no port");
  }
  port_ = ntohs(address.sin_port);
  acceptor_ = std::thread([this] { Accept(); });
}

ScriptedServer::~ScriptedServer() {
  ending_ = true;
  shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  {
    const std::scoped_lock lock(mutex_);
    for (const int fd : fds_) shutdown(fd, SHUT_RDWR);
  }
  for (std::thread& thread : threads_) thread.join();
  for (const int fd : fds_) close(fd);
  close(listener_);
}

void ScriptedServer::On(const std::string& path, Handler handler) {
  const std::scoped_lock lock(mutex_);
  handlers_[path] = std::move(handler);
}

ClusterAccess ScriptedServer::access() const {
  ClusterAccess access;
  access.host = "127.0.0.1";
  access.port = port_;
  access.tls = scheme_ == Scheme::kHttps;
  access.ca.text = ca_pem_;
  access.token.text = "secret";
  return access;
}

std::vector<SeenRequest> ScriptedServer::Requests(
    const std::string& path) const {
  const std::scoped_lock lock(mutex_);
  std::vector<SeenRequest> found;
  for (const SeenRequest& request : requests_) {
    if (request.path == path) found.push_back(request);
  }
  return found;
}

bool ScriptedServer::WaitFor(const std::string& path, size_t count) const {
  std::unique_lock lock(mutex_);
  return came_.wait_for(lock, test::kPatience, [&] {
    size_t seen = 0;
    for (const SeenRequest& request : requests_) seen += request.path == path;
    return seen >= count;
  });
}

void ScriptedServer::Accept() {
  while (!ending_) {
    const int fd = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (fd < 0) continue;
    const int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    ++connections_;
    const std::scoped_lock lock(mutex_);
    fds_.push_back(fd);
    threads_.emplace_back([this, fd] { Serve(fd); });
  }
}

ScriptedServer::Handler ScriptedServer::HandlerFor(
    const std::string& path) const {
  const std::scoped_lock lock(mutex_);
  for (const std::string& key : {path, std::string()}) {
    const auto found = handlers_.find(key);
    if (found != handlers_.end()) return found->second;
  }
  return [](const SeenRequest&, Reply& reply) {
    reply.Json(404, StatusJson(404, "NotFound", "nothing here"));
  };
}

void ScriptedServer::Serve(int fd) {
  Wire wire(fd);
  if (tls_ != nullptr) {
    wire.ssl = SSL_new(tls_->native());
    SSL_set_fd(wire.ssl, fd);
    if (SSL_accept(wire.ssl) != 1) return void(shutdown(fd, SHUT_RDWR));
  }
  while (!ending_) {
    size_t end = 0;
    while ((end = wire.input.find("\r\n\r\n")) == std::string::npos) {
      if (!wire.Fill(wire.input.size() + 1)) {
        return void(shutdown(fd, SHUT_RDWR));
      }
    }
    SeenRequest request = ToRequest(wire.input.substr(0, end + 2));
    wire.input.erase(0, end + 4);
    const size_t length = BodyLength(request.head);
    if (!wire.Fill(length)) return void(shutdown(fd, SHUT_RDWR));
    request.body = wire.input.substr(0, length);
    wire.input.erase(0, length);
    {
      const std::scoped_lock lock(mutex_);
      requests_.push_back(request);
    }
    came_.notify_all();
    Reply reply(wire, ending_);
    HandlerFor(request.path)(request, reply);
    if (!reply.closed()) continue;
    if (wire.ssl != nullptr) SSL_shutdown(wire.ssl);
    return void(shutdown(fd, SHUT_RDWR));
  }
}

bool ScriptedServer::Reply::Raw(const std::string& bytes) {
  if (!wire_.Write(bytes)) closed_ = true;
  return !closed_;
}

bool ScriptedServer::Reply::Torn(const std::string& bytes) {
  for (const char byte : bytes) {
    if (!Raw(std::string(1, byte))) return false;
  }
  return true;
}

void ScriptedServer::Reply::Json(int status, const std::string& body,
                                 const std::string& more_headers) {
  Raw("HTTP/1.1 " + std::to_string(status) +
      " X\r\nContent-Type: application/json\r\nContent-Length: " +
      std::to_string(body.size()) + "\r\n" + more_headers + "\r\n" + body);
}

void ScriptedServer::Reply::BeginStream() {
  Raw("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
      "Transfer-Encoding: chunked\r\n\r\n");
}

bool ScriptedServer::Reply::Line(const std::string& json) {
  std::array<char, 16> size{};
  std::snprintf(size.data(), size.size(), "%zx", json.size() + 1);
  return Raw(std::string(size.data()) + "\r\n" + json + "\n\r\n");
}

void ScriptedServer::Reply::EndStream() { Raw("0\r\n\r\n"); }

void ScriptedServer::Reply::Hang() {
  (void)Hang(std::chrono::hours(1));
  closed_ = true;
}

bool ScriptedServer::Reply::Hang(std::chrono::milliseconds longest) {
  const auto end = std::chrono::steady_clock::now() + longest;
  while (std::chrono::steady_clock::now() < end && !closed_) {
    pollfd wait{wire_.fd, POLLIN | POLLRDHUP, 0};
    closed_ = ending_ || poll(&wait, 1, 10) > 0;
  }
  return !closed_;
}

}  // namespace meshvet::cluster

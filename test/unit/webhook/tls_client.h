// A client for tests of the transport: sends exactly the bytes it is told to,
// over TLS or plain, and reads what comes back. Waits at most 10 s.

#ifndef MESHVET_TEST_UNIT_WEBHOOK_TLS_CLIENT_H_
#define MESHVET_TEST_UNIT_WEBHOOK_TLS_CLIENT_H_

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "certs/openssl_pointers.h"
#include "certs/self_signed.h"

namespace meshvet::webhook {

struct Answer {
  int status = 0;
  std::string head;
  std::string body;

  bool Has(std::string_view line) const {
    return head.find(std::string(line) + "\r\n") != std::string::npos;
  }
};

class TestClient {
 public:
  struct Tls {
    std::string ca_pem;  // empty: plain text
    certs::TlsIdentityPtr identity = nullptr;
    int min_version = 0;
    int max_version = 0;
  };

  explicit TestClient(int port) : fd_(socket(AF_INET, SOCK_STREAM, 0)) {
    const timeval timeout{10, 0};
    setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
    setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof timeout);
    const int one = 1;
    setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ = connect(fd_, reinterpret_cast<sockaddr*>(&address),
                         sizeof address) == 0;
  }
  TestClient(int port, const Tls& tls) : TestClient(port) {
    if (!tls.ca_pem.empty()) connected_ = connected_ && Handshake(tls);
  }
  ~TestClient() {
    SSL_free(ssl_);
    close(fd_);
  }
  TestClient(const TestClient&) = delete;
  TestClient& operator=(const TestClient&) = delete;

  bool connected() const { return connected_; }
  std::string version() const { return SSL_get_version(ssl_); }
  std::string cipher() const { return SSL_get_cipher_name(ssl_); }
  std::string protocol() const {
    const unsigned char* name = nullptr;
    unsigned size = 0;
    SSL_get0_alpn_selected(ssl_, &name, &size);
    return {reinterpret_cast<const char*>(name), size};
  }
  std::string peer_serial() const {
    const certs::X509Ptr peer(SSL_get1_peer_certificate(ssl_));
    const certs::BignumPtr serial(
        ASN1_INTEGER_to_BN(X509_get0_serialNumber(peer.get()), nullptr));
    char* hex = BN_bn2hex(serial.get());
    std::string text = hex;
    OPENSSL_free(hex);
    return text;
  }

  // False once the server is gone.
  bool Send(std::string_view bytes) {
    while (!bytes.empty()) {
      const long sent =
          ssl_ != nullptr
              ? SSL_write(ssl_, bytes.data(), static_cast<int>(bytes.size()))
              : send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }

  // The next response, if a whole one comes.
  std::optional<Answer> Read() {
    std::size_t end = 0;
    while ((end = input_.find("\r\n\r\n")) == std::string::npos) {
      if (!Fill()) return std::nullopt;
    }
    Answer answer;
    answer.head = input_.substr(0, end + 2);
    answer.status = std::atoi(answer.head.c_str() + sizeof("HTTP/1.1"));
    const std::size_t at = answer.head.find("Content-Length: ");
    if (at == std::string::npos) return std::nullopt;
    const std::size_t size = std::strtoul(
        answer.head.c_str() + at + sizeof("Content-Length:"), nullptr, 10);
    while (input_.size() < end + 4 + size) {
      if (!Fill()) return std::nullopt;
    }
    answer.body = input_.substr(end + 4, size);
    input_.erase(0, end + 4 + size);
    return answer;
  }

  std::optional<Answer> Exchange(std::string_view request) {
    // What follows decides: a server that refuses early may stop reading.
    (void)Send(request);
    return Read();
  }

  // True if nothing more comes and the server said an orderly goodbye.
  bool AtEnd() {
    if (!input_.empty()) return false;
    char byte = 0;
    if (ssl_ == nullptr) return recv(fd_, &byte, 1, 0) == 0;
    const int got = SSL_read(ssl_, &byte, 1);
    return got <= 0 && SSL_get_error(ssl_, got) == SSL_ERROR_ZERO_RETURN;
  }

 private:
  bool Handshake(const Tls& tls) {
    const certs::ContextPtr context(SSL_CTX_new(TLS_client_method()));
    const certs::BioPtr ca = certs::ReadFrom(tls.ca_pem);
    const certs::X509Ptr authority(
        PEM_read_bio_X509(ca.get(), nullptr, nullptr, nullptr));
    X509_STORE_add_cert(SSL_CTX_get_cert_store(context.get()), authority.get());
    SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
    SSL_CTX_set_security_level(context.get(), 0);
    SSL_CTX_set_min_proto_version(context.get(), tls.min_version);
    SSL_CTX_set_max_proto_version(context.get(), tls.max_version);
    if (tls.identity != nullptr) Use(context.get(), *tls.identity);
    ssl_ = SSL_new(context.get());
    SSL_set_fd(ssl_, fd_);
    static constexpr unsigned char kOffer[] = "\x02h2\x08http/1.1";
    SSL_set_alpn_protos(ssl_, kOffer, sizeof(kOffer) - 1);
    SSL_set_tlsext_host_name(ssl_, "localhost");
    SSL_set1_host(ssl_, "localhost");
    return SSL_connect(ssl_) == 1;
  }

  static void Use(SSL_CTX* context, const certs::TlsIdentity& identity) {
    const certs::BioPtr cert = certs::ReadFrom(identity.chain_pem);
    const certs::X509Ptr leaf(
        PEM_read_bio_X509(cert.get(), nullptr, nullptr, nullptr));
    const certs::BioPtr key_text = certs::ReadFrom(identity.key_pem);
    const certs::KeyPtr key(
        PEM_read_bio_PrivateKey(key_text.get(), nullptr, nullptr, nullptr));
    SSL_CTX_use_certificate(context, leaf.get());
    SSL_CTX_use_PrivateKey(context, key.get());
  }

  bool Fill() {
    char buffer[16384];
    const long got = ssl_ != nullptr ? SSL_read(ssl_, buffer, sizeof buffer)
                                     : recv(fd_, buffer, sizeof buffer, 0);
    if (got <= 0) return false;
    input_.append(buffer, static_cast<std::size_t>(got));
    return true;
  }

  const int fd_;
  SSL* ssl_ = nullptr;
  bool connected_ = false;
  std::string input_;
};

// A request as the API server sends it.
inline std::string Post(std::string_view path, std::string_view body,
                        std::string_view more_headers = "") {
  std::string text = "POST " + std::string(path) + " HTTP/1.1\r\n";
  text += "Host: meshvet.istio.svc:443\r\n";
  text += "User-Agent: kube-apiserver-admission\r\n";
  text += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  text += "Accept: application/json, */*\r\n";
  text += "Content-Type: application/json\r\n";
  text += "Accept-Encoding: gzip\r\n";
  text += more_headers;
  text += "\r\n";
  text += body;
  return text;
}

}  // namespace meshvet::webhook

#endif  // MESHVET_TEST_UNIT_WEBHOOK_TLS_CLIENT_H_

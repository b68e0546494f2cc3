#include "test/support/tls_client.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cstdlib>

#include "test/support/wait_until.h"

namespace meshvet::test {
namespace {

template <auto Free>
struct FreeBy {
  template <typename T>
  void operator()(T* pointer) const {
    Free(pointer);
  }
};
using Context = std::unique_ptr<SSL_CTX, FreeBy<SSL_CTX_free>>;
using Bio = std::unique_ptr<BIO, FreeBy<BIO_free>>;
using Certificate = std::unique_ptr<X509, FreeBy<X509_free>>;
using Number = std::unique_ptr<BIGNUM, FreeBy<BN_free>>;

Bio ReadFrom(const std::string& text) {
  return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

Certificate ReadCertificate(const std::string& pem) {
  const Bio text = ReadFrom(pem);
  return Certificate(PEM_read_bio_X509(text.get(), nullptr, nullptr, nullptr));
}

void Use(SSL_CTX* context, const certs::TlsIdentity& identity) {
  SSL_CTX_use_certificate(context, identity.chain.front().get());
  SSL_CTX_use_PrivateKey(context, identity.key.get());
}

Context MakeContext(const TestClient::Tls& tls) {
  Context context(SSL_CTX_new(TLS_client_method()));
  X509_STORE_add_cert(SSL_CTX_get_cert_store(context.get()),
                      ReadCertificate(tls.ca_pem).get());
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_security_level(context.get(), 0);
  SSL_CTX_set_min_proto_version(context.get(), tls.min_version);
  SSL_CTX_set_max_proto_version(context.get(), tls.max_version);
  if (tls.identity != nullptr) Use(context.get(), *tls.identity);
  return context;
}

void Configure(int fd) {
  const timeval timeout{kPatience.count(), 0};
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
  setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof timeout);
  const int one = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
}

bool ConnectTo(int fd, int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) ==
         0;
}

}  // namespace

struct TestClient::Session {
  std::unique_ptr<SSL, FreeBy<SSL_free>> ssl;

  Session(int fd, const Tls& tls) : ssl(SSL_new(MakeContext(tls).get())) {
    SSL_set_fd(ssl.get(), fd);
    static constexpr unsigned char kOffer[] = "\x02h2\x08http/1.1";
    SSL_set_alpn_protos(ssl.get(), kOffer, sizeof(kOffer) - 1);
    SSL_set_tlsext_host_name(ssl.get(), "localhost");
    SSL_set1_host(ssl.get(), "localhost");
  }
  bool Handshake() const { return SSL_connect(ssl.get()) == 1; }
};

TestClient::TestClient(int port) : fd_(socket(AF_INET, SOCK_STREAM, 0)) {
  Configure(fd_);
  connected_ = ConnectTo(fd_, port);
}

TestClient::TestClient(int port, const Tls& tls) : TestClient(port) {
  if (tls.ca_pem.empty()) return;
  session_ = std::make_unique<Session>(fd_, tls);
  connected_ = connected_ && session_->Handshake();
}

TestClient::~TestClient() {
  session_.reset();
  close(fd_);
}

std::string TestClient::version() const {
  return SSL_get_version(session_->ssl.get());
}

std::string TestClient::cipher() const {
  return SSL_get_cipher_name(session_->ssl.get());
}

std::string TestClient::protocol() const {
  const unsigned char* name = nullptr;
  unsigned size = 0;
  SSL_get0_alpn_selected(session_->ssl.get(), &name, &size);
  return {reinterpret_cast<const char*>(name), size};
}

std::string TestClient::peer_serial() const {
  const Certificate peer(SSL_get1_peer_certificate(session_->ssl.get()));
  const Number serial(
      ASN1_INTEGER_to_BN(X509_get0_serialNumber(peer.get()), nullptr));
  char* hex = BN_bn2hex(serial.get());
  std::string text = hex;
  OPENSSL_free(hex);
  return text;
}

bool TestClient::Send(std::string_view bytes) {
  while (!bytes.empty()) {
    const long sent = session_ != nullptr
                          ? SSL_write(session_->ssl.get(), bytes.data(),
                                      static_cast<int>(bytes.size()))
                          : send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

std::optional<Answer> TestClient::Read() {
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

std::optional<Answer> TestClient::Exchange(std::string_view request) {
  // What follows decides: a server that refuses early may stop reading.
  (void)Send(request);
  return Read();
}

bool TestClient::AtEnd() {
  if (!input_.empty()) return false;
  char byte = 0;
  if (session_ == nullptr) return recv(fd_, &byte, 1, 0) == 0;
  SSL* ssl = session_->ssl.get();
  const int got = SSL_read(ssl, &byte, 1);
  return got <= 0 && SSL_get_error(ssl, got) == SSL_ERROR_ZERO_RETURN;
}

bool TestClient::Fill() {
  char buffer[16384];
  const long got = session_ != nullptr
                       ? SSL_read(session_->ssl.get(), buffer, sizeof buffer)
                       : recv(fd_, buffer, sizeof buffer, 0);
  if (got <= 0) return false;
  input_.append(buffer, static_cast<std::size_t>(got));
  return true;
}

std::string Post(std::string_view path, std::string_view body,
                 std::string_view more_headers) {
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

}  // namespace meshvet::test

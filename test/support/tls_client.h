// File: test/support/tls_client.h
//
// A client for tests of servers: sends exactly the bytes it is told to, over
// TLS or plain, and reads what comes back; waits with patience (wait_until.h).
//
//   TestClient client(port, {.ca_pem = ca});
//   const auto answer = client.Exchange(Post("/validate?timeout=5s", body));

#ifndef MESHVET_TEST_SUPPORT_TLS_CLIENT_H_
#define MESHVET_TEST_SUPPORT_TLS_CLIENT_H_

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "certs/tls_identity.h"

namespace meshvet::test {

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
    // OpenSSL's numbers; 0 for its defaults.
    int min_version = 0;
    int max_version = 0;
  };

  explicit TestClient(int port);
  TestClient(int port, const Tls& tls);
  ~TestClient();
  TestClient(const TestClient&) = delete;
  TestClient& operator=(const TestClient&) = delete;

  bool connected() const { return connected_; }
  // Of the TLS connection.
  std::string version() const;
  std::string cipher() const;
  std::string protocol() const;
  std::string peer_serial() const;

  // False once the server is gone.
  bool Send(std::string_view bytes);
  // The next response, if a whole one comes.
  std::optional<Answer> Read();
  std::optional<Answer> Exchange(std::string_view request);
  // True if nothing more comes and the server said an orderly goodbye.
  bool AtEnd();

 private:
  struct Session;

  bool Fill();

  const int fd_;
  std::unique_ptr<Session> session_;  // null for plain text
  bool connected_ = false;
  std::string input_;
};

// A request as the API server sends it.
std::string Post(std::string_view path, std::string_view body,
                 std::string_view more_headers = "");

}  // namespace meshvet::test

#endif  // MESHVET_TEST_SUPPORT_TLS_CLIENT_H_

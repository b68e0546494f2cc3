#include <dlfcn.h>
#include <gtest/gtest.h>
#include <openssl/ssl.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "test/unit/webhook/test_server.h"
#include "webhook/listener.h"

namespace {

// Makes the next calls of accept4() fail, each with one of these.
std::mutex accept_mutex;
std::vector<int> accept_errors;

int NextAcceptError() {
  const std::scoped_lock lock(accept_mutex);
  if (accept_errors.empty()) return 0;
  const int error = accept_errors.back();
  accept_errors.pop_back();
  return error;
}

}  // namespace

// Takes the place of the C library's for the whole test program.
extern "C" int accept4(int fd, sockaddr* address, socklen_t* size, int flags) {
  using Accept4 = int (*)(int, sockaddr*, socklen_t*, int);
  static const auto real =
      reinterpret_cast<Accept4>(dlsym(RTLD_NEXT, "accept4"));
  if (const int error = NextAcceptError()) {
    errno = error;
    return -1;
  }
  return real(fd, address, size, flags);
}

namespace meshvet::webhook {
namespace {

TestClient::Tls Trusting() { return {.ca_pem = TestPair().ca_pem}; }

TEST(ServerTls, SpeaksHttp11OverTls13And12WithAeadSuites) {
  const TestServer server;
  TestClient newest(server.port(), Trusting());
  ASSERT_TRUE(newest.connected());
  EXPECT_EQ(newest.version(), "TLSv1.3");
  EXPECT_EQ(newest.protocol(), "http/1.1");
  TestClient::Tls older = Trusting();
  older.max_version = TLS1_2_VERSION;
  TestClient tls12(server.port(), older);
  ASSERT_TRUE(tls12.connected());
  EXPECT_EQ(tls12.version(), "TLSv1.2");
  EXPECT_TRUE(tls12.cipher().starts_with("ECDHE-ECDSA-")) << tls12.cipher();
  EXPECT_EQ(tls12.Exchange(Post("/validate", "{}"))->status, 200);
}

TEST(ServerTls, RefusesOldVersions) {
  const TestServer server;
  TestClient::Tls old = Trusting();
  old.max_version = TLS1_1_VERSION;
  EXPECT_FALSE(TestClient(server.port(), old).connected());
  const TestServer strict({}, Echo, {.min_version = certs::TlsVersion::kTls13});
  TestClient::Tls tls12 = Trusting();
  tls12.max_version = TLS1_2_VERSION;
  EXPECT_FALSE(TestClient(strict.port(), tls12).connected());
  EXPECT_TRUE(strict.Connect()->Exchange(Post("/validate", "{}")));
}

certs::SelfSignedPair ClientPair(const std::string& name) {
  certs::SelfSignedOptions options;
  options.client_auth = true;
  return *certs::SelfSigned({name}, {}, options);
}

// TLS 1.3 clients learn only from the first read that they were refused.
bool IsServed(int port, const certs::TlsIdentityPtr& identity) {
  TestClient::Tls tls = Trusting();
  tls.identity = identity;
  TestClient client(port, tls);
  return client.connected() &&
         client.Exchange(Post("/validate", "{}")).has_value();
}

TEST(ServerTls, AsksClientsWhoTheyAre) {
  const certs::SelfSignedPair api_server = ClientPair("kube-apiserver");
  std::mutex mutex;
  std::string seen;
  TestServer server({},
                    [&](const HttpRequest& request) {
                      const std::scoped_lock lock(mutex);
                      seen = request.client_name;
                      return Echo(request);
                    },
                    {.client_ca_pem = api_server.ca_pem});
  EXPECT_TRUE(IsServed(server.port(), api_server.identity));
  {
    const std::scoped_lock lock(mutex);
    EXPECT_EQ(seen, "kube-apiserver");
  }
  EXPECT_FALSE(IsServed(server.port(), nullptr));
  EXPECT_FALSE(IsServed(server.port(), ClientPair("kube-apiserver").identity));
  EXPECT_TRUE(server.tally().WaitFor("client_certificate", 2));
}

TEST(ServerTls, AdmitsOnlyTheNamesItKnows) {
  const certs::SelfSignedPair client = ClientPair("kube-apiserver");
  const TestServer known({}, Echo,
                         {.client_ca_pem = client.ca_pem,
                          .client_names = {"someone", "kube-apiserver"}});
  EXPECT_TRUE(IsServed(known.port(), client.identity));
  const TestServer unknown(
      {}, Echo, {.client_ca_pem = client.ca_pem, .client_names = {"someone"}});
  EXPECT_FALSE(IsServed(unknown.port(), client.identity));
}

TEST(ServerTls, ChangesCertificatesUnderLiveConnections) {
  std::mutex mutex;
  certs::TlsContextPtr current =
      *certs::MakeServerContext(TestPair().identity, {});
  HttpsServer::Options options;
  options.tls = [&] {
    const std::scoped_lock lock(mutex);
    return current;
  };
  const TestServer server(std::move(options));
  const auto old = server.Connect();
  ASSERT_TRUE(old->Exchange(Post("/validate", "{}")));
  const certs::SelfSignedPair fresh = *certs::SelfSigned({"localhost"}, {});
  {
    const std::scoped_lock lock(mutex);
    current = *certs::MakeServerContext(fresh.identity, {});
  }
  TestClient client(server.port(), TestClient::Tls{.ca_pem = fresh.ca_pem});
  ASSERT_TRUE(client.connected());
  EXPECT_TRUE(client.Exchange(Post("/validate", "{}")));
  EXPECT_TRUE(old->Exchange(Post("/validate", "{}")));
  EXPECT_NE(client.peer_serial(), old->peer_serial());
}

TEST(ServerTls, RotatesUnderLoadWithoutAFailedHandshake) {
  const certs::TlsContextPtr contexts[] = {
      *certs::MakeServerContext(TestPair().identity, {}),
      *certs::MakeServerContext(TestPair().identity, {})};
  std::atomic<unsigned> turn = 0;
  HttpsServer::Options options;
  options.tls = [&] { return contexts[turn++ % 2]; };
  const TestServer server(std::move(options));
  std::atomic<int> failed = 0;
  std::vector<std::thread> clients;
  for (int i = 0; i < 4; ++i) {
    clients.emplace_back([&] {
      for (int n = 0; n < 25; ++n) {
        if (!server.Connect()->Exchange(Post("/validate", "{}"))) ++failed;
      }
    });
  }
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(failed, 0);
}

TEST(Listener, OutlivesEveryErrorOfAccept) {
  const TestServer server;
  {
    const std::scoped_lock lock(accept_mutex);
    accept_errors = {ECONNABORTED, EMFILE, ENFILE, ENOBUFS,
                     ENOMEM,       EPROTO, EINTR,  EPERM};
  }
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(server.Connect()->Exchange(Post("/validate", "{}")));
  }
  const std::scoped_lock lock(accept_mutex);
  EXPECT_TRUE(accept_errors.empty());
}

TEST(Listener, TakesBothFamilies) {
  const auto listener = Listener::Open("", 0);
  ASSERT_TRUE(listener) << listener.error().message;
  EXPECT_TRUE(TestClient((*listener)->port()).connected());
}

TEST(Listener, NamesWhatItCannotBind) {
  const auto wrong = Listener::Open("127.0.0.1", 70'000);
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().where, "127.0.0.1:70000");
  EXPECT_FALSE(Listener::Open("not an address", 0));
}

}  // namespace
}  // namespace meshvet::webhook

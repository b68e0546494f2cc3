// A server under test with a certificate of its own, and what it observed.

#ifndef MESHVET_TEST_UNIT_WEBHOOK_TEST_SERVER_H_
#define MESHVET_TEST_UNIT_WEBHOOK_TEST_SERVER_H_

#include <gtest/gtest.h>

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "certs/self_signed.h"
#include "certs/tls_context.h"
#include "test/support/tls_client.h"
#include "test/support/wait_until.h"
#include "webhook/https_server.h"

namespace meshvet::webhook {

using test::Answer;
using test::Post;
using test::TestClient;

// Counts events by name; tests wait for them instead of sleeping.
class Tally final : public TransportObserver {
 public:
  void OnHttpError(int status) override { Add(std::to_string(status)); }
  void OnShed(std::string_view reason) override { Add(reason); }
  void OnTlsHandshakeError(std::string_view reason) override { Add(reason); }
  void OnHandlerException(std::string_view what) override { Add(what); }
  void OnAcceptError(int) override { Add("accept"); }

  void Add(std::string_view name) {
    const std::scoped_lock lock(mutex_);
    ++counts_[std::string(name)];
    changed_.notify_all();
  }
  [[nodiscard]] bool WaitFor(const std::string& name, int count = 1) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, test::kPatience,
                             [&] { return counts_[name] >= count; });
  }
  int count(const std::string& name) {
    const std::scoped_lock lock(mutex_);
    return counts_[name];
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, int> counts_;
};

// Closed until it is opened, for ever then.
class Door {
 public:
  void Open() {
    const std::scoped_lock lock(mutex_);
    open_ = true;
    opened_.notify_all();
  }
  void Pass() {
    std::unique_lock lock(mutex_);
    opened_.wait_for(lock, test::kPatience, [this] { return open_; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable opened_;
  bool open_ = false;
};

inline const certs::SelfSignedPair& TestPair() {
  static const certs::SelfSignedPair pair =
      *certs::SelfSigned({"localhost"}, {"127.0.0.1"});
  return pair;
}

inline HttpResponse Echo(const HttpRequest& request) {
  return {.body = std::string(request.body)};
}

class TestServer {
 public:
  explicit TestServer(HttpsServer::Options options = {},
                      HttpHandler handler = Echo,
                      certs::ServerTlsOptions tls = {}) {
    options.host = "127.0.0.1";
    if (options.rules.paths.empty()) {
      options.rules.paths = {"/validate", "/mutate"};
    }
    if (!options.tls) {
      options.tls = [context = *certs::MakeServerContext(
                         TestPair().identity, tls)] { return context; };
    }
    Result<std::unique_ptr<HttpsServer>> server =
        HttpsServer::Start(std::move(options), std::move(handler), &tally_);
    if (!server) throw std::runtime_error(server.error().message);
    server_ = std::move(*server);
  }

  HttpsServer* operator->() const { return server_.get(); }
  int port() const { return server_->port(); }
  Tally& tally() { return tally_; }
  std::unique_ptr<TestClient> Connect() const {
    return std::make_unique<TestClient>(
        port(), TestClient::Tls{.ca_pem = TestPair().ca_pem});
  }

  // Until `done` holds for the statistics.
  template <typename Predicate>
  [[nodiscard]] bool WaitUntil(const Predicate& done) const {
    return test::WaitUntil([&] { return done(server_->stats()); });
  }

 private:
  Tally tally_;
  std::unique_ptr<HttpsServer> server_;
};

}  // namespace meshvet::webhook

#endif  // MESHVET_TEST_UNIT_WEBHOOK_TEST_SERVER_H_

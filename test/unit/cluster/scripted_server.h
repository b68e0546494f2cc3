// ScriptedServer: an HTTP server on loopback, TLS or plain, that says exactly
// what a test tells it to say: whole answers, streams, torn chunks, nonsense.
//
//   ScriptedServer server;
//   server.On("/api/v1/services", [](const auto& request, auto& reply) {
//     reply.Json(200, R"({"items": []})");
//   });
//   auto client = ApiClient::Make(server.access());
//
// What nothing is said about is 404 with a Status. A thread for each
// connection; handlers may be called from several at once.

#ifndef MESHVET_TEST_UNIT_CLUSTER_SCRIPTED_SERVER_H_
#define MESHVET_TEST_UNIT_CLUSTER_SCRIPTED_SERVER_H_

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "certs/tls_context.h"
#include "cluster/access.h"

namespace meshvet::cluster {

struct SeenRequest {
  std::string path;
  std::map<std::string, std::string> query;
  std::string head;
  std::string body = {};

  std::string Query(const std::string& key) const {
    const auto found = query.find(key);
    return found == query.end() ? "" : found->second;
  }
};

class ScriptedServer {
 public:
  class Reply;
  using Handler = std::function<void(const SeenRequest&, Reply&)>;

  enum class Scheme { kHttp, kHttps };
  struct Options {
    Scheme scheme = Scheme::kHttps;
    std::vector<std::string> dns_names = {"localhost"};
    std::vector<std::string> ip_addresses = {"127.0.0.1"};
    std::string client_ca_pem = {};
  };

  ScriptedServer() : ScriptedServer(Options()) {}
  explicit ScriptedServer(const Options& options);
  ~ScriptedServer();
  ScriptedServer(const ScriptedServer&) = delete;
  ScriptedServer& operator=(const ScriptedServer&) = delete;

  // For a path, or with "" for every path nothing else is said about. It is
  // called from threads that end with the server: what it refers to is declared
  // before.
  void On(const std::string& path, Handler handler);

  int port() const { return port_; }
  const std::string& ca_pem() const { return ca_pem_; }
  ClusterAccess access() const;
  // Connections accepted so far.
  int connections() const { return connections_; }
  std::vector<SeenRequest> Requests(const std::string& path) const;
  // Until so many requests for `path` have come; false if they do not.
  [[nodiscard]] bool WaitFor(const std::string& path, size_t count) const;

 private:
  struct Wire;

  void Accept();
  void Serve(int fd);
  Handler HandlerFor(const std::string& path) const;

  Scheme scheme_;
  certs::TlsContextPtr tls_;
  std::string ca_pem_;
  int listener_ = -1;
  int port_ = 0;
  std::atomic<int> connections_ = 0;
  std::atomic<bool> ending_ = false;
  mutable std::mutex mutex_;
  mutable std::condition_variable came_;
  std::map<std::string, Handler> handlers_;
  std::vector<SeenRequest> requests_;
  std::vector<int> fds_;
  std::list<std::thread> threads_;
  std::thread acceptor_;
};

class ScriptedServer::Reply {
 public:
  Reply(Wire& wire, const std::atomic<bool>& ending)
      : wire_(wire), ending_(ending) {}

  // The bytes as they are. False once the client has gone.
  bool Raw(const std::string& bytes);
  // Each in a TLS record and a segment of its own.
  bool Torn(const std::string& bytes);
  void Json(int status, const std::string& body,
            const std::string& more_headers = "");
  // A chunked answer, piece by piece.
  void BeginStream();
  bool Line(const std::string& json);
  void EndStream();
  // Says nothing more until the client goes or the server ends.
  void Hang();
  // The same, but for so long at the most; whether anybody still waits.
  bool Hang(std::chrono::milliseconds longest);
  void Close() { closed_ = true; }
  bool closed() const { return closed_; }

 private:
  Wire& wire_;
  const std::atomic<bool>& ending_;
  bool closed_ = false;
};

// A Kubernetes Status.
std::string StatusJson(int code, const std::string& reason,
                       const std::string& message);

}  // namespace meshvet::cluster

#endif  // MESHVET_TEST_UNIT_CLUSTER_SCRIPTED_SERVER_H_

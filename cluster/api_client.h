// File: cluster/api_client.h
//
// ApiClient and ApiSession: requests to an API server. The client knows how to
// get there and who we are; a session is one connection to it, kept for the
// next request and made anew when it broke.
//
//   auto client = ApiClient::Make(access);
//   ApiSession session(**client, stop);
//   auto answer = session.Get("/api/v1/services?limit=500", {});
//   if (!answer) …                 // not reached: connect, TLS, timeout
//   if (answer->status != 200) Say(Explain("list services", *answer));
//
// Credentials that lie in files are read again when they change; a 401 makes
// the token be read again and the request sent once more.
//
// An ApiClient may be used by many threads; a session belongs to one.

#ifndef MESHVET_CLUSTER_API_CLIENT_H_
#define MESHVET_CLUSTER_API_CLIENT_H_

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "cluster/access.h"
#include "cluster/http_exchange.h"
#include "cluster/rotating_text.h"
#include "cluster/stop_signal.h"
#include "cluster/tls_client.h"
#include "cluster/transport.h"
#include "mesh/result.h"

namespace meshvet::cluster {

class ApiClient {
 public:
  // Reads the credentials; error.where is the file or the part at fault.
  static Result<std::shared_ptr<ApiClient>> Make(const ClusterAccess& access);

  Result<std::unique_ptr<Transport>> Connect(Deadline deadline,
                                             const StopSignal& stop);
  std::string token();
  bool RefreshToken() { return token_.Refresh(); }
  const std::string& path_prefix() const { return access_.path_prefix; }
  // For the Host header.
  std::string authority() const;
  // For messages: "https://10.0.0.1:6443".
  std::string url() const;

 private:
  ApiClient(const ClusterAccess& access, RotatingText ca,
            RotatingText certificate, RotatingText key, RotatingText token);
  // Made anew when one of its files has changed.
  Result<std::shared_ptr<const TlsClient>> CurrentTls();

  const ClusterAccess access_;
  RotatingText ca_;
  RotatingText certificate_;
  RotatingText key_;
  RotatingText token_;
  std::mutex mutex_;
  std::shared_ptr<const TlsClient> tls_;
  std::string tls_made_of_;
};

struct ApiAnswer {
  int status = 0;
  std::string body;
  bool too_large = false;  // the body is longer than was allowed, and dropped
  std::optional<std::chrono::seconds> retry_after = {};
};

// "list services: services is forbidden: …": what the server's Status says
// (https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/),
// or its number.
std::string Explain(std::string_view what, const ApiAnswer& answer);

class ApiSession {
 public:
  using Seconds = std::chrono::seconds;
  static constexpr Seconds kConnectTimeout{10};

  struct Limits {
    size_t max_body = 32 << 20;
    Deadline deadline = {};  // its default: kTimeout from now

    static Limits Within(Seconds patience, size_t max_body) {
      return {max_body, std::chrono::steady_clock::now() + patience};
    }
  };
  static constexpr Seconds kTimeout{60};

  // `client` and `stop` must outlive it.
  ApiSession(ApiClient& client, const StopSignal& stop);

  // The answer, whatever its status; an error if none came.
  Result<ApiAnswer> Get(const std::string& target, const Limits& limits);

  // A request that changes something. It may be sent twice, when a connection
  // proves to be stale: only for what does no harm the second time, as a change
  // of a certain resourceVersion does not, nor a dry run.
  struct Write {
    std::string method;
    std::string target;
    std::string content_type;
    std::string body;
  };
  Result<ApiAnswer> Send(const Write& write, const Limits& limits);

  struct StreamLimits {
    size_t max_line = 8 << 20;
    size_t max_body = 1 << 20;  // of an answer that is no stream
    Seconds total{900};         // all of it
  };
  using TakeText = std::function<bool(std::string_view)>;
  // Calls `take` with each line of the answer until it returns false or the
  // stream ends; then its status is 200. Any other status is an answer as Get
  // gives it.
  Result<ApiAnswer> Stream(const std::string& target,
                           const StreamLimits& limits, const TakeText& take);
  // The same with the answer as it comes, cut anywhere; max_line is no limit.
  Result<ApiAnswer> StreamPieces(const std::string& target,
                                 const StreamLimits& limits,
                                 const TakeText& take);

 private:
  // The head of the answer, on a connection that may be an old one.
  Result<HttpHead> Begin(const Write& write, Deadline deadline);
  Result<HttpHead> BeginOnce(const Write& write, Deadline deadline);
  Result<ApiAnswer> ReadAnswer(const HttpHead& head, size_t max_body,
                               Deadline deadline);

  ApiClient& client_;
  const StopSignal& stop_;
  std::unique_ptr<HttpExchange> exchange_;
};

}  // namespace meshvet::cluster

#endif  // MESHVET_CLUSTER_API_CLIENT_H_

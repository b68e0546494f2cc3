// File: webhook/http_message.h
//
// What the transport hands the admission handler, and what it gets back. Knows
// nothing of sockets, so that the handler is tested without them.

#ifndef MESHVET_WEBHOOK_HTTP_MESSAGE_H_
#define MESHVET_WEBHOOK_HTTP_MESSAGE_H_

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace meshvet::webhook {

// Views live as long as the call.
struct HttpRequest {
  std::string_view path;  // "/validate", without the query
  std::string_view body;
  // When the answer has to be on its way: 80 % of the caller's ?timeout=.
  std::chrono::steady_clock::time_point deadline;
};

struct HttpResponse {
  int status = 200;
  std::string body = {};
  // Seconds; the API server then tries again (client-go rest/with_retry.go).
  std::optional<int> retry_after = {};
};

// Called from many threads at once.
using HttpHandler = std::function<HttpResponse(const HttpRequest&)>;

}  // namespace meshvet::webhook

#endif  // MESHVET_WEBHOOK_HTTP_MESSAGE_H_

// File: webhook/http_message.h
//
// What the transport hands a handler, and what it gets back. Knows nothing of
// sockets, so that handlers are tested without them.
//
//   HttpResponse Answer(const HttpRequest& request) {
//     if (request.path == "/validate") return {.body = Validate(request.body)};
//     …
//   }
//
// What a handler throws becomes 503 (std::bad_alloc) or 500, without the text
// of the exception.

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
  // When the answer has to be on its way: 80 % of the caller's ?timeout=,
  // counted from the request's first byte.
  std::chrono::steady_clock::time_point deadline;
  std::string_view query = {};        // without '?', not decoded
  std::string_view remote = {};       // "10.0.0.7:51234", "[fd00::7]:51234"
  std::string_view client_name = {};  // of the client's certificate
  std::string_view traceparent = {};  // W3C trace context
};

struct HttpResponse {
  int status = 200;
  std::string body = {};
  // Seconds; the API server then tries again (client-go rest/with_retry.go).
  std::optional<int> retry_after = {};
  std::string_view content_type = "application/json; charset=utf-8";
};

// Called from many threads at once.
using HttpHandler = std::function<HttpResponse(const HttpRequest&)>;

}  // namespace meshvet::webhook

#endif  // MESHVET_WEBHOOK_HTTP_MESSAGE_H_

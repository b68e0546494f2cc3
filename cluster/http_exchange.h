// File: cluster/http_exchange.h
//
// HttpExchange: requests and responses of HTTP/1.1 over one Transport, one
// after the other.
//
//   HttpExchange exchange(std::move(transport));
//   Result<HttpHead> head = exchange.Send(request, deadline);
//   while (true) {
//     Result<std::string_view> piece = exchange.ReadBody(deadline);
//     if (!piece || piece->empty()) break;
//     Use(*piece);
//   }
//
// The other side is not trusted: a head is at most 64 KiB, the line of a chunk
// 1 KiB, and nothing is kept of a body but the piece at hand. A response says
// how long it is in exactly one way: Content-Length, chunked or by its end.
//
// Not cpp-httplib's client, whose lines are unbounded, whose timeouts begin
// anew with each byte, and which takes response lines apart by recursion.
//
// Belongs to one thread.

#ifndef MESHVET_CLUSTER_HTTP_EXCHANGE_H_
#define MESHVET_CLUSTER_HTTP_EXCHANGE_H_

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cluster/transport.h"
#include "mesh/result.h"

namespace meshvet::cluster {

// `target`, `host` and `bearer` must hold no control characters and no spaces.
struct HttpRequest {
  std::string method = "GET";
  std::string target;
  std::string host;
  std::string bearer = {};  // a token; empty for none
  std::string content_type = {};
  std::string body = {};
};

struct HttpHead {
  int status = 0;
  std::optional<std::chrono::seconds> retry_after = {};
};

class HttpExchange {
 public:
  static constexpr size_t kMaxHead = 64 << 10;
  static constexpr size_t kMaxChunkLine = 1 << 10;

  explicit HttpExchange(std::unique_ptr<Transport> transport);

  // Sends the request and reads the head of its response; those of a 1xx are
  // passed over.
  Result<HttpHead> Send(const HttpRequest& request, Deadline deadline);
  // The next piece of the body, valid until the next call; empty at its end.
  Result<std::string_view> ReadBody(Deadline deadline);
  // Whether another request may be sent: the last body was read to its end, and
  // neither side wants to go.
  bool IsReusable() const;

 private:
  enum class Framing { kNone, kLength, kChunked, kUntilEnd };

  std::string_view unread() const {
    return std::string_view(buffer_).substr(start_, end_ - start_);
  }
  // More bytes behind the unread ones; false at the end of the stream.
  Result<bool> Fill(Deadline deadline);
  // A line without its end; a longer one is an error.
  Result<std::string> ReadLine(size_t max, Deadline deadline);
  Result<HttpHead> ReadHead(Deadline deadline);
  // A header's name in lower case, and its value.
  std::optional<Error> TakeHeader(std::string_view name, std::string_view value,
                                  HttpHead& head);
  // Opens the next chunk; false at the last one.
  Result<bool> OpenChunk(Deadline deadline);
  Result<std::string_view> Finish();

  std::unique_ptr<Transport> transport_;
  std::string buffer_;
  size_t start_ = 0;
  size_t end_ = 0;
  Framing framing_ = Framing::kNone;
  bool has_length_ = false;
  // Of the body, or of the chunk at hand.
  uint64_t left_ = 0;
  bool in_chunk_ = false;
  bool done_ = true;
  bool keep_alive_ = true;
};

}  // namespace meshvet::cluster

#endif  // MESHVET_CLUSTER_HTTP_EXCHANGE_H_

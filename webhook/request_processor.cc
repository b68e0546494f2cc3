#include "webhook/request_processor.h"

#include <httplib.h>

#include <algorithm>
#include <cstring>
#include <exception>
#include <new>
#include <utility>

#include "webhook/refusal_text.h"

namespace meshvet::webhook {
namespace {

constexpr std::size_t kHeadBytes = 256;

// One request head in, one response out, all in memory.
class MemoryStream final : public httplib::Stream {
 public:
  explicit MemoryStream(std::string_view head) : head_(head) {
    response_.reserve(kHeadBytes);
  }

  bool is_readable() const override { return !head_.empty(); }
  bool is_writable() const override { return true; }

  ssize_t read(char* data, std::size_t size) override {
    const std::size_t count = std::min(size, head_.size());
    std::memcpy(data, head_.data(), count);
    head_.remove_prefix(count);
    return static_cast<ssize_t>(count);
  }

  ssize_t write(const char* data, std::size_t size) override {
    response_.append(data, size);
    return static_cast<ssize_t>(size);
  }

  // Known already where it is needed, and two system calls per request here.
  void get_remote_ip_and_port(std::string&, int&) const override {}
  void get_local_ip_and_port(std::string&, int&) const override {}
  socket_t socket() const override { return INVALID_SOCKET; }

  std::string TakeResponse() { return std::move(response_); }

 private:
  std::string_view head_;
  std::string response_;
};

// What this thread's process_request() is to answer: the library's handlers
// cannot be given anything of ours.
thread_local HttpResponse* current_response = nullptr;

void Translate(HttpResponse&& from, httplib::Response& to) {
  to.status = from.status;
  to.body = std::move(from.body);
  to.set_header("Content-Type", std::string(from.content_type));
  if (from.retry_after) {
    to.set_header("Retry-After", std::to_string(*from.retry_after));
  }
}

// Says less where memory does not even suffice for this.
HttpResponse Refused(int status, std::string_view message,
                     std::optional<int> retry_after = {}) noexcept {
  HttpResponse response{
      .status = status, .body = "{}", .retry_after = retry_after};
  try {
    response.body = RefusalBody(status, message);
  } catch (const std::bad_alloc&) {  // NOLINT(bugprone-empty-catch)
  }
  return response;
}

}  // namespace

class RequestProcessor::Seat final : public httplib::Server {
 public:
  Seat(Setup setup, TransportObserver& observer)
      : setup_(std::move(setup)), observer_(observer) {
    const auto idle =
        std::chrono::duration_cast<std::chrono::seconds>(setup_.idle);
    set_keep_alive_timeout(idle.count());
    set_keep_alive_max_count(setup_.max_requests);
    // Before routing, which would match the path against regular expressions.
    set_pre_routing_handler(
        [](const httplib::Request&, httplib::Response& response) {
          Translate(std::move(*current_response), response);
          return HandlerResponse::Handled;
        });
    usual_ = LearnUsualHead();
  }

  bool process_and_close_socket(socket_t fd) override {
    setup_.adopt(fd);
    return true;
  }

  std::string Write(const HttpRequest& request, HttpResponse response,
                    bool last) {
    if (last || response.status != 200 || response.retry_after ||
        response.body.empty() ||
        response.content_type != HttpResponse{}.content_type) {
      return WriteAny(request, std::move(response), last);
    }
    const std::string length = std::to_string(response.body.size());
    std::string text;
    text.reserve(usual_.before_length.size() + length.size() +
                 usual_.after_length.size() + response.body.size());
    return text.append(usual_.before_length)
        .append(length)
        .append(usual_.after_length)
        .append(response.body);
  }

  std::string WriteAny(const HttpRequest& request, HttpResponse response,
                       bool last) {
    std::string head =
        setup_.method == HeaderRules::Method::kPost ? "POST " : "GET ";
    head += request.path;
    head += " HTTP/1.1\r\n\r\n";
    MemoryStream stream(head);
    bool closed = false;
    current_response = &response;
    process_request(stream, last, closed, nullptr);
    current_response = nullptr;
    return stream.TakeResponse();
  }

  HttpResponse Handle(const HttpRequest& request) {
    HttpResponse response = Guarded(request);
    if (response.status >= 400) observer_.OnHttpError(response.status);
    return response;
  }

 private:
  // The head of an answer that is no refusal and does not end its connection.
  struct UsualHead {
    std::string before_length;
    std::string after_length;
  };

  // The library needs 31,000 instructions for it, a third of all between socket
  // and engine, and it is always the same but for the length: so it is asked
  // once.
  UsualHead LearnUsualHead() {
    constexpr std::string_view kLength = "Content-Length: ";
    const std::string text = WriteAny({.path = "/", .body = {}, .deadline = {}},
                                      {.body = "x"}, false);
    const std::size_t digit = text.find(kLength) + kLength.size();
    return {text.substr(0, digit),
            text.substr(digit + 1, text.size() - digit - 2)};
  }

  HttpResponse Guarded(const HttpRequest& request) {
    try {
      return setup_.handler(request);
    } catch (const std::bad_alloc&) {
      observer_.OnShed("memory");
      return Refused(503, "out of memory", 1);
    } catch (const std::exception& error) {
      observer_.OnHandlerException(error.what());
    } catch (...) {
      observer_.OnHandlerException("not a std::exception");
    }
    return Refused(500, "internal error");
  }

  const Setup setup_;
  TransportObserver& observer_;
  UsualHead usual_;
};

RequestProcessor::RequestProcessor(Setup setup, TransportObserver& observer)
    : seat_(std::make_unique<Seat>(std::move(setup), observer)) {}

RequestProcessor::~RequestProcessor() = default;

void RequestProcessor::Adopt(int fd) { seat_->process_and_close_socket(fd); }

HttpResponse RequestProcessor::Handle(const HttpRequest& request) {
  return seat_->Handle(request);
}

std::string RequestProcessor::Write(const HttpRequest& request,
                                    HttpResponse response, bool last) {
  return seat_->Write(request, std::move(response), last);
}

}  // namespace meshvet::webhook

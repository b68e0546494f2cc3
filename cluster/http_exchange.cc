#include "cluster/http_exchange.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <span>
#include <system_error>
#include <utility>

namespace meshvet::cluster {
namespace {

constexpr size_t kBuffer = 32 << 10;
constexpr int kMaxInterim = 8;

std::string_view Trim(std::string_view text) {
  constexpr std::string_view kBlank = " \t";
  const size_t first = text.find_first_not_of(kBlank);
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

std::string Lower(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(), [](char c) {
    return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  });
  return lower;
}

// The whole of `text` as a number without sign.
std::optional<uint64_t> ToNumber(std::string_view text, int base) {
  uint64_t number = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number, base);
  if (error != std::errc() || stop != end) return std::nullopt;
  return number;
}

// The status of "HTTP/1.1 200 OK"; nothing if it is no such line.
std::optional<int> StatusOf(std::string_view line) {
  constexpr std::string_view kVersion = "HTTP/1.";
  if (!line.starts_with(kVersion) || line.size() < 12) return std::nullopt;
  if (line[8] != ' ' || (line.size() > 12 && line[12] != ' ')) {
    return std::nullopt;
  }
  const auto status = ToNumber(line.substr(9, 3), 10);
  if (!status || *status < 100 || *status > 599) return std::nullopt;
  return static_cast<int>(*status);
}

std::string ToText(const HttpRequest& request) {
  std::string text =
      request.method + " " + request.target +
      " HTTP/1.1\r\nHost: " + request.host +
      "\r\nAccept: application/json\r\nUser-Agent: meshvet/" MESHVET_VERSION
      "\r\n";
  if (!request.bearer.empty()) {
    text += "Authorization: Bearer " + request.bearer + "\r\n";
  }
  if (!request.content_type.empty()) {
    text += "Content-Type: " + request.content_type +
            "\r\nContent-Length: " + std::to_string(request.body.size()) +
            "\r\n";
  }
  return text + "\r\n" + request.body;
}

}  // namespace

HttpExchange::HttpExchange(std::unique_ptr<Transport> transport)
    : transport_(std::move(transport)), buffer_(kBuffer, '\0') {}

bool HttpExchange::IsReusable() const {
  return done_ && keep_alive_ && start_ == end_ && transport_->IsQuiet();
}

Result<bool> HttpExchange::Fill(Deadline deadline) {
  if (start_ > 0) {
    std::copy(buffer_.begin() + static_cast<std::ptrdiff_t>(start_),
              buffer_.begin() + static_cast<std::ptrdiff_t>(end_),
              buffer_.begin());
    end_ -= start_;
    start_ = 0;
  }
  // Grows for the head alone, which is bounded.
  if (end_ == buffer_.size()) buffer_.resize(buffer_.size() * 2);
  const Result<size_t> count =
      transport_->Read(std::span(buffer_).subspan(end_), deadline);
  if (!count) return count.error();
  end_ += *count;
  return *count > 0;
}

Result<std::string> HttpExchange::ReadLine(size_t max, Deadline deadline) {
  while (true) {
    const std::string_view seen = unread();
    const size_t end = seen.find('\n');
    if (std::min(end, seen.size()) > max) return Error{"line too long"};
    if (end != seen.npos) {
      std::string_view line = seen.substr(0, end);
      if (line.ends_with('\r')) line.remove_suffix(1);
      start_ += end + 1;
      return std::string(line);
    }
    const Result<bool> more = Fill(deadline);
    if (!more) return more.error();
    if (!*more) return Error{"the connection was closed"};
  }
}

std::optional<Error> HttpExchange::TakeHeader(std::string_view name,
                                              std::string_view value,
                                              HttpHead& head) {
  if (name == "content-length") {
    const auto length = ToNumber(value, 10);
    if (!length || has_length_) return Error{"bad Content-Length"};
    has_length_ = true;
    left_ = *length;
  } else if (name == "transfer-encoding") {
    if (Lower(value) != "chunked" || framing_ == Framing::kChunked) {
      return Error{"Transfer-Encoding other than chunked"};
    }
    framing_ = Framing::kChunked;
  } else if (name == "connection") {
    keep_alive_ = keep_alive_ && Lower(value) != "close";
  } else if (name == "content-encoding") {
    if (Lower(value) != "identity") return Error{"compressed unasked"};
  } else if (name == "retry-after") {
    const auto seconds = ToNumber(value, 10);
    constexpr uint64_t kLongest = 3'600;
    if (seconds) {
      head.retry_after = std::chrono::seconds(std::min(*seconds, kLongest));
    }
  }
  return std::nullopt;
}

Result<HttpHead> HttpExchange::ReadHead(Deadline deadline) {
  framing_ = Framing::kUntilEnd;
  has_length_ = false;
  in_chunk_ = false;
  left_ = 0;
  size_t room = kMaxHead;
  Result<std::string> line = ReadLine(room, deadline);
  if (!line) return line.error();
  const auto status = StatusOf(*line);
  if (!status) return Error{"not an answer in HTTP/1.1"};
  HttpHead head{.status = *status};
  keep_alive_ = line->starts_with("HTTP/1.1");
  while (true) {
    room -= std::min(room, line->size() + 2);
    line = ReadLine(room, deadline);
    if (!line) return line.error();
    if (line->empty()) break;
    const size_t colon = line->find(':');
    if (colon == line->npos) return Error{"a header without a colon"};
    const std::string_view text = *line;
    if (auto error = TakeHeader(Lower(text.substr(0, colon)),
                                Trim(text.substr(colon + 1)), head)) {
      return *std::move(error);
    }
  }
  if (framing_ == Framing::kChunked && has_length_) {
    return Error{"both Content-Length and Transfer-Encoding"};
  }
  if (has_length_) framing_ = Framing::kLength;
  if (*status < 200 || *status == 204 || *status == 304) {
    framing_ = Framing::kNone;
  }
  return head;
}

Result<HttpHead> HttpExchange::Send(const HttpRequest& request,
                                    Deadline deadline) {
  done_ = false;
  if (auto error = transport_->Write(ToText(request), deadline)) {
    return *std::move(error);
  }
  for (int interim = 0; interim < kMaxInterim; ++interim) {
    Result<HttpHead> head = ReadHead(deadline);
    if (!head || head->status >= 200) return head;
  }
  return Error{"too many interim answers"};
}

Result<bool> HttpExchange::OpenChunk(Deadline deadline) {
  if (in_chunk_) {
    const Result<std::string> end = ReadLine(kMaxChunkLine, deadline);
    if (!end) return end.error();
    if (!end->empty()) return Error{"a chunk is longer than it says"};
  }
  const Result<std::string> line = ReadLine(kMaxChunkLine, deadline);
  if (!line) return line.error();
  // What follows a semicolon are extensions, which nobody asked for.
  const auto size =
      ToNumber(Trim(std::string_view(*line).substr(0, line->find(';'))), 16);
  if (!size) return Error{"a chunk without a size"};
  in_chunk_ = true;
  left_ = *size;
  if (left_ > 0) return true;
  size_t room = kMaxHead;
  while (true) {  // trailers, which nobody asked for either
    const Result<std::string> trailer = ReadLine(room, deadline);
    if (!trailer) return trailer.error();
    if (trailer->empty()) return false;
    room -= std::min(room, trailer->size() + 2);
  }
}

Result<std::string_view> HttpExchange::Finish() {
  done_ = true;
  return std::string_view();
}

Result<std::string_view> HttpExchange::ReadBody(Deadline deadline) {
  if (done_ || framing_ == Framing::kNone) return Finish();
  if (framing_ == Framing::kChunked && left_ == 0) {
    const Result<bool> open = OpenChunk(deadline);
    if (!open) return open.error();
    if (!*open) return Finish();
  }
  if (framing_ == Framing::kLength && left_ == 0) return Finish();
  if (start_ == end_) {
    const Result<bool> more = Fill(deadline);
    if (!more) return more.error();
    if (!*more) {
      keep_alive_ = false;
      if (framing_ == Framing::kUntilEnd) return Finish();
      return Error{"the connection was closed amid an answer"};
    }
  }
  std::string_view piece = unread();
  if (framing_ != Framing::kUntilEnd) {
    piece = piece.substr(0, std::min<uint64_t>(left_, piece.size()));
    left_ -= piece.size();
  }
  start_ += piece.size();
  return piece;
}

}  // namespace meshvet::cluster

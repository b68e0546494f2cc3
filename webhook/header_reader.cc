#include "webhook/header_reader.h"

#include <algorithm>
#include <array>

namespace meshvet::webhook {
namespace {

using Outcome = HeaderReader::Outcome;

// Any more digits could not be a length we accept, and might overflow.
constexpr std::size_t kMaxLengthDigits = 18;

char Lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

bool EqualsIgnoringCase(std::string_view text, std::string_view lower) {
  return std::ranges::equal(text, lower, {}, Lower);
}

constexpr std::array<bool, 256> MakeTokenTable() {
  std::array<bool, 256> table{};
  for (const char c :
       std::string_view("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz"
                        "ABCDEFGHIJKLMNOPQRSTUVWXYZ")) {
    table[static_cast<unsigned char>(c)] = true;
  }
  return table;
}
constexpr std::array<bool, 256> kTokenTable = MakeTokenTable();

// RFC 9110, 5.6.2.
bool IsToken(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return kTokenTable[static_cast<unsigned char>(c)];
  });
}

// RFC 9110, 5.5: no control characters but the tab.
bool IsFieldValue(std::string_view text) {
  return std::ranges::all_of(text, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte >= 0x20 && byte != 0x7F) || byte == '\t';
  });
}

bool IsVisibleAscii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c > 0x20 && c < 0x7F; });
}

std::string_view TrimBlanks(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

bool HasListMember(std::string_view list, std::string_view lower) {
  while (!list.empty()) {
    const std::string_view member = list.substr(0, list.find(','));
    if (EqualsIgnoringCase(TrimBlanks(member), lower)) return true;
    list.remove_prefix(std::min(member.size() + 1, list.size()));
  }
  return false;
}

// https://www.w3.org/TR/trace-context/#traceparent-header
bool IsTraceParent(std::string_view text) {
  if (text.size() != 55) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool dash = i == 2 || i == 35 || i == 52;
    const bool hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
    if (dash ? c != '-' : !hex) return false;
  }
  // Not a version; not a trace; nobody's span.
  return !text.starts_with("ff") &&
         text.substr(3, 32).find_first_not_of('0') != text.npos &&
         text.substr(36, 16).find_first_not_of('0') != text.npos;
}

std::string_view MethodName(HeaderRules::Method method) {
  return method == HeaderRules::Method::kPost ? "POST" : "GET";
}

}  // namespace

void HeaderReader::Reset() {
  VettedHead head;
  head.query = std::move(head_.query);
  head.query.clear();
  *this = HeaderReader(*rules_);
  head_ = std::move(head);
}

Outcome HeaderReader::Refuse(int status, std::string_view message) {
  refusal_ = {status, message};
  return Outcome::kRefused;
}

Outcome HeaderReader::Read(std::string_view input) {
  const std::string_view header = input.substr(0, rules_->max_header_bytes);
  while (true) {
    const std::size_t end = header.find('\n', searched_);
    if (end == std::string_view::npos) break;
    if (end == line_start_ || header[end - 1] != '\r') {
      return Refuse(400, "a line does not end with CR LF");
    }
    const std::string_view line =
        header.substr(line_start_, end - 1 - line_start_);
    line_start_ = searched_ = end + 1;
    if (line.empty() && lines_ > 0) {
      head_.header_bytes = line_start_;
      return Finish();
    }
    const Outcome outcome = ReadLine(line);
    if (outcome == Outcome::kRefused) return outcome;
  }
  searched_ = header.size();
  if (header.size() < rules_->max_header_bytes) return Outcome::kNeedMore;
  return Refuse(431, "the request header is too large");
}

Outcome HeaderReader::ReadLine(std::string_view line) {
  if (++lines_ > rules_->max_lines) {
    return Refuse(431, "the request header has too many lines");
  }
  return lines_ == 1 ? ReadRequestLine(line) : ReadField(line);
}

Outcome HeaderReader::ReadRequestLine(std::string_view line) {
  const std::size_t first = line.find(' ');
  const std::size_t last = line.rfind(' ');
  if (first == std::string_view::npos || first == last) {
    return Refuse(400, "the request line is malformed");
  }
  const std::string_view method = line.substr(0, first);
  const std::string_view target = line.substr(first + 1, last - first - 1);
  const std::string_view version = line.substr(last + 1);
  if (!IsToken(method) || !IsVisibleAscii(target) ||
      !version.starts_with("HTTP/")) {
    return Refuse(400, "the request line is malformed");
  }
  if (version != "HTTP/1.1") return Refuse(505, "only HTTP/1.1 is spoken here");
  return ReadTarget(target, method);
}

Outcome HeaderReader::ReadTarget(std::string_view target,
                                 std::string_view method) {
  if (!target.starts_with('/') || target.find('#') != std::string_view::npos) {
    return Refuse(400, "the request target is not an absolute path");
  }
  const std::string_view path = target.substr(0, target.find('?'));
  const auto known = std::ranges::find(rules_->paths, path);
  if (known == rules_->paths.end()) return Refuse(404, "no such path");
  if (method != MethodName(rules_->method)) {
    return Refuse(405, "the path does not take this method");
  }
  head_.path_index = static_cast<std::size_t>(known - rules_->paths.begin());
  if (path.size() < target.size()) head_.query = target.substr(path.size() + 1);
  return Outcome::kNeedMore;
}

Outcome HeaderReader::ReadField(std::string_view line) {
  const std::size_t colon = line.find(':');
  // A line that starts with a blank (obs-fold) has no token before its colon.
  if (colon == std::string_view::npos || !IsToken(line.substr(0, colon))) {
    return Refuse(400, "a header line is malformed");
  }
  const std::string_view value = TrimBlanks(line.substr(colon + 1));
  if (!IsFieldValue(value)) {
    return Refuse(400, "a header value holds control characters");
  }
  return ReadKnownField(line.substr(0, colon), value);
}

Outcome HeaderReader::ReadKnownField(std::string_view name,
                                     std::string_view value) {
  if (EqualsIgnoringCase(name, "content-length")) {
    return ReadContentLength(value);
  }
  if (EqualsIgnoringCase(name, "content-type")) return ReadContentType(value);
  if (EqualsIgnoringCase(name, "transfer-encoding")) {
    has_transfer_encoding_ = true;
  } else if (EqualsIgnoringCase(name, "host")) {
    if (has_host_) return Refuse(400, "there is more than one Host");
    has_host_ = true;
  } else if (EqualsIgnoringCase(name, "connection")) {
    if (HasListMember(value, "close")) head_.keep_alive = false;
  } else if (EqualsIgnoringCase(name, "content-encoding")) {
    return Refuse(415, "a body must not be encoded");
  } else if (EqualsIgnoringCase(name, "expect")) {
    return Refuse(417, "no expectation is met here");
  } else if (EqualsIgnoringCase(name, "range")) {
    return Refuse(400, "no ranges are served here");
  } else if (EqualsIgnoringCase(name, "traceparent") && IsTraceParent(value)) {
    head_.traceparent = value;
  }
  return Outcome::kNeedMore;
}

Outcome HeaderReader::ReadContentLength(std::string_view value) {
  if (content_length_)
    return Refuse(400, "there is more than one Content-Length");
  if (value.empty() || !std::ranges::all_of(value, [](char c) {
        return c >= '0' && c <= '9';
      })) {
    return Refuse(400, "the Content-Length is not a number");
  }
  if (value.size() > kMaxLengthDigits) {
    return Refuse(413, "the request body is too large");
  }
  std::uint64_t length = 0;
  for (const char c : value) {
    length = length * 10 + static_cast<std::uint64_t>(c - '0');
  }
  content_length_ = length;
  return Outcome::kNeedMore;
}

Outcome HeaderReader::ReadContentType(std::string_view value) {
  if (has_content_type_)
    return Refuse(400, "there is more than one Content-Type");
  has_content_type_ = true;
  is_json_ = EqualsIgnoringCase(TrimBlanks(value.substr(0, value.find(';'))),
                                "application/json");
  return Outcome::kNeedMore;
}

Outcome HeaderReader::Finish() {
  if (!has_host_) return Refuse(400, "the Host is missing");
  if (rules_->method == HeaderRules::Method::kGet) return FinishBodyless();
  if (has_transfer_encoding_) {
    return content_length_
               ? Refuse(400, "Transfer-Encoding and Content-Length together")
               : Refuse(411, "a body needs a Content-Length");
  }
  if (!content_length_) return Refuse(411, "a body needs a Content-Length");
  if (*content_length_ > rules_->max_body_bytes) {
    return Refuse(413, "the request body is too large");
  }
  if (!is_json_) return Refuse(415, "the body must be application/json");
  head_.content_length = *content_length_;
  return Outcome::kVetted;
}

Outcome HeaderReader::FinishBodyless() {
  if (has_transfer_encoding_ || content_length_.value_or(0) != 0) {
    return Refuse(400, "this request must have no body");
  }
  return Outcome::kVetted;
}

}  // namespace meshvet::webhook

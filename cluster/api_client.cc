#include "cluster/api_client.h"

#include <algorithm>
#include <utility>

#include "mesh/document.h"

namespace meshvet::cluster {
namespace {

using std::chrono::steady_clock;

Result<RotatingText> Open(const Credential& credential) {
  if (credential.file.empty()) return RotatingText::Fixed(credential.text);
  return RotatingText::FromFile(credential.file);
}

// A token as it may stand in a header; a line break at the end of its file does
// not belong to it.
std::string Clean(std::string token) {
  while (!token.empty() && (token.back() == '\n' || token.back() == '\r' ||
                            token.back() == ' ')) {
    token.pop_back();
  }
  const bool fits =
      std::ranges::all_of(token, [](char c) { return c > ' ' && c <= '~'; });
  return fits ? token : std::string();
}

ApiSession::Write ReadOf(const std::string& target) {
  return {.method = "GET", .target = target, .content_type = {}, .body = {}};
}

}  // namespace

Result<std::shared_ptr<ApiClient>> ApiClient::Make(
    const ClusterAccess& access) {
  Result<RotatingText> ca = Open(access.ca);
  if (!ca) return ca.error();
  Result<RotatingText> certificate = Open(access.client_certificate);
  if (!certificate) return certificate.error();
  Result<RotatingText> key = Open(access.client_key);
  if (!key) return key.error();
  Result<RotatingText> token = Open(access.token);
  if (!token) return token.error();
  std::shared_ptr<ApiClient> client(
      new ApiClient(access, *std::move(ca), *std::move(certificate),
                    *std::move(key), *std::move(token)));
  if (!access.tls) return client;
  const auto tls = client->CurrentTls();
  if (!tls) return tls.error();
  return client;
}

ApiClient::ApiClient(const ClusterAccess& access, RotatingText ca,
                     RotatingText certificate, RotatingText key,
                     RotatingText token)
    : access_(access),
      ca_(std::move(ca)),
      certificate_(std::move(certificate)),
      key_(std::move(key)),
      token_(std::move(token)) {}

std::string ApiClient::token() { return Clean(token_.Current()); }

std::string ApiClient::authority() const {
  const bool is_ipv6 = access_.host.find(':') != std::string::npos;
  const std::string host = is_ipv6 ? "[" + access_.host + "]" : access_.host;
  return host + ":" + std::to_string(access_.port);
}

std::string ApiClient::url() const {
  return (access_.tls ? "https://" : "http://") + authority() +
         access_.path_prefix;
}

Result<std::shared_ptr<const TlsClient>> ApiClient::CurrentTls() {
  TlsClientOptions options;
  options.ca_pem = ca_.Current();
  options.certificate_pem = certificate_.Current();
  options.key_pem = key_.Current();
  options.server_name =
      access_.server_name.empty() ? access_.host : access_.server_name;
  options.skip_verify = access_.skip_verify;
  const std::string made_of =
      options.ca_pem + '\0' + options.certificate_pem + '\0' + options.key_pem;
  const std::scoped_lock lock(mutex_);
  if (tls_ != nullptr && made_of == tls_made_of_) return tls_;
  auto made = TlsClient::Make(options);
  if (!made) {
    // A file half written must not cost us a connection.
    if (tls_ != nullptr) return tls_;
    return made;
  }
  tls_ = *std::move(made);
  tls_made_of_ = made_of;
  return tls_;
}

Result<std::unique_ptr<Transport>> ApiClient::Connect(Deadline deadline,
                                                      const StopSignal& stop) {
  std::shared_ptr<const TlsClient> tls;
  if (access_.tls) {
    auto current = CurrentTls();
    if (!current) return current.error();
    tls = *std::move(current);
  }
  return Transport::Connect(access_.host, access_.port, std::move(tls),
                            deadline, stop);
}

std::string Explain(std::string_view what, const ApiAnswer& answer) {
  std::string text(what);
  text += ": ";
  const auto body = ParseJson(answer.body, {.max_bytes = 1 << 20});
  const std::string_view message =
      body ? body->root()["message"].Str() : std::string_view();
  if (message.empty()) return text + "HTTP " + std::to_string(answer.status);
  constexpr size_t kLongest = 1'000;
  return text.append(message.substr(0, kLongest));
}

ApiSession::ApiSession(ApiClient& client, const StopSignal& stop)
    : client_(client), stop_(stop) {}

Result<HttpHead> ApiSession::BeginOnce(const Write& write, Deadline deadline) {
  if (exchange_ == nullptr) {
    auto transport = client_.Connect(
        std::min(deadline, steady_clock::now() + kConnectTimeout), stop_);
    if (!transport) return transport.error();
    exchange_ = std::make_unique<HttpExchange>(*std::move(transport));
  }
  HttpRequest request;
  request.method = write.method;
  request.target = client_.path_prefix() + write.target;
  request.content_type = write.content_type;
  request.body = write.body;
  request.host = client_.authority();
  request.bearer = client_.token();
  Result<HttpHead> head = exchange_->Send(request, deadline);
  if (!head) exchange_.reset();
  return head;
}

Result<HttpHead> ApiSession::Begin(const Write& write, Deadline deadline) {
  if (exchange_ != nullptr && !exchange_->IsReusable()) exchange_.reset();
  // The server may close an idle connection while the request is under way.
  const bool may_be_stale = exchange_ != nullptr;
  Result<HttpHead> head = BeginOnce(write, deadline);
  if (!head && may_be_stale && !stop_.raised() &&
      steady_clock::now() < deadline) {
    head = BeginOnce(write, deadline);
  }
  if (head && head->status == 401 && client_.RefreshToken()) {
    exchange_.reset();
    head = BeginOnce(write, deadline);
  }
  return head;
}

Result<ApiAnswer> ApiSession::ReadAnswer(const HttpHead& head, size_t max_body,
                                         Deadline deadline) {
  ApiAnswer answer{.status = head.status, .retry_after = head.retry_after};
  while (true) {
    const Result<std::string_view> piece = exchange_->ReadBody(deadline);
    if (!piece) {
      exchange_.reset();
      return piece.error();
    }
    if (piece->empty()) return answer;
    if (answer.body.size() + piece->size() > max_body) {
      exchange_.reset();
      return ApiAnswer{.status = head.status,
                       .too_large = true,
                       .retry_after = head.retry_after};
    }
    answer.body.append(*piece);
  }
}

Result<ApiAnswer> ApiSession::Get(const std::string& target,
                                  const Limits& limits) {
  return Send(ReadOf(target), limits);
}

Result<ApiAnswer> ApiSession::Send(const Write& write, const Limits& limits) {
  const Deadline deadline = limits.deadline == Deadline()
                                ? steady_clock::now() + kTimeout
                                : limits.deadline;
  const Result<HttpHead> head = Begin(write, deadline);
  if (!head) return head.error();
  return ReadAnswer(*head, limits.max_body, deadline);
}

Result<ApiAnswer> ApiSession::StreamPieces(const std::string& target,
                                           const StreamLimits& limits,
                                           const TakeText& take) {
  const Deadline end = steady_clock::now() + limits.total;
  const Result<HttpHead> head = Begin(ReadOf(target), end);
  if (!head) return head.error();
  if (head->status != 200) {
    return ReadAnswer(*head, limits.max_body, end);
  }
  while (!stop_.raised()) {
    const Result<std::string_view> piece = exchange_->ReadBody(end);
    if (!piece) {
      exchange_.reset();
      return piece.error();
    }
    if (piece->empty()) return ApiAnswer{.status = 200};
    if (!take(*piece)) {
      exchange_.reset();
      return ApiAnswer{.status = 200};
    }
  }
  exchange_.reset();
  return Error{"stopped"};
}

// A line that was cut off is no event: what it tells comes again.
Result<ApiAnswer> ApiSession::Stream(const std::string& target,
                                     const StreamLimits& limits,
                                     const TakeText& take) {
  std::string line;
  bool too_large = false;
  const auto take_lines = [&](std::string_view rest) {
    while (!rest.empty()) {
      const size_t length = std::min(rest.find('\n'), rest.size());
      too_large = line.size() + length > limits.max_line;
      if (too_large) return false;
      line.append(rest.substr(0, length));
      if (length == rest.size()) return true;
      rest.remove_prefix(length + 1);
      const bool more = line.empty() || take(line);
      constexpr size_t kKept = 64 << 10;
      if (line.capacity() > kKept) line = {};
      line.clear();
      if (!more) return false;
    }
    return true;
  };
  Result<ApiAnswer> answer = StreamPieces(target, limits, take_lines);
  if (answer && too_large) answer->too_large = true;
  return answer;
}

}  // namespace meshvet::cluster

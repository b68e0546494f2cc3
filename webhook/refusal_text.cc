#include "webhook/refusal_text.h"

#include <algorithm>
#include <array>
#include <utility>

namespace meshvet::webhook {
namespace {

constexpr std::array<std::pair<int, std::string_view>, 14> kPhrases{{
    {400, "Bad Request"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {408, "Request Timeout"},
    {411, "Length Required"},
    {413, "Payload Too Large"},
    {415, "Unsupported Media Type"},
    {417, "Expectation Failed"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {503, "Service Unavailable"},
    {505, "HTTP Version Not Supported"},
}};

}  // namespace

std::string_view ReasonPhrase(int status) {
  const auto found = std::ranges::find(
      kPhrases, status, &std::pair<int, std::string_view>::first);
  return found == kPhrases.end() ? "Error" : found->second;
}

std::string RefusalBody(int status, std::string_view message) {
  std::string body = R"({"code":)" + std::to_string(status) + R"(,"message":")";
  body += message;
  body += "\"}\n";
  return body;
}

std::string RefusalText(const Refusal& refusal, HeaderRules::Method allowed,
                        bool last) {
  const std::string body = RefusalBody(refusal.status, refusal.message);
  std::string text = "HTTP/1.1 " + std::to_string(refusal.status) + " ";
  text += ReasonPhrase(refusal.status);
  text += "\r\nContent-Type: application/json; charset=utf-8\r\n";
  text += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  if (refusal.status == 405) {
    text += allowed == HeaderRules::Method::kPost ? "Allow: POST\r\n"
                                                  : "Allow: GET\r\n";
  }
  if (refusal.status == 503) {
    text += "Retry-After: " + std::to_string(refusal.retry_after) + "\r\n";
  }
  if (last) text += "Connection: close\r\n";
  return text + "\r\n" + body;
}

}  // namespace meshvet::webhook

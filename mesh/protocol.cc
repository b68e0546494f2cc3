#include "mesh/protocol.h"

#include <algorithm>
#include <array>
#include <utility>

namespace meshvet {
namespace {

constexpr std::array<std::pair<std::string_view, Protocol>, 12> kWords = {{
    {"http", Protocol::kHttp},
    {"http2", Protocol::kHttp2},
    {"grpc", Protocol::kGrpc},
    {"grpc-web", Protocol::kGrpcWeb},
    {"http_proxy", Protocol::kHttpProxy},
    {"https", Protocol::kHttps},
    {"tls", Protocol::kTls},
    {"tcp", Protocol::kTcp},
    {"mongo", Protocol::kMongo},
    {"mysql", Protocol::kMySql},
    {"redis", Protocol::kRedis},
    {"udp", Protocol::kUdp},
}};

char Lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool EqualInAnyCase(std::string_view a, std::string_view b) {
  return std::ranges::equal(
      a, b, [](char x, char y) { return Lower(x) == Lower(y); });
}

Protocol FromName(std::string_view name) {
  constexpr std::string_view kGrpcWeb = "grpc-web";
  if (EqualInAnyCase(name.substr(0, kGrpcWeb.size()), kGrpcWeb)) {
    return Protocol::kGrpcWeb;
  }
  return ParseProtocol(name.substr(0, name.find('-')));
}

Protocol FromAppProtocol(std::string_view word) {
  if (word == "kubernetes.io/h2c") return Protocol::kHttp2;
  if (word == "kubernetes.io/ws") return Protocol::kHttp;
  if (word == "kubernetes.io/wss") return Protocol::kHttps;
  return FromName(word);
}

// Ports of protocols in which the server speaks first, which sniffing would
// hang: SMTP, DNS, MySQL, MongoDB.
bool IsWellKnownTcp(int64_t number) {
  return number == 25 || number == 53 || number == 3306 || number == 27017;
}

}  // namespace

Protocol ParseProtocol(std::string_view word) {
  for (const auto& [known, protocol] : kWords) {
    if (EqualInAnyCase(word, known)) return protocol;
  }
  return Protocol::kUnknown;
}

Protocol ServicePortProtocol(std::string_view name,
                             std::string_view kubernetes_protocol,
                             Node app_protocol, int64_t number) {
  if (kubernetes_protocol == "UDP") return Protocol::kUdp;
  const Protocol named = app_protocol.exists()
                             ? FromAppProtocol(app_protocol.Str())
                             : FromName(name);
  if (named == Protocol::kUnknown && IsWellKnownTcp(number)) {
    return Protocol::kTcp;
  }
  return named;
}

bool IsHttp(Protocol protocol) {
  switch (protocol) {
    case Protocol::kHttp:
    case Protocol::kHttp2:
    case Protocol::kGrpc:
    case Protocol::kGrpcWeb:
    case Protocol::kHttpProxy:
      return true;
    default:
      return false;
  }
}

bool IsTls(Protocol protocol) {
  return protocol == Protocol::kHttps || protocol == Protocol::kTls;
}

std::string_view ToString(Protocol protocol) {
  switch (protocol) {
    case Protocol::kUnknown:
      return "unknown";
    case Protocol::kHttp:
      return "HTTP";
    case Protocol::kHttp2:
      return "HTTP2";
    case Protocol::kGrpc:
      return "GRPC";
    case Protocol::kGrpcWeb:
      return "GRPC-Web";
    case Protocol::kHttpProxy:
      return "HTTP_PROXY";
    case Protocol::kHttps:
      return "HTTPS";
    case Protocol::kTls:
      return "TLS";
    case Protocol::kTcp:
      return "TCP";
    case Protocol::kMongo:
      return "Mongo";
    case Protocol::kMySql:
      return "MySQL";
    case Protocol::kRedis:
      return "Redis";
    case Protocol::kUdp:
      return "UDP";
  }
  return "";
}

}  // namespace meshvet

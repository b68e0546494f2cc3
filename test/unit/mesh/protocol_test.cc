#include "mesh/protocol.h"

#include <gtest/gtest.h>

#include <string_view>

#include "mesh/document.h"

namespace meshvet {

void PrintTo(Protocol protocol, std::ostream* out) {
  *out << ToString(protocol);
}

namespace {

struct PortCase {
  std::string_view name;
  std::string_view kubernetes_protocol;
  const char* app_protocol;  // JSON; null: not there
  int64_t number;
  Protocol protocol;
};

TEST(ServicePortProtocolTest, FollowsConvertProtocolOfIstio) {
  using enum Protocol;
  constexpr PortCase kCases[] = {
      // The name up to its first "-", in any case.
      {"http", "TCP", nullptr, 80, kHttp},
      {"HTTP", "TCP", nullptr, 80, kHttp},
      {"http-admin", "", nullptr, 80, kHttp},
      {"http2", "TCP", nullptr, 80, kHttp2},
      {"http2-x-y", "TCP", nullptr, 80, kHttp2},
      {"grpc", "TCP", nullptr, 80, kGrpc},
      {"grpc-x", "TCP", nullptr, 80, kGrpc},
      {"grpc-web", "TCP", nullptr, 80, kGrpcWeb},
      {"gRPC-Web-x", "TCP", nullptr, 80, kGrpcWeb},
      {"grpc-website", "TCP", nullptr, 80, kGrpcWeb},
      {"grpc-we", "TCP", nullptr, 80, kGrpc},
      {"http_proxy", "TCP", nullptr, 80, kHttpProxy},
      {"https", "TCP", nullptr, 443, kHttps},
      {"https-admin", "TCP", nullptr, 443, kHttps},
      {"tls", "TCP", nullptr, 443, kTls},
      {"tcp-http", "TCP", nullptr, 80, kTcp},
      {"mongo", "TCP", nullptr, 1, kMongo},
      {"mysql", "TCP", nullptr, 1, kMySql},
      {"redis-x", "TCP", nullptr, 1, kRedis},
      {"udp", "TCP", nullptr, 1, kUdp},
      // No prefix at all.
      {"", "TCP", nullptr, 80, kUnknown},
      {"web", "TCP", nullptr, 80, kUnknown},
      {"httpx", "TCP", nullptr, 80, kUnknown},
      {"https8443", "TCP", nullptr, 8443, kUnknown},
      {"-http", "TCP", nullptr, 80, kUnknown},
      {"admin-http", "TCP", nullptr, 80, kUnknown},
      // Server-first protocols by number, only where nothing is said.
      {"web", "TCP", nullptr, 25, kTcp},
      {"", "TCP", nullptr, 53, kTcp},
      {"db", "TCP", nullptr, 3306, kTcp},
      {"db", "TCP", nullptr, 27017, kTcp},
      {"db", "TCP", nullptr, 5432, kUnknown},
      {"http", "TCP", nullptr, 3306, kHttp},
      // UDP of Kubernetes beats everything.
      {"http", "UDP", nullptr, 80, kUdp},
      {"http", "UDP", R"("https")", 80, kUdp},
      // appProtocol replaces the name, an unknown one too.
      {"http", "TCP", R"("https")", 80, kHttps},
      {"http", "TCP", R"("http-foo")", 80, kHttp},
      {"tcp", "TCP", R"("GRPC")", 80, kGrpc},
      {"tcp", "TCP", R"("grpc-web")", 80, kGrpcWeb},
      {"http", "TCP", R"("mysql2")", 80, kUnknown},
      {"http", "TCP", R"("")", 80, kUnknown},
      {"http", "TCP", R"("")", 3306, kTcp},
      {"http", "TCP", R"("http_proxy")", 80, kHttpProxy},
      {"http", "TCP", "null", 80, kHttp},
      {"tcp", "TCP", R"("kubernetes.io/h2c")", 80, kHttp2},
      {"tcp", "TCP", R"("kubernetes.io/ws")", 80, kHttp},
      {"tcp", "TCP", R"("kubernetes.io/wss")", 80, kHttps},
      {"tcp", "TCP", R"("Kubernetes.io/WS")", 80, kUnknown},
      {"http", "TCP", R"("kubernetes.io/foo")", 80, kUnknown},
      {"kubernetes.io/ws", "TCP", nullptr, 80, kUnknown},
  };
  for (const PortCase& test : kCases) {
    const bool given = test.app_protocol != nullptr;
    const auto document = ParseJson(given ? test.app_protocol : "0", {});
    ASSERT_TRUE(document);
    EXPECT_EQ(
        ServicePortProtocol(test.name, test.kubernetes_protocol,
                            given ? document->root() : Node(), test.number),
        test.protocol)
        << test.name << " " << (given ? test.app_protocol : "") << " "
        << test.number;
  }
}

struct WordCase {
  std::string_view word;
  Protocol protocol;
};

TEST(ParseProtocolTest, TakesWholeWordsInAnyCase) {
  using enum Protocol;
  constexpr WordCase kCases[] = {
      {"HTTP", kHttp},
      {"http", kHttp},
      {"Http2", kHttp2},
      {"GRPC", kGrpc},
      {"GRPC-Web", kGrpcWeb},
      {"HTTPS", kHttps},
      {"https", kHttps},
      {"TLS", kTls},
      {"TCP", kTcp},
      {"MONGO", kMongo},
      {"MySQL", kMySql},
      {"Redis", kRedis},
      {"UDP", kUdp},
      {"HTTP_PROXY", kHttpProxy},
      {"", kUnknown},
      {"http-foo", kUnknown},
      {"HTTPX", kUnknown},
      {" HTTP", kUnknown},
      {"grpc-web-x", kUnknown},
  };
  for (const auto& [word, protocol] : kCases) {
    EXPECT_EQ(ParseProtocol(word), protocol) << word;
  }
}

TEST(ProtocolTest, FamiliesDoNotOverlap) {
  using enum Protocol;
  for (const Protocol http : {kHttp, kHttp2, kGrpc, kGrpcWeb, kHttpProxy}) {
    EXPECT_TRUE(IsHttp(http));
    EXPECT_FALSE(IsTls(http));
  }
  for (const Protocol tls : {kHttps, kTls}) {
    EXPECT_TRUE(IsTls(tls));
    EXPECT_FALSE(IsHttp(tls));
  }
  for (const Protocol other : {kUnknown, kTcp, kMongo, kMySql, kRedis, kUdp}) {
    EXPECT_FALSE(IsHttp(other));
    EXPECT_FALSE(IsTls(other));
  }
}

TEST(ProtocolTest, EveryNameReadsBackAsItself) {
  for (int i = static_cast<int>(Protocol::kUnknown);
       i <= static_cast<int>(Protocol::kUdp); ++i) {
    const auto protocol = static_cast<Protocol>(i);
    EXPECT_FALSE(ToString(protocol).empty()) << i;
    EXPECT_EQ(ParseProtocol(ToString(protocol)), protocol);
  }
}

}  // namespace
}  // namespace meshvet

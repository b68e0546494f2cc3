#include "webhook/header_reader.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace meshvet::webhook {
namespace {

using Outcome = HeaderReader::Outcome;

const HeaderRules& PostRules() {
  static const HeaderRules rules = [] {
    HeaderRules made;
    made.paths = {"/validate", "/mutate"};
    return made;
  }();
  return rules;
}

const HeaderRules& GetRules() {
  static const HeaderRules rules = [] {
    HeaderRules made;
    made.method = HeaderRules::Method::kGet;
    made.paths = {"/livez"};
    return made;
  }();
  return rules;
}

constexpr const char* kLine = "POST /validate?timeout=10s HTTP/1.1\r\n";
constexpr const char* kHost = "Host: a\r\n";
constexpr const char* kType = "Content-Type: application/json\r\n";
constexpr const char* kLength = "Content-Length: 5\r\n";

std::string Good() {
  return std::string(kLine) + kHost + kType + kLength + "\r\n";
}

TEST(HeaderReader, TakesWhatAnApiServerSends) {
  HeaderReader reader(PostRules());
  const std::string head =
      "POST /mutate?timeout=10s HTTP/1.1\r\nHost: meshvet.istio.svc:443\r\n"
      "User-Agent: kube-apiserver-admission\r\nContent-Length: 5\r\n"
      "Accept: application/json, */*\r\ncontent-type: Application/JSON; a=b\r\n"
      "Traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\r\n"
      "Accept-Encoding: gzip\r\n\r\n";
  ASSERT_EQ(reader.Read(head + "hello and more"), Outcome::kVetted);
  EXPECT_EQ(reader.head().path_index, 1U);
  EXPECT_EQ(reader.head().query, "timeout=10s");
  EXPECT_EQ(reader.head().content_length, 5U);
  EXPECT_EQ(reader.head().header_bytes, head.size());
  EXPECT_EQ(reader.head().traceparent,
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
  EXPECT_TRUE(reader.head().keep_alive);
}

TEST(HeaderReader, ReadsTheSameByteByByte) {
  HeaderReader reader(PostRules());
  const std::string head = Good();
  for (std::size_t i = 1; i < head.size(); ++i) {
    ASSERT_EQ(reader.Read(head.substr(0, i)), Outcome::kNeedMore) << i;
  }
  ASSERT_EQ(reader.Read(head), Outcome::kVetted);
  EXPECT_EQ(reader.head().content_length, 5U);
}

TEST(HeaderReader, StartsAnewAfterReset) {
  HeaderReader reader(PostRules());
  ASSERT_EQ(reader.Read(Good()), Outcome::kVetted);
  reader.Reset();
  ASSERT_EQ(
      reader.Read("POST /mutate HTTP/1.1\r\nConnection: x, Close\r\n" +
                  std::string(kHost) + kType + "Content-Length: 0\r\n\r\n"),
      Outcome::kVetted);
  EXPECT_EQ(reader.head().path_index, 1U);
  EXPECT_EQ(reader.head().query, "");
  EXPECT_EQ(reader.head().content_length, 0U);
  EXPECT_FALSE(reader.head().keep_alive);
}

struct Refused {
  const char* what;
  std::string input;
  int status;
};

std::vector<Refused> RefusedShapes() {
  const std::string line = kLine;
  const std::string host = kHost;
  const std::string type = kType;
  const std::string length = kLength;
  const std::string rest = host + type + length + "\r\n";
  const auto with = [&](const std::string& field) {
    return line + field + rest;
  };
  return {
      {"HTTP/0.9", "GET /validate\r\n", 400},
      {"HTTP/1.0", "POST /validate HTTP/1.0\r\n" + rest, 505},
      {"HTTP/2", "PRI * HTTP/2.0\r\n\r\n", 505},
      {"no version", "POST /validate \r\n" + rest, 400},
      {"empty line first", "\r\n" + Good(), 400},
      {"bare LF in the request line", "POST /validate HTTP/1.1\n" + rest, 400},
      {"bare LF at the very start", "\n", 400},
      {"bare LF in a header", line + "Host: a\n" + type + length + "\r\n", 400},
      {"bare CR", with("X: a\rb\r\n"), 400},
      {"NUL in a value", with(std::string("X: a\0b\r\n", 8)), 400},
      {"NUL in a name", with(std::string("X\0: b\r\n", 7)), 400},
      {"obs-fold", with("X: a\r\n b\r\n"), 400},
      {"obs-fold with a colon", with("X: a\r\n\tY: b\r\n"), 400},
      {"space before the colon", with("X : a\r\n"), 400},
      {"no colon", with("X\r\n"), 400},
      {"empty name", with(": a\r\n"), 400},
      {"two spaces", "POST  /validate HTTP/1.1\r\n" + rest, 400},
      {"tab in the request line", "POST\t/validate HTTP/1.1\r\n" + rest, 400},
      {"absolute URI", "POST http://a/validate HTTP/1.1\r\n" + rest, 400},
      {"authority", "CONNECT a:443 HTTP/1.1\r\n" + rest, 400},
      {"asterisk", "OPTIONS * HTTP/1.1\r\n" + rest, 400},
      {"fragment", "POST /validate#x HTTP/1.1\r\n" + rest, 400},
      {"control character in the target", "POST /val\x01 HTTP/1.1\r\n", 400},
      {"UTF-8 in the target", "POST /v\xC3\xA4 HTTP/1.1\r\n", 400},
      {"another path", "POST /validate/ HTTP/1.1\r\n" + rest, 404},
      {"escaped path", "POST /%76alidate HTTP/1.1\r\n" + rest, 404},
      {"dots", "POST /x/../validate HTTP/1.1\r\n" + rest, 404},
      {"GET", "GET /validate HTTP/1.1\r\n" + rest, 405},
      {"lower case method", "post /validate HTTP/1.1\r\n" + rest, 405},
      {"no Host", line + type + length + "\r\n", 400},
      {"two Hosts", with("Host: b\r\n"), 400},
      {"no length", line + host + type + "\r\n", 411},
      {"two lengths", with("Content-Length: 5\r\n"), 400},
      {"a list of lengths", line + host + type + "Content-Length: 5, 5\r\n\r\n",
       400},
      {"negative length", line + host + type + "Content-Length: -1\r\n\r\n",
       400},
      {"signed length", line + host + type + "Content-Length: +5\r\n\r\n", 400},
      {"hexadecimal", line + host + type + "Content-Length: 0x5\r\n\r\n", 400},
      {"empty length", line + host + type + "Content-Length:\r\n\r\n", 400},
      {"one byte too many",
       line + host + type + "Content-Length: 7340033\r\n\r\n", 413},
      {"overflow",
       line + host + type + "Content-Length: 18446744073709551621\r\n\r\n",
       413},
      {"chunked", line + host + type + "Transfer-Encoding: chunked\r\n\r\n",
       411},
      {"chunked and a length", with("Transfer-Encoding: chunked\r\n"), 400},
      {"transfer coding disguised", with("transfer-encoding: x\r\n"), 400},
      {"compressed", with("Content-Encoding: gzip\r\n"), 415},
      {"Expect", with("Expect: 100-continue\r\n"), 417},
      {"Range", with("Range: bytes=0-0\r\n"), 400},
      {"no type", line + host + length + "\r\n", 415},
      {"another type",
       line + host + "Content-Type: text/plain\r\n" + length + "\r\n", 415},
      {"multipart",
       line + host + "Content-Type: multipart/form-data; boundary=a\r\n" +
           length + "\r\n",
       415},
      {"a type that only begins so",
       line + host + "Content-Type: application/jsonp\r\n" + length + "\r\n",
       415},
      {"two types", with(type), 400},
  };
}

TEST(HeaderReader, RefusesEveryOtherShape) {
  for (const Refused& shape : RefusedShapes()) {
    HeaderReader reader(PostRules());
    ASSERT_EQ(reader.Read(shape.input), Outcome::kRefused) << shape.what;
    EXPECT_EQ(reader.refusal().status, shape.status) << shape.what;
    EXPECT_NE(reader.refusal().message, "") << shape.what;
  }
}

TEST(HeaderReader, BoundsBytesAndLines) {
  HeaderReader bytes(PostRules());
  EXPECT_EQ(bytes.Read(kLine + std::string(32758 - 37, 'x')),
            Outcome::kNeedMore);
  EXPECT_EQ(bytes.Read(kLine + std::string(32768, 'x')), Outcome::kRefused);
  EXPECT_EQ(bytes.refusal().status, 431);
  std::string many = kLine;
  for (int i = 0; i < 99; ++i) many += "X: 1\r\n";
  HeaderReader lines(PostRules());
  EXPECT_EQ(lines.Read(many), Outcome::kNeedMore);
  many += "X: 1\r\n";
  EXPECT_EQ(lines.Read(many), Outcome::kRefused);
  EXPECT_EQ(lines.refusal().status, 431);
}

TEST(HeaderReader, TakesProbes) {
  const std::string line = "GET /livez?verbose HTTP/1.1\r\n";
  HeaderReader plain(GetRules());
  EXPECT_EQ(plain.Read(line + kHost + "\r\n"), Outcome::kVetted);
  EXPECT_EQ(plain.head().query, "verbose");
  HeaderReader empty(GetRules());
  EXPECT_EQ(empty.Read(line + kHost + "Content-Length: 0\r\n\r\n"),
            Outcome::kVetted);
  HeaderReader body(GetRules());
  EXPECT_EQ(body.Read(line + kHost + kLength + "\r\n"), Outcome::kRefused);
  EXPECT_EQ(body.refusal().status, 400);
}

TEST(HeaderReader, ForgetsAMalformedTraceParent) {
  const std::string trace = "4bf92f3577b34da6a3ce929d0e0e4736";
  const std::string span = "00f067aa0ba902b7";
  const std::string no_trace(32, '0');
  const std::string no_span(16, '0');
  for (const std::string& value :
       {std::string("00-\"x\""), "ff-" + trace + "-" + span + "-01",
        "00-" + no_trace + "-" + span + "-01",
        "00-" + trace + "-" + no_span + "-01"}) {
    HeaderReader reader(PostRules());
    EXPECT_EQ(reader.Read(std::string(kLine) + "traceparent: " + value +
                          "\r\n" + kHost + kType + kLength + "\r\n"),
              Outcome::kVetted);
    EXPECT_EQ(reader.head().traceparent, "") << value;
  }
}

}  // namespace
}  // namespace meshvet::webhook

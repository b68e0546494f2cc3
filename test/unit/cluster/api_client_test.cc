// Requests over real sockets: what servers may say, and what they may not.

#include "cluster/api_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "certs/self_signed.h"
#include "test/support/refusing_port.h"
#include "test/support/temp_folder.h"
#include "test/unit/cluster/scripted_server.h"

namespace meshvet::cluster {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;
using test::TempFolder;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

using Reply = ScriptedServer::Reply;

// A client with one session.
class Caller {
 public:
  explicit Caller(const ClusterAccess& access)
      : client_(*ApiClient::Make(access)), session_(*client_, stop_) {}

  // "200 body", or "error: …".
  std::string Get(const std::string& target,
                  const ApiSession::Limits& limits = {}) {
    const auto answer = session_.Get(target, limits);
    if (!answer) return "error: " + answer.error().message;
    if (answer->too_large) return "too large";
    return std::to_string(answer->status) + " " + answer->body;
  }
  // The lines, then how it ended.
  std::vector<std::string> Stream(const std::string& target,
                                  const ApiSession::StreamLimits& limits = {}) {
    std::vector<std::string> lines;
    const auto answer =
        session_.Stream(target, limits, [&](std::string_view line) {
          lines.emplace_back(line);
          return line != "stop";
        });
    if (!answer) {
      lines.push_back("error: " + answer.error().message);
    } else if (answer->too_large) {
      lines.emplace_back("too large");
    } else {
      lines.push_back(std::to_string(answer->status));
    }
    return lines;
  }
  StopSignal& stop() { return stop_; }

 private:
  StopSignal stop_;
  std::shared_ptr<ApiClient> client_;
  ApiSession session_;
};

std::string Ask(const ScriptedServer& server, const ClusterAccess& access) {
  (void)server;
  return Caller(access).Get("/x");
}

void AnswerOk(const SeenRequest&, Reply& reply) { reply.Json(200, "{}"); }

TEST(ApiClient, AsksAsWhoItIs) {
  ScriptedServer server;
  server.On("/prefix/x", AnswerOk);
  ClusterAccess access = server.access();
  access.path_prefix = "/prefix";
  EXPECT_EQ(Caller(access).Get("/x?limit=5"), "200 {}");
  const auto requests = server.Requests("/prefix/x");
  ASSERT_EQ(requests.size(), 1U);
  EXPECT_EQ(requests[0].head,
            "GET /prefix/x?limit=5 HTTP/1.1\r\nHost: 127.0.0.1:" +
                std::to_string(server.port()) +
                "\r\nAccept: application/json\r\nUser-Agent: meshvet/" +
                MESHVET_VERSION + "\r\nAuthorization: Bearer secret\r\n");
}

TEST(ApiClient, KeepsItsConnection) {
  ScriptedServer server;
  server.On("/x", AnswerOk);
  Caller caller(server.access());
  for (int i = 0; i < 5; ++i) EXPECT_EQ(caller.Get("/x"), "200 {}");
  EXPECT_EQ(server.connections(), 1);
}

TEST(ApiClient, ConnectsAnewWhenTheServerHungUp) {
  ScriptedServer server;
  server.On("/close", [](const SeenRequest&, Reply& reply) {
    reply.Json(200, "{}");
    reply.Close();
  });
  server.On("/say-so", [](const SeenRequest&, Reply& reply) {
    reply.Json(200, "{}", "Connection: close\r\n");
  });
  Caller caller(server.access());
  for (int i = 0; i < 3; ++i) EXPECT_EQ(caller.Get("/close"), "200 {}");
  for (int i = 0; i < 3; ++i) EXPECT_EQ(caller.Get("/say-so"), "200 {}");
  EXPECT_EQ(server.connections(), 6);
}

TEST(ApiClient, ReadsAnswersHoweverTheyComeInPieces) {
  const std::string ok = "HTTP/1.1 200 OK\r\n";
  const struct {
    std::string raw;
    std::string answer;
  } cases[] = {
      {ok + "Content-Length: 5\r\n\r\nhello", "200 hello"},
      {ok + "content-length:5 \r\n\r\nhello", "200 hello"},
      {ok + "Content-Length: 0\r\n\r\n", "200 "},
      {ok +
           "Transfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n",
       "200 hello"},
      {ok + "Transfer-Encoding: Chunked\r\n\r\n005;a=b\r\nhello\r\n0\r\nX: "
            "y\r\n\r\n",
       "200 hello"},
      {ok + "\r\nto the end", "200 to the end"},
      {"HTTP/1.0 200 OK\r\n\r\nold", "200 old"},
      {"HTTP/1.1 204 No Content\r\n\r\n", "204 "},
      {"HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nok", "200 ok"},
      {"HTTP/1.1 100 Continue\r\n\r\n" + ok + "Content-Length: 2\r\n\r\nok",
       "200 ok"},
      {"HTTP/1.1 503 Busy\r\nRetry-After: 7\r\nContent-Length: 1\r\n\r\n!",
       "503 !"},
  };
  for (const auto scheme :
       {ScriptedServer::Scheme::kHttp, ScriptedServer::Scheme::kHttps}) {
    ScriptedServer server({.scheme = scheme});
    for (const auto& c : cases) {
      for (const bool torn : {false, true}) {
        server.On("/x", [&c, torn](const SeenRequest&, Reply& reply) {
          torn ? reply.Torn(c.raw) : reply.Raw(c.raw);
          reply.Close();
        });
        EXPECT_EQ(Ask(server, server.access()), c.answer) << c.raw;
      }
    }
  }
}

TEST(ApiClient, RefusesWhatIsNoAnswer) {
  const std::string ok = "HTTP/1.1 200 OK\r\n";
  const struct {
    std::string raw;
    std::string error;
  } cases[] = {
      {"", "closed"},
      {"HTTP/2 200\r\n\r\n", "not an answer in HTTP/1.1"},
      {"SSH-2.0-OpenSSH\r\n\r\n", "not an answer in HTTP/1.1"},
      {"HTTP/1.1 OK\r\n\r\n", "not an answer in HTTP/1.1"},
      {"HTTP/1.1 2000 OK\r\n\r\n", "not an answer in HTTP/1.1"},
      {ok + "no colon\r\n\r\n", "a header without a colon"},
      {ok + "Content-Length: -1\r\n\r\n", "bad Content-Length"},
      {ok + "Content-Length: 1x\r\n\r\n", "bad Content-Length"},
      {ok + "Content-Length: 99999999999999999999\r\n\r\n",
       "bad Content-Length"},
      {ok + "Content-Length: 1\r\nContent-Length: 1\r\n\r\n1",
       "bad Content-Length"},
      {ok + "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
       "both Content-Length and Transfer-Encoding"},
      {ok + "Transfer-Encoding: gzip, chunked\r\n\r\n",
       "Transfer-Encoding other than chunked"},
      {ok + "Content-Encoding: gzip\r\nContent-Length: 1\r\n\r\n1",
       "compressed unasked"},
      {ok + "Content-Length: 9\r\n\r\nshort", "closed"},
      {ok + "Transfer-Encoding: chunked\r\n\r\nz\r\n",
       "a chunk without a size"},
      {ok + "Transfer-Encoding: chunked\r\n\r\n-1\r\n",
       "a chunk without a size"},
      {ok + "Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n",
       "a chunk without a size"},
      {ok + "Transfer-Encoding: chunked\r\n\r\n1\r\nab\r\n0\r\n\r\n",
       "a chunk is longer than it says"},
      {ok + "Transfer-Encoding: chunked\r\n\r\n5\r\nhe", "closed"},
      {ok + "X: " + std::string(70'000, 'x') + "\r\n\r\n", "line too long"},
      {ok + "Transfer-Encoding: chunked\r\n\r\n" + std::string(2'000, '1'),
       "line too long"},
  };
  ScriptedServer server({.scheme = ScriptedServer::Scheme::kHttp});
  for (const auto& c : cases) {
    server.On("/x", [&](const SeenRequest&, Reply& reply) {
      reply.Raw(c.raw);
      reply.Close();
    });
    EXPECT_THAT(Ask(server, server.access()),
                AllOf(testing::StartsWith("error: "), HasSubstr(c.error)))
        << c.raw.substr(0, 80);
  }
}

TEST(ApiClient, BoundsTheHeadAsAWhole) {
  ScriptedServer server({.scheme = ScriptedServer::Scheme::kHttp});
  server.On("/many-headers", [](const SeenRequest&, Reply& reply) {
    reply.Raw("HTTP/1.1 200 OK\r\n");
    while (reply.Raw("A: b\r\n")) {
    }
  });
  server.On("/many-interim", [](const SeenRequest&, Reply& reply) {
    while (reply.Raw("HTTP/1.1 100 Continue\r\n\r\n")) {
    }
  });
  EXPECT_EQ(Caller(server.access()).Get("/many-headers"),
            "error: line too long");
  EXPECT_EQ(Caller(server.access()).Get("/many-interim"),
            "error: too many interim answers");
}

TEST(ApiClient, BoundsTheBody) {
  ScriptedServer server;
  server.On("/endless", [](const SeenRequest&, Reply& reply) {
    reply.BeginStream();
    while (reply.Line(std::string(1'000, 'x'))) {
    }
  });
  server.On("/x", AnswerOk);
  Caller caller(server.access());
  EXPECT_EQ(caller.Get("/endless", {.max_body = 100'000}), "too large");
  EXPECT_EQ(caller.Get("/x"), "200 {}");
}

// Each byte comes in time, all of them together never do.
TEST(ApiClient, BoundsTheTimeOfTheWholeCall) {
  ScriptedServer server;
  server.On("/drip", [](const SeenRequest&, Reply& reply) {
    reply.Raw("HTTP/1.1 200 OK\r\nX: ");
    while (reply.Raw("x")) {
      std::this_thread::sleep_for(milliseconds(5));
    }
  });
  server.On("/silent", [](const SeenRequest&, Reply& reply) { reply.Hang(); });
  // Longer where that is too short for the question to arrive.
  for (const std::string path : {"/drip", "/silent"}) {
    for (milliseconds limit{300}; server.Requests(path).empty(); limit *= 2) {
      EXPECT_THAT(Caller(server.access())
                      .Get(path, {.deadline = steady_clock::now() + limit}),
                  testing::EndsWith("timed out"));
    }
  }
}

TEST(ApiClient, EndsAtOnceWhenItIsStopped) {
  ScriptedServer server;
  server.On("/silent", [](const SeenRequest&, Reply& reply) { reply.Hang(); });
  Caller caller(server.access());
  std::thread stopper([&] {
    EXPECT_TRUE(server.WaitFor("/silent", 1));
    caller.stop().Raise();
  });
  EXPECT_EQ(caller.Get("/silent", {.deadline = steady_clock::now() +
                                               std::chrono::hours(1)}),
            "error: stopped");
  stopper.join();
}

TEST(ApiClient, BelievesOnlyTheRightServer) {
  const ScriptedServer server({.dns_names = {"localhost", "api.example"}});
  const ScriptedServer other;
  const auto with = [&](auto change) {
    ClusterAccess access = server.access();
    change(access);
    return Ask(server, access);
  };
  const std::string answered =
      "404 " + StatusJson(404, "NotFound", "nothing here");
  EXPECT_EQ(with([](ClusterAccess&) {}), answered);
  EXPECT_EQ(with([](ClusterAccess& a) { a.server_name = "api.example"; }),
            answered);
  EXPECT_THAT(with([](ClusterAccess& a) { a.server_name = "other.example"; }),
              HasSubstr("not accepted: hostname mismatch"));
  EXPECT_THAT(with([](ClusterAccess& a) { a.server_name = "10.0.0.1"; }),
              HasSubstr("not accepted: IP address mismatch"));
  EXPECT_THAT(with([&](ClusterAccess& a) { a.ca.text = other.ca_pem(); }),
              HasSubstr("not accepted"));
  EXPECT_THAT(with([](ClusterAccess& a) { a.ca.text = ""; }),
              HasSubstr("not accepted"));
  EXPECT_EQ(with([](ClusterAccess& a) {
              a.ca.text = "";
              a.skip_verify = true;
            }),
            answered);
}

TEST(ApiClient, SaysWhichCredentialIsOfNoUse) {
  const ScriptedServer server;
  const auto where = [&](auto change) {
    ClusterAccess access = server.access();
    change(access);
    const auto client = ApiClient::Make(access);
    return client ? "" : client.error().where + ": " + client.error().message;
  };
  EXPECT_EQ(where([](ClusterAccess& a) { a.ca.text = "no PEM"; }),
            "CA: holds no PEM certificate");
  EXPECT_EQ(where([](ClusterAccess& a) { a.ca.file = "/nowhere"; }),
            "/nowhere: cannot be read");
  EXPECT_EQ(where([](ClusterAccess& a) {
              a.client_certificate.text = "x";
              a.client_key.text = "x";
            }),
            "client certificate: holds no PEM certificate");
  EXPECT_EQ(where([&](ClusterAccess& a) {
              a.client_certificate.text = server.ca_pem();
              a.client_key.text = "x";
            }),
            "client key: holds no PEM key without pass phrase");
}

// The PEM texts of a pair, taken from a context that uses it.
struct ClientPair {
  std::string ca, certificate, key;

  ClientPair() {
    const auto pair = certs::SelfSigned({"meshvet"}, {}, {.client_auth = true});
    const auto context = *certs::MakeServerContext(pair->identity, {});
    ca = pair->ca_pem;
    certificate = Text([&](BIO* bio) {
      PEM_write_bio_X509(bio, SSL_CTX_get0_certificate(context->native()));
    });
    key = Text([&](BIO* bio) {
      PEM_write_bio_PrivateKey(bio, SSL_CTX_get0_privatekey(context->native()),
                               nullptr, nullptr, 0, nullptr, nullptr);
    });
  }

  template <typename Write>
  static std::string Text(const Write& write) {
    BIO* bio = BIO_new(BIO_s_mem());
    write(bio);
    char* data = nullptr;
    const long size = BIO_get_mem_data(bio, &data);
    std::string text(data, static_cast<size_t>(size));
    BIO_free(bio);
    return text;
  }
};

TEST(ApiClient, ShowsItsCertificate) {
  const ClientPair pair;
  ScriptedServer server({.client_ca_pem = pair.ca});
  server.On("/x", AnswerOk);
  ClusterAccess access = server.access();
  EXPECT_THAT(Ask(server, access), HasSubstr("error: "));
  access.client_certificate.text = pair.certificate;
  access.client_key.text = pair.key;
  EXPECT_EQ(Ask(server, access), "200 {}");
}

TEST(ApiClient, ReadsTheTokenAgainWhenItIsRefused) {
  const TempFolder folder;
  ScriptedServer server;
  server.On("/x", [](const SeenRequest& request, Reply& reply) {
    const bool fresh =
        request.head.find("Authorization: Bearer new\r\n") != std::string::npos;
    reply.Json(fresh ? 200 : 401, "{}");
  });
  ClusterAccess access = server.access();
  access.token.file = folder.Put("token", "old\n");
  Caller caller(access);
  EXPECT_EQ(caller.Get("/x"), "401 {}");
  EXPECT_EQ(server.Requests("/x").size(), 1U);  // nothing newer to try
  folder.Put("token", "new\n");
  EXPECT_EQ(caller.Get("/x"), "200 {}");
  EXPECT_EQ(caller.Get("/x"), "200 {}");
  EXPECT_EQ(server.Requests("/x").size(), 4U);
}

TEST(ApiClient, SendsNoTokenThatWouldBreakTheHeader) {
  ScriptedServer server;
  server.On("/x", AnswerOk);
  ClusterAccess access = server.access();
  access.token.text = "a\r\nX-Evil: 1";
  EXPECT_EQ(Ask(server, access), "200 {}");
  EXPECT_THAT(server.Requests("/x")[0].head,
              AllOf(Not(HasSubstr("Evil")), Not(HasSubstr("Authorization"))));
}

TEST(ApiClient, StreamsLines) {
  ScriptedServer server;
  server.On("/w", [](const SeenRequest&, Reply& reply) {
    reply.BeginStream();
    reply.Torn("2\r\nab\r\n4\r\nc\nde\r\n2\r\n\n\n\r\n");
    reply.Line("last");
    reply.EndStream();
  });
  Caller caller(server.access());
  EXPECT_THAT(caller.Stream("/w"), ElementsAre("abc", "de", "last", "200"));
  EXPECT_THAT(caller.Stream("/w"), ElementsAre("abc", "de", "last", "200"));
  EXPECT_EQ(server.connections(), 1);
}

TEST(ApiClient, EndsAStreamThatGoesWrong) {
  ScriptedServer server;
  server.On("/stop", [](const SeenRequest&, Reply& reply) {
    reply.BeginStream();
    reply.Line("stop");
    reply.Hang();
  });
  server.On("/cut", [](const SeenRequest&, Reply& reply) {
    reply.BeginStream();
    reply.Line("one");
    reply.Raw("9\r\nhalf");
    reply.Close();
  });
  server.On("/long", [](const SeenRequest&, Reply& reply) {
    reply.BeginStream();
    while (reply.Raw("4\r\nxxxx\r\n")) {
    }
  });
  server.On("/silent", [](const SeenRequest&, Reply& reply) {
    reply.BeginStream();
    reply.Line("one");
    reply.Hang();
  });
  server.On("/refused",
            [](const SeenRequest&, Reply& reply) { reply.Json(403, "no"); });
  Caller caller(server.access());
  EXPECT_THAT(caller.Stream("/stop"), ElementsAre("stop", "200"));
  EXPECT_THAT(caller.Stream("/cut"),
              ElementsAre("one", testing::StartsWith("error: ")));
  EXPECT_THAT(caller.Stream("/long", {.max_line = 1'000}),
              ElementsAre("too large"));
  // Longer where that is too short for the first line to come.
  std::vector<std::string> silent = {"error: timed out"};
  for (std::chrono::seconds total{1}; silent.size() == 1; total *= 2) {
    silent = caller.Stream("/silent", {.total = total});
    ASSERT_EQ(silent.back(), "error: timed out");
  }
  EXPECT_THAT(silent, ElementsAre("one", "error: timed out"));
  EXPECT_THAT(caller.Stream("/refused"), ElementsAre("403"));
}

TEST(ApiClient, SaysWhereNobodyAnswers) {
  const test::RefusingPort nobody;
  EXPECT_THAT(
      Caller({.host = "127.0.0.1", .port = nobody.number(), .tls = false})
          .Get("/x"),
      HasSubstr("Connection refused"));
}

TEST(Explain, QuotesTheServersStatus) {
  EXPECT_EQ(Explain("list pods", {.status = 403,
                                  .body = StatusJson(403, "Forbidden",
                                                     "pods is forbidden")}),
            "list pods: pods is forbidden");
  EXPECT_EQ(Explain("list pods", {.status = 502, .body = "<html>"}),
            "list pods: HTTP 502");
}

}  // namespace
}  // namespace meshvet::cluster

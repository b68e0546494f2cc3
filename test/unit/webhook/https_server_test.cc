#include "webhook/https_server.h"

#include <gtest/gtest.h>

#include <atomic>
#include <mutex>
#include <new>
#include <optional>
#include <stdexcept>
#include <thread>
#include <vector>

#include "test/unit/webhook/test_server.h"

namespace meshvet::webhook {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

std::string CloseAfter(std::string_view body) {
  return Post("/validate", body, "Connection: close\r\n");
}

TEST(HttpsServer, AnswersManyRequestsOnOneConnection) {
  const TestServer server;
  const auto client = server.Connect();
  for (int i = 0; i < 50; ++i) {
    const std::string body = "{\"n\":" + std::to_string(i) + "}";
    const auto answer = client->Exchange(Post("/validate?timeout=5s", body));
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 200);
    EXPECT_EQ(answer->body, body);
    EXPECT_TRUE(answer->Has("Content-Type: application/json; charset=utf-8"));
    EXPECT_EQ(answer->head.find("Content-Encoding"), std::string::npos);
    EXPECT_FALSE(answer->Has("Connection: close"));
  }
}

TEST(HttpsServer, TellsTheLengthOfEachBody) {
  HttpsServer::Options options;
  options.max_requests = 1000;
  const TestServer server(options);
  const auto client = server.Connect();
  const std::string usual =
      "\r\nContent-Type: application/json; charset=utf-8\r\n"
      "Keep-Alive: timeout=120, max=1000\r\n";
  for (const std::size_t size : {0U, 1U, 9U, 10U, 12345U}) {
    const std::string body(size, 'x');
    const auto answer = client->Exchange(Post("/validate", body));
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->body, body);
    EXPECT_EQ(answer->head, "HTTP/1.1 200 OK\r\nContent-Length: " +
                                std::to_string(size) + usual);
  }
}

TEST(HttpsServer, TellsTheHandlerWhatItNeeds) {
  std::mutex mutex;
  HttpRequest seen;
  std::string path;
  std::string query;
  std::string remote;
  std::string trace;
  const TestServer server({}, [&](const HttpRequest& request) {
    const std::scoped_lock lock(mutex);
    seen.deadline = request.deadline;
    path = request.path;
    query = request.query;
    remote = request.remote;
    trace = request.traceparent;
    return HttpResponse{.status = 503, .body = "{}", .retry_after = 2};
  });
  const std::string id =
      "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  const Clock::time_point before = Clock::now();
  const auto answer = server.Connect()->Exchange(
      Post("/mutate?timeout=20s", "{}", "traceparent: " + id + "\r\n"));
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 503);
  EXPECT_TRUE(answer->Has("Retry-After: 2"));
  const std::scoped_lock lock(mutex);
  EXPECT_EQ(path, "/mutate");
  EXPECT_EQ(query, "timeout=20s");
  EXPECT_EQ(trace, id);
  EXPECT_TRUE(remote.starts_with("127.0.0.1:")) << remote;
  EXPECT_GE(seen.deadline, before + seconds(16));
  EXPECT_LE(seen.deadline, Clock::now() + seconds(16));
}

TEST(HttpsServer, AnswersPipelinedRequestsInOrder) {
  const TestServer server;
  const auto client = server.Connect();
  std::string burst;
  for (int i = 0; i < 20; ++i) burst += Post("/validate", std::to_string(i));
  ASSERT_TRUE(client->Send(burst));
  for (int i = 0; i < 20; ++i) {
    const auto answer = client->Read();
    ASSERT_TRUE(answer) << i;
    EXPECT_EQ(answer->body, std::to_string(i));
  }
}

TEST(HttpsServer, TakesARequestInPieces) {
  const TestServer server;
  const auto client = server.Connect();
  const std::string request = Post("/validate", "{\"a\":1}");
  for (const char byte : request) {
    ASSERT_TRUE(client->Send(std::string_view(&byte, 1)));
  }
  const auto answer = client->Read();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->body, "{\"a\":1}");
}

TEST(HttpsServer, TakesSevenMebibytesAndNotAByteMore) {
  const TestServer server;
  const auto client = server.Connect();
  const std::string most(7U << 20U, 'x');
  const auto answer = client->Exchange(Post("/validate", most));
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->body, most);
  const auto refused = client->Exchange(Post("/validate", most + "x"));
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->status, 413);
  EXPECT_TRUE(client->AtEnd());
}

TEST(HttpsServer, WritesABigResponseToASlowReader) {
  const std::string big(16U << 20U, 'y');
  HttpsServer::Options options;
  options.limits.write = std::chrono::minutes(5);
  const TestServer server(std::move(options), [&](const HttpRequest&) {
    return HttpResponse{.body = big};
  });
  const auto slow = server.Connect();
  ASSERT_TRUE(slow->Send(Post("/validate", "{}")));
  // While it does not read, others are served.
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(server.Connect()->Exchange(Post("/validate", "{}")));
  }
  const auto answer = slow->Read();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->body, big);
}

struct Attack {
  const char* what;
  std::string bytes;
  int status;
};

std::vector<Attack> Attacks() {
  const std::string head =
      "POST /validate HTTP/1.1\r\nHost: a\r\nContent-Type: "
      "application/json\r\n";
  const std::string next = Post("/validate", "smuggled");
  return {
      {"length and chunked",
       head +
           "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" +
           next,
       400},
      {"two lengths",
       head + "Content-Length: 0\r\nContent-Length: 200\r\n\r\n" + next, 400},
      {"chunked",
       head + "Transfer-Encoding: chunked\r\n\r\n4\r\nabcd\r\n0\r\n\r\n" + next,
       411},
      {"obs-fold", head + "X: a\r\n Content-Length: 9\r\n\r\n" + next, 400},
      {"bare LF", head + "Content-Length: 0\n\n" + next, 400},
      {"GET with a body",
       "GET /validate HTTP/1.1\r\nHost: a\r\nContent-Length: 300\r\n\r\n" +
           next,
       405},
      {"absolute URI", "POST http://a/validate HTTP/1.1\r\n\r\n" + next, 400},
      {"HTTP/1.0", "POST /validate HTTP/1.0\r\n\r\n" + next, 505},
      {"HTTP/0.9", "GET /validate\r\n" + next, 400},
      {"another path", Post("/secrets", "{}") + next, 404},
      {"Expect", Post("/validate", "{}", "Expect: 100-continue\r\n"), 417},
      {"many ranges",
       Post("/validate", "{}", "Range: bytes=0-0,0-0,0-0,0-0,0-0\r\n"), 400},
      {"multipart",
       "POST /validate HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n"
       "Content-Type: multipart/form-data; boundary=x\r\n\r\n{}",
       415},
      {"gzip bomb", Post("/validate", "{}", "Content-Encoding: gzip\r\n"), 415},
      {"8 GiB announced", head + "Content-Length: 8589934592\r\n\r\nabc", 413},
      {"no length", head + "\r\n{}", 411},
      {"not HTTP", "\x16\x03\x01 hello \n", 400},
  };
}

TEST(HttpsServer, GivesEachAttackOneAnswerAndAnEnd) {
  std::atomic<int> handled = 0;
  TestServer server({}, [&](const HttpRequest& request) {
    ++handled;
    return Echo(request);
  });
  for (const Attack& attack : Attacks()) {
    const auto client = server.Connect();
    const auto answer = client->Exchange(attack.bytes);
    ASSERT_TRUE(answer) << attack.what;
    EXPECT_EQ(answer->status, attack.status) << attack.what;
    EXPECT_TRUE(answer->Has("Connection: close")) << attack.what;
    EXPECT_EQ(answer->status == 405, answer->Has("Allow: POST")) << attack.what;
    EXPECT_TRUE(client->AtEnd()) << attack.what;
    EXPECT_GE(server.tally().count(std::to_string(attack.status)), 1);
  }
  EXPECT_EQ(handled, 0);
  EXPECT_TRUE(server.Connect()->Exchange(Post("/validate", "{}")));
}

long ResidentKib() {
  long total = 0;
  long resident = 0;
  FILE* file = std::fopen("/proc/self/statm", "re");
  if (std::fscanf(file, "%ld %ld", &total, &resident) != 2) resident = 0;
  std::fclose(file);
  return resident * (sysconf(_SC_PAGESIZE) / 1024);
}

TEST(HttpsServer, HoldsNoMoreOfAnEndlessHeaderThanItsLimit) {
  const TestServer server;
  const long before = ResidentKib();
  const std::string mebibyte(1U << 20U, 'x');
  const auto client = server.Connect();
  ASSERT_TRUE(client->Send("POST /validate HTTP/1.1\r\nX: "));
  for (int i = 0; i < 64; ++i) {
    if (!client->Send(mebibyte)) break;
  }
  const auto answer = client->Read();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 431);
  EXPECT_LT(ResidentKib() - before, 16 << 10);
}

TEST(HttpsServer, RefusesTenThousandHeaderLines) {
  const TestServer server;
  std::string lines;
  for (int i = 0; i < 10'000; ++i) lines += "X: 1\r\n";
  const auto client = server.Connect();
  const auto answer = client->Exchange(Post("/validate", "{}", lines));
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 431);
  EXPECT_TRUE(client->AtEnd());
}

TEST(HttpsServer, CutsADripFeedAtTheDeadline) {
  HttpsServer::Options options;
  options.limits.request = milliseconds(300);
  const TestServer server(std::move(options));
  const auto client = server.Connect();
  ASSERT_TRUE(client->Send("POST /validate HTTP/1.1\r\nX: "));
  const Clock::time_point began = Clock::now();
  while (client->Send("x") && Clock::now() - began < milliseconds(250)) {
    usleep(20'000);
  }
  const auto answer = client->Read();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 408);
  EXPECT_TRUE(client->AtEnd());
}

TEST(HttpsServer, CutsADripFedBodyAtTheSameDeadline) {
  HttpsServer::Options options;
  options.limits.request = milliseconds(200);
  const TestServer server(std::move(options));
  const auto client = server.Connect();
  const std::string request = Post("/validate", std::string(1000, 'x'));
  ASSERT_TRUE(client->Send(request.substr(0, request.size() - 1)));
  const auto answer = client->Read();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 408);
}

TEST(HttpsServer, EndsAnIdleConnectionInOrder) {
  // Longer where that is too short for the request to come.
  std::optional<Answer> answer;
  for (milliseconds idle{100}; !answer && idle < test::kPatience; idle *= 2) {
    HttpsServer::Options options;
    options.limits.idle = idle;
    const TestServer server(std::move(options));
    const auto client = server.Connect();
    answer = client->Exchange(Post("/validate", "{}"));
    if (answer) {
      EXPECT_TRUE(client->AtEnd());
    }
  }
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 200);
}

TEST(HttpsServer, CutsAHandshakeThatNeverComes) {
  HttpsServer::Options options;
  options.limits.handshake = milliseconds(100);
  TestServer server(std::move(options));
  TestClient silent(server.port());
  TestClient half(server.port());
  ASSERT_TRUE(half.Send(std::string("\x16\x03\x01\x02\x00\x01", 6)));
  EXPECT_TRUE(server.tally().WaitFor("timeout", 2));
  EXPECT_TRUE(silent.AtEnd());
}

TEST(HttpsServer, CountsClientsThatDoNotSpeakTls) {
  TestServer server;
  TestClient plain(server.port());
  ASSERT_TRUE(plain.Send("POST /validate HTTP/1.1\r\n\r\n"));
  EXPECT_TRUE(server.tally().WaitFor("protocol"));
}

TEST(HttpsServer, ServesOthersWhateverSilentClientsDo) {
  HttpsServer::Options options;
  options.gate.in_flight = 2;
  options.limits.handshake = options.limits.request = std::chrono::minutes(5);
  const TestServer server(std::move(options));
  std::vector<std::unique_ptr<TestClient>> silent;
  for (int i = 0; i < 100; ++i) {
    silent.push_back(std::make_unique<TestClient>(server.port()));
    if (i % 2 == 0) {
      ASSERT_TRUE(silent.back()->Send(std::string("\x16\x03\x01\x02\x00", 5)));
    }
  }
  std::vector<std::unique_ptr<TestClient>> slow;
  for (int i = 0; i < 20; ++i) {
    slow.push_back(server.Connect());
    ASSERT_TRUE(slow.back()->Send("POST /validate HTTP/1.1\r\nHost:"));
  }
  for (int i = 0; i < 20; ++i) {
    const auto answer = server.Connect()->Exchange(Post("/validate", "{}"));
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 200);
  }
  EXPECT_TRUE(server.WaitUntil([](const TransportStats& stats) {
    return stats.handshaking == 100 && stats.active == 20;
  }));
}

// Any handler may wait; as long as there is room others are not held up.
// However many processors there are.
class Seats : public testing::TestWithParam<std::size_t> {};

TEST_P(Seats, ServeOthersWhileHandlersWait) {
  Door door;
  HttpsServer::Options options;
  options.seats = GetParam();
  options.gate.in_flight = 8;
  const TestServer server(std::move(options), [&](const HttpRequest& request) {
    if (request.path == "/mutate") door.Pass();
    return Echo(request);
  });
  std::vector<std::unique_ptr<TestClient>> waiting;
  for (int i = 0; i < 7; ++i) {
    waiting.push_back(server.Connect());
    ASSERT_TRUE(waiting.back()->Send(Post("/mutate", "{}")));
  }
  ASSERT_TRUE(server.WaitUntil(
      [](const TransportStats& stats) { return stats.in_flight == 7; }));
  EXPECT_TRUE(server.Connect()->Exchange(Post("/validate", "{}")));
  door.Open();
  for (const auto& client : waiting) EXPECT_TRUE(client->Read());
}

INSTANTIATE_TEST_SUITE_P(HttpsServer, Seats, testing::Values(1, 2, 4));

TEST(HttpsServer, KeepsExceptionsToItself) {
  TestServer server({}, [](const HttpRequest& request) -> HttpResponse {
    if (request.body == "memory") throw std::bad_alloc();
    if (request.body == "other") throw 42;  // NOLINT: what a bug may do
    throw std::runtime_error("secret");
  });
  const auto client = server.Connect();
  const auto error = client->Exchange(Post("/validate", "{}"));
  ASSERT_TRUE(error);
  EXPECT_EQ(error->status, 500);
  EXPECT_EQ(error->head.find("secret"), std::string::npos);
  EXPECT_EQ(error->body, "{\"code\":500,\"message\":\"internal error\"}\n");
  EXPECT_EQ(server.tally().count("secret"), 1);
  EXPECT_EQ(client->Exchange(Post("/validate", "other"))->status, 500);
  const auto memory = client->Exchange(Post("/validate", "memory"));
  ASSERT_TRUE(memory);
  EXPECT_EQ(memory->status, 503);
  EXPECT_TRUE(memory->Has("Retry-After: 1"));
}

TEST(HttpsServer, HonoursConnectionClose) {
  const TestServer server;
  const auto client = server.Connect();
  const auto answer = client->Exchange(CloseAfter("{}"));
  ASSERT_TRUE(answer);
  EXPECT_TRUE(answer->Has("Connection: close"));
  EXPECT_TRUE(client->AtEnd());
}

TEST(HttpsServer, RetiresConnectionsByRequestsAndByAge) {
  HttpsServer::Options by_count;
  by_count.max_requests = 2;
  const TestServer counting(std::move(by_count));
  const auto client = counting.Connect();
  EXPECT_FALSE(
      client->Exchange(Post("/validate", "1"))->Has("Connection: close"));
  EXPECT_TRUE(
      client->Exchange(Post("/validate", "2"))->Has("Connection: close"));
  EXPECT_TRUE(client->AtEnd());
  HttpsServer::Options by_age;
  by_age.max_age = milliseconds(0);
  const TestServer ageing(std::move(by_age));
  EXPECT_TRUE(ageing.Connect()
                  ->Exchange(Post("/validate", "1"))
                  ->Has("Connection: close"));
}

TEST(HttpsServer, ClosesConnectionsAboveItsLimit) {
  HttpsServer::Options options;
  options.max_connections = 2;
  TestServer server(std::move(options));
  const auto first = server.Connect();
  auto second = server.Connect();
  ASSERT_TRUE(second->connected());
  EXPECT_FALSE(server.Connect()->connected());
  EXPECT_EQ(server.tally().count("connections"), 1);
  EXPECT_TRUE(first->Exchange(Post("/validate", "{}")));
  second.reset();
  // The server may not have seen the end of its handshake yet.
  ASSERT_TRUE(server.WaitUntil([](const TransportStats& stats) {
    return stats.handshaking + stats.idle + stats.active + stats.closing == 1;
  }));
  EXPECT_TRUE(server.Connect()->Exchange(Post("/validate", "{}")));
}

TEST(HttpsServer, DrainsWithoutLosingARequest) {
  Door door;
  TestServer server({}, [&](const HttpRequest& request) {
    if (request.path == "/mutate") door.Pass();
    return Echo(request);
  });
  const auto busy = server.Connect();
  const auto idle = server.Connect();
  const auto used = server.Connect();
  ASSERT_TRUE(used->Exchange(Post("/validate", "{}")));
  ASSERT_TRUE(busy->Send(Post("/mutate", "{}")));
  ASSERT_TRUE(server.WaitUntil(
      [](const TransportStats& stats) { return stats.in_flight == 1; }));
  server->StartDrain();
  EXPECT_TRUE(
      used->Exchange(Post("/validate", "{}"))->Has("Connection: close"));
  EXPECT_TRUE(server.Connect()
                  ->Exchange(Post("/validate", "{}"))
                  ->Has("Connection: close"));
  bool in_time = false;
  std::thread stopping([&] { in_time = server->Stop(test::kPatience); });
  const auto goodbye = idle->Read();
  EXPECT_TRUE(goodbye && goodbye->status == 503);
  EXPECT_TRUE(idle->AtEnd());
  door.Open();
  const auto answer = busy->Read();
  ASSERT_TRUE(answer);
  EXPECT_TRUE(answer->Has("Connection: close"));
  EXPECT_TRUE(busy->AtEnd());
  stopping.join();
  EXPECT_TRUE(in_time);
  EXPECT_FALSE(TestClient(server.port()).connected());
}

// A request may be on its way when its connection is closed for being idle: an
// API server then knows only that its call failed. So the goodbye is an answer.
TEST(HttpsServer, SendsARequestThatCrossesItsGoodbyeElsewhere) {
  HttpsServer::Options options;
  options.limits.linger = test::kPatience;
  TestServer server(std::move(options));
  auto idle = server.Connect();
  ASSERT_TRUE(idle->Exchange(Post("/validate", "{}")));
  const std::jthread stopping(
      [&] { EXPECT_TRUE(server->Stop(test::kPatience)); });
  ASSERT_TRUE(server.WaitUntil(
      [](const TransportStats& stats) { return stats.closing == 1; }));
  EXPECT_TRUE(idle->Send(Post("/validate", std::string(100'000, ' '))));
  const auto answer = idle->Read();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 503);
  EXPECT_TRUE(answer->Has("Retry-After: 0"));
  EXPECT_TRUE(answer->Has("Connection: close"));
  EXPECT_EQ(answer->body, "{\"code\":503,\"message\":\"shutting down\"}\n");
  EXPECT_TRUE(idle->AtEnd());
  // It is no answer to anything if nobody asked.
  EXPECT_EQ(server.tally().count("503"), 0);
  idle.reset();
}

// A goodbye and what its client does then are events: threads may have just the
// connections in hand that Stop() wants to close.
TEST(HttpsServer, WaitsForNoIdleClientWithoutGrace) {
  constexpr std::size_t kClients = 8;
  const TestServer server;
  std::vector<std::unique_ptr<TestClient>> idle;
  for (std::size_t i = 0; i < kClients; ++i) {
    idle.push_back(server.Connect());
    ASSERT_TRUE(idle.back()->Exchange(Post("/validate", "{}")));
  }
  // Their threads may not have done with them yet.
  ASSERT_TRUE(server.WaitUntil(
      [](const TransportStats& stats) { return stats.idle == kClients; }));
  std::vector<std::jthread> reading;
  for (std::unique_ptr<TestClient>& client : idle) {
    reading.emplace_back([&client] {
      const auto goodbye = client->Read();
      EXPECT_TRUE(goodbye && goodbye->status == 503);
      client.reset();
    });
  }
  EXPECT_TRUE(server->Stop(milliseconds(0)));
}

TEST(HttpsServer, StopsAtTheEndOfItsGrace) {
  const TestServer server;
  const auto half = server.Connect();
  ASSERT_TRUE(half->Send("POST /validate HTTP/1.1\r\n"));
  ASSERT_TRUE(server.WaitUntil(
      [](const TransportStats& stats) { return stats.active == 1; }));
  EXPECT_FALSE(server->Stop(milliseconds(50)));
}

TEST(HttpsServer, SaysWhyItCannotListen) {
  const TestServer server;
  HttpsServer::Options options;
  options.host = "127.0.0.1";
  options.port = server.port();
  const auto second = HttpsServer::Start(std::move(options), Echo);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().where, "127.0.0.1:" + std::to_string(server.port()));
  EXPECT_EQ(second.error().message, "cannot listen: Address already in use");
}

TEST(HttpsServer, ServesManyClientsAtOnce) {
  HttpsServer::Options options;
  options.gate.in_flight = 4;
  options.gate.queue_wait = test::kPatience;
  const TestServer server(std::move(options));
  std::atomic<int> good = 0;
  std::vector<std::thread> clients;
  for (int i = 0; i < 8; ++i) {
    clients.emplace_back([&, i] {
      auto client = server.Connect();
      for (int n = 0; n < 100; ++n) {
        if (n % 25 == 24) client = server.Connect();
        const std::string body(static_cast<std::size_t>(n * 37 * (i + 1)), 'x');
        const auto answer = client->Exchange(Post("/validate", body));
        if (answer && answer->body == body) ++good;
      }
    });
  }
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(good, 800);
}

}  // namespace
}  // namespace meshvet::webhook

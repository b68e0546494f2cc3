#include "webhook/ops_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

#include "test/support/tls_client.h"
#include "webhook/metrics.h"

namespace meshvet::webhook {
namespace {

using test::Answer;
using test::Post;
using test::TestClient;

using testing::HasSubstr;
using testing::Not;

std::string Get(const std::string& target, std::string_view headers = "") {
  return "GET " + target + " HTTP/1.1\r\nHost: a\r\n" + std::string(headers) +
         "\r\n";
}

std::unique_ptr<OpsServer> StartOps(OpsServer::Options options = {}) {
  options.host = "127.0.0.1";
  auto ops = OpsServer::Start(std::move(options));
  return ops ? std::move(*ops) : nullptr;
}

TEST(OpsServer, AnswersProbes) {
  OpsServer::Options options;
  options.ready = {{"policy", [] { return CheckResult{}; }}};
  const auto ops = StartOps(std::move(options));
  ASSERT_NE(ops, nullptr);
  TestClient client(ops->port());
  const auto live = client.Exchange(Get("/livez"));
  ASSERT_TRUE(live);
  EXPECT_EQ(live->status, 200);
  EXPECT_EQ(live->body, "ok\n");
  EXPECT_EQ(client.Exchange(Get("/readyz"))->body, "ok\n");
  EXPECT_EQ(client.Exchange(Get("/readyz?verbose"))->body,
            "[+]policy ok\nok\n");
}

TEST(OpsServer, NamesTheChecksThatFail) {
  const auto ops = StartOps();
  ASSERT_NE(ops, nullptr);
  ops->AddReadyCheck({"policy", [] { return CheckResult{}; }});
  ops->AddReadyCheck({"cluster", [] {
                        return CheckResult{false, "not synced"};
                      }});
  ops->AddReadyCheck(
      {"bug", []() -> CheckResult { throw std::runtime_error("oops"); }});
  TestClient client(ops->port());
  const auto ready = client.Exchange(Get("/readyz"));
  ASSERT_TRUE(ready);
  EXPECT_EQ(ready->status, 503);
  EXPECT_EQ(ready->body,
            "[-]cluster failed: not synced\n[-]bug failed: oops\nfailed\n");
  EXPECT_EQ(client.Exchange(Get("/livez"))->status, 200);
}

TEST(OpsServer, RefusesEverythingElse) {
  const auto ops = StartOps();
  ASSERT_NE(ops, nullptr);
  const std::pair<std::string, int> cases[] = {
      {Get("/"), 404},
      {Post("/livez", "{}"), 405},
      {Get("/livez", "Content-Length: 5\r\n"), 400},
      {Get("/livez", "Transfer-Encoding: chunked\r\n"), 400},
  };
  for (const auto& [request, status] : cases) {
    TestClient client(ops->port());
    const auto answer = client.Exchange(request);
    ASSERT_TRUE(answer) << request;
    EXPECT_EQ(answer->status, status) << request;
    EXPECT_TRUE(client.AtEnd()) << request;
  }
}

TEST(OpsServer, ShowsMetrics) {
  Metrics metrics({.kinds = {"Gateway"}});
  metrics.OnShed("queue_full");
  OpsServer::Options options;
  options.metrics = [&] { return metrics.Text(); };
  const auto ops = StartOps(std::move(options));
  ASSERT_NE(ops, nullptr);
  const auto page = TestClient(ops->port())
                        .Exchange(Get("/metrics", "Accept-Encoding: gzip\r\n"));
  ASSERT_TRUE(page);
  EXPECT_TRUE(
      page->Has("Content-Type: text/plain; version=0.0.4; charset=utf-8"));
  EXPECT_THAT(page->body,
              HasSubstr("meshvet_shed_total{reason=\"queue_full\"} 1\n"));
}

TEST(Metrics, CountsRequestsByBoundedLabels) {
  Metrics metrics({.kinds = {"Gateway"}});
  for (int i = 0; i < 1000; ++i) {
    const std::string foreign = "x" + std::to_string(i);
    metrics.OnRequest({.path = foreign,
                       .operation = foreign,
                       .kind = foreign,
                       .verdict = foreign});
    metrics.OnShed(foreign);
    metrics.OnHttpError(600 + i);
  }
  metrics.OnRequest({.path = "/validate",
                     .operation = "CREATE",
                     .kind = "Gateway",
                     .verdict = "denied",
                     .dry_run = true,
                     .duration = std::chrono::microseconds(70)});
  const std::string text = metrics.Text();
  EXPECT_THAT(text, Not(HasSubstr("x1")));
  EXPECT_THAT(text, HasSubstr("meshvet_requests_total{dry_run=\"false\",kind="
                              "\"other\",operation=\"other\",path=\"other\","
                              "verdict=\"other\"} 1000\n"));
  EXPECT_THAT(text,
              HasSubstr("meshvet_requests_total{dry_run=\"true\",kind="
                        "\"Gateway\",operation=\"CREATE\",path=\"/validate\","
                        "verdict=\"denied\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("meshvet_request_duration_seconds_bucket{path="
                              "\"/validate\",le=\"5e-05\"} 0\n"));
  EXPECT_THAT(text, HasSubstr("meshvet_request_duration_seconds_bucket{path="
                              "\"/validate\",le=\"0.0001\"} 1\n"));
  EXPECT_THAT(text,
              HasSubstr("meshvet_http_errors_total{code=\"other\"} 1000"));
}

TEST(Metrics, AsksTheTransportWhenScraped) {
  Metrics metrics({});
  metrics.SetTransport([] {
    TransportStats stats;
    stats.in_flight = 3;
    stats.idle = 25;
    return stats;
  });
  metrics.AddGauge("watch_age_seconds", "Age.", [] { return 1.5; });
  metrics.SetPolicyGeneration(7);
  metrics.SetCertNotAfter(std::chrono::system_clock::time_point(
      std::chrono::seconds(1'800'000'000)));
  const std::string text = metrics.Text();
  EXPECT_THAT(text, HasSubstr("meshvet_in_flight 3\n"));
  EXPECT_THAT(text, HasSubstr("meshvet_connections{state=\"idle\"} 25\n"));
  EXPECT_THAT(text, HasSubstr("meshvet_watch_age_seconds 1.5\n"));
  EXPECT_THAT(text, HasSubstr("meshvet_policy_generation 7\n"));
  EXPECT_THAT(text, HasSubstr("meshvet_cert_not_after_seconds 1800000000\n"));
  EXPECT_THAT(text, HasSubstr("meshvet_shed_total{reason=\"memory\"} 0\n"));
}

}  // namespace
}  // namespace meshvet::webhook

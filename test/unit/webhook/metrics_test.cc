#include "webhook/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>
#include <set>
#include <sstream>
#include <string>

namespace meshvet::webhook {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// The text format 0.0.4, one line at a time: a sample stands below the HELP and
// TYPE of its family. What does not fit is in `errors`.
struct Scrape {
  std::set<std::string> families;
  std::set<std::string> series;
  std::string errors;
};

Scrape Parse(const std::string& text) {
  static const std::regex help("# HELP ([a-z_]+) .+");
  static const std::regex type("# TYPE ([a-z_]+) (counter|gauge|histogram)");
  static const std::regex sample(
      R"re(([a-z_]+)(\{[a-z_]+="[^"\\]*"(,[a-z_]+="[^"\\]*")*\})? [-+0-9.eInfa]+)re");
  Scrape scrape;
  std::istringstream lines(text);
  std::smatch match;
  std::string family;
  for (std::string line; std::getline(lines, line);) {
    if (std::regex_match(line, match, help)) {
      family = match[1];
      scrape.families.insert(family);
    } else if (std::regex_match(line, match, type)) {
      if (match[1] != family) scrape.errors += line + "\n";
    } else if (std::regex_match(line, match, sample)) {
      if (match[1].str().rfind(family, 0) != 0) scrape.errors += line + "\n";
      if (!scrape.series.insert(match[1].str() + match[2].str()).second) {
        scrape.errors += "twice: " + line + "\n";
      }
    } else {
      scrape.errors += line + "\n";
    }
  }
  return scrape;
}

TEST(Metrics, HasTheNamesOperatorsRelyOn) {
  Metrics metrics({.kinds = {"Gateway"}});
  metrics.SetTransport([] { return TransportStats(); });
  metrics.OnRequest({.path = "/validate"});
  metrics.OnRule({.rule = "a-rule", .verdict = "denied"});
  const Scrape scrape = Parse(metrics.Text());
  EXPECT_EQ(scrape.errors, "");
  EXPECT_EQ(
      scrape.families,
      (std::set<std::string>{
          "meshvet_accept_errors_total", "meshvet_body_bytes",
          "meshvet_cert_not_after_seconds",
          "meshvet_config_reload_failed_total", "meshvet_connections",
          "meshvet_deadline_exceeded_total", "meshvet_handler_exceptions_total",
          "meshvet_http_errors_total", "meshvet_in_flight",
          "meshvet_policy_generation", "meshvet_queue",
          "meshvet_request_duration_seconds", "meshvet_requests_total",
          "meshvet_rule_not_run_total", "meshvet_rule_verdicts_total",
          "meshvet_shed_total", "meshvet_tls_handshake_errors_total"}));
}

TEST(Metrics, CountsRequests) {
  Metrics metrics({.kinds = {"Gateway"}});
  const RequestSample sample = {.path = "/validate",
                                .operation = "CREATE",
                                .kind = "Gateway",
                                .verdict = "denied",
                                .dry_run = true,
                                .duration = std::chrono::microseconds(300)};
  metrics.OnRequest(sample);
  metrics.OnRequest(sample);
  const std::string text = metrics.Text();
  EXPECT_THAT(text, HasSubstr("meshvet_requests_total{dry_run=\"true\","
                              "kind=\"Gateway\",operation=\"CREATE\","
                              "path=\"/validate\",verdict=\"denied\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("meshvet_request_duration_seconds_bucket{"
                              "path=\"/validate\",le=\"0.0002\"} 0\n"));
  EXPECT_THAT(text, HasSubstr("meshvet_request_duration_seconds_bucket{"
                              "path=\"/validate\",le=\"0.0005\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("meshvet_request_duration_seconds_count{"
                              "path=\"/validate\"} 2\n"));
}

TEST(Metrics, CountsWhatRulesSay) {
  Metrics metrics({.rules = {"a-rule", "b-rule"}});
  for (const char* rule : {"a-rule", "a-rule", "b-rule", "unheard-of"}) {
    metrics.OnRule({.rule = rule, .verdict = "denied"});
  }
  metrics.OnRule({.rule = "a-rule", .verdict = "denied", .dry_run = true});
  metrics.OnRule({.rule = "a-rule", .verdict = "audited"});
  metrics.OnRuleNotRun("b-rule");
  const std::string text = metrics.Text();
  for (
      const char* line : {
          R"(rule_verdicts_total{dry_run="false",rule="a-rule",verdict="denied"} 2)",
          R"(rule_verdicts_total{dry_run="false",rule="b-rule",verdict="denied"} 1)",
          R"(rule_verdicts_total{dry_run="false",rule="other",verdict="denied"} 1)",
          R"(rule_verdicts_total{dry_run="true",rule="a-rule",verdict="denied"} 1)",
          R"(rule_verdicts_total{dry_run="false",rule="a-rule",verdict="audited"} 1)",
          R"(rule_not_run_total{rule="a-rule"} 0)",
          R"(rule_not_run_total{rule="b-rule"} 1)",
      }) {
    EXPECT_THAT(text, HasSubstr("meshvet_" + std::string(line) + "\n"));
  }
}

TEST(Metrics, BoundsItsLabelsWhateverClientsSend) {
  Metrics metrics({.kinds = {"Gateway", "VirtualService"}});
  for (int i = 0; i < 1'000; ++i) {
    const std::string text = "\"\n\\" + std::to_string(i);
    metrics.OnRequest({.path = text,
                       .operation = text,
                       .kind = text,
                       .verdict = text,
                       .dry_run = i % 2 == 0});
    metrics.OnRule({.rule = text, .verdict = text, .dry_run = i % 2 == 0});
    metrics.OnRuleNotRun(text);
    metrics.OnHttpError(100 + i);
    metrics.OnShed(text);
    metrics.OnTlsHandshakeError(text);
  }
  const Scrape scrape = Parse(metrics.Text());
  EXPECT_EQ(scrape.errors, "");
  EXPECT_LT(scrape.series.size(), 150U);
  EXPECT_THAT(metrics.Text(),
              HasSubstr("meshvet_requests_total{dry_run=\"true\","
                        "kind=\"other\",operation=\"other\",path=\"other\","
                        "verdict=\"other\"} 500\n"));
}

TEST(Metrics, KnowsEveryReasonOfTheTransport) {
  Metrics metrics({});
  for (const char* reason : {"queue_full", "queue_timeout", "body_budget",
                             "connections", "memory"}) {
    metrics.OnShed(reason);
  }
  for (const char* reason : {"timeout", "closed", "protocol",
                             "client_certificate", "no_certificate"}) {
    metrics.OnTlsHandshakeError(reason);
  }
  for (const int status :
       {400, 403, 404, 405, 408, 411, 413, 415, 417, 431, 500, 503, 505}) {
    metrics.OnHttpError(status);
  }
  const std::string text = metrics.Text();
  EXPECT_THAT(text, Not(HasSubstr("=\"other\"} 1")));
  EXPECT_THAT(text, HasSubstr("meshvet_tls_handshake_errors_total{"
                              "reason=\"no_certificate\"} 1\n"));
}

TEST(Metrics, ShowsWhatItIsTold) {
  Metrics metrics({});
  metrics.SetPolicyGeneration(3);
  metrics.SetCertNotAfter(std::chrono::system_clock::time_point(
      std::chrono::seconds(1'700'000'000)));
  metrics.OnReloadFailed();
  metrics.OnDeadlineExceeded();
  metrics.OnHandlerException("secret");
  metrics.OnAcceptError(24);
  metrics.AddGauge("watch_age_seconds", "Age.", [] { return 1.5; });
  double reads = 2;
  metrics.AddSeries("objects", "Objects.", Metrics::SeriesType::kGauge,
                    "resource", [] {
                      return Metrics::Series{{"pods", 7}, {"jobs", 0}};
                    });
  metrics.AddSeries("reads_total", "Reads.", Metrics::SeriesType::kCounter,
                    "answer", [&] {
                      return Metrics::Series{{"yes", ++reads}};
                    });
  TransportStats stats;
  stats.in_flight = 4;
  stats.queued = 5;
  stats.idle = 6;
  metrics.SetTransport([&] { return stats; });
  (void)metrics.Text();
  const std::string text = metrics.Text();
  for (const char* line : {
           "meshvet_objects{resource=\"pods\"} 7\n",
           "meshvet_objects{resource=\"jobs\"} 0\n",
           "# TYPE meshvet_reads_total counter\n",
           "meshvet_reads_total{answer=\"yes\"} 4\n",
           "meshvet_policy_generation 3\n",
           "meshvet_cert_not_after_seconds 1700000000\n",
           "meshvet_config_reload_failed_total 1\n",
           "meshvet_deadline_exceeded_total 1\n",
           "meshvet_handler_exceptions_total 1\n",
           "meshvet_accept_errors_total 1\n",
           "meshvet_watch_age_seconds 1.5\n",
           "meshvet_in_flight 4\n",
           "meshvet_queue 5\n",
           "meshvet_connections{state=\"idle\"} 6\n",
       }) {
    EXPECT_THAT(text, HasSubstr(line));
  }
  EXPECT_THAT(text, Not(HasSubstr("secret")));
}

TEST(Metrics, StartsCountersAtZero) {
  const std::string text = Metrics({}).Text();
  EXPECT_THAT(text, HasSubstr("meshvet_http_errors_total{code=\"503\"} 0\n"));
  EXPECT_THAT(text, HasSubstr("meshvet_shed_total{reason=\"queue_full\"} 0\n"));
}

}  // namespace
}  // namespace meshvet::webhook

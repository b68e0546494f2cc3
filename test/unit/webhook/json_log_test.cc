#include "webhook/json_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <spdlog/logger.h>
#include <spdlog/sinks/ostream_sink.h>

#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

namespace meshvet::webhook {
namespace {

using Json = nlohmann::json;
using ::testing::MatchesRegex;

class JsonLogTest : public ::testing::Test {
 protected:
  // Each line must be JSON by itself.
  std::vector<Json> Lines() {
    std::vector<Json> lines;
    std::istringstream text(out_.str());
    for (std::string line; std::getline(text, line);) {
      lines.push_back(Json::parse(line));
    }
    return lines;
  }
  // The only line, without its time.
  Json Line() {
    const auto lines = Lines();
    if (lines.size() != 1) return lines.size();
    Json line = lines.front();
    line.erase("time");
    return line;
  }

  std::ostringstream out_;
  const JsonLog log_{std::make_shared<spdlog::logger>(
      "test", std::make_shared<spdlog::sinks::ostream_sink_st>(out_))};
};

TEST_F(JsonLogTest, WritesAnEvent) {
  log_.Event(JsonLog::Level::kError, "policy rejected",
             {{"message", "a\n\"b\"\xFF"}, {"where", "p.yaml"}});
  EXPECT_THAT(Lines().at(0)["time"].get<std::string>(),
              MatchesRegex("[0-9]{4}-[0-9]{2}-[0-9]{2}T"
                           "[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{3}Z"));
  EXPECT_EQ(Line(), (Json{{"level", "error"},
                          {"event", "policy rejected"},
                          {"message", "a\n\"b\"\uFFFD"},
                          {"where", "p.yaml"}}));
}

constexpr const char* kTrace =
    "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

Review SomeReview() {
  Review review;
  review.uid = "u1";
  review.user = "jane";
  review.operation = AdmissionOperation::kUpdate;
  review.kind = {"networking.istio.io", "Gateway"};
  review.ns = "shop";
  review.name = "edge";
  review.dry_run = true;
  return review;
}

TEST_F(JsonLogTest, WritesADenial) {
  const Review review = SomeReview();
  log_.Admission({.path = "/validate",
                  .outcome = Outcome::kDenied,
                  .review = &review,
                  .rules = {"a-rule", "b-rule"},
                  .message = "no\n- because",
                  .traceparent = kTrace,
                  .duration = std::chrono::microseconds(1'234)});
  EXPECT_EQ(Line(), (Json{{"level", "warning"},
                          {"event", "denied"},
                          {"path", "/validate"},
                          {"uid", "u1"},
                          {"user", "jane"},
                          {"operation", "UPDATE"},
                          {"kind", "Gateway"},
                          {"namespace", "shop"},
                          {"name", "edge"},
                          {"dry_run", true},
                          {"traceparent", kTrace},
                          {"rules", {"a-rule", "b-rule"}},
                          {"message", "no\n- because"},
                          {"microseconds", 1'234}}));
}

TEST_F(JsonLogTest, WritesAnErrorWithItsStatus) {
  log_.Admission({.path = "/mutate",
                  .outcome = Outcome::kError,
                  .http_status = 400,
                  .message = "expected a string"});
  EXPECT_EQ(Line(), (Json{{"level", "warning"},
                          {"event", "error"},
                          {"path", "/mutate"},
                          {"status", 400},
                          {"message", "expected a string"},
                          {"microseconds", 0}}));
}

TEST_F(JsonLogTest, IsSilentAboutWhatIsAllowed) {
  for (const Outcome outcome :
       {Outcome::kAllowed, Outcome::kWarned, Outcome::kPatched}) {
    log_.Admission({.path = "/validate", .outcome = outcome});
  }
  EXPECT_EQ(out_.str(), "");
}

TEST_F(JsonLogTest, BoundsEveryText) {
  const std::string huge(1'000'000, 'x');
  Review review = SomeReview();
  review.uid = review.user = review.ns = review.name = huge;
  review.kind = {huge, huge};
  log_.Admission({.path = "/validate",
                  .outcome = Outcome::kDenied,
                  .review = &review,
                  .message = huge});
  EXPECT_LT(out_.str().size(), 4'500U);
  EXPECT_EQ(Lines().size(), 1U);
}

TEST_F(JsonLogTest, LeavesPatternsOfItsTextsAlone) {
  log_.Event(JsonLog::Level::kInfo, "{} %v {0}", {{"k", "{}%n"}});
  EXPECT_EQ(Line()["event"], "{} %v {0}");
  EXPECT_EQ(Line()["k"], "{}%n");
}

}  // namespace
}  // namespace meshvet::webhook

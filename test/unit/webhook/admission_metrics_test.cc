// From what came of a call to what is counted.

#include "webhook/admission_metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>
#include <utility>

#include "test/unit/webhook/courtroom.h"

namespace meshvet::webhook {
namespace {

using std::chrono::steady_clock;
using ::testing::HasSubstr;

Metrics::Options Options() {
  return {.kinds = {"WorkloadEntry"},
          .rules = {"workload-entry-missing-label"}};
}

// "meshvet_NAME VALUE" stands in it as a line.
void ExpectLines(const std::string& text,
                 std::initializer_list<const char*> lines) {
  for (const char* line : lines) {
    EXPECT_THAT(text, HasSubstr("\nmeshvet_" + std::string(line) + "\n"));
  }
}

TEST(AdmissionMetrics, CountsTheCallAndItsRules) {
  Metrics metrics(Options());
  Review review;
  review.operation = AdmissionOperation::kUpdate;
  review.kind = {"networking.istio.io", "WorkloadEntry"};
  review.dry_run = true;
  const std::string_view rule = "workload-entry-missing-label";
  Count({.path = "/validate",
         .outcome = Outcome::kDenied,
         .review = &review,
         .rule_verdicts = {{rule, RuleVerdict::kDenied},
                           {rule, RuleVerdict::kWarned},
                           {rule, RuleVerdict::kNotRun}}},
        metrics);
  ExpectLines(metrics.Text(),
              {R"(requests_total{dry_run="true",kind="WorkloadEntry",)"
               R"(operation="UPDATE",path="/validate",verdict="denied"} 1)",
               R"(request_duration_seconds_count{path="/validate"} 1)",
               R"(rule_verdicts_total{dry_run="true",)"
               R"(rule="workload-entry-missing-label",verdict="denied"} 1)",
               R"(rule_verdicts_total{dry_run="true",)"
               R"(rule="workload-entry-missing-label",verdict="warned"} 1)",
               R"(rule_not_run_total{rule="workload-entry-missing-label"} 1)",
               "deadline_exceeded_total 0", "handler_exceptions_total 0"});
}

// What the handler really meets, not what a record claims.
struct Trouble {
  const char* name;
  std::function<void()> inventory;
  steady_clock::duration left;
  const char* line;
};

TEST(AdmissionMetrics, CountsWhyThereWasNoVerdict) {
  const auto engine = RecommendedEngine();
  const auto mesh = InventoryBuilder().Snapshot();
  const auto hour = std::chrono::hours(1);
  const Trouble table[] = {
      {"deadline", [] {}, -hour, "deadline_exceeded_total 1"},
      {"memory", [] { throw std::bad_alloc(); }, hour,
       R"(shed_total{reason="memory"} 1)"},
      {"exception", [] { throw std::runtime_error("x"); }, hour,
       "handler_exceptions_total 1"},
      {"no exception", [] { throw 42; },  // NOLINT(hicpp-exception-baseclass)
       hour, "handler_exceptions_total 1"},
  };
  const std::string body = ReviewOf("CREATE", Entry()).dump();
  for (const Trouble& trouble : table) {
    Metrics metrics(Options());
    const AdmissionHandler handler(
        {[&] { return engine; },
         [&] {
           trouble.inventory();
           return mesh;
         }},
        [&](const AdmissionRecord& record) { Count(record, metrics); });
    handler.Handle({"/validate", body, steady_clock::now() + trouble.left});
    SCOPED_TRACE(trouble.name);
    ExpectLines(metrics.Text(),
                {trouble.line,
                 R"(requests_total{dry_run="false",kind="WorkloadEntry",)"
                 R"(operation="CREATE",path="/validate",verdict="error"} 1)"});
  }
}

// What a client says of itself makes no series.
TEST(AdmissionMetrics, BoundsItsLabelsWhateverReviewsSay) {
  Metrics metrics(Options());
  const auto engine = RecommendedEngine();
  const auto mesh = InventoryBuilder().Snapshot();
  const AdmissionHandler handler(
      {[&] { return engine; }, [&] { return mesh; }},
      [&](const AdmissionRecord& record) { Count(record, metrics); });
  const size_t before = metrics.Text().size();
  for (int i = 0; i < 200; ++i) {
    Json object = Entry();
    object["kind"] = "Kind" + std::to_string(i);
    object["metadata"]["name"] = "n" + std::to_string(i);
    Json review = ReviewOf("CREATE", object);
    if (i % 4 == 1) review["request"]["operation"] = "OP" + std::to_string(i);
    const std::string path = i % 4 == 2 ? "/p" + std::to_string(i) : "/mutate";
    const std::string body = i % 4 == 3 ? "{" : review.dump();
    handler.Handle({path, body, steady_clock::now() + std::chrono::hours(1)});
  }
  const std::string text = metrics.Text();
  ExpectLines(text,
              {R"(requests_total{dry_run="false",kind="other",)"
               R"(operation="CREATE",path="/mutate",verdict="allowed"} 50)"});
  EXPECT_LT(text.size(), before + 1'000);
}

}  // namespace
}  // namespace meshvet::webhook

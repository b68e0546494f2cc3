// No denial rests on an absence that only the snapshot claims.

#include "webhook/second_look.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "mesh/kinds.h"
#include "test/support/scene.h"

namespace meshvet::webhook {
namespace {

using rules::Action;
using rules::Evaluation;
using std::chrono::steady_clock;
using test::Scene;
using ::testing::IsEmpty;

constexpr std::string_view kRoute = R"(
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: reviews, namespace: shop}
spec:
  hosts: [reviews]
  http: [{route: [{destination: {host: reviews, port: {number: 9080}}}]}]
)";
constexpr std::string_view kService9080 = R"(
apiVersion: v1
kind: Service
metadata: {name: reviews, namespace: shop}
spec: {ports: [{name: http, port: 9080}]}
)";
constexpr std::string_view kService80 = R"(
apiVersion: v1
kind: Service
metadata: {name: reviews, namespace: shop}
spec: {ports: [{name: http, port: 80}]}
)";

rules::Engine Denying() {
  return rules::Engine(test::ReadPolicyText(R"(
apiVersion: meshvet.dev/v1alpha1
kind: Config
rules:
  virtual-service-unknown-host: {severity: error, action: deny}
  virtual-service-unknown-port: {severity: error, action: deny}
)"));
}

// A cluster that has these objects, and what it was asked.
class Cluster {
 public:
  explicit Cluster(std::string_view yaml) : objects_(test::ReadObjects(yaml)) {}

  ConfirmAbsence Answering() {
    return [this](const Inventory& mesh, const std::set<Absence>& absences,
                  steady_clock::time_point deadline) {
      asked.push_back(absences);
      InventoryBuilder builder(mesh);
      if (!answers || deadline <= steady_clock::now()) {
        Coverage coverage = mesh.coverage();
        coverage.complete = false;
        std::erase_if(coverage.complete_kinds, [&](const GroupKind& kind) {
          for (const Absence& absence : absences) {
            if (absence.kind == kind) return true;
          }
          return false;
        });
        builder.SetCoverage(coverage);
      } else {
        for (const auto& object : objects_) builder.Put(object);
      }
      return builder.Snapshot();
    };
  }

  bool answers = true;
  std::vector<std::set<Absence>> asked;

 private:
  std::vector<std::shared_ptr<const Object>> objects_;
};

Coverage Watched() {
  return {.complete_kinds = {KnownKinds().begin(), KnownKinds().end()}};
}

Evaluation Judge(std::string_view snapshot, const ConfirmAbsence& confirm) {
  const Scene scene(snapshot, Watched());
  return EvaluateTwice(Denying(), {.object = &scene.subject()},
                       scene.inventory(), confirm);
}

std::vector<std::string_view> NotRun(const Evaluation& evaluation) {
  std::vector<std::string_view> rules;
  for (const rules::NotRun& one : evaluation.not_run) rules.push_back(one.rule);
  return rules;
}

TEST(SecondLook, DeniesByTheSnapshotWhereThereIsNobodyToAsk) {
  EXPECT_EQ(Judge(kRoute, {}).strictest(), Action::kDeny);
}

TEST(SecondLook, FindsWhatWasCreatedMeanwhile) {
  Cluster cluster(kService9080);
  EXPECT_THAT(Judge(kRoute, cluster.Answering()).findings, IsEmpty());
  ASSERT_EQ(cluster.asked.size(), 1U);
  EXPECT_TRUE(cluster.asked[0].contains({kService, "shop", "reviews"}));
}

TEST(SecondLook, DeniesWhatTheClusterConfirms) {
  Cluster cluster("");
  const Evaluation evaluation = Judge(kRoute, cluster.Answering());
  ASSERT_EQ(evaluation.findings.size(), 1U);
  EXPECT_EQ(evaluation.findings[0].rule, "virtual-service-unknown-host");
  EXPECT_EQ(evaluation.findings[0].action, Action::kDeny);
  EXPECT_EQ(cluster.asked.size(), 1U);
}

TEST(SecondLook, JudgesWhatItFound) {
  Cluster cluster(kService80);
  const Evaluation evaluation = Judge(kRoute, cluster.Answering());
  ASSERT_EQ(evaluation.findings.size(), 1U);
  EXPECT_EQ(evaluation.findings[0].rule, "virtual-service-unknown-port");
}

TEST(SecondLook, SaysThatARuleDidNotRunWhenTheClusterCannotSay) {
  Cluster cluster(kService9080);
  cluster.answers = false;
  const Evaluation evaluation = Judge(kRoute, cluster.Answering());
  EXPECT_THAT(evaluation.findings, IsEmpty());
  EXPECT_THAT(NotRun(evaluation),
              testing::Contains("virtual-service-unknown-host"));
}

TEST(SecondLook, AsksNobodyAboutWhatIsAllowedOrOnlyWarnedOf) {
  Cluster cluster("");
  const Scene scene(kRoute, Watched());
  const rules::Engine warning(test::ReadPolicyText(
      "apiVersion: meshvet.dev/v1alpha1\nkind: Config\nrules: {}\n"));
  const Evaluation evaluation =
      EvaluateTwice(warning, {.object = &scene.subject()}, scene.inventory(),
                    cluster.Answering());
  EXPECT_EQ(evaluation.strictest(), Action::kWarn);
  EXPECT_THAT(cluster.asked, IsEmpty());
}

// A label that is not there is not there, whatever the cluster holds.
TEST(SecondLook, AsksNobodyAboutWhatTheObjectItselfLacks) {
  Cluster cluster("");
  const Scene scene(R"(
apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata: {name: ledger, namespace: legacy}
spec: {address: 192.0.2.1}
)",
                    Watched());
  const rules::Engine engine(test::ReadPolicyText(
      "apiVersion: meshvet.dev/v1alpha1\nkind: Config\nrules: {}\n"));
  const Evaluation evaluation =
      EvaluateTwice(engine, {.object = &scene.subject()}, scene.inventory(),
                    cluster.Answering());
  EXPECT_EQ(evaluation.strictest(), Action::kDeny);
  for (const auto& absences : cluster.asked) {
    for (const Absence& absence : absences) {
      EXPECT_EQ(absence.kind, kServiceEntry) << absence.kind.kind;
    }
  }
}

// A cluster that does not answer takes all the time it is given.
TEST(SecondLook, KeepsTimeToJudgeWhatItKnows) {
  const Scene scene(kRoute, Watched());
  const auto deadline = steady_clock::now() + std::chrono::hours(8);
  std::vector<steady_clock::time_point> until;
  const ConfirmAbsence silent = [&](const Inventory& mesh,
                                    const std::set<Absence>&,
                                    steady_clock::time_point given) {
    until.push_back(given);
    return InventoryBuilder(mesh).Snapshot();
  };
  EvaluateTwice(Denying(), {.object = &scene.subject(), .deadline = deadline},
                scene.inventory(), silent);
  ASSERT_FALSE(until.empty());
  EXPECT_LT(until.front(), deadline - std::chrono::minutes(50));
  EXPECT_GT(until.front(), deadline - std::chrono::minutes(70));
}

// A cluster that finds something new each time cannot keep us for ever.
TEST(SecondLook, EndsWhenAnswersNeverSettle) {
  int calls = 0;
  const ConfirmAbsence restless = [&](const Inventory& mesh,
                                      const std::set<Absence>&,
                                      steady_clock::time_point) {
    ++calls;
    InventoryBuilder builder(mesh);
    return builder.Snapshot();
  };
  EXPECT_EQ(Judge(kRoute, restless).strictest(), Action::kDeny);
  EXPECT_LE(calls, 4);
}

}  // namespace
}  // namespace meshvet::webhook

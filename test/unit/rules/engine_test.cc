// The engine around the rules: what is new and what was there before, what is
// silenced, how strict the answer is, and what is mended.

#include "rules/engine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "mesh/kinds.h"
#include "test/support/scene.h"

namespace meshvet::rules {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::string_view kHead = R"(
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: checkout, namespace: shop}
)";

constexpr std::string_view kEntry = R"(
apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata: {name: ledger-1, namespace: legacy}
)";

std::shared_ptr<const Policy> PolicyOf(const std::string& body = "") {
  return test::ReadPolicyText(
      "apiVersion: meshvet.dev/v1alpha1\nkind: Config\n" + body);
}

std::shared_ptr<const Object> Parse(const std::string& yaml) {
  return test::ReadObjects(yaml).front();
}

// A VirtualService of shop that routes to these hosts, each in its own route.
std::shared_ptr<const Object> RoutesTo(const std::vector<std::string>& hosts,
                                       const std::string& metadata = "") {
  std::string yaml = metadata.empty()
                         ? std::string(kHead)
                         : "apiVersion: networking.istio.io/v1\n"
                           "kind: VirtualService\n"
                           "metadata: {name: checkout, namespace: shop, " +
                               metadata + "}\n";
  yaml += "spec:\n  hosts: [checkout]\n  exportTo: [\".\"]\n  http:\n";
  for (const std::string& host : hosts) {
    yaml += "  - route: [{destination: {host: " + host + "}}]\n";
  }
  return Parse(yaml);
}

std::string Ledger(const std::string& ns) {
  return "ledger." + ns + ".svc.cluster.local";
}

std::shared_ptr<const Inventory> Nothing() {
  InventoryBuilder builder({}, {.complete = true});
  return builder.Snapshot();
}

// "deny virtual-service-… destination pay/ledger…", of the cross-namespace
// rule alone where a test is not about others.
std::vector<std::string> Say(const Evaluation& evaluation) {
  std::vector<std::string> said;
  for (const Finding& finding : evaluation.findings) {
    said.push_back(std::string(ToString(finding.action)) +
                   (finding.known_before ? " (known) " : " ") + finding.about +
                   (finding.suppressed.empty()
                        ? ""
                        : " (silenced: " + finding.suppressed + ")"));
  }
  return said;
}

const Rule* const kCrossNamespace =
    FindRule("virtual-service-cross-namespace-host");
const Rule* const kMissingLabel = FindRule("workload-entry-missing-label");
const Rule* const kSelectedByNothing =
    FindRule("workload-entry-selected-by-nothing");

class Ratchet : public ::testing::Test {
 protected:
  std::vector<std::string> Update(const std::shared_ptr<const Object>& before,
                                  const std::shared_ptr<const Object>& after) {
    const Change change{.object = after.get(),
                        .old_object = before.get(),
                        .operation = Operation::kUpdate};
    return Say(engine_.Evaluate(change, *inventory_));
  }

  Engine engine_{PolicyOf(), {}, std::span(&kCrossNamespace, 1)};
  std::shared_ptr<const Inventory> inventory_ = Nothing();
};

TEST_F(Ratchet, DeniesWhatAChangeNewlyBreaks) {
  EXPECT_THAT(
      Update(RoutesTo({"checkout"}), RoutesTo({"checkout", Ledger("pay")})),
      ElementsAre("deny destination pay/ledger.pay.svc.cluster.local"));
}

TEST_F(Ratchet, WarnsOfWhatWasThereBefore) {
  EXPECT_THAT(
      Update(RoutesTo({Ledger("pay")}), RoutesTo({Ledger("pay"), "checkout"})),
      ElementsAre("warn (known) destination pay/ledger.pay.svc.cluster.local"));
}

TEST_F(Ratchet, TakesAMovedRouteForTheOldOne) {
  EXPECT_THAT(
      Update(RoutesTo({"checkout", Ledger("pay")}),
             RoutesTo({Ledger("pay"), "checkout"})),
      ElementsAre("warn (known) destination pay/ledger.pay.svc.cluster.local"));
}

TEST_F(Ratchet, TakesTheSameRouteToAnotherNamespaceForNew) {
  EXPECT_THAT(
      Update(RoutesTo({Ledger("pay")}), RoutesTo({Ledger("bank")})),
      ElementsAre("deny destination bank/ledger.bank.svc.cluster.local"));
}

TEST_F(Ratchet, LetsAChangeOfMetadataPass) {
  EXPECT_THAT(
      Update(RoutesTo({Ledger("pay")}),
             RoutesTo({Ledger("pay")}, "labels: {team: shop}")),
      ElementsAre("warn (known) destination pay/ledger.pay.svc.cluster.local"));
}

TEST_F(Ratchet, LetsOneOfTwoProblemsBeMended) {
  EXPECT_THAT(
      Update(RoutesTo({Ledger("pay"), Ledger("bank")}),
             RoutesTo({Ledger("bank"), "checkout"})),
      ElementsAre(
          "warn (known) destination bank/ledger.bank.svc.cluster.local"));
}

TEST_F(Ratchet, KeepsAnOldProblemApartFromANewOne) {
  EXPECT_THAT(
      Update(RoutesTo({Ledger("pay")}),
             RoutesTo({Ledger("pay"), Ledger("bank")})),
      ElementsAre("deny destination bank/ledger.bank.svc.cluster.local",
                  "warn (known) destination pay/ledger.pay.svc.cluster.local"));
}

TEST_F(Ratchet, DoesNotTakeAMirrorForTheRoute) {
  const auto mirrors = Parse(std::string(kHead) + R"(
spec:
  hosts: [checkout]
  exportTo: ["."]
  http:
  - route: [{destination: {host: checkout}}]
    mirror: {host: ledger.bank.svc.cluster.local}
)");
  EXPECT_THAT(
      Update(RoutesTo({Ledger("pay")}), mirrors),
      ElementsAre("deny destination bank/ledger.bank.svc.cluster.local"));
}

TEST_F(Ratchet, IsNotForCreate) {
  const auto object = RoutesTo({Ledger("pay")});
  const Evaluation judged = engine_.Evaluate(
      {.object = object.get(), .old_object = object.get()}, *inventory_);
  EXPECT_THAT(Say(judged),
              ElementsAre("deny destination pay/ledger.pay.svc.cluster.local"));
}

TEST_F(Ratchet, NeverMakesAFindingStricter) {
  const Engine audits(PolicyOf("rules: {virtual-service-cross-namespace-host: "
                               "{action: audit}}"),
                      {}, std::span(&kCrossNamespace, 1));
  const auto object = RoutesTo({Ledger("pay")});
  const Change change{.object = object.get(),
                      .old_object = object.get(),
                      .operation = Operation::kUpdate};
  EXPECT_EQ(audits.Evaluate(change, *inventory_).strictest(), Action::kAudit);
}

void DenyDeletion(const Object& object, RuleContext& ctx) {
  ctx.Report(object.root(), "still in use").About("in use");
}
void DenyAll(const Object& object, RuleContext& ctx) {
  ctx.Report(object.root(), "refused").About("all");
}

constexpr Rule kGuard = {.id = "virtual-service-guard",
                         .title = "Guard",
                         .severity = Severity::kError,
                         .kinds = {kVirtualService},
                         .check = DenyAll,
                         .check_delete = DenyDeletion};
constexpr Rule kNoGuard = {.id = "virtual-service-no-guard",
                           .title = "No guard",
                           .severity = Severity::kError,
                           .kinds = {kVirtualService},
                           .check = DenyAll};

TEST(Deletion, IsJudgedByTheRulesThatHaveAWordOnIt) {
  const Rule* const rules[] = {&kGuard, &kNoGuard};
  const Engine engine(PolicyOf(), {}, rules);
  const auto object = RoutesTo({});
  EXPECT_THAT(Say(engine.Evaluate(
                  {.object = object.get(), .operation = Operation::kDelete},
                  *Nothing())),
              ElementsAre("deny in use"));
}

TEST(Deletion, IsAllowedByAllTheRulesThereAre) {
  const Engine engine(PolicyOf());
  const auto object = RoutesTo({Ledger("pay")});
  const Change change{.object = object.get(), .operation = Operation::kDelete};
  EXPECT_THAT(Say(engine.Evaluate(change, *Nothing())), IsEmpty());
  EXPECT_THAT(engine.Mutate(change, *Nothing()).patch, IsEmpty());
}

TEST(Deadline, EndsTheEvaluationWithoutAVerdict) {
  const Engine engine(PolicyOf());
  const auto object = RoutesTo({Ledger("pay")});
  const auto now = std::chrono::steady_clock::now();
  const Evaluation late = engine.Evaluate(
      {.object = object.get(), .deadline = now - std::chrono::seconds(1)},
      *Nothing());
  EXPECT_TRUE(late.timed_out);
  EXPECT_THAT(late.findings, IsEmpty());
  const Evaluation in_time = engine.Evaluate(
      {.object = object.get(), .deadline = now + std::chrono::hours(1)},
      *Nothing());
  EXPECT_FALSE(in_time.timed_out);
  EXPECT_EQ(in_time.strictest(), Action::kDeny);
}

TEST(Deadline, EndsAMutationToo) {
  const Engine engine(PolicyOf());
  const auto object = RoutesTo({});
  const Mutation late = engine.Mutate(
      {.object = object.get(), .deadline = std::chrono::steady_clock::now()},
      *Nothing());
  EXPECT_TRUE(late.timed_out);
  EXPECT_THAT(late.patch, IsEmpty());
}

struct Silencer {
  std::string_view annotation;
  std::string_view reason;  // empty: the finding stands
};

class Annotations : public ::testing::TestWithParam<Silencer> {};

// Judged by virtual-service-ambiguous-port, also known as IST0112.
TEST_P(Annotations, SilenceARule) {
  const Rule* const rule = FindRule("virtual-service-ambiguous-port");
  const Engine engine(PolicyOf(), {}, std::span(&rule, 1));
  const test::Scene scene(R"(
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: reviews
  namespace: shop
  annotations: {)" + std::string(GetParam().annotation) +
                          R"(}
spec:
  hosts: [elsewhere.example]
  http: [{route: [{destination: {host: reviews}}]}]
---
apiVersion: v1
kind: Service
metadata: {name: reviews, namespace: shop}
spec: {ports: [{name: http, port: 8080}]}
)");
  const Evaluation judged =
      engine.Evaluate({.object = &scene.subject()}, scene.inventory());
  ASSERT_EQ(judged.findings.size(), 1U);
  EXPECT_EQ(judged.findings[0].suppressed, GetParam().reason);
  EXPECT_EQ(judged.findings[0].action,
            GetParam().reason.empty() ? Action::kWarn : Action::kOff);
}

INSTANTIATE_TEST_SUITE_P(
    All, Annotations,
    ::testing::Values(
        Silencer{"", ""}, Silencer{"other: x", ""},
        Silencer{"ignore.meshvet.dev/virtual-service-ambiguous-port: \"by "
                 "design\"",
                 "by design"},
        Silencer{"ignore.meshvet.dev/virtual-service-ambiguous-port: \"\"",
                 "annotation"},
        Silencer{"ignore.meshvet.dev/IST0112: known", "known"},
        Silencer{"ignore.meshvet.dev/ist0112: known", "known"},
        Silencer{"ignore.meshvet.dev/virtual-service-unknown-port: x", ""},
        Silencer{"ignore.meshvet.dev/virtual-service-ambiguous-port: 7", ""},
        Silencer{"galley.istio.io/analyze-suppress: IST0112",
                 "galley.istio.io/analyze-suppress"},
        Silencer{"galley.istio.io/analyze-suppress: \" IST0101 , IST0112\\n\"",
                 "galley.istio.io/analyze-suppress"},
        Silencer{"galley.istio.io/analyze-suppress: \" * \"",
                 "galley.istio.io/analyze-suppress"},
        Silencer{"galley.istio.io/analyze-suppress: \"IST0101,,IST01120\"", ""},
        Silencer{"galley.istio.io/analyze-suppress: [IST0112]", ""}));

// The author of an object cannot silence what protects others from him.
TEST(LockedRules, AreNotSilencedByAnAnnotation) {
  const Engine engine(PolicyOf(), {}, std::span(&kCrossNamespace, 1));
  const auto object = RoutesTo(
      {Ledger("pay")},
      "annotations: {galley.istio.io/analyze-suppress: \"*\", "
      "ignore.meshvet.dev/virtual-service-cross-namespace-host: please}");
  EXPECT_THAT(Say(engine.Evaluate({.object = object.get()}, *Nothing())),
              ElementsAre("deny destination pay/ledger.pay.svc.cluster.local"));
}

TEST(LockedRules, MayBeNamedByThePolicy) {
  const Engine engine(
      PolicyOf("suppressions: {locked: [workload-entry-missing-label]}"), {},
      std::span(&kMissingLabel, 1));
  const auto object = Parse(R"(
apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata:
  name: ledger-1
  namespace: legacy
  labels: {app: ledger}
  annotations: {ignore.meshvet.dev/workload-entry-missing-label: please}
spec: {address: 10.0.0.12}
)");
  EXPECT_THAT(Say(engine.Evaluate({.object = object.get()}, *Nothing())),
              ElementsAre("deny version"));
}

// On the last day of an agreed exception and on the day after.
TEST(Suppressions, ExpireAfterTheirLastDay) {
  const auto policy = PolicyOf(R"(
suppressions:
  entries:
  - {rule: virtual-service-cross-namespace-host, object: "VirtualService/shop/*",
     reason: migration, until: "2027-03-31"}
)");
  const auto object = RoutesTo({Ledger("pay")});
  const auto on = [&](std::chrono::year_month_day day) {
    const Engine engine(
        policy, [day] { return std::chrono::sys_days(day); },
        std::span(&kCrossNamespace, 1));
    return Say(engine.Evaluate({.object = object.get()}, *Nothing()));
  };
  using std::chrono::April;
  using std::chrono::March;
  EXPECT_THAT(on(std::chrono::year(2027) / March / 31),
              ElementsAre("off destination pay/ledger.pay.svc.cluster.local "
                          "(silenced: migration)"));
  EXPECT_THAT(on(std::chrono::year(2027) / April / 1),
              ElementsAre("deny destination pay/ledger.pay.svc.cluster.local"));
}

TEST(Suppressions, SpeakOfObjectsAndFiles) {
  const auto policy = PolicyOf(R"(
suppressions:
  entries:
  - {rule: virtual-service-cross-namespace-host, object: "VirtualService/web/*"}
  - {rule: virtual-service-cross-namespace-host, file: "legacy/**"}
  - {rule: workload-entry-missing-label, object: "*"}
)");
  const Engine engine(policy, {}, std::span(&kCrossNamespace, 1));
  const auto object = RoutesTo({Ledger("pay")});
  const auto in = [&](std::string_view file) {
    return engine.Evaluate({.object = object.get(), .file = file}, *Nothing())
        .findings.front()
        .suppressed;
  };
  EXPECT_EQ(in(""), "");
  EXPECT_EQ(in("deploy/a.yaml"), "");
  EXPECT_EQ(in("legacy/x/a.yaml"), "policy");
}

struct Setting {
  std::string_view rules;
  std::string_view verdict;  // "severity action", empty for no finding
};

class Settings : public ::testing::TestWithParam<Setting> {};

TEST_P(Settings, DecideSeverityAndAction) {
  const Engine engine(
      PolicyOf("rules: {" + std::string(GetParam().rules) + "}"), {},
      std::span(&kCrossNamespace, 1));
  const auto object = RoutesTo({Ledger("pay")});
  const Evaluation judged =
      engine.Evaluate({.object = object.get()}, *Nothing());
  std::string verdict;
  for (const Finding& finding : judged.findings) {
    verdict = std::string(ToString(finding.severity)) + " " +
              std::string(ToString(finding.action));
  }
  EXPECT_EQ(verdict, GetParam().verdict);
}

INSTANTIATE_TEST_SUITE_P(
    All, Settings,
    ::testing::Values(
        Setting{"", "error deny"},
        Setting{"virtual-service-cross-namespace-host: {}", "error deny"},
        Setting{"virtual-service-cross-namespace-host: warning",
                "warning warn"},
        Setting{"virtual-service-cross-namespace-host: info", "info audit"},
        Setting{"virtual-service-cross-namespace-host: off", ""},
        Setting{"virtual-service-cross-namespace-host: {severity: \"off\"}",
                ""},
        Setting{"virtual-service-cross-namespace-host: {action: warn}",
                "error warn"},
        Setting{"virtual-service-cross-namespace-host: {action: audit}",
                "error audit"},
        Setting{"virtual-service-cross-namespace-host: {action: off}",
                "error off"},
        Setting{"virtual-service-cross-namespace-host: {severity: info, "
                "action: deny}",
                "info deny"}));

// What does not exist yet may be on its way: no denial unless the policy says.
TEST(Strictest, CapsWhatTheWebhookDoesByItself) {
  const Rule* const rule = FindRule("virtual-service-unknown-host");
  const auto object = RoutesTo({"nowhere"});
  const auto strictest = [&](const std::string& policy) {
    return Engine(PolicyOf(policy), {}, std::span(&rule, 1))
        .Evaluate({.object = object.get()}, *Nothing())
        .strictest();
  };
  EXPECT_EQ(strictest(""), Action::kWarn);
  EXPECT_EQ(strictest("rules: {virtual-service-unknown-host: error}"),
            Action::kWarn);
  EXPECT_EQ(strictest("rules: {virtual-service-unknown-host: {action: deny}}"),
            Action::kDeny);
}

TEST(Strictest, IsOffWithoutAFinding) {
  EXPECT_EQ(Evaluation().strictest(), Action::kOff);
}

void ReportAll(const Object& object, RuleContext& ctx) {
  const Node spec = object.spec();
  ctx.Report(spec["b"], "b").As(Severity::kWarning);
  ctx.Report(spec["c"], "c").As(Severity::kError);
  ctx.Report(spec["a"], "a").As(Severity::kWarning);
  ctx.Report(spec["d"], "d").As(Severity::kInfo);
}

TEST(Order, IsByActionSeverityPointerAndRule) {
  constexpr Rule kFirst = {.id = "virtual-service-one",
                           .severity = Severity::kError,
                           .kinds = {kVirtualService},
                           .check = ReportAll};
  constexpr Rule kSecond = {.id = "virtual-service-two",
                            .severity = Severity::kError,
                            .kinds = {kVirtualService},
                            .strictest = Action::kWarn,
                            .check = ReportAll};
  const Rule* const rules[] = {&kSecond, &kFirst};
  const Engine engine(PolicyOf(), {}, rules);
  const auto object =
      Parse(std::string(kHead) + "spec: {a: 1, b: 2, c: 3, d: 4}");
  std::vector<std::string> order;
  const Evaluation judged =
      engine.Evaluate({.object = object.get()}, *Nothing());
  for (const Finding& finding : judged.findings) {
    order.push_back(std::string(ToString(finding.action)) + " " +
                    finding.pointer + " " + std::string(finding.rule));
  }
  EXPECT_THAT(order, ElementsAre("deny /spec/c virtual-service-one",
                                 "warn /spec/c virtual-service-two",
                                 "warn /spec/a virtual-service-one",
                                 "warn /spec/a virtual-service-two",
                                 "warn /spec/b virtual-service-one",
                                 "warn /spec/b virtual-service-two",
                                 "audit /spec/d virtual-service-one",
                                 "audit /spec/d virtual-service-two"));
}

constexpr std::string_view kUnlabelled = R"(
spec:
  address: 10.0.0.12
  labels: {app.kubernetes.io/name: ledger, app.kubernetes.io/version: v3}
)";

TEST(AutoFix, IsOnByTheRulesHeadOrThePolicy) {
  const auto object = Parse(std::string(kEntry) + std::string(kUnlabelled));
  const auto patch = [&](const std::string& policy) {
    const Engine engine(PolicyOf(policy));
    return WritePatch(
        engine.Mutate({.object = object.get()}, *Nothing()).patch);
  };
  const std::string both =
      R"([{"op":"add","path":"/spec/labels/app","value":"ledger"},)"
      R"({"op":"add","path":"/spec/labels/version","value":"v3"}])";
  EXPECT_EQ(patch(""), both);
  EXPECT_EQ(patch("rules: {workload-entry-missing-label: {fix: auto}}"), both);
  EXPECT_EQ(patch("rules: {workload-entry-missing-label: {fix: off}}"), "[]");
  EXPECT_EQ(patch("rules: {workload-entry-missing-label: off}"), "[]");
}

TEST(AutoFix, LeavesAloneWhatIsSilenced) {
  const auto object = Parse(R"(
apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata:
  name: ledger-1
  annotations: {ignore.meshvet.dev/workload-entry-missing-label: later}
)" + std::string(kUnlabelled));
  EXPECT_THAT(
      Engine(PolicyOf()).Mutate({.object = object.get()}, *Nothing()).patch,
      IsEmpty());
}

// The rule has a safe and an unsafe fix: only the former is made unasked.
TEST(AutoFix, TakesTheSafeFixesOnly) {
  const test::Scene scene(std::string(kEntry) + R"(
spec: {address: 10.0.0.12, labels: {app.kubernetes.io/name: ledger}}
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: ledger, namespace: legacy}
spec:
  hosts: [ledger.example]
  workloadSelector: {labels: {app.kubernetes.io/name: ledger, version: v3}}
)");
  const Mutation mutation =
      Engine(PolicyOf())
          .Mutate({.object = &scene.subject()}, scene.inventory());
  EXPECT_EQ(WritePatch(mutation.patch),
            R"([{"op":"add","path":"/spec/labels/app","value":"ledger"}])");
  ASSERT_EQ(mutation.fixed.size(), 1U);
  EXPECT_EQ(mutation.fixed[0].about, "app");
}

TEST(Judges, KnowsTheKindsOfItsRules) {
  const Engine all(PolicyOf());
  EXPECT_TRUE(all.Judges(kVirtualService));
  EXPECT_TRUE(all.Judges(kDestinationRule));
  EXPECT_TRUE(all.Judges(kWorkloadEntry));
  EXPECT_TRUE(all.Judges(kWorkloadGroup));
  EXPECT_FALSE(all.Judges(kService));
  EXPECT_FALSE(all.Judges({"example.com", "VirtualService"}));
  const Engine one(PolicyOf(), {}, std::span(&kSelectedByNothing, 1));
  EXPECT_TRUE(one.Judges(kWorkloadEntry));
  EXPECT_FALSE(one.Judges(kVirtualService));
}

TEST(OtherKinds, AreNotJudged) {
  const auto object = Parse(R"(
apiVersion: v1
kind: Service
metadata: {name: reviews, namespace: shop}
)");
  const Evaluation judged =
      Engine(PolicyOf()).Evaluate({.object = object.get()}, *Nothing());
  EXPECT_THAT(judged.findings, IsEmpty());
  EXPECT_THAT(judged.not_run, IsEmpty());
}

TEST(NotRunReasons, NameTheRule) {
  InventoryBuilder builder({}, {});
  const Rule* const rule = FindRule("virtual-service-unknown-gateway");
  const Engine engine(PolicyOf(), {}, std::span(&rule, 1));
  const auto object = Parse(std::string(kHead) +
                            "spec: {hosts: [a.example], gateways: [a, a, b]}");
  const Evaluation judged =
      engine.Evaluate({.object = object.get()}, *builder.Snapshot());
  EXPECT_THAT(judged.not_run,
              ElementsAre(NotRun{"virtual-service-unknown-gateway",
                                 "the Gateways of namespace shop are not "
                                 "known"}));
}

}  // namespace
}  // namespace meshvet::rules

#include "webhook/verdict.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "test/unit/webhook/courtroom.h"
#include "webhook/warnings.h"

namespace meshvet::webhook {
namespace {

using rules::Action;
using rules::Finding;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Pair;
using ::testing::SizeIs;
using ::testing::StartsWith;

constexpr std::string_view kObject = R"({
  "apiVersion": "networking.istio.io/v1", "kind": "Gateway",
  "metadata": {"name": "edge", "namespace": "shop"},
  "spec": {"servers": [{"port": 1}]}})";

class VerdictTest : public ::testing::Test {
 protected:
  AdmissionResponse Validate(std::vector<Finding> findings,
                             std::vector<rules::NotRun> not_run = {}) {
    return Validated(review_, object_,
                     {std::move(findings), std::move(not_run)}, 3);
  }

  const Document document_ = *ParseJson(kObject, {});
  const Object object_{document_.root()};
  const Review review_ = [] {
    Review review;
    review.uid = "u";
    return review;
  }();
};

Finding Found(Action action, std::string message = "is wrong") {
  Finding finding;
  finding.rule = "gateway-rule";
  finding.action = action;
  finding.message = std::move(message);
  finding.pointer = "/spec/servers/0/port";
  return finding;
}

TEST_F(VerdictTest, AllowsWhatNobodyObjectsTo) {
  const AdmissionResponse response = Validate({});
  EXPECT_TRUE(response.allowed);
  EXPECT_EQ(response.uid, "u");
  EXPECT_EQ(response.message, "");
  EXPECT_THAT(response.warnings, SizeIs(0));
  EXPECT_THAT(
      response.audit_annotations,
      ElementsAre(Pair("policy-generation", "3"), Pair("verdict", "allow")));
}

TEST_F(VerdictTest, SaysAllThatKubectlWillShow) {
  Finding finding = Found(Action::kDeny);
  finding.fix = {{"remove", "/spec/servers/0/port"}};
  finding.fix_title = "remove the port";
  finding.notes = {"istiod drops it", "since 1.20"};
  const AdmissionResponse response =
      Validate({finding, Found(Action::kDeny, "is odd")});
  EXPECT_FALSE(response.allowed);
  EXPECT_EQ(response.message,
            "meshvet found 2 problems in Gateway shop/edge:\n"
            "- spec.servers[0].port: is wrong (fix: remove the port); "
            "note: istiod drops it; note: since 1.20 [gateway-rule]\n"
            "- spec.servers[0].port: is odd [gateway-rule]");
  ASSERT_THAT(response.causes, SizeIs(2));
  EXPECT_EQ(response.causes[0].message, "is wrong [gateway-rule]");
  EXPECT_EQ(response.causes[0].field, "spec.servers[0].port");
}

TEST_F(VerdictTest, TellsDenialsWarningsAndAuditsApart) {
  Finding known = Found(Action::kWarn, "is old");
  known.rule = "known-rule";
  known.known_before = true;
  Finding silenced = Found(Action::kOff, "is agreed");
  silenced.rule = "agreed-rule";
  silenced.suppressed = "POS";
  Finding audited = Found(Action::kAudit, "is noted");
  audited.rule = "audit-rule";
  const AdmissionResponse response =
      Validate({Found(Action::kWarn), known, audited, silenced},
               {{"blind-rule", "no Service"}, {"blind-rule", "no Pod"}});
  EXPECT_TRUE(response.allowed);
  EXPECT_THAT(
      response.warnings,
      ElementsAre("spec.servers[0].port: is wrong [gateway-rule]",
                  "not new, so let through: spec.servers[0].port: is old "
                  "[known-rule]"));
  EXPECT_THAT(
      response.audit_annotations,
      ElementsAre(Pair("known-before", "known-rule"),
                  Pair("not-run", "blind-rule"), Pair("policy-generation", "3"),
                  Pair("rules", "audit-rule,gateway-rule,known-rule"),
                  Pair("suppressed", "agreed-rule"), Pair("verdict", "warn")));
}

TEST_F(VerdictTest, BoundsTheMessage) {
  // Four bytes a character is the worst there is.
  std::string wide;
  for (int i = 0; i < 5'000; ++i) wide += "\xF0\x9F\x98\x80";
  for (const std::string& text : {std::string(20'000, 'x'), wide}) {
    const AdmissionResponse response =
        Validate(std::vector<Finding>(40, Found(Action::kDeny, text)));
    EXPECT_LE(response.message.size(), 4'096U);
    EXPECT_THAT(response.message,
                StartsWith("meshvet found 40 problems in Gateway shop/edge:\n"
                           "- spec.servers[0].port: "));
    EXPECT_THAT(response.message, HasSubstr("… [gateway-rule]\n- and "))
        << "at least one finding is told, with its rule";
    EXPECT_THAT(response.message,
                EndsWith(" more: run meshvet lint on the file"));
    EXPECT_THAT(response.causes.front().message, EndsWith("… [gateway-rule]"));
  }
}

TEST_F(VerdictTest, BoundsTheNamesOfTheObject) {
  std::string json(kObject);
  json.replace(json.find("edge"), 4, std::string(100'000, 'n'));
  json.replace(json.find("servers"), 7, std::string(100'000, 'k'));
  const auto document = ParseJson(json, {});
  const Object hostile(document->root());
  Finding finding = Found(Action::kDeny);
  finding.pointer = "/spec/" + std::string(100'000, 'k') + "/0";
  const AdmissionResponse response =
      Validated(review_, hostile, {{finding}, {}}, 3);
  EXPECT_LE(response.message.size(), 4'096U);
  EXPECT_THAT(response.message, EndsWith("…: is wrong [gateway-rule]"));
}

TEST_F(VerdictTest, KeepsTheRuleInALongWarning) {
  const AdmissionResponse response =
      Validate({Found(Action::kWarn, std::string(500, 'x'))});
  EXPECT_THAT(response.warnings, ElementsAre(EndsWith("x… [gateway-rule]")));
  EXPECT_EQ(LimitWarnings(response.warnings), response.warnings)
      << "nothing is left to cut";
}

TEST_F(VerdictTest, PutsOneFindingOnOneLine) {
  const AdmissionResponse response = Validate(
      {Found(Action::kDeny, "a\nb\xFF"), Found(Action::kWarn, "c\rd")});
  EXPECT_THAT(response.message,
              EndsWith("\n- spec.servers[0].port: a b\uFFFD [gateway-rule]"));
  EXPECT_EQ(response.causes[0].message, "a b\uFFFD [gateway-rule]");
  EXPECT_THAT(response.warnings, ElementsAre(HasSubstr("c d")));
}

TEST_F(VerdictTest, SaysWhatWasMended) {
  rules::Mutation mutation;
  mutation.patch = {{"remove", "/spec/servers/0/port"}};
  mutation.fixed = {Found(Action::kDeny)};
  mutation.fixed[0].fix_title = "remove the port";
  const AdmissionResponse response = Mutated(review_, object_, mutation, 3);
  EXPECT_TRUE(response.allowed);
  EXPECT_THAT(response.warnings,
              ElementsAre("mended spec.servers[0].port: remove the port "
                          "[gateway-rule]"));
  EXPECT_THAT(
      response.audit_annotations,
      ElementsAre(Pair("patched", "gateway-rule"),
                  Pair("policy-generation", "3"), Pair("verdict", "patch")));
  EXPECT_EQ(response.patch, mutation.patch);
}

TEST_F(VerdictTest, SaysNothingWhereNothingWasMended) {
  const AdmissionResponse response = Mutated(review_, object_, {}, 3);
  EXPECT_THAT(response.warnings, SizeIs(0));
  EXPECT_THAT(
      response.audit_annotations,
      ElementsAre(Pair("policy-generation", "3"), Pair("verdict", "allow")));
  EXPECT_THAT(Unjudged(review_).audit_annotations,
              ElementsAre(Pair("verdict", "allow")));
}

TEST_F(VerdictTest, BoundsTheListOfRules) {
  std::vector<std::string> ids;
  for (int i = 100; i < 200; ++i) {
    ids.push_back(std::string(40, 'r') + std::to_string(i));
  }
  std::vector<Finding> findings;
  for (const std::string& id : ids) {
    findings.push_back(Found(Action::kWarn));
    findings.back().rule = id;
  }
  const auto annotations = Validate(findings).audit_annotations;
  EXPECT_LE(annotations.at("rules").size(), 1'100U);
  EXPECT_THAT(annotations.at("rules"), EndsWith(",…"));
}

}  // namespace
}  // namespace meshvet::webhook

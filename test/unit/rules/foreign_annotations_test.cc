#include "rules/foreign_annotations.h"

#include <gtest/gtest.h>

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "rules/engine.h"
#include "test/support/scene.h"

namespace meshvet::rules {
namespace {

constexpr const char* kSubset = "virtual-service-unknown-subset";
constexpr const char* kTwice = "destination-rule-duplicate-subset";
constexpr const char* kLabel = "workload-entry-missing-label";

// What each complains of, with the annotations in it.
std::string SubjectOf(std::string_view rule, const std::string& annotations) {
  static const std::map<std::string_view, std::string> subjects = {
      {kSubset,
       "kind: VirtualService\n"
       "spec:\n  hosts: [a]\n"
       "  http: [{route: [{destination: {host: a, subset: nope}}]}]\n"},
      {kTwice,
       "kind: DestinationRule\n"
       "spec: {host: a, subsets: [{name: v}, {name: v}]}\n"},
      {kLabel, "kind: WorkloadEntry\nspec: {address: 192.0.2.1}\n"}};
  return "apiVersion: networking.istio.io/v1\n"
         "metadata: {name: a, namespace: shop, annotations: {" +
         annotations + "}}\n" + subjects.at(rule);
}

std::string CodesOf(const Rule& rule) {
  std::string codes;
  for (const std::string_view alias : rule.aliases) {
    codes.append(codes.empty() ? "" : ", ").append(alias);
  }
  return codes;
}

struct Silencer {
  const char* rule;
  const char* codes;  // of the rule
  const char* annotation;
  const char* reason;  // empty if it silences nothing
};

std::vector<Finding> Judge(const Rule& rule, const std::string& annotation,
                           const std::string& policy = {}) {
  const Rule* const alone = &rule;
  const Engine engine(
      test::ReadPolicyText("{apiVersion: meshvet.dev/v1alpha1, kind: Config" +
                           policy + "}"),
      {}, std::span(&alone, 1));
  const test::Scene scene(SubjectOf(rule.id, annotation) +
                          "---\napiVersion: v1\nkind: Service\n"
                          "metadata: {name: a, namespace: shop}\n"
                          "spec: {ports: [{name: http, port: 80}]}\n");
  return engine.Evaluate({.object = &scene.subject()}, scene.inventory())
      .findings;
}

class ForeignAnnotations : public ::testing::TestWithParam<Silencer> {};

TEST_P(ForeignAnnotations, SilenceTheCodesOfTheirProgram) {
  const Rule* const rule = FindRule(GetParam().rule);
  ASSERT_EQ(CodesOf(*rule), GetParam().codes);
  const auto findings = Judge(*rule, GetParam().annotation);
  ASSERT_FALSE(findings.empty());
  for (const Finding& finding : findings) {
    EXPECT_EQ(finding.suppressed, GetParam().reason);
    // The name of what silences it is nobody's reason.
    EXPECT_EQ(GivesReason(finding), false) << finding.suppressed;
  }
}

constexpr const char* kIstios = "galley.istio.io/analyze-suppress";

TEST(IstCompat, LeavesIstiosAnnotationToIstioctl) {
  const auto silenced = [](const char* annotation, const char* policy) {
    return !Judge(*FindRule(kSubset), annotation, policy)
                .at(0)
                .suppressed.empty();
  };
  constexpr const char* kIstio = "galley.istio.io/analyze-suppress: \"*\"";
  constexpr const char* kKiali = "kiali.io/ignore-validations: KIA1107";
  constexpr const char* kOff = ", suppressions: {istCompat: false}";
  EXPECT_TRUE(silenced(kIstio, ""));
  EXPECT_TRUE(silenced(kIstio, ", suppressions: {istCompat: true}"));
  EXPECT_FALSE(silenced(kIstio, kOff));
  EXPECT_TRUE(silenced(kKiali, kOff));
}

INSTANTIATE_TEST_SUITE_P(
    Istio, ForeignAnnotations,
    ::testing::Values(
        Silencer{kSubset, "IST0101, KIA1107",
                 "galley.istio.io/analyze-suppress: IST0101", kIstios},
        Silencer{kSubset, "IST0101, KIA1107",
                 "galley.istio.io/analyze-suppress: \"*\"", kIstios},
        Silencer{kSubset, "IST0101, KIA1107",
                 "galley.istio.io/analyze-suppress: KIA1107", ""},
        Silencer{kSubset, "IST0101, KIA1107",
                 "galley.istio.io/analyze-suppress: \"\"", ""},
        // It has no code of Istio's, so it is not Istio's to silence.
        Silencer{kTwice, "KIA0201", "galley.istio.io/analyze-suppress: \"*\"",
                 ""},
        Silencer{kLabel, "", "galley.istio.io/analyze-suppress: \"*\"", ""}));

INSTANTIATE_TEST_SUITE_P(
    Kiali, ForeignAnnotations,
    ::testing::Values(
        Silencer{kSubset, "IST0101, KIA1107",
                 "kiali.io/ignore-validations: KIA1107", "annotation"},
        Silencer{kSubset, "IST0101, KIA1107",
                 "kiali.io/ignore-validations: \"KIA0202, KIA1107 \"",
                 "annotation"},
        Silencer{kSubset, "IST0101, KIA1107",
                 "kiali.io/ignore-validations: \" \"", "annotation"},
        Silencer{kTwice, "KIA0201", "kiali.io/ignore-validations: \"\"",
                 "annotation"},
        Silencer{kSubset, "IST0101, KIA1107",
                 "kiali.io/ignore-validations: KIA0202", ""},
        Silencer{kSubset, "IST0101, KIA1107",
                 "kiali.io/ignore-validations: \"*\"", ""},
        Silencer{kSubset, "IST0101, KIA1107",
                 "kiali.io/ignore-validations: IST0101", ""},
        Silencer{kSubset, "IST0101, KIA1107", "kiali.io/ignore-validations: []",
                 ""},
        Silencer{kLabel, "", "kiali.io/ignore-validations: \"\"", ""}));

}  // namespace
}  // namespace meshvet::rules

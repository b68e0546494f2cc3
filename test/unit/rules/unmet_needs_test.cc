#include "rules/unmet_needs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "mesh/kinds.h"
#include "test/support/scene.h"

namespace meshvet::rules {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr const char* kUnknownHost = "virtual-service-unknown-host";

Engine EngineWith(const std::string& rest) {
  return Engine(test::ReadPolicyText(
      "{apiVersion: meshvet.dev/v1alpha1, kind: Config, " + rest + "}"));
}

// "rule: Kind Kind".
std::vector<std::string> Texts(const Engine& engine, const Coverage& coverage) {
  std::vector<std::string> texts;
  for (const UnmetNeed& need : UnmetNeeds(engine, coverage)) {
    std::string text = std::string(need.rule->id) + ":";
    for (const GroupKind& kind : need.kinds) {
      text.append(" ").append(kind.kind);
    }
    texts.push_back(text);
  }
  return texts;
}

TEST(UnmetNeeds, AreNoneWhereAllIsKnown) {
  EXPECT_THAT(Texts(EngineWith("rules: {}"), {.complete = true}), IsEmpty());
}

TEST(UnmetNeeds, AreTheKindsThatAreMissing) {
  Coverage all_but_services;
  for (const GroupKind& kind : KnownKinds()) {
    if (kind != kService) all_but_services.complete_kinds.push_back(kind);
  }
  const auto texts = Texts(EngineWith("rules: {}"), all_but_services);
  EXPECT_THAT(texts, Contains(std::string(kUnknownHost) + ": Service"));
  EXPECT_THAT(texts, testing::Each(testing::EndsWith(": Service")));
  EXPECT_THAT(texts, Not(Contains(HasSubstr("workload-entry-missing-label"))))
      << "it needs nothing";
}

// What is off asks for nothing; an override may turn it on for some.
TEST(UnmetNeeds, AreThoseOfRulesThatRun) {
  const std::string off = "rules: {virtual-service-unknown-host: off}";
  const auto about_hosts = Contains(HasSubstr(kUnknownHost));
  EXPECT_THAT(Texts(EngineWith("rules: {}"), {}), about_hosts);
  EXPECT_THAT(Texts(EngineWith(off), {}), Not(about_hosts));
  EXPECT_THAT(
      Texts(EngineWith(off + ", overrides: [{match: {namespaces: [shop]}, "
                             "rules: {virtual-service-unknown-host: error}}]"),
            {}),
      about_hosts);
}

}  // namespace
}  // namespace meshvet::rules

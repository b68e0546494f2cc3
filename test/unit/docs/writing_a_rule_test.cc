// The worked example of docs/writing-a-rule.md compiles, works, and is what the
// page shows.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>

#include "rules/engine.h"
#include "rules/rule.h"
#include "test/support/scene.h"

namespace meshvet::rules {

extern const Rule gateway_unknown_host_namespace;

namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

std::string ReadFile(const std::string& name) {
  std::ifstream file(MESHVET_SOURCE_DIR "/" + name, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

Evaluation Judge(const Example& example) {
  const Rule& rule = gateway_unknown_host_namespace;
  Policy policy;
  if (!example.options.empty()) {
    auto options = ParseJson(example.options, {});
    policy.documents.push_back(
        std::make_shared<const Document>(*std::move(options)));
    policy.rules[rule.id].options = policy.documents.back()->root();
  }
  const test::Scene scene(example.yaml, {.complete = example.is_whole_mesh});
  const std::array<const Rule*, 1> alone = {&rule};
  const Engine engine(std::make_shared<const Policy>(std::move(policy)), {},
                      alone);
  return engine.Evaluate({.object = &scene.subject()}, scene.inventory());
}

TEST(WritingARule, ThePageShowsTheWholeFile) {
  const std::string file =
      ReadFile("test/unit/docs/gateway_unknown_host_namespace.cc");
  ASSERT_THAT(file, Not(IsEmpty()));
  EXPECT_THAT(ReadFile("docs/writing-a-rule.md"),
              HasSubstr("```cpp\n" + file + "```\n"));
}

TEST(WritingARule, TheExampleFindsItsBadExample) {
  const Rule& rule = gateway_unknown_host_namespace;
  const Evaluation evaluation = Judge(rule.bad[0]);
  EXPECT_THAT(
      test::Lines(evaluation),
      ElementsAre("warning /spec/servers/0/hosts/0: namespace \"shp\" does not "
                  "exist (did you mean \"shop\"?), so no VirtualService can "
                  "use this host"));
  const test::Scene scene(rule.bad[0].yaml);
  const auto mended =
      test::Mended(scene.subject(), evaluation.findings.front());
  EXPECT_EQ(mended->spec()["servers"][size_t{0}]["hosts"][size_t{0}].Str(),
            "shop/*.example.com");
}

TEST(WritingARule, TheExampleIsSilentWhereAllIsWell) {
  for (const Example& example : gateway_unknown_host_namespace.good) {
    EXPECT_THAT(test::Lines(Judge(example)), IsEmpty()) << example.title;
  }
}

TEST(WritingARule, TheExampleDoesNotGuess) {
  Example partial = gateway_unknown_host_namespace.bad[0];
  partial.is_whole_mesh = false;
  const Evaluation evaluation = Judge(partial);
  EXPECT_THAT(evaluation.findings, IsEmpty());
  ASSERT_EQ(evaluation.not_run.size(), 1U);
  EXPECT_EQ(evaluation.not_run[0].reason,
            "whether namespace shp exists is unknown");
}

}  // namespace
}  // namespace meshvet::rules

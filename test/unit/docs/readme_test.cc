// What the README shows is what the program says.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <regex>
#include <string>

#include "rules/rule.h"
#include "test/support/run_binary.h"
#include "test/support/scene.h"

namespace meshvet::rules {

extern const Rule gateway_http_without_redirect;

namespace {

using test::ReadFile;
using test::RunBinary;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr const char* kRoot = MESHVET_SOURCE_DIR;

std::string Readme() { return ReadFile(std::string(kRoot) + "/README.md"); }

// The text between <!-- NAME… --> and <!-- /NAME -->.
std::string Section(const std::string& name) {
  const std::string readme = Readme();
  const size_t opening = readme.find("<!-- " + name);
  const size_t start = readme.find("-->\n", opening);
  const size_t end = readme.find("<!-- /" + name, opening);
  if (opening == readme.npos || start == readme.npos || end == readme.npos) {
    return {};
  }
  return readme.substr(start + 4, end - start - 4);
}

TEST(Readme, ListsTheRules) {
  const auto ran = RunBinary(kRoot, "rules -o markdown");
  ASSERT_EQ(ran.exit_code, 0) << ran.err;
  const std::string table =
      std::regex_replace(ran.out, std::regex(R"(\]\()"), "](docs/rules/");
  EXPECT_EQ(Section("rules"), table);
}

TEST(Readme, ShowsADenialAsItIs) {
  const auto ran = RunBinary(
      kRoot,
      "review examples/reviews/deny-cross-namespace-host.json --inventory "
      "examples/mesh --config examples/meshvet.yaml");
  ASSERT_EQ(ran.exit_code, 1) << ran.err;
  const std::string message =
      nlohmann::json::parse(ran.out)["response"]["status"]["message"];
  EXPECT_THAT(Section("denial"), HasSubstr(message + "\n"));
}

TEST(Readme, NamesEveryPackageThatIsInstalled) {
  const std::string setup = ReadFile(std::string(kRoot) + "/scripts/setup.sh");
  const std::regex library(R"([a-z0-9.+-]+-dev\b)");
  size_t count = 0;
  for (std::sregex_iterator at(setup.begin(), setup.end(), library), end;
       at != end; ++at, ++count) {
    EXPECT_THAT(Section("libraries"), HasSubstr("`" + at->str() + "`"));
  }
  EXPECT_GT(count, 8U);
}

TEST(Readme, ShowsAWholeRule) {
  const std::string file = ReadFile(
      std::string(kRoot) + "/test/unit/docs/gateway_http_without_redirect.cc");
  ASSERT_THAT(file, Not(IsEmpty()));
  EXPECT_THAT(Readme(), HasSubstr("```cpp\n" + file + "```\n"));
}

std::vector<std::string> Say(const Example& example) {
  const test::Scene scene(example.yaml);
  const Rule* rule = &gateway_http_without_redirect;
  const Engine engine(std::make_shared<const Policy>(RecommendedPolicy()), {},
                      {&rule, 1});
  return test::Lines(
      engine.Evaluate({.object = &scene.subject()}, scene.inventory()));
}

TEST(Readme, TheRuleItShowsWorks) {
  const Rule& rule = gateway_http_without_redirect;
  EXPECT_THAT(Say(rule.bad[0]),
              ElementsAre("warning /spec/servers/0: serves plain HTTP without "
                          "redirecting to HTTPS"));
  EXPECT_THAT(Say(rule.good[0]), IsEmpty());
}

}  // namespace
}  // namespace meshvet::rules

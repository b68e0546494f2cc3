// The generated documents hold what the program would write now.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "lint/json_report.h"
#include "lint/loader_rules.h"
#include "lint/rule_text.h"

namespace meshvet::lint {
namespace {

namespace fs = std::filesystem;

std::string ReadFile(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

TEST(Docs, RulePagesAreUpToDate) {
  const fs::path folder = MESHVET_SOURCE_DIR "/docs/rules";
  std::set<std::string> there;
  for (const auto& entry : fs::directory_iterator(folder)) {
    there.insert(entry.path().filename());
  }
  for (const auto& [name, page] : WriteRulePages()) {
    EXPECT_EQ(ReadFile(folder / name), page)
        << name
        << " is stale: run `meshvet explain --all -o markdown "
           "--output-dir docs/rules`";
    there.erase(name);
  }
  EXPECT_THAT(there, ::testing::IsEmpty()) << "pages of rules that are gone";
}

TEST(Docs, TheReportSchemaIsUpToDate) {
  EXPECT_EQ(ReadFile(MESHVET_SOURCE_DIR "/docs/report.schema.json"),
            ReportSchema())
      << "run `meshvet config schema --report > docs/report.schema.json`";
}

TEST(Docs, EveryLoaderRuleIsDocumented) {
  for (const rules::Rule* rule : LoaderRules()) {
    EXPECT_FALSE(rule->title.empty()) << rule->id;
    EXPECT_FALSE(rule->rationale.empty()) << rule->id;
    EXPECT_FALSE(rule->bad.empty()) << rule->id;
    EXPECT_FALSE(rule->good.empty()) << rule->id;
    EXPECT_EQ(FindAnyRule(rule->id), rule);
  }
}

TEST(FirstSentence, EndsAtTheFirstFullStopAndIsOneLine) {
  EXPECT_EQ(FirstSentence("One\nthing. Another."), "One thing.");
  EXPECT_EQ(FirstSentence("v1.2 of it, e.g. this. More"),
            "v1.2 of it, e.g. this.");
  EXPECT_EQ(FirstSentence("No stop\n\nNext"), "No stop");
}

}  // namespace
}  // namespace meshvet::lint

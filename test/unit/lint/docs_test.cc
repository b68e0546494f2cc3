// The generated documents hold what the program would write now.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>
#include <span>
#include <variant>
#include <vector>

#include "lint/config/configuration.h"
#include "lint/input/loader_rules.h"
#include "lint/report/json_report.h"
#include "lint/report/report_format.h"
#include "lint/report/rule_text.h"
#include "rules/policy_keys.h"
#include "rules/presets.h"
#include "test/support/temp_folder.h"

namespace meshvet::lint {
namespace {

using test::ReadFile;
using test::TempFolder;

namespace fs = std::filesystem;

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

TEST(Docs, RulesInFullAreJson) {
  const auto rules = nlohmann::json::parse(WriteRulesInFull(EveryRule()));
  ASSERT_EQ(rules.size(), EveryRule().size());
  for (size_t i = 0; i < rules.size(); ++i) {
    EXPECT_EQ(rules[i]["id"], EveryRule()[i]->id);
  }
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

// What stands between "```<language>" and "```" in a page.
std::vector<std::string> BlocksOf(const std::string& page,
                                  const std::string& language) {
  const std::string fence = "\n```" + language + "\n";
  std::vector<std::string> blocks;
  for (size_t at = page.find(fence); at != page.npos;
       at = page.find(fence, at)) {
    at += fence.size();
    const size_t end = page.find("\n```\n", at);
    if (end == page.npos) break;
    blocks.push_back(page.substr(at, end + 1 - at));
    at = end;
  }
  return blocks;
}

TEST(Configuration, EveryExampleOfThePageIsValid) {
  const TempFolder folder;
  const auto blocks =
      BlocksOf(ReadFile(MESHVET_SOURCE_DIR "/docs/configuration.md"), "yaml");
  EXPECT_GE(blocks.size(), 10U);
  for (const std::string& block : blocks) {
    const auto read = ReadConfiguration(folder.Put("c.yaml", block));
    const auto* mistakes = std::get_if<std::vector<Error>>(&read);
    EXPECT_EQ(mistakes, nullptr)
        << block << "\n"
        << (mistakes == nullptr ? "" : mistakes->front().message);
  }
}

TEST(Configuration, ThePageNamesEveryKeyTheReaderKnows) {
  const std::string page =
      ReadFile(MESHVET_SOURCE_DIR "/docs/configuration.md");
  const std::initializer_list<std::span<const rules::Key>> tables = {
      rules::kRootKeys,         rules::kRuleKeys,        rules::kOverrideKeys,
      rules::kMatchKeys,        rules::kSuppressionKeys, rules::kIstioKeys,
      rules::kSuppressionsKeys, rules::kContextKeys,     rules::kFilesKeys,
      rules::kOutputKeys,       rules::kFixKeys};
  for (const auto& keys : tables) {
    for (const rules::Key key : keys) {
      const std::string name(key);
      const std::regex mention("(`|\\.)" + name + "`|\\b" + name + ":");
      EXPECT_TRUE(std::regex_search(page, mention)) << name;
    }
  }
}

TEST(Configuration, ThePageNamesEveryPreset) {
  const std::string page =
      ReadFile(MESHVET_SOURCE_DIR "/docs/configuration.md");
  for (const std::string_view name : rules::PresetNames()) {
    EXPECT_THAT(page, ::testing::HasSubstr("| `preset:" + std::string(name)));
  }
}

TEST(Formats, ThePageHasTheTableAndASectionForEach) {
  const std::string page = ReadFile(MESHVET_SOURCE_DIR "/docs/formats.md");
  const size_t opening = page.find("<!-- formats");
  const size_t start = page.find("-->\n", opening);
  const size_t end = page.find("<!-- /formats -->");
  ASSERT_NE(start, page.npos);
  ASSERT_NE(end, page.npos);
  EXPECT_EQ(page.substr(start + 4, end - start - 4), WriteFormatTable());
  for (const ReportFormat& format : ReportFormats()) {
    if (format.is_text && format.name != "markdown") continue;
    EXPECT_THAT(
        page, ::testing::HasSubstr("\n## " + std::string(format.name) + "\n"));
  }
  const std::string configuration =
      ReadFile(MESHVET_SOURCE_DIR "/docs/configuration.md");
  for (const std::string_view name : FormatNames()) {
    EXPECT_THAT(configuration,
                ::testing::HasSubstr("`" + std::string(name) + "`"));
  }
}

TEST(Operating, ThePageNamesEveryMetric) {
  const std::string page = ReadFile(MESHVET_SOURCE_DIR "/docs/operating.md");
  const std::string source =
      ReadFile(MESHVET_SOURCE_DIR "/webhook/metrics.cc") +
      ReadFile(MESHVET_SOURCE_DIR "/cli/cluster_mesh.cc");
  const std::regex made(
      R"re((?:AddCounters\(registry_,|AddGauges\(registry_,)re"
      R"re(|AddSeries\((?:watch, metrics,)?)\s*"([a-z_]+)")re");
  size_t metrics = 0;
  for (std::sregex_iterator found(source.begin(), source.end(), made), end;
       found != end; ++found, ++metrics) {
    EXPECT_THAT(
        page, ::testing::HasSubstr("| `meshvet_" + (*found)[1].str() + "` |"));
  }
  EXPECT_GE(metrics, 19U) << "metrics are no longer made this way";
}

TEST(FirstSentence, EndsAtTheFirstFullStopAndIsOneLine) {
  EXPECT_EQ(FirstSentence("One\nthing. Another."), "One thing.");
  EXPECT_EQ(FirstSentence("v1.2 of it, e.g. this. More"),
            "v1.2 of it, e.g. this.");
  EXPECT_EQ(FirstSentence("No stop\n\nNext"), "No stop");
}

}  // namespace
}  // namespace meshvet::lint

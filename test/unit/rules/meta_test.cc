// What every rule's head must hold, and that it tells the truth.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cctype>
#include <filesystem>
#include <regex>
#include <set>
#include <string>

#include "mesh/document.h"
#include "rules/rule.h"
#include "test/support/scene.h"
#include "test/support/temp_folder.h"
#include "test/unit/rules/each_rule.h"

namespace meshvet::rules {
namespace {

namespace fs = std::filesystem;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::UnorderedElementsAreArray;

class Head : public EachRule {};

// "VirtualService" -> "virtual-service"
std::string KebabCase(std::string_view kind) {
  std::string kebab;
  for (const char c : kind) {
    if (std::isupper(static_cast<unsigned char>(c)) != 0) {
      if (!kebab.empty()) kebab += '-';
      kebab += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    } else {
      kebab += c;
    }
  }
  return kebab;
}

// rules/virtual_service/unknown_host.cc -> "virtual_service_unknown_host"
std::string SymbolOf(const fs::path& file) {
  return file.parent_path().filename().string() + "_" + file.stem().string();
}

std::set<fs::path> RuleFiles() {
  std::set<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(
           fs::path(MESHVET_SOURCE_DIR) / "rules")) {
    const bool is_below = entry.path().parent_path().filename() != "rules";
    if (is_below && entry.path().extension() == ".cc") {
      files.insert(entry.path());
    }
  }
  return files;
}

std::set<std::string> Names(const std::set<GroupKind>& kinds) {
  std::set<std::string> names;
  for (const GroupKind& kind : kinds) {
    names.insert(std::string(kind.group).append("/").append(kind.kind));
  }
  return names;
}

TEST_P(Head, IsComplete) {
  EXPECT_NE(rule().title, "");
  EXPECT_EQ(rule().title.find('\n'), std::string_view::npos);
  EXPECT_NE(rule().rationale, "");
  EXPECT_THAT(rule().kinds, Not(IsEmpty()));
  EXPECT_THAT(rule().bad, Not(IsEmpty()));
  EXPECT_THAT(rule().good, Not(IsEmpty()));
  EXPECT_TRUE(rule().check != nullptr || rule().check_delete != nullptr);
}

TEST_P(Head, HasAKebabCaseIdThatBeginsWithItsKind) {
  const std::string id(rule().id);
  EXPECT_TRUE(std::regex_match(id, std::regex("[a-z][a-z0-9]*(-[a-z0-9]+)*")));
  EXPECT_LE(id.size(), 63U);
  EXPECT_THAT(id, ::testing::StartsWith(KebabCase(rule().kinds[0].kind) + "-"));
}

TEST_P(Head, NamesEachExampleOnceAndShowsAnObjectOfItsKinds) {
  std::set<std::string_view> titles;
  for (const Example& example : Examples()) {
    EXPECT_TRUE(titles.insert(example.title).second) << example.title;
    const test::Scene scene = SceneOf(example);
    EXPECT_NE(std::ranges::find(rule().kinds, scene.subject().kind()),
              rule().kinds.end())
        << example.title;
  }
}

TEST_P(Head, HasCodesForAliasesEachOnce) {
  std::set<std::string_view> aliases;
  for (const std::string_view alias : rule().aliases) {
    EXPECT_TRUE(aliases.insert(alias).second) << alias;
    EXPECT_TRUE(
        std::regex_match(std::string(alias), std::regex("(IST|KIA)[0-9]{4}")))
        << alias;
  }
}

TEST_P(Head, HasOptionsThatSayWhatTheyMeanAndDefaultToJson) {
  std::set<std::string_view> names;
  for (const Option& option : rule().options) {
    EXPECT_TRUE(names.insert(option.name).second) << option.name;
    EXPECT_NE(option.meaning, "") << option.name;
    EXPECT_NE(option.default_text, "") << option.name;
  }
}

TEST_P(Head, HasExamplesWithOptionsThatAPolicyMayHold) {
  for (const Example& example : Examples()) {
    EXPECT_NO_THROW(test::EngineOf(rule().id, example.options))
        << example.title;
    if (example.options.empty()) continue;
    EXPECT_TRUE(ParseJson(example.options, {})) << example.title;
  }
}

// Both ways: a kind too few would go unread from the cluster, one too many
// would be watched for nothing.
TEST_P(Head, NeedsTheKindsThatItsExamplesLookUp) {
  LookupLog looked_up;
  for (const Example& example : Examples()) {
    test::Judge(rule().id, SceneOf(example), example.options, &looked_up);
  }
  const std::set<GroupKind> needs(rule().needs.begin(), rule().needs.end());
  EXPECT_THAT(Names(looked_up.kinds), UnorderedElementsAreArray(Names(needs)));
}

MESHVET_FOR_EACH_RULE(Head);

TEST(RuleIndex, IsSortedByIdWithoutTwins) {
  const auto rules = AllRules();
  ASSERT_FALSE(rules.empty());
  for (size_t i = 1; i < rules.size(); ++i) {
    EXPECT_LT(rules[i - 1]->id, rules[i]->id);
  }
}

TEST(RuleIndex, NoAliasIsAnId) {
  for (const Rule* rule : AllRules()) {
    for (const std::string_view alias : rule->aliases) {
      for (const Rule* other : AllRules()) EXPECT_NE(other->id, alias);
    }
  }
}

// File, symbol and id are one name; each file is a rule and each rule a file.
TEST(RuleIndex, HasTheRuleOfEachFileUnderItsName) {
  std::set<std::string> of_files;
  for (const fs::path& file : RuleFiles()) {
    const std::string symbol = SymbolOf(file);
    std::string id = symbol;
    std::ranges::replace(id, '_', '-');
    of_files.insert(id);
    EXPECT_THAT(test::ReadFile(file),
                ::testing::HasSubstr("const Rule " + symbol + " ="))
        << file;
    EXPECT_THAT(test::ReadFile(file),
                ::testing::HasSubstr(".id = \"" + id + "\""))
        << file;
  }
  std::set<std::string> of_rules;
  for (const Rule* rule : AllRules()) of_rules.emplace(rule->id);
  EXPECT_EQ(of_files, of_rules);
}

TEST(FindRule, TakesIdsAndCodesInAnyCase) {
  ASSERT_NE(FindRule("workload-entry-missing-label"), nullptr);
  EXPECT_EQ(FindRule("Workload-Entry-Missing-Label"),
            FindRule("workload-entry-missing-label"));
  EXPECT_EQ(FindRule("ist0112"), FindRule("virtual-service-ambiguous-port"));
  EXPECT_EQ(FindRule("IST9999"), nullptr);
  EXPECT_EQ(FindRule(""), nullptr);
}

}  // namespace
}  // namespace meshvet::rules

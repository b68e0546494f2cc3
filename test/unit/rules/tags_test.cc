#include "rules/tags.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string_view>

namespace meshvet::rules {
namespace {

TEST(Tags, NameRulesThatThereAreEachOnce) {
  std::string_view last;
  for (const Tag& tag : AllTags()) {
    EXPECT_LT(last, tag.name);
    last = tag.name;
    EXPECT_NE(tag.meaning, "") << tag.name;
    EXPECT_TRUE(std::ranges::is_sorted(tag.rule_ids)) << tag.name;
    std::set<std::string_view> ids;
    for (const std::string_view id : tag.rule_ids) {
      const Rule* rule = FindRule(id);
      ASSERT_NE(rule, nullptr) << id;
      EXPECT_EQ(rule->id, id) << "an alias";
      EXPECT_TRUE(ids.insert(id).second) << id;
    }
    EXPECT_EQ(RulesTagged(tag.name).size(), ids.size()) << tag.name;
    EXPECT_FALSE(ids.empty()) << tag.name;
  }
  EXPECT_TRUE(RulesTagged("nothing").empty());
}

TEST(Tags, EveryRuleHasOne) {
  for (const Rule* rule : AllRules()) {
    const auto tags = TagsOf(*rule);
    EXPECT_FALSE(tags.empty()) << rule->id << ": name it in rules/tags.cc";
    for (const std::string_view tag : tags) {
      const auto tagged = RulesTagged(tag);
      EXPECT_NE(std::ranges::find(tagged, rule), tagged.end()) << tag;
    }
  }
}

TEST(Closeness, IsGreatestForAnId) {
  struct WordCase {
    std::string_view word;
    Closeness closeness;
  };
  const WordCase cases[] = {
      {"tag:tls", Closeness::kTag},
      {"IST0101", Closeness::kAlias},
      {"kia0202", Closeness::kAlias},
      {"destination-rule-unknown-host", Closeness::kId},
      {"Destination-Rule-Unknown-Host", Closeness::kId},
  };
  for (const WordCase& c : cases) {
    EXPECT_EQ(ClosenessOf(c.word), c.closeness) << c.word;
  }
}

}  // namespace
}  // namespace meshvet::rules

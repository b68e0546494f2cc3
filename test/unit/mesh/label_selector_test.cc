#include "mesh/label_selector.h"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <string_view>

#include "mesh/document.h"

namespace meshvet {
namespace {

class LabelsTest : public testing::Test {
 protected:
  // Both maps and selectors in one document, which outlives the views.
  void SetUp() override { ASSERT_TRUE(document_); }
  Node At(std::string_view key) const { return document_->root()[key]; }
  Labels Merged() const { return Labels(At("metadata"), At("spec")); }

  const Result<Document> document_ = ParseJson(
      R"({"metadata": {"app": "a", "gone": null, "number": 1},
          "spec": {"app": "b", "gone": "spec", "version": "v1"},
          "none": {}, "app_a": {"app": "a"}, "app_b": {"app": "b"},
          "both": {"app": "a", "version": "v1"},
          "one_wrong": {"app": "a", "version": "v2"},
          "other_key": {"zone": ""}, "number": {"number": "1"},
          "capitals": {"App": "a"}, "list": ["app"]})",
      {});
};

TEST_F(LabelsTest, TheStrongerMapWins) {
  const Labels labels = Merged();
  EXPECT_EQ(labels["app"].Str(), "a");
  EXPECT_EQ(labels["version"].Str(), "v1");
  EXPECT_EQ(labels["gone"].Str(), "spec");
  EXPECT_FALSE(labels["zone"].exists());
}

TEST_F(LabelsTest, VisitsEveryKeyOnceWithTheValueThatWins) {
  std::map<std::string, std::string> seen;
  int visits = 0;
  Merged().ForEach([&](std::string_view key, Node value) {
    if (!value.exists()) return;
    seen[std::string(key)] = value.Text();
    ++visits;
  });
  const std::map<std::string, std::string> wanted = {
      {"app", "a"}, {"gone", "spec"}, {"number", "1"}, {"version", "v1"}};
  EXPECT_EQ(seen, wanted);
  EXPECT_EQ(visits, 4);
}

TEST_F(LabelsTest, MatchesWhenEveryPairIsThere) {
  const Labels labels = Merged();
  EXPECT_TRUE(labels.Matches(At("app_a")));
  EXPECT_TRUE(labels.Matches(At("both")));
  EXPECT_FALSE(labels.Matches(At("app_b")));
  EXPECT_FALSE(labels.Matches(At("one_wrong")));
  EXPECT_FALSE(labels.Matches(At("other_key")));
  EXPECT_FALSE(labels.Matches(At("capitals")));
}

TEST_F(LabelsTest, ComparesNumbersByTheirText) {
  EXPECT_TRUE(Merged().Matches(At("number")));
}

TEST_F(LabelsTest, AnEmptySelectorMatches) {
  EXPECT_TRUE(Merged().Matches(At("none")));
  EXPECT_TRUE(Merged().Matches(Node()));
  EXPECT_TRUE(Labels().Matches(At("none")));
  EXPECT_FALSE(Labels().Matches(At("app_a")));
}

TEST_F(LabelsTest, IsEmptyWithoutEitherMap) {
  EXPECT_TRUE(Labels().empty());
  EXPECT_TRUE(Labels(At("none"), At("missing")).empty());
  EXPECT_FALSE(Labels(At("none"), At("spec")).empty());
}

}  // namespace
}  // namespace meshvet

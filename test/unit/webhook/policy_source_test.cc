#include "webhook/policy_source.h"

#include <gtest/gtest.h>

#include <string>

#include "test/support/scene.h"

namespace meshvet::webhook {
namespace {

using Change = PolicySource::Change;

rules::Policy PolicyOf(const std::string& rules) {
  return *test::ReadPolicyText(
      "{apiVersion: meshvet.dev/v1alpha1, kind: Config, rules: " + rules + "}");
}

constexpr const char* kRule = "workload-entry-missing-label";

// A policy file that is rewritten, or broken.
class PolicySourceTest : public ::testing::Test {
 protected:
  void Write(const std::string& rules) {
    content_ = rules;
    error_.clear();
  }
  void Break(const std::string& error) { error_ = error; }

  std::string content_ = "{}";
  std::string error_;
  int reads_ = 0;
  PolicySource source_{PolicyOf("{}"), [this]() -> Result<rules::Policy> {
                         ++reads_;
                         if (!error_.empty()) return Error{error_, "p.yaml"};
                         return PolicyOf(content_);
                       }};
};

TEST_F(PolicySourceTest, StartsWithTheFirst) {
  EXPECT_EQ(source_.Current()->generation, 1U);
  EXPECT_EQ(source_.rejection(), "");
  EXPECT_EQ(reads_, 0);
  EXPECT_EQ(source_.Poll(), Change::kNone);
  EXPECT_EQ(source_.Current()->generation, 1U);
}

TEST_F(PolicySourceTest, ReplacesWhatChanged) {
  const auto before = source_.Current();
  Write("{workload-entry-missing-label: \"off\"}");
  EXPECT_EQ(source_.Poll(), Change::kReplaced);
  EXPECT_EQ(source_.Poll(), Change::kNone);
  const auto after = source_.Current();
  EXPECT_EQ(after->generation, 2U);
  EXPECT_EQ(after->engine.policy().rules.at(kRule).enabled, false);
  // Who held the old one still does.
  EXPECT_EQ(before->generation, 1U);
  EXPECT_EQ(before->engine.policy().rules.count(kRule), 0U);
}

TEST_F(PolicySourceTest, IgnoresLayoutAndComments) {
  Write("{  }  # nothing\n");
  EXPECT_EQ(source_.Poll(), Change::kNone);
}

TEST_F(PolicySourceTest, KeepsTheOldOneOverABadOne) {
  Break("unknown rule");
  EXPECT_EQ(source_.Poll(), Change::kRejected);
  EXPECT_EQ(source_.rejection(), "p.yaml: unknown rule");
  EXPECT_EQ(source_.Poll(), Change::kNone) << "told once";
  EXPECT_EQ(source_.rejections(), 1U);
  EXPECT_EQ(source_.Current()->generation, 1U);

  Break("another mistake");
  EXPECT_EQ(source_.Poll(), Change::kRejected);
  EXPECT_EQ(source_.rejections(), 2U);

  Write("{}");
  EXPECT_EQ(source_.Poll(), Change::kNone) << "back to what is in force";
  EXPECT_EQ(source_.rejection(), "");

  Break("another mistake");
  EXPECT_EQ(source_.Poll(), Change::kRejected) << "a mistake made again";
  Write("{workload-entry-missing-label: info}");
  EXPECT_EQ(source_.Poll(), Change::kReplaced);
  EXPECT_EQ(source_.rejection(), "");
  EXPECT_EQ(source_.Current()->generation, 2U);
}

TEST(PolicySource, WithoutAFileNeverChanges) {
  PolicySource source(PolicyOf("{}"), {});
  EXPECT_EQ(source.Poll(), Change::kNone);
  EXPECT_EQ(source.Current()->generation, 1U);
}

}  // namespace
}  // namespace meshvet::webhook

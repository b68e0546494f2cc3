// Every example of every rule: the bad ones are found, the good ones are not.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "rules/rule.h"
#include "test/support/scene.h"

namespace meshvet::rules {
namespace {

using ::testing::IsEmpty;
using ::testing::Not;

class EachRule : public ::testing::TestWithParam<const Rule*> {};

Coverage CoverageOf(const Example& example) {
  return {.complete = example.is_whole_mesh};
}

TEST_P(EachRule, FindsEachOfItsBadExamples) {
  for (const Example& example : GetParam()->bad) {
    const test::Scene scene(example.yaml, CoverageOf(example));
    EXPECT_THAT(
        test::Lines(test::Judge(GetParam()->id, scene, example.options)),
        Not(IsEmpty()))
        << example.title;
  }
}

TEST_P(EachRule, FindsNothingInItsGoodExamples) {
  for (const Example& example : GetParam()->good) {
    const test::Scene scene(example.yaml, CoverageOf(example));
    EXPECT_THAT(
        test::Lines(test::Judge(GetParam()->id, scene, example.options)),
        IsEmpty())
        << example.title;
  }
}

std::string NameOf(const ::testing::TestParamInfo<const Rule*>& rule) {
  std::string name(rule.param->id);
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(All, EachRule,
                         ::testing::ValuesIn(AllRules().begin(),
                                             AllRules().end()),
                         NameOf);

}  // namespace
}  // namespace meshvet::rules

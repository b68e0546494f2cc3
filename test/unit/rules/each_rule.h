// File: test/unit/rules/each_rule.h
//
// Tests that hold for every rule: a fixture with the rule as its parameter.
//
//   class Head : public EachRule {};
//   TEST_P(Head, HasATitle) { EXPECT_NE(rule().title, ""); }
//   MESHVET_FOR_EACH_RULE(Head);

#ifndef MESHVET_TEST_UNIT_RULES_EACH_RULE_H_
#define MESHVET_TEST_UNIT_RULES_EACH_RULE_H_

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "rules/rule.h"
#include "test/support/scene.h"

namespace meshvet::rules {

class EachRule : public ::testing::TestWithParam<const Rule*> {
 protected:
  static const Rule& rule() { return *GetParam(); }

  static std::vector<Example> Examples() {
    std::vector<Example> examples(rule().bad.begin(), rule().bad.end());
    examples.insert(examples.end(), rule().good.begin(), rule().good.end());
    return examples;
  }
};

inline Coverage CoverageOf(const Example& example) {
  return {.complete = example.is_whole_mesh};
}

inline test::Scene SceneOf(const Example& example) {
  return test::Scene(example.yaml, CoverageOf(example));
}

inline std::string RuleName(
    const ::testing::TestParamInfo<const Rule*>& param) {
  std::string name(param.param->id);
  std::ranges::replace(name, '-', '_');
  return name;
}

}  // namespace meshvet::rules

#define MESHVET_FOR_EACH_RULE(fixture)                                         \
  INSTANTIATE_TEST_SUITE_P(                                                    \
      All, fixture, ::testing::ValuesIn(AllRules().begin(), AllRules().end()), \
      RuleName)

#endif  // MESHVET_TEST_UNIT_RULES_EACH_RULE_H_

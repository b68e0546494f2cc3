// Every example of every rule: the bad ones are found, the good ones are not.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rules/rule.h"
#include "test/support/scene.h"
#include "test/unit/rules/each_rule.h"

namespace meshvet::rules {
namespace {

using ::testing::IsEmpty;
using ::testing::Not;

class Examples : public EachRule {};

TEST_P(Examples, TheBadOnesAreFound) {
  for (const Example& example : rule().bad) {
    EXPECT_THAT(
        test::Lines(test::Judge(rule().id, SceneOf(example), example.options)),
        Not(IsEmpty()))
        << example.title;
  }
}

TEST_P(Examples, NothingIsFoundInTheGoodOnes) {
  for (const Example& example : rule().good) {
    EXPECT_THAT(
        test::Lines(test::Judge(rule().id, SceneOf(example), example.options)),
        IsEmpty())
        << example.title;
  }
}

MESHVET_FOR_EACH_RULE(Examples);

}  // namespace
}  // namespace meshvet::rules

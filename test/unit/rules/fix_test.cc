// What every fix of every rule must do: apply, mend its own finding, and be
// done with it.

#include "rules/fix.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "mesh/document.h"
#include "mesh/json_patch.h"
#include "mesh/json_pointer.h"
#include "rules/rule.h"
#include "test/support/scene.h"
#include "test/unit/rules/each_rule.h"

namespace meshvet::rules {
namespace {

using ::testing::AnyOf;
using ::testing::IsEmpty;
using ::testing::StrEq;

class Fixes : public EachRule {
 protected:
  // What the rule says of `mended` in the scene of `example`.
  static Evaluation JudgeAgain(const Example& example,
                               std::shared_ptr<const Object> mended) {
    auto objects = test::ReadObjects(example.yaml);
    objects.front() = std::move(mended);
    return test::Judge(rule().id, test::Scene(objects, CoverageOf(example)),
                       example.options);
  }
};

size_t CountAbout(const Evaluation& evaluation, const std::string& about) {
  return static_cast<size_t>(
      std::ranges::count(evaluation.findings, about, &Finding::about));
}

TEST_P(Fixes, RemoveTheirOwnFindingAndNeedNoSecondTime) {
  for (const Example& example : rule().bad) {
    const test::Scene scene = SceneOf(example);
    const Evaluation before = test::Judge(rule().id, scene, example.options);
    for (const Finding& finding : before.findings) {
      if (finding.fix.empty()) continue;
      SCOPED_TRACE(std::string(example.title) + ": " + finding.message);
      const auto mended = test::Mended(scene.subject(), finding);
      const Evaluation after = JudgeAgain(example, mended);
      EXPECT_LT(CountAbout(after, finding.about),
                CountAbout(before, finding.about));
      EXPECT_TRUE(ParseJson(mended->root().ToJson(), {}));
      for (const Finding& left : after.findings) {
        EXPECT_NE(left.fix, finding.fix) << left.message;
      }
    }
  }
}

TEST_P(Fixes, AreSaidInWordsAndAddReplaceOrRemove) {
  for (const Example& example : rule().bad) {
    const Evaluation judged =
        test::Judge(rule().id, SceneOf(example), example.options);
    for (const Finding& finding : judged.findings) {
      EXPECT_EQ(finding.fix.empty(), finding.fix_title.empty())
          << finding.message;
      for (const PatchOperation& operation : finding.fix) {
        EXPECT_THAT(operation.op,
                    AnyOf(StrEq("add"), StrEq("replace"), StrEq("remove")));
        EXPECT_TRUE(SplitPointer(operation.path)) << operation.path;
        if (operation.op == "remove") continue;
        EXPECT_TRUE(ParseJson(operation.value, {})) << operation.value;
      }
    }
  }
}

// f(f(x)) = f(x), with every rule at work that may mend by itself.
TEST_P(Fixes, ConvergeUnderMutation) {
  std::string policy =
      "{apiVersion: meshvet.dev/v1alpha1, kind: Config, rules: {";
  for (const Rule* each : AllRules()) {
    policy += std::string(each->id) + ": {fix: auto}, ";
  }
  const Engine engine(test::ReadPolicyText(policy + "}}"));
  for (const Example& example : Examples()) {
    const test::Scene scene = SceneOf(example);
    const Mutation first =
        engine.Mutate({.object = &scene.subject()}, scene.inventory());
    EXPECT_EQ(first.patch.empty(), first.fixed.empty()) << example.title;
    auto patched = ApplyPatch(scene.subject().root(), first.patch);
    ASSERT_TRUE(patched) << example.title << ": " << patched.error().message;
    const Object mended((*patched).root(), nullptr, scene.subject().ns());
    const Mutation second =
        engine.Mutate({.object = &mended}, scene.inventory());
    EXPECT_EQ(WritePatch(second.patch), "[]") << example.title;
  }
}

MESHVET_FOR_EACH_RULE(Fixes);

struct EditCase {
  std::string_view json;
  std::vector<Edit> (*edits)(Node root);
  std::string_view patch;
};

TEST(ToPatch, AddsReplacesAndRemoves) {
  const auto set = [](Node root) -> std::vector<Edit> {
    return {Set(root["labels"]["app"], "x")};
  };
  const auto append = [](Node root) -> std::vector<Edit> {
    return {AppendJson(root["list"], "2")};
  };
  const auto two = [](Node root) -> std::vector<Edit> {
    return {Set(root["labels"]["app"], "x"), SetJson(root["a"]["b"], "1")};
  };
  const auto remove = [](Node root) -> std::vector<Edit> {
    return {Remove(root["list"][0]), Remove(root["gone"]),
            Remove(root["list"][1]), Set(root["a"], "x")};
  };
  for (const EditCase& each : std::vector<EditCase>{
           {R"({"labels":{"app":"y"}})", set,
            R"([{"op":"replace","path":"/labels/app","value":"x"}])"},
           {R"({"labels":{}})", set,
            R"([{"op":"add","path":"/labels/app","value":"x"}])"},
           {R"({})", set,
            R"([{"op":"add","path":"/labels","value":{"app":"x"}}])"},
           // null is what is not set; anything else is in the way.
           {R"({"labels":null})", set,
            R"([{"op":"replace","path":"/labels","value":{"app":"x"}}])"},
           {R"({"labels":7})", set, "[]"},
           {R"({"labels":["app"]})", set, "[]"},
           {R"({"list":[1]})", append,
            R"([{"op":"add","path":"/list/-","value":2}])"},
           {R"({})", append, R"([{"op":"add","path":"/list","value":[2]}])"},
           {R"({"list":null})", append,
            R"([{"op":"replace","path":"/list","value":[2]}])"},
           {R"({"list":"x"})", append, "[]"},
           // All of a fix or nothing.
           {R"({"a":7})", two, "[]"},
           {R"({"list":[1,2,3]})", remove,
            R"([{"op":"add","path":"/a","value":"x"},)"
            R"({"op":"remove","path":"/list/1"},)"
            R"({"op":"remove","path":"/list/0"}])"}}) {
    const auto document = ParseJson(each.json, {});
    ASSERT_TRUE(document);
    const Node root = (*document).root();
    EXPECT_EQ(WritePatch(ToPatch(each.edits(root), PointerIndex(root))),
              each.patch)
        << each.json;
  }
}

}  // namespace
}  // namespace meshvet::rules

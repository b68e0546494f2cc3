// Every rule survives every example in which one value is something else:
// null, another type, or not there. An admission webhook sees objects before
// the schema does.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "mesh/document.h"
#include "mesh/json_patch.h"
#include "mesh/json_pointer.h"
#include "rules/rule.h"
#include "test/support/scene.h"
#include "test/unit/rules/each_rule.h"

namespace meshvet::rules {
namespace {

using Objects = std::vector<std::shared_ptr<const Object>>;

constexpr std::array<std::string_view, 11> kIntruders = {
    "null", "7",          "-1.5e300",      R"("x")",        R"("")", "true",
    "[]",   "[null, {}]", R"(["*", "."])", R"({"a": "b"})", "{}"};

void CollectPointers(Node node, const std::string& at,
                     std::vector<std::string>& pointers) {
  pointers.push_back(at);
  size_t i = 0;
  for (const Node element : node) {
    CollectPointers(element, at + "/" + std::to_string(i++), pointers);
  }
  for (const auto& [key, value] : node.Members()) {
    CollectPointers(value, at + "/" + EscapePointerToken(key), pointers);
  }
}

class HostileInput : public EachRule {
 protected:
  // Judges the example with `operation` done to its object number `which`.
  static void Judge(const Engine& engine, const Example& example,
                    Objects objects, size_t which,
                    const PatchOperation& operation) {
    auto patched = ApplyPatch(objects[which]->root(), {operation});
    ASSERT_TRUE(patched) << operation.path << patched.error().message;
    const auto document = std::make_shared<const Document>(*std::move(patched));
    objects[which] = std::make_shared<const Object>(document->root(), document,
                                                    objects[which]->ns());
    const test::Scene scene(objects, CoverageOf(example));
    SCOPED_TRACE(std::string(example.title) + ", document " +
                 std::to_string(which) + ": " + WritePatch({operation}));
    CheckFindings(engine, scene);
  }

  static void CheckFindings(const Engine& engine, const test::Scene& scene) {
    const Object& subject = scene.subject();
    const Evaluation judged =
        engine.Evaluate({.object = &subject}, scene.inventory());
    for (const Finding& finding : judged.findings) {
      EXPECT_NE(Resolve(subject.root(), finding.pointer).value(), nullptr)
          << finding.pointer;
      EXPECT_EQ(finding.message.find_first_of("\r\n"), std::string::npos)
          << finding.message;
      const auto mended = ApplyPatch(subject.root(), finding.fix);
      EXPECT_TRUE(mended) << WritePatch(finding.fix);
    }
    const Mutation mutation =
        engine.Mutate({.object = &subject}, scene.inventory());
    EXPECT_TRUE(ApplyPatch(subject.root(), mutation.patch));
  }
};

TEST_P(HostileInput, IsJudgedWithoutACrash) {
  for (const Example& example : Examples()) {
    const Engine engine = test::EngineOf(rule().id, example.options);
    const Objects objects = test::ReadObjects(example.yaml);
    for (size_t which = 0; which < objects.size(); ++which) {
      std::vector<std::string> pointers;
      CollectPointers(objects[which]->root(), "", pointers);
      for (const std::string& pointer : pointers) {
        // What it is stays, or the rule would not be asked.
        if (pointer.empty() || pointer == "/kind" || pointer == "/apiVersion") {
          continue;
        }
        Judge(engine, example, objects, which, {"remove", pointer});
        for (const std::string_view intruder : kIntruders) {
          Judge(engine, example, objects, which,
                {"replace", pointer, std::string(intruder)});
        }
      }
    }
  }
}

MESHVET_FOR_EACH_RULE(HostileInput);

}  // namespace
}  // namespace meshvet::rules

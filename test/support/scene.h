// File: test/support/scene.h
//
// Scene: an object under review and the mesh around it, told in YAML. The first
// document is the object, all further ones are the mesh.
//
//   const Scene scene(R"(
//   kind: VirtualService …
//   ---
//   kind: Service …
//   )");
//   EXPECT_THAT(Judge("virtual-service-unknown-host", scene), IsEmpty());
//
// Text that is no YAML, or a document that is no object, throws: a test must
// not pass because its input was not read.

#ifndef MESHVET_TEST_SUPPORT_SCENE_H_
#define MESHVET_TEST_SUPPORT_SCENE_H_

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mesh/inventory.h"
#include "mesh/object.h"
#include "rules/engine.h"
#include "rules/policy.h"

namespace meshvet::test {

// The objects of a YAML text, in order; those without a namespace are in
// "default".
std::vector<std::shared_ptr<const Object>> ReadObjects(std::string_view yaml);

// A policy from YAML or JSON; throws with all its errors if it has any.
std::shared_ptr<const rules::Policy> ReadPolicyText(std::string_view text);

class Scene {
 public:
  explicit Scene(std::string_view yaml, Coverage coverage = {.complete = true},
                 MeshConfig config = {});
  // The same from objects; the first is the subject.
  explicit Scene(const std::vector<std::shared_ptr<const Object>>& objects,
                 Coverage coverage = {.complete = true},
                 MeshConfig config = {});

  const Object& subject() const { return *subject_; }
  const Inventory& inventory() const { return *inventory_; }

 private:
  std::shared_ptr<const Object> subject_;
  std::shared_ptr<const Inventory> inventory_;
};

// An engine that holds `rule` alone, with its options as JSON, and mends what
// it safely can.
rules::Engine EngineOf(std::string_view rule, std::string_view options = {});

// What `rule` alone says of the scene's subject, with its options as JSON.
// Reasons for not running are in Evaluation::not_run.
rules::Evaluation Judge(std::string_view rule, const Scene& scene,
                        std::string_view options = {},
                        LookupLog* log = nullptr);

// The subject after the fix of `finding`; throws if the fix does not apply.
std::shared_ptr<const Object> Mended(const Object& subject,
                                     const rules::Finding& finding);

// "severity pointer: message", one for each finding.
std::vector<std::string> Lines(const rules::Evaluation& evaluation);
// The JSON Pointers of the findings.
std::vector<std::string> Pointers(const rules::Evaluation& evaluation);

}  // namespace meshvet::test

#endif  // MESHVET_TEST_SUPPORT_SCENE_H_

// File: rules/engine.h
//
// Engine: (object, inventory) -> findings. One engine serves the webhook, the
// linter and the gate, so that all give the same verdict.
//
//   const Engine engine(policy);
//   const Evaluation evaluation =
//       engine.Evaluate({.object = &object}, *inventory);
//
// Immutable; Evaluate and Mutate may be called from many threads at once.

#ifndef MESHVET_RULES_ENGINE_H_
#define MESHVET_RULES_ENGINE_H_

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mesh/inventory.h"
#include "mesh/json_patch.h"
#include "mesh/object.h"
#include "rules/finding.h"
#include "rules/policy.h"
#include "rules/rule.h"

namespace meshvet::rules {

enum class Operation { kCreate, kUpdate, kDelete };

// What is about to happen, or, in a file, what stands there (a kCreate).
struct Change {
  // The object as it is to be; for kDelete, the one that goes.
  const Object* object = nullptr;
  // The object as it is; for kUpdate.
  const Object* old_object = nullptr;
  Operation operation = Operation::kCreate;
  // For overrides and suppressions by file; empty in the webhook.
  std::string_view file = {};
  // Rules stop being called after this; checked between rules.
  std::optional<std::chrono::steady_clock::time_point> deadline = {};
};

// The annotations of one place of an object.
struct Annotations {
  Node members;
  std::string_view pointer;  // of all of them
  bool are_of_pods = false;  // of those that the object runs

  std::string PointerTo(std::string_view key) const;
};
// Where annotations may silence rules: on the object itself, and on the
// template of the pods that a Deployment and its kin run. Those that are not
// empty.
std::vector<Annotations> AnnotationsOf(const Object& object);

struct IgnoreAnnotation {
  std::string_view reason;  // may be empty
  std::string pointer;
};
// The annotation of `object` that silences `rule` by its id or one of its
// aliases; nothing for none.
std::optional<IgnoreAnnotation> FindIgnoreAnnotation(const Rule& rule,
                                                     const Object& object);
// What such an annotation's key begins with.
inline constexpr std::string_view kIgnorePrefix = "ignore.meshvet.dev/";
inline constexpr std::string_view kIstioSuppress =
    "galley.istio.io/analyze-suppress";

// Whether Finding::suppressed is somebody's reason; else it only names what
// silences the finding.
bool GivesReason(const Finding& finding);

struct Evaluation {
  // The strictest action first, then by pointer and rule.
  std::vector<Finding> findings;
  std::vector<NotRun> not_run;
  // The deadline passed: there may be more findings, so there is no verdict.
  bool timed_out = false;

  // The strictest action of any finding; kOff if there is none.
  Action strictest() const;
};

struct Mutation {
  // To apply to the object in order; empty if there is nothing to mend.
  std::vector<PatchOperation> patch;
  // The findings the patch removes.
  std::vector<Finding> fixed;
  bool timed_out = false;
};

class Engine {
 public:
  using Today = std::function<std::chrono::sys_days()>;

  // `today` decides whether a suppression has expired; the system clock's day
  // if it is empty. `rules` are AllRules() if empty.
  explicit Engine(std::shared_ptr<const Policy> policy, Today today = {},
                  std::span<const Rule* const> rules = {});

  const Policy& policy() const { return *policy_; }
  std::span<const Rule* const> rules() const { return rules_; }

  Evaluation Evaluate(const Change& change, const Inventory& inventory,
                      LookupLog* log = nullptr) const;

  // The safe fixes of the rules whose `fix` is auto, applied until nothing is
  // left to mend. Applying the result to the object and asking again gives an
  // empty patch.
  Mutation Mutate(const Change& change, const Inventory& inventory) const;

  // Whether any rule looks at objects of this kind.
  bool Judges(const GroupKind& kind) const;

 private:
  struct Verdicts;
  Verdicts Judge(const Object& object, const Change& change,
                 const Inventory& inventory, LookupLog* log) const;
  void Settle(const Rule& rule, const RuleSettings& settings,
              const Object& object, std::string_view file,
              std::vector<Finding>& findings) const;
  // Why `rule` is silenced for `object`, and by what; empty if it is not.
  std::pair<std::string, Silence> Silenced(const Rule& rule,
                                           const Object& object,
                                           std::string_view file) const;

  std::shared_ptr<const Policy> policy_;
  Today today_;
  std::span<const Rule* const> rules_;
};

}  // namespace meshvet::rules

#endif  // MESHVET_RULES_ENGINE_H_

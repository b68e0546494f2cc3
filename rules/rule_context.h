// File: rules/rule_context.h
//
// RuleContext: what a rule is given besides the object, and where it reports.
//
//   ctx.Report(tls["mode"], "mode DISABLE sends plaintext")
//       .About("reviews.shop:9080 DISABLE")
//       .Fix(Safety::kSafe, "set mode to ISTIO_MUTUAL",
//            {Set(tls["mode"], "ISTIO_MUTUAL")});
//
// A place is given as a Node; its JSON Pointer is worked out only once there is
// a finding. A missing Node points at its nearest existing parent, and a fix
// that adds it creates what lies between.

#ifndef MESHVET_RULES_RULE_CONTEXT_H_
#define MESHVET_RULES_RULE_CONTEXT_H_

#include <list>
#include <string>
#include <string_view>
#include <vector>

#include "mesh/mesh_view.h"
#include "mesh/node.h"
#include "mesh/object.h"
#include "rules/finding.h"
#include "rules/pattern.h"

namespace meshvet::rules {

struct Rule;

// One step of a fix, before its place is turned into a pointer.
struct Edit {
  enum class Kind { kSet, kRemove, kAppend };
  Kind kind;
  Node place;
  std::string json = {};
};

// Sets `place` (present or missing) to a string, or to JSON text.
Edit Set(Node place, std::string_view text);
Edit SetJson(Node place, std::string json);
Edit Remove(Node place);
// Adds an element at the end of the array `place`, making the array if it is
// missing.
Edit AppendJson(Node place, std::string json);

// JSON text of a string.
std::string Quote(std::string_view text);

// A finding in the making.
struct Draft {
  Finding finding;
  Node place;
  std::vector<Edit> edits;
};

class ReportBuilder {
 public:
  explicit ReportBuilder(Draft& draft) : draft_(draft) {}

  // Graver or milder than the rule's own severity.
  ReportBuilder& As(Severity severity);
  // What the finding is about; without it, its message. See Finding::about.
  ReportBuilder& About(std::string about);
  ReportBuilder& Note(std::string note);
  ReportBuilder& Fix(Safety safety, std::string title, std::vector<Edit> edits);
  ReportBuilder& See(const Object& other, Node place, std::string message);

 private:
  Draft& draft_;
};

// What the engine tells a rule of its settings.
class RuleOptions {
 public:
  RuleOptions() = default;
  explicit RuleOptions(Node options) : options_(options) {}
  // The option as the policy gives it, missing where the policy is silent. The
  // policy reader has checked its type.
  Node operator[](std::string_view name) const { return options_[name]; }

 private:
  Node options_;
};

class RuleContext {
 public:
  RuleContext(const Rule& rule, const MeshView& mesh, RuleOptions options,
              const Patterns& patterns)
      : rule_(rule), mesh_(mesh), options_(options), patterns_(patterns) {}

  const MeshView& mesh() const { return mesh_; }
  const MeshConfig& config() const { return mesh_.config(); }
  Node option(std::string_view name) const { return options_[name]; }

  // Whether the regular expression `pattern`, one of this rule's options,
  // matches somewhere in `text`.
  bool MatchesPattern(std::string_view pattern, std::string_view text) const;

  // `place` must be a Node of the object under review (of the object, not of
  // the inventory).
  ReportBuilder Report(Node place, std::string message);
  // The rule cannot say: the inventory does not know enough.
  void NotRun(std::string reason);

  // For the engine.
  std::list<Draft>& drafts() { return drafts_; }
  const std::vector<std::string>& not_run() const { return not_run_; }

 private:
  const Rule& rule_;
  const MeshView& mesh_;
  RuleOptions options_;
  const Patterns& patterns_;
  // A ReportBuilder refers to its draft while others are made.
  std::list<Draft> drafts_;
  std::vector<std::string> not_run_;
};

}  // namespace meshvet::rules

#endif  // MESHVET_RULES_RULE_CONTEXT_H_

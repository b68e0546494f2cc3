// File: rules/finding.h
//
// Finding: what a rule says about one place of one object.

#ifndef MESHVET_RULES_FINDING_H_
#define MESHVET_RULES_FINDING_H_

#include <string>
#include <string_view>
#include <vector>

#include "mesh/json_patch.h"
#include "mesh/object.h"

namespace meshvet::rules {

// How bad it is; decides exit codes. Ordered.
enum class Severity { kInfo, kWarning, kError };
// What the webhook does about it. Ordered.
enum class Action { kOff, kAudit, kWarn, kDeny };
// Whether a fix may be applied without asking: it changes nothing but what the
// author plainly meant.
enum class Safety { kUnsafe, kSafe };

std::string_view ToString(Severity severity);  // "error"
std::string_view ToString(Action action);      // "deny"
Action DefaultAction(Severity severity);  // error: deny, warning: warn, …

// Another object that has to do with the finding.
struct Related {
  GroupKind kind;
  std::string ns;
  std::string name;
  std::string pointer;
  std::string message;
};

// What silences a finding, and where that is written.
enum class SilencedBy {
  kNothing,
  kPolicy,           // an entry under suppressions.entries
  kAnnotation,       // ignore.meshvet.dev/…
  kIstioAnnotation,  // galley.istio.io/analyze-suppress
  kComment,          // `# meshvet:ignore …`, which only files have
};

// "annotation"; what Finding::suppressed is where nobody says why.
std::string_view ToString(SilencedBy silencer);

struct Silence {
  SilencedBy by = SilencedBy::kNothing;
  // Of the annotation in the object, or of the entry in its file.
  std::string pointer;
  // As Suppression::config.
  std::string config;
};

struct Finding {
  std::string_view rule;
  Severity severity = Severity::kWarning;
  Action action = Action::kWarn;
  // One line of UTF-8; may quote the input.
  std::string message;
  // Of the value that is wrong, or of the nearest existing parent of one that
  // is missing; "" is the whole object.
  std::string pointer;
  // What the finding is about, apart from where it stands: two findings of one
  // rule and object with equal `about` are the same problem (ratchet,
  // baseline). Never a pointer: moving a route up the list is no new problem.
  std::string about;
  std::vector<std::string> notes;
  // Empty when there is none. Applying it removes the finding.
  std::vector<PatchOperation> fix;
  Safety fix_safety = Safety::kUnsafe;
  std::string fix_title;  // "set mode to ISTIO_MUTUAL"
  std::vector<Related> related;
  // On UPDATE: the old object had it too, so it is warned of, not denied.
  bool known_before = false;
  // Why it is silenced, or by what where nobody says why; empty when it is not.
  std::string suppressed;
  Silence silence;
};

// A rule that could not judge, because the inventory does not know enough.
struct NotRun {
  std::string_view rule;
  std::string reason;

  friend bool operator==(const NotRun&, const NotRun&) = default;
};

}  // namespace meshvet::rules

#endif  // MESHVET_RULES_FINDING_H_

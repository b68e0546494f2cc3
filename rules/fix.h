// File: rules/fix.h
//
// From a rule's edits to RFC 6902 operations, and from those to a mended
// object.

#ifndef MESHVET_RULES_FIX_H_
#define MESHVET_RULES_FIX_H_

#include <memory>
#include <string_view>
#include <vector>

#include "mesh/document.h"
#include "mesh/json_patch.h"
#include "mesh/json_pointer.h"
#include "rules/finding.h"
#include "rules/policy.h"
#include "rules/rule_context.h"

namespace meshvet::rules {

// The operations that carry out `edits`: only add, replace and remove, never
// test (a failing one is a 500 for the user whatever the failure policy says).
// Removals come last and from the back, so that indexes stay true. Empty where
// one cannot be carried out: a value of another type stands in the way.
std::vector<PatchOperation> ToPatch(const std::vector<Edit>& edits,
                                    const PointerIndex& index);

// Whether /mutate applies this finding's fix under `policy`.
bool IsAutoFixed(const Finding& finding, const Object& object,
                 std::string_view file, const Policy& policy);

struct FixBatch {
  std::vector<PatchOperation> patch;
  std::vector<Finding> fixed;
  std::shared_ptr<const Document> document;  // set if anything was fixed
};

// Applies the fixes of `findings` that do not touch the same places; the others
// have their turn when the result is judged again. A fix that does not apply is
// left out whole.
FixBatch ApplyFixes(Node object, std::vector<Finding> findings);

}  // namespace meshvet::rules

#endif  // MESHVET_RULES_FIX_H_

// File: rules/unmet_needs.h
//
// UnmetNeeds: which rules look up kinds of which not everything is known. About
// some objects they will say that they did not run.
//
//   for (const UnmetNeed& need : UnmetNeeds(engine, inventory->coverage())) …

#ifndef MESHVET_RULES_UNMET_NEEDS_H_
#define MESHVET_RULES_UNMET_NEEDS_H_

#include <vector>

#include "mesh/inventory.h"
#include "rules/engine.h"
#include "rules/rule.h"

namespace meshvet::rules {

struct UnmetNeed {
  const Rule* rule = nullptr;
  std::vector<GroupKind> kinds;  // of the rule's needs, in their order
};

// Of the rules that are on, for some object at least; in the order of their
// ids.
std::vector<UnmetNeed> UnmetNeeds(const Engine& engine,
                                  const Coverage& coverage);

}  // namespace meshvet::rules

#endif  // MESHVET_RULES_UNMET_NEEDS_H_

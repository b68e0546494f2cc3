// File: ruletest/compare.h
//
// Compare: what a case wanted against what was found.
//
//   const std::vector<Problem> problems = CompareFindings(wanted, verdict);

#ifndef MESHVET_RULETEST_COMPARE_H_
#define MESHVET_RULETEST_COMPARE_H_

#include <string>
#include <string_view>
#include <vector>

#include "mesh/json_patch.h"
#include "mesh/node.h"
#include "ruletest/outcome.h"
#include "ruletest/rule_test.h"
#include "ruletest/verdict.h"

namespace meshvet::ruletest {

std::vector<Problem> CompareAllowed(const Allowed& wanted,
                                    const Verdict& verdict);

// Each wanted finding is paired with one that was found, and no two with the
// same; the pairs are chosen so that as many as can be have one, whatever the
// order they are written in.
std::vector<Problem> CompareFindings(const WantedFindings& wanted,
                                     const Verdict& verdict);

// Equal operations in equal order; their values as JSON, so 1 is 1.0 and keys
// come in any order.
std::vector<Problem> ComparePatch(const WantedPatch& wanted,
                                  const std::vector<PatchOperation>& found);

// How an object stands in a snapshot of that name: YAML, or JSON for *.json.
std::string SnapshotText(std::string_view path, Node object);

// Of two texts that differ, as much as a page shows.
std::string DiffOf(const std::string& path, const std::string& wanted,
                   const std::string& found);

}  // namespace meshvet::ruletest

#endif  // MESHVET_RULETEST_COMPARE_H_

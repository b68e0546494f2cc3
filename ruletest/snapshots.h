// File: ruletest/snapshots.h
//
// WriteSnapshots: the files that --update-snapshots makes agree with what is
// found. A test comes with a change that somebody else may have written: only
// what lies below the working directory or beside the test is written.

#ifndef MESHVET_RULETEST_SNAPSHOTS_H_
#define MESHVET_RULETEST_SNAPSHOTS_H_

#include <string>
#include <vector>

#include "ruletest/outcome.h"

namespace meshvet::ruletest {

// The paths written, each once. A case whose file was not written, or whose
// text another case of this run has already overruled, becomes an error.
std::vector<std::string> WriteSnapshots(std::vector<TestOutcome>& tests);

}  // namespace meshvet::ruletest

#endif  // MESHVET_RULETEST_SNAPSHOTS_H_

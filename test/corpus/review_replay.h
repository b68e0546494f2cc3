// File: test/corpus/review_replay.h
//
// Replays AdmissionReviews against a server and holds each answer against the
// verdict written down for it and against the API server's own rules. Failures
// are gtest's, one for each review and endpoint, in words:
//
//   061-create-vm.json /validate: expected denied [workload-entry-…], got
//   allowed []; the answer: {…}

#ifndef MESHVET_TEST_CORPUS_REVIEW_REPLAY_H_
#define MESHVET_TEST_CORPUS_REVIEW_REPLAY_H_

#include <string>
#include <string_view>
#include <vector>

#include "test/corpus/meshvet_server.h"
#include "test/corpus/verdict_table.h"

namespace meshvet::test {

// What an answer's body says; throws if it is no AdmissionReview with a
// verdict.
Verdict ReadVerdict(std::string_view body);

// Every review has a verdict for both endpoints, and every verdict a review.
void ExpectSameNames(const std::vector<std::string>& reviews,
                     const VerdictTable& expected);

// Asks both endpoints about one review. Where the answer is a patch, the
// patched object is sent again: /mutate must leave it alone, and /validate may
// no longer name the rules that were mended.
void ExpectVerdicts(MeshvetServer& server, const std::string& name,
                    const std::string& review, const VerdictTable& expected);

// The same for one endpoint, where any rule may speak.
void ExpectOutcome(MeshvetServer& server, const std::string& endpoint,
                   const std::string& review, const std::string& outcome);

}  // namespace meshvet::test

#endif  // MESHVET_TEST_CORPUS_REVIEW_REPLAY_H_

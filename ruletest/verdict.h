// File: ruletest/verdict.h
//
// TestBench: the policy and the mesh of a RuleTest, and what the webhook says
// with them. It is the webhook's own handler that is asked, with the bytes of
// an AdmissionReview, so a test cannot see another verdict than the cluster.
//
//   auto made = SetUp(test);
//   const auto verdict = std::get<TestBench>(made).Judge(requests,
//   wants_patch);
//
// Judge and Fix may be called from many threads.

#ifndef MESHVET_RULETEST_VERDICT_H_
#define MESHVET_RULETEST_VERDICT_H_

#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "lint/config/configuration.h"
#include "mesh/inventory.h"
#include "rules/finding.h"
#include "ruletest/case_input.h"
#include "ruletest/rule_test.h"
#include "webhook/policy_source.h"

namespace meshvet::ruletest {

struct Found {
  rules::Finding finding;
  Place place;
};

struct Verdict {
  bool allowed = true;  // all of them
  // Those that nobody silenced, by place, rule and pointer.
  std::vector<Found> findings;
  std::vector<rules::NotRun> not_run;  // each once
  std::vector<PatchOperation> patch;   // of /mutate, if it was wanted
};

class TestBench {
 public:
  // `configuration` has the mesh's settings in its policy already.
  TestBench(lint::Configuration configuration, std::vector<std::string> context,
            std::shared_ptr<const Inventory> inventory);

  // Of several requests, one after the other; a patch only of one.
  std::variant<Verdict, CaseError> Judge(
      const std::vector<ReviewRequest>& requests, bool wants_patch) const;

  // The text `meshvet fix` would leave in the file.
  std::variant<std::string, CaseError> Fix(const Source& input,
                                           lint::StopFlag stop = nullptr) const;

 private:
  std::variant<Verdict, CaseError> JudgeOne(const ReviewRequest& request,
                                            bool wants_patch) const;

  lint::Configuration configuration_;
  std::vector<std::string> context_;
  std::shared_ptr<const Inventory> inventory_;
  std::shared_ptr<webhook::PolicySource> policies_;
};

// What keeps all cases of a test from being run: its configuration or context.
struct SetUpErrors {
  bool is_unfinished = false;  // as CaseError's
  std::vector<Error> errors;
};

std::variant<TestBench, SetUpErrors> SetUp(const RuleTest& test);

}  // namespace meshvet::ruletest

#endif  // MESHVET_RULETEST_VERDICT_H_

// File: ruletest/case_input.h
//
// The AdmissionReviews of a case: one for each object of its input, or the one
// the input is.
//
//   const auto requests = RequestsOf(test.cases[0]);
//   for (const ReviewRequest& request : *requests) Post(request.body);

#ifndef MESHVET_RULETEST_CASE_INPUT_H_
#define MESHVET_RULETEST_CASE_INPUT_H_

#include <cstddef>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "lint/input/stop.h"
#include "lint/manifest.h"
#include "ruletest/place.h"
#include "ruletest/rule_test.h"

namespace meshvet::ruletest {

// Of one case's input.
inline constexpr size_t kMostObjects = 1'000;
// As `meshvet review` reads.
inline constexpr size_t kMostInputBytes = 7 << 20;

// Why a case came to no verdict.
struct CaseError {
  // Whether another run may give one: what a disk or a clock did. Else the test
  // or a file it names has to be mended.
  bool is_unfinished = false;
  Error error;
};

struct ReviewRequest {
  std::string body;  // an AdmissionReview
  // The object a verdict speaks of, and where it stands; `document` is null for
  // JSON that is no YAML, which has no places but its first.
  lint::Item item;
  rules::Operation operation = rules::Operation::kCreate;

  Place PlaceOf(std::string_view pointer) const {
    if (item.document == nullptr) return {item.file->name(), {}};
    return {item.file->name(), item.Anchor(pointer).start};
  }
};

// Nothing here is waited for any more once there is a stop.
Result<std::string> ReadInputText(const std::string& path, lint::StopFlag stop);

std::variant<std::vector<ReviewRequest>, CaseError> RequestsOf(
    const RuleTest& test, const Case& one, lint::StopFlag stop = nullptr);

// The value of a file that holds one, or the value that stands in the test.
std::variant<std::shared_ptr<const Document>, CaseError> ReadValue(
    const Source& source, lint::StopFlag stop = nullptr);

// Of a file that a test names.
CaseError FileError(const Place& named, const Error& error);

}  // namespace meshvet::ruletest

#endif  // MESHVET_RULETEST_CASE_INPUT_H_

// File: test/support/api_server_rules.h
//
// What the API server demands of a webhook's answer, written from its rules and
// from nothing of ours, so that a mistake of ours cannot hide in its own check:
//
//   EXPECT_THAT(FindViolations(review, "/mutate", answer.status, answer.body),
//               IsEmpty());
//
// Ported rules: apiserver plugin/webhook/request/admissionreview.go
// VerifyAdmissionResponse; errors/statuserror.go ToStatusErr;
// plugin/webhook/mutating/dispatcher.go; apimachinery util/net
// NewWarningHeader; apiserver endpoints/filters/warning.go; admission/
// attributes.go checkKeyFormat; client-go rest/request.go transformResponse.
// What the API server would mend or drop without a word is a violation here.

#ifndef MESHVET_TEST_SUPPORT_API_SERVER_RULES_H_
#define MESHVET_TEST_SUPPORT_API_SERVER_RULES_H_

#include <string>
#include <string_view>
#include <vector>

namespace meshvet::test {

inline constexpr std::string_view kJsonContent =
    "application/json; charset=utf-8";

// What is wrong with an answer that claims to hold a verdict, one text each;
// `endpoint` is "/validate" or "/mutate". An HTTP error is a violation as well:
// the API server gets no verdict out of it.
std::vector<std::string> FindViolations(
    std::string_view request, std::string_view endpoint, int http_status,
    std::string_view response, std::string_view content_type = kJsonContent);

// What is wrong with an answer that is to hold no verdict, so that the
// failurePolicy decides: a 4xx or 5xx, in JSON, that says why.
std::vector<std::string> FindRefusalViolations(
    int http_status, std::string_view response,
    std::string_view content_type = kJsonContent);

// The object of `request` after the patch of `response`, as JSON text; the
// object as it was if there is none. Empty if that cannot be.
std::string PatchedObject(std::string_view request, std::string_view response);

}  // namespace meshvet::test

#endif  // MESHVET_TEST_SUPPORT_API_SERVER_RULES_H_

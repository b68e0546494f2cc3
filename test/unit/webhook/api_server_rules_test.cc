// The rules are themselves held against answers that break one rule each: what
// finds nothing proves nothing.

#include "test/support/api_server_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

namespace meshvet::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Json = nlohmann::json;

constexpr std::string_view kRequest = R"({
  "apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview",
  "request": {"uid": "u1", "operation": "CREATE", "oldObject": null,
    "object": {"apiVersion": "v1", "kind": "Service", "spec": {"a": 1}}}})";

constexpr std::string_view kDelete = R"({
  "request": {"uid": "u1", "operation": "DELETE", "object": null,
    "oldObject": {"apiVersion": "v1", "kind": "Service"}}})";

Json Allowed() {
  return Json::parse(R"({
    "apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview",
    "response": {"uid": "u1", "allowed": true, "warnings": ["one", "zwei ü"],
                 "auditAnnotations": {"verdict": "allow", "a.b-c_9": "x"}}})");
}

Json Denied() {
  Json answer = Allowed();
  answer["response"]["allowed"] = false;
  answer["response"]["status"] = Json::parse(R"({
    "status": "Failure", "code": 403, "reason": "Forbidden", "message": "no",
    "details": {"kind": "Service", "group": "", "causes": [
      {"message": "m", "field": "spec.a", "reason": "FieldValueInvalid"}]}})");
  return answer;
}

// [{"op":"replace","path":"/spec/a","value":2}]
constexpr const char* kReplace =
    "W3sib3AiOiJyZXBsYWNlIiwicGF0aCI6Ii9zcGVjL2EiLCJ2YWx1ZSI6Mn1d";
// [{"op":"replace","path":"/spec/b","value":2}], which is not there
constexpr const char* kNowhere =
    "W3sib3AiOiJyZXBsYWNlIiwicGF0aCI6Ii9zcGVjL2IiLCJ2YWx1ZSI6Mn1d";
// [{"op":"remove","path":"/kind"}]
constexpr const char* kRemoveKind =
    "W3sib3AiOiJyZW1vdmUiLCJwYXRoIjoiL2tpbmQifV0=";

Json Patched(const char* patch = kReplace) {
  Json answer = Allowed();
  answer["response"]["patchType"] = "JSONPatch";
  answer["response"]["patch"] = patch;
  return answer;
}

struct Broken {
  const char* pointer;  // what of the answer is replaced
  Json value;
  const char* violation;
};

std::vector<std::string> Violations(const Json& answer,
                                    std::string_view endpoint = "/validate",
                                    std::string_view request = kRequest) {
  return FindViolations(request, endpoint, 200, answer.dump());
}

Json With(Json answer, const Broken& broken) {
  answer[Json::json_pointer(broken.pointer)] = broken.value;
  return answer;
}

TEST(ApiServerRules, AcceptGoodAnswers) {
  for (const char* endpoint : {"/validate", "/mutate"}) {
    EXPECT_THAT(Violations(Allowed(), endpoint), IsEmpty());
    EXPECT_THAT(Violations(Denied(), endpoint), IsEmpty());
    EXPECT_THAT(Violations(Allowed(), endpoint, kDelete), IsEmpty());
  }
  EXPECT_THAT(Violations(Patched(), "/mutate"), IsEmpty());
  EXPECT_THAT(Violations(Patched("W10="), "/mutate", kDelete), IsEmpty())
      << "an empty patch changes nothing";
}

TEST(ApiServerRules, FindEachBrokenFieldOfAnAnswer) {
  const std::string long_text(257, 'x');
  const Broken table[] = {
      {"/apiVersion", "admission.k8s.io/v1beta1",
       "apiVersion is not admission.k8s.io/v1"},
      {"/kind", "Review", "kind is not AdmissionReview"},
      {"/response", nullptr, "response is absent"},
      {"/response/uid", "u2", "uid is not that of the request"},
      {"/response/uid", 1, "uid is not that of the request"},
      {"/response/allowed", "true", "allowed is no boolean"},
      {"/response/warnings", "one", "warnings is no array"},
      {"/response/warnings/0", 1, "a warning is no string"},
      {"/response/warnings/0", "", "an empty warning is dropped"},
      {"/response/warnings/0", "a\nb",
       "a warning with a control character is dropped"},
      {"/response/warnings/0", "a\x7F",
       "a warning with a control character is dropped"},
      {"/response/warnings/0", "a\xC2\x85",
       "a warning with a control character is dropped"},
      {"/response/warnings/0", long_text,
       "a warning of more than 256 characters may be cut"},
      {"/response/warnings/0", "zwei ü", "a second equal warning is dropped"},
      {"/response/auditAnnotations", Json::array(),
       "auditAnnotations is no object"},
      {"/response/auditAnnotations/verdict", 1,
       "audit annotation verdict is no string"},
      {"/response/auditAnnotations/-a", "x",
       "audit annotation -a is dropped for its key"},
      {"/response/auditAnnotations/a~1b", "x",
       "audit annotation a/b is dropped for its key"},
      {"/response/auditAnnotations/", "x",
       "audit annotation  is dropped for its key"},
      {"/response/patch", kReplace, "validating, with a patch"},
      {"/response/patchType", "JSONPatch", "validating, with a patchType"},
  };
  for (const Broken& broken : table) {
    const auto found = Violations(With(Denied(), broken));
    EXPECT_THAT(found, ::testing::Contains(broken.violation))
        << broken.pointer << " " << broken.value;
  }
}

TEST(ApiServerRules, FindEachBrokenFieldOfADenial) {
  const Broken table[] = {
      {"/response/status", nullptr, "denied without a status"},
      {"/response/status/code", 200, "status.code is no HTTP error"},
      {"/response/status/code", "403", "status.code is no HTTP error"},
      {"/response/status/status", "Success", "status.status is not Failure"},
      {"/response/status/message", "", "denied without explanation"},
      {"/response/status/message", 7, "status.message is no string"},
      {"/response/status/reason", "Invalid",
       "status.reason does not go with its code"},
      {"/response/status/details", 1, "status.details is no object"},
      {"/response/status/details/kind", 1, "status.details.kind is no string"},
      {"/response/status/details/causes", 1,
       "status.details.causes is no array"},
      {"/response/status/details/causes/0/message", "",
       "a cause without a message, or of wrong types"},
      {"/response/status/details/causes/0/field", 1,
       "a cause without a message, or of wrong types"},
  };
  for (const Broken& broken : table) {
    EXPECT_THAT(Violations(With(Denied(), broken)),
                ::testing::Contains(broken.violation))
        << broken.pointer << " " << broken.value;
  }
}

TEST(ApiServerRules, FindEachBrokenPatch) {
  const Broken table[] = {
      {"/response/patchType", "MergePatch", "patchType is not JSONPatch"},
      {"/response/patchType", nullptr, "patchType is not JSONPatch"},
      {"/response/patch", nullptr, "patch is no base64 of anything"},
      {"/response/patch", "", "patch is no base64 of anything"},
      {"/response/patch", "W10", "patch is no base64 of anything"},
      {"/response/patch", "W1*=", "patch is no base64 of anything"},
      {"/response/patch", "e30=", "patch is no JSON Patch"},
      {"/response/patch", kRemoveKind, "the patch leaves what is no object"},
  };
  for (const Broken& broken : table) {
    EXPECT_THAT(Violations(With(Patched(), broken), "/mutate"),
                ElementsAre(broken.violation))
        << broken.pointer << " " << broken.value;
  }
  EXPECT_THAT(Violations(Patched(kNowhere), "/mutate"),
              ElementsAre(::testing::StartsWith("the patch does not apply: ")));
  EXPECT_THAT(Violations(Patched(), "/mutate", kDelete),
              ElementsAre("a patch where there is no object to modify"));
}

TEST(ApiServerRules, CountCharactersOfAllWarnings) {
  Json answer = Allowed();
  answer["response"]["warnings"] = Json::array();
  for (char c = 'a'; c < 'a' + 16; ++c) {
    answer["response"]["warnings"].push_back(std::string(256, c));
  }
  EXPECT_THAT(Violations(answer), IsEmpty()) << "4,096 are sent whole";
  answer["response"]["warnings"].push_back("one more");
  EXPECT_THAT(Violations(answer),
              ElementsAre("warnings of more than 4096 characters are cut"));
}

TEST(ApiServerRules, LimitTheKeysOfAuditAnnotations) {
  Json answer = Allowed();
  answer["response"]["auditAnnotations"][std::string(63, 'k')] = "x";
  EXPECT_THAT(Violations(answer), IsEmpty());
  answer["response"]["auditAnnotations"][std::string(64, 'k')] = "x";
  EXPECT_EQ(Violations(answer).size(), 1U);
}

TEST(ApiServerRules, FindWhatIsNoAnswer) {
  EXPECT_THAT(FindViolations(kRequest, "/validate", 500, Allowed().dump()),
              ElementsAre("HTTP 500 is no verdict"));
  EXPECT_THAT(
      FindViolations(kRequest, "/validate", 200, Allowed().dump(), "text/html"),
      ElementsAre("the content is no JSON"));
  for (const char* body : {"", "{", "[]", "\"\xFF\"", "{\"a\":\"\xC3\"}"}) {
    EXPECT_THAT(FindViolations(kRequest, "/validate", 200, body),
                ElementsAre("the body is no JSON object in UTF-8"));
  }
  EXPECT_THAT(Violations(Allowed(), "/validate", "no JSON"),
              ElementsAre("uid is not that of the request"));
}

TEST(ApiServerRules, TellRefusalsFromVerdicts) {
  EXPECT_THAT(FindRefusalViolations(400, R"({"error":"why"})"), IsEmpty());
  EXPECT_THAT(FindRefusalViolations(200, R"({"error":"why"})"),
              ElementsAre("HTTP 200 is no error"));
  EXPECT_THAT(FindRefusalViolations(503, "{}"),
              ElementsAre("the body does not say why"));
  EXPECT_THAT(FindRefusalViolations(503, R"({"error":"why"})", "text/plain"),
              ElementsAre("the content is no JSON"));
  EXPECT_THAT(FindRefusalViolations(
                  400, R"({"error":"why","response":{"allowed":true}})"),
              ElementsAre("the body holds a verdict"));
}

TEST(ApiServerRules, ApplyThePatch) {
  EXPECT_EQ(PatchedObject(kRequest, Patched().dump()),
            R"({"apiVersion":"v1","kind":"Service","spec":{"a":2}})");
  EXPECT_EQ(PatchedObject(kRequest, Allowed().dump()),
            R"({"apiVersion":"v1","kind":"Service","spec":{"a":1}})");
  EXPECT_EQ(PatchedObject(kRequest, Patched(kNowhere).dump()), "");
}

}  // namespace
}  // namespace meshvet::test

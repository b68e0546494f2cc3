#include "webhook/admission_review.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "test/unit/webhook/courtroom.h"

namespace meshvet::webhook {
namespace {

using ::testing::HasSubstr;

Result<Review> Decode(const Json& review) {
  return DecodeReview(review.dump(), {});
}

// "where: message" of a review that is refused.
std::string Refusal(std::string_view body) {
  const auto review = DecodeReview(body, {});
  if (review) return "accepted";
  return review.error().where + ": " + review.error().message;
}
std::string RefusalOf(const Json& review) { return Refusal(review.dump()); }

Json Without(Json review, const char* pointer) {
  const Json::json_pointer at(pointer);
  review[at.parent_pointer()].erase(at.back());
  return review;
}

Json With(Json review, const char* pointer, const Json& value) {
  review[Json::json_pointer(pointer)] = value;
  return review;
}

TEST(DecodeReview, ReadsACreate) {
  Json json = ReviewOf("CREATE", GoodEntry());
  json["request"]["dryRun"] = true;
  const auto review = Decode(json);
  ASSERT_TRUE(review) << review.error().where << review.error().message;
  EXPECT_EQ(review->uid, "705ab4f5-6393-11e8-b7cc-42010a800002");
  EXPECT_EQ(review->operation, AdmissionOperation::kCreate);
  EXPECT_EQ(review->kind, (GroupKind{"networking.istio.io", "WorkloadEntry"}));
  EXPECT_EQ(review->ns, "legacy");
  EXPECT_EQ(review->name, "ledger");
  EXPECT_EQ(review->user, "jane");
  EXPECT_TRUE(review->dry_run);
  EXPECT_TRUE(review->object.has_value());
  EXPECT_FALSE(review->old_object.has_value());
}

TEST(DecodeReview, ReadsEachOperation) {
  const auto update = Decode(ReviewOf("UPDATE", GoodEntry(), Entry()));
  ASSERT_TRUE(update);
  EXPECT_TRUE(update->object && update->old_object);

  const auto removal = Decode(ReviewOf("DELETE", nullptr, Entry()));
  ASSERT_TRUE(removal);
  EXPECT_FALSE(removal->object.has_value());
  EXPECT_TRUE(removal->old_object.has_value());

  // CONNECT carries options of another kind than the request's.
  const Json options = {{"apiVersion", "v1"}, {"kind", "PodExecOptions"}};
  Json connect = ReviewOf("CREATE", GoodEntry());
  connect["request"]["operation"] = "CONNECT";
  connect["request"]["object"] = options;
  ASSERT_TRUE(Decode(connect));
}

TEST(DecodeReview, ReadsWhatTheApiServerLeavesOut) {
  Json generated = ReviewOf("CREATE", GoodEntry());
  generated["request"].erase("name");
  generated["request"]["object"]["metadata"] = {{"generateName", "ledger-"}};
  const auto review = Decode(generated);
  ASSERT_TRUE(review);
  EXPECT_EQ(review->name, "");
  EXPECT_EQ(review->object->name(), "");
  EXPECT_EQ(review->object->ns(), "legacy") << "the request's namespace";
  for (const char* field :
       {"/request/name", "/request/userInfo", "/request/dryRun",
        "/request/oldObject", "/request/options"}) {
    EXPECT_TRUE(Decode(Without(ReviewOf("CREATE", GoodEntry()), field)));
    EXPECT_TRUE(Decode(With(ReviewOf("CREATE", GoodEntry()), field, nullptr)));
  }
}

TEST(DecodeReview, TakesEscapesAndLargeNumbers) {
  std::string body = ReviewOf("CREATE", Entry({{"app", "<&>"}})).dump();
  const std::string plain = "<&>";
  body.replace(body.find(plain), plain.size(),
               R"(\u003c\u0026\u003e\ud83d\ude00)");
  body.insert(body.rfind("\"address\""), R"("weight":9223372036854775807,)");
  const auto review = DecodeReview(body, {});
  ASSERT_TRUE(review) << review.error().message;
  const Node spec = review->object->spec();
  EXPECT_EQ(spec["labels"]["app"].Str(), "<&>\xF0\x9F\x98\x80");
  EXPECT_EQ(spec["weight"].Int(), 9223372036854775807);
}

TEST(DecodeReview, AcceptsAnotherVersionOfTheKind) {
  Json review = ReviewOf("CREATE", GoodEntry());
  review["request"]["kind"]["version"] = "v1beta1";
  review["request"]["object"]["apiVersion"] = "networking.istio.io/v1alpha3";
  EXPECT_TRUE(Decode(review));
}

TEST(DecodeReview, RefusesWhatIsNoReview) {
  const struct {
    const char* pointer;
    Json value;
    const char* refusal;
  } table[] = {
      {"/kind", "Review", "/kind: expected AdmissionReview"},
      {"/apiVersion", "admission.k8s.io/v1beta1",
       "/apiVersion: expected admission.k8s.io/v1"},
      {"/request", nullptr, "/request: missing"},
      {"/request", "x", "/request: missing"},
      {"/request/uid", "", "/request/uid: missing"},
      {"/request/operation", "PATCH",
       "/request/operation: expected CREATE, UPDATE, DELETE or CONNECT"},
      {"/request/object", nullptr, "/request/object: missing"},
      {"/request/object", Json::array(), "/request/object: expected an object"},
      {"/request/oldObject", 1, "/request/oldObject: expected an object"},
      {"/request/object/kind", "Gateway",
       "/request/object: its group and kind are not those of the request"},
      {"/request/object/apiVersion", "v1",
       "/request/object: its group and kind are not those of the request"},
      {"/request/object/metadata/namespace", "shop",
       "/request/object: its namespace is not that of the request"},
      {"/request/kind/kind", "Gateway",
       "/request/object: its group and kind are not those of the request"},
  };
  for (const auto& [pointer, value, refusal] : table) {
    EXPECT_EQ(RefusalOf(With(ReviewOf("CREATE", GoodEntry()), pointer, value)),
              refusal);
  }
}

TEST(DecodeReview, RefusesAWrongTypeInEveryField) {
  const struct {
    const char* pointer;
    const char* expected;
  } table[] = {
      {"/request/uid", "a string"},
      {"/request/kind", "an object"},
      {"/request/kind/group", "a string"},
      {"/request/kind/kind", "a string"},
      {"/request/namespace", "a string"},
      {"/request/name", "a string"},
      {"/request/subResource", "a string"},
      {"/request/operation", "a string"},
      {"/request/userInfo", "an object"},
      {"/request/userInfo/username", "a string"},
      {"/request/dryRun", "a boolean"},
  };
  for (const auto& [pointer, expected] : table) {
    EXPECT_EQ(RefusalOf(With(ReviewOf("CREATE", GoodEntry()), pointer, 1)),
              std::string(pointer) + ": expected " + expected);
  }
}

TEST(DecodeReview, RefusesBrokenJson) {
  const std::string good = ReviewOf("CREATE", GoodEntry()).dump();
  for (size_t length = 0; length < good.size(); length += 7) {
    EXPECT_NE(Refusal(std::string_view(good).substr(0, length)), "accepted");
  }
  const std::string deep = R"({"request":)" + std::string(10'000, '[') +
                           std::string(10'000, ']') + "}";
  EXPECT_THAT(Refusal(deep), HasSubstr("deep"));
  std::string invalid = good;
  invalid.replace(invalid.find("jane"), 4, "\xFF\xFE\xFD\xFC");
  EXPECT_NE(Refusal(invalid), "accepted");
  std::string twice = good;
  twice.insert(1, R"("kind":"AdmissionReview",)");
  EXPECT_THAT(Refusal(twice), HasSubstr("kind"));
  EXPECT_NE(Refusal(good + "{}"), "accepted");
}

TEST(DecodeReview, KeepsToItsLimits) {
  const std::string good = ReviewOf("CREATE", GoodEntry()).dump();
  EXPECT_TRUE(DecodeReview(good, {.max_bytes = good.size()}));
  EXPECT_FALSE(DecodeReview(good, {.max_bytes = good.size() - 1}));
}

TEST(EncodeResponse, IsExactlyWhatTheApiServerReads) {
  EXPECT_EQ(EncodeResponse({.uid = "u"}),
            R"({"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview",)"
            R"("response":{"allowed":true,"uid":"u"}})");
  Review about;
  about.kind = {"networking.istio.io", "Gateway"};
  about.name = "edge";
  const AdmissionResponse denial = {.uid = "u",
                                    .allowed = false,
                                    .message = "no:\n- spec",
                                    .causes = {{"bad", "spec.servers[0]"}},
                                    .about = &about,
                                    .warnings = {"w"},
                                    .audit_annotations = {{"verdict", "deny"}}};
  EXPECT_EQ(
      EncodeResponse(denial),
      R"({"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview",)"
      R"("response":{"allowed":false,"auditAnnotations":{"verdict":"deny"},)"
      R"("status":{"code":403,"details":{"causes":[{"field":)"
      R"("spec.servers[0]","message":"bad","reason":"FieldValueInvalid"}],)"
      R"("group":"networking.istio.io","kind":"Gateway","name":"edge"},)"
      R"("message":"no:\n- spec","reason":"Forbidden","status":"Failure"},)"
      R"("uid":"u","warnings":["w"]}})");
}

TEST(EncodeResponse, EscapesWhatIsNotPlainText) {
  const AdmissionResponse response = {
      .uid = "a\"b\\c\n\x01\x7F\u00E9\xFF",
      .audit_annotations = {{"k", "x,…"}, {"q\"", ""}}};
  EXPECT_EQ(EncodeResponse(response),
            R"({"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview",)"
            R"("response":{"allowed":true,"auditAnnotations":{"k":"x,…",)"
            R"("q\"":""},"uid":"a\"b\\c\n\u0001)"
            "\x7F\u00E9\uFFFD\"}}");
}

TEST(EncodeResponse, HoldsThePatchInBase64) {
  const AdmissionResponse response = {.uid = "u",
                                      .patch = {{"remove", "/spec/a"}}};
  const Json answer = Json::parse(EncodeResponse(response))["response"];
  EXPECT_EQ(answer["patchType"], "JSONPatch");
  EXPECT_EQ(answer["patch"],
            "W3sib3AiOiJyZW1vdmUiLCJwYXRoIjoiL3NwZWMvYSJ9XQ==");
}

TEST(EncodeResponse, BoundsWhatItRepeats) {
  const std::string huge(100'000, 'x');
  Review about;
  about.kind = {huge, huge};
  about.name = huge;
  AdmissionResponse denial = {
      .uid = "u", .allowed = false, .message = "no", .about = &about};
  denial.causes.assign(100, {huge, huge});
  const std::string text = EncodeResponse(denial);
  EXPECT_LT(text.size(), 32U << 10);
  const Json details = Json::parse(text)["response"]["status"]["details"];
  EXPECT_EQ(details["causes"].size(), 32U);
}

TEST(EncodeResponse, IsUtf8WhateverTheTexts) {
  const AdmissionResponse denial = {.uid = "u",
                                    .allowed = false,
                                    .message = "\xFF",
                                    .causes = {{"\xED\xA0\x80\n", "\xC3"}},
                                    .warnings = {"\xFE\x01"},
                                    .audit_annotations = {{"k", "\xF5"}}};
  const Json answer = Json::parse(EncodeResponse(denial), nullptr, false);
  ASSERT_TRUE(answer.is_object());
  EXPECT_EQ(answer["response"]["warnings"][0], "\uFFFD ");
}

TEST(FieldPath, ReadsAsKubectlUsersKnowIt) {
  const auto document = ParseJson(
      R"({"spec":{"http":[{"route":[{"host":"a"}]}],"0":1},
          "metadata":{"labels":{"a.b/c":"x","t~/":"y"}}})",
      {});
  const Node root = document->root();
  const struct {
    const char *pointer, *path;
  } table[] = {
      {"", ""},
      {"/spec", "spec"},
      {"/spec/http/0/route/0/host", "spec.http[0].route[0].host"},
      {"/spec/0", "spec.0"},
      {"/spec/missing/deep", "spec.missing.deep"},
      {"/metadata/labels/a.b~1c", "metadata.labels[\"a.b/c\"]"},
      {"/metadata/labels/t~0~1", "metadata.labels[\"t~/\"]"},
      {"/metadata/labels/", "metadata.labels[\"\"]"},
      {"no pointer", ""},
  };
  for (const auto& [pointer, path] : table) {
    EXPECT_EQ(FieldPath(root, pointer), path);
  }
}

}  // namespace
}  // namespace meshvet::webhook

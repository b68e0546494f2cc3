// An AdmissionHandler under test: a policy and a mesh in YAML, reviews out of
// objects in JSON, and each answer held against the API server's rules.

#ifndef MESHVET_TEST_UNIT_WEBHOOK_COURTROOM_H_
#define MESHVET_TEST_UNIT_WEBHOOK_COURTROOM_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mesh/inventory.h"
#include "rules/engine.h"
#include "test/support/api_server_rules.h"
#include "test/support/scene.h"
#include "webhook/admission_handler.h"

namespace meshvet::webhook {

using Json = nlohmann::json;

// A WorkloadEntry: without labels it is denied, with both it is allowed.
inline Json Entry(const Json& labels = Json::object()) {
  return {{"apiVersion", "networking.istio.io/v1"},
          {"kind", "WorkloadEntry"},
          {"metadata", {{"name", "ledger"}, {"namespace", "legacy"}}},
          {"spec", {{"address", "192.0.2.1"}, {"labels", labels}}}};
}

inline Json GoodEntry() { return Entry({{"app", "a"}, {"version", "v1"}}); }

// One label with two values: a warning, and a safe fix.
inline Json ClashingEntry() {
  Json entry = GoodEntry();
  entry["metadata"]["labels"] = {{"version", "v2"}};
  return entry;
}

// `after` as it is to be, `before` as it is; null for none.
inline Json ReviewOf(const char* operation, const Json& after,
                     const Json& before = nullptr) {
  const Json& shown = after.is_null() ? before : after;
  const std::string version = shown["apiVersion"];
  const size_t slash = version.find('/');
  const bool has_group = slash != std::string::npos;
  return {{"apiVersion", "admission.k8s.io/v1"},
          {"kind", "AdmissionReview"},
          {"request",
           {{"uid", "705ab4f5-6393-11e8-b7cc-42010a800002"},
            {"kind",
             {{"group", has_group ? version.substr(0, slash) : ""},
              {"version", has_group ? version.substr(slash + 1) : version},
              {"kind", shown["kind"]}}},
            {"name", shown["metadata"].value("name", "")},
            {"namespace", shown["metadata"].value("namespace", "")},
            {"operation", operation},
            {"userInfo", {{"username", "jane"}, {"groups", {"devs"}}}},
            {"object", after},
            {"oldObject", before},
            {"dryRun", false},
            {"options", nullptr}}}};
}

// What judges where no policy was written.
inline std::shared_ptr<const EngineGeneration> RecommendedEngine() {
  auto policy =
      std::make_shared<const rules::Policy>(rules::RecommendedPolicy());
  return std::make_shared<const EngineGeneration>(
      EngineGeneration{rules::Engine(std::move(policy)), 1});
}

struct Judged {
  HttpResponse http;
  Json response;  // the AdmissionReview's, or null

  bool allowed() const { return response["allowed"] == true; }
  std::string message() const { return response["status"]["message"]; }
  std::string annotation(const char* key) const {
    return response["auditAnnotations"].value(key, "");
  }
  std::vector<std::string> warnings() const {
    return response.value("warnings", std::vector<std::string>());
  }
};

class Courtroom {
 public:
  explicit Courtroom(const std::string& settings = "{}",
                     std::string_view mesh = {})
      : engine_(std::make_shared<const EngineGeneration>(EngineGeneration{
            rules::Engine(test::ReadPolicyText(
                "{apiVersion: meshvet.dev/v1alpha1, kind: Config, rules: " +
                settings + "}")),
            7})) {
    InventoryBuilder builder({}, Coverage{.complete = true});
    if (!mesh.empty()) {
      for (const auto& object : test::ReadObjects(mesh)) builder.Put(object);
    }
    inventory_ = builder.Snapshot();
  }

  // Fails the test if the API server would take offence at the answer.
  Judged Ask(std::string_view path, std::string_view body) {
    const AdmissionHandler handler(
        {[this] { return engine_; }, [this] { return inventory_; }},
        [this](const AdmissionRecord& record) { Note(record); });
    Judged judged{handler.Handle({path, body, deadline_})};
    const HttpResponse& http = judged.http;
    const auto violations =
        http.status == 200 ? test::FindViolations(body, path, http.status,
                                                  http.body, http.content_type)
                           : test::FindRefusalViolations(http.status, http.body,
                                                         http.content_type);
    EXPECT_THAT(violations, ::testing::IsEmpty()) << path << "\n" << body;
    const Json answer = Json::parse(http.body, nullptr, false);
    if (http.status == 200 && answer.is_object()) {
      judged.response = answer["response"];
    }
    return judged;
  }
  Judged Validate(const Json& review) {
    return Ask("/validate", review.dump());
  }
  Judged Mutate(const Json& review) { return Ask("/mutate", review.dump()); }

  void SetDeadline(std::chrono::steady_clock::time_point deadline) {
    deadline_ = deadline;
  }

  // Of the last call.
  Outcome outcome() const { return outcome_; }
  bool timed_out() const { return timed_out_; }
  const std::vector<std::string>& rules() const { return rules_; }
  // "rule verdict".
  const std::vector<std::string>& rule_verdicts() const {
    return rule_verdicts_;
  }
  int calls() const { return calls_; }

 private:
  void Note(const AdmissionRecord& record) {
    ++calls_;
    outcome_ = record.outcome;
    timed_out_ = record.fault == Fault::kDeadline;
    rules_.assign(record.rules.begin(), record.rules.end());
    rule_verdicts_.clear();
    for (const RuleRecord& one : record.rule_verdicts) {
      rule_verdicts_.push_back(std::string(one.rule) + " " +
                               std::string(ToString(one.verdict)));
    }
  }

  std::shared_ptr<const EngineGeneration> engine_;
  std::shared_ptr<const Inventory> inventory_;
  std::chrono::steady_clock::time_point deadline_ =
      std::chrono::steady_clock::now() + std::chrono::hours(1);
  Outcome outcome_ = Outcome::kError;
  bool timed_out_ = false;
  std::vector<std::string> rules_;
  std::vector<std::string> rule_verdicts_;
  int calls_ = 0;
};

}  // namespace meshvet::webhook

#endif  // MESHVET_TEST_UNIT_WEBHOOK_COURTROOM_H_

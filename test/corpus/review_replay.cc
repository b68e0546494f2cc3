#include "test/corpus/review_replay.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <optional>
#include <sstream>
#include <stdexcept>

#include "test/support/api_server_rules.h"

namespace meshvet::test {
namespace {

using nlohmann::json;
using ::testing::IsEmpty;

// The ids in "a,b".
void AddRules(const json& annotations, const char* key,
              std::set<std::string>& rules) {
  std::istringstream list(annotations.value(key, ""));
  for (std::string rule; std::getline(list, rule, ',');) rules.insert(rule);
}

// Each line of a denial and each warning ends with its rule's id in brackets,
// unless it was cut.
void AddRuleAtEnd(const std::string& line, std::set<std::string>& rules) {
  const size_t open = line.rfind('[');
  if (open == line.npos || line.back() != ']') return;
  rules.insert(line.substr(open + 1, line.size() - open - 2));
}

std::string Outcome(const json& response) {
  if (!response.at("allowed").get<bool>()) return "denied";
  if (response.contains("patch")) return "patched";
  return response.contains("warnings") ? "warned" : "allowed";
}

const Verdict* Find(const VerdictTable& expected, const std::string& name,
                    const std::string& endpoint) {
  const auto found = expected.find({name, endpoint});
  return found == expected.end() ? nullptr : &found->second;
}

// `review` about the object as the patch in `answer` left it.
std::string ReviewOfPatched(const std::string& review,
                            const std::string& answer) {
  json next = json::parse(review);
  next["request"]["object"] = json::parse(PatchedObject(review, answer));
  return next.dump();
}

void ExpectMended(MeshvetServer& server, const std::string& review,
                  const Verdict& patched) {
  const Verdict again = ReadVerdict(server.Ask("/mutate", review).body);
  EXPECT_EQ(again.Text(), "allowed []") << "the patched object, once more";
  const Verdict left = ReadVerdict(server.Ask("/validate", review).body);
  for (const std::string& rule : patched.rules) {
    EXPECT_FALSE(left.rules.contains(rule))
        << "the patched object still breaks " << rule;
  }
}

// Nothing, and a failure, where the answer holds no verdict.
std::optional<Verdict> Ask(MeshvetServer& server, const std::string& endpoint,
                           const std::string& review, std::string& body) {
  const Answer answer = server.Ask(endpoint, review);
  EXPECT_THAT(FindViolations(review, endpoint, answer.status, answer.body),
              IsEmpty());
  body = answer.body;
  if (answer.status != 200) return std::nullopt;
  Verdict verdict = ReadVerdict(body);
  if (verdict.outcome == "patched") {
    ExpectMended(server, ReviewOfPatched(review, body), verdict);
  }
  return verdict;
}

void ExpectVerdict(MeshvetServer& server, const std::string& name,
                   const std::string& endpoint, const std::string& review,
                   const Verdict& expected) {
  std::string body;
  const std::optional<Verdict> actual = Ask(server, endpoint, review, body);
  if (actual == expected) return;
  ADD_FAILURE() << name << " " << endpoint << ": expected " << expected.Text()
                << ", got " << (actual ? actual->Text() : "no verdict")
                << "; the answer: " << body;
}

}  // namespace

Verdict ReadVerdict(std::string_view body) {
  const json response = json::parse(body).at("response");
  Verdict verdict{Outcome(response), {}};
  const json annotations = response.value("auditAnnotations", json::object());
  AddRules(annotations, "rules", verdict.rules);
  AddRules(annotations, "suppressed", verdict.rules);
  AddRules(annotations, "patched", verdict.rules);
  for (const json& warning : response.value("warnings", json::array())) {
    AddRuleAtEnd(warning.get<std::string>(), verdict.rules);
  }
  if (verdict.outcome != "denied") return verdict;
  std::istringstream message(
      response.at("status").at("message").get<std::string>());
  for (std::string line; std::getline(message, line);) {
    AddRuleAtEnd(line, verdict.rules);
  }
  return verdict;
}

void ExpectSameNames(const std::vector<std::string>& reviews,
                     const VerdictTable& expected) {
  const std::set<std::string> known(reviews.begin(), reviews.end());
  for (const auto& [key, verdict] : expected) {
    if (known.contains(key.first)) continue;
    ADD_FAILURE() << key.first << " " << key.second << ": expected "
                  << verdict.Text() << ", but there is no such review";
  }
  for (const std::string& name : reviews) {
    for (const char* endpoint : {"/validate", "/mutate"}) {
      if (Find(expected, name, endpoint) != nullptr) continue;
      ADD_FAILURE() << name << " " << endpoint << ": no verdict is expected of "
                    << "this review; read it and write one down";
    }
  }
}

void ExpectVerdicts(MeshvetServer& server, const std::string& name,
                    const std::string& review, const VerdictTable& expected) {
  for (const std::string endpoint : {"/validate", "/mutate"}) {
    const std::string title = name + " " + endpoint;
    SCOPED_TRACE(title);
    const Verdict* verdict = Find(expected, name, endpoint);
    if (verdict == nullptr) continue;
    ExpectVerdict(server, name, endpoint, review, *verdict);
  }
}

void ExpectOutcome(MeshvetServer& server, const std::string& endpoint,
                   const std::string& review, const std::string& outcome) {
  std::string body;
  const std::optional<Verdict> actual = Ask(server, endpoint, review, body);
  const std::string got = actual ? actual->outcome : "no verdict";
  if (got == outcome) return;
  ADD_FAILURE() << endpoint << ": expected " << outcome << ", got " << got
                << "; the answer: " << body;
}

}  // namespace meshvet::test

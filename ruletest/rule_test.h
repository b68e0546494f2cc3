// File: ruletest/rule_test.h
//
// RuleTest: a unit test of policy as its file says it. docs/testing-policy.md
// is the format.
//
//   auto read = ReadRuleTest(file, file->documents().front());
//   if (const auto* errors = std::get_if<std::vector<Error>>(&read)) …
//   for (const Case& one : std::get<RuleTest>(read).cases) …
//
// Immutable once read; safe to use from many threads.

#ifndef MESHVET_RULETEST_RULE_TEST_H_
#define MESHVET_RULETEST_RULE_TEST_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "lint/input/source_file.h"
#include "mesh/json_patch.h"
#include "mesh/node.h"
#include "mesh/result.h"
#include "rules/engine.h"
#include "rules/finding.h"
#include "rules/pattern.h"
#include "ruletest/place.h"

namespace meshvet::ruletest {

// What one file may hold. A case is one review or a few, each with the mesh.
inline constexpr size_t kMostBytes = 4 << 20;
inline constexpr size_t kMostCases = 10'000;
inline constexpr size_t kMostContexts = 1'000;
inline constexpr size_t kMostWanted = 200;  // findings of one case
inline constexpr size_t kLongestName = 200;
// Of a finding's message, for a regular expression to be tried on.
inline constexpr size_t kLongestMessage = 2'000;

// A path, seen from the working directory, or a value of the test file itself.
struct Source {
  Place place;
  std::string path;     // empty for a value
  Node value;           // one object or a list of them
  std::string pointer;  // of the value

  bool is_file() const { return !path.empty(); }
};

struct WantedFinding {
  Place place;
  std::string name;                     // as the test calls the rule
  std::vector<std::string_view> rules;  // the ids it stands for
  std::optional<std::string> at;        // JSON Pointer into the object
  std::optional<int64_t> line;          // of the input
  std::optional<rules::Severity> severity;
  std::optional<rules::Action> action;
  std::string message;  // the text of `pattern`
  std::optional<rules::Pattern> pattern;

  // "destination-rule-mtls-mismatch at /spec/trafficPolicy, line 12".
  std::string ToString() const;
};

struct Allowed {
  Place place;
  bool value = false;
};

struct WantedFindings {
  Place place;
  bool is_exact = false;  // `findings`, not `findingsContain`
  std::vector<WantedFinding> list;
};

struct WantedPatch {
  Place place;
  std::vector<PatchOperation> operations;
};

struct Expectations {
  std::optional<Allowed> allowed;
  std::optional<WantedFindings> findings;
  std::optional<Source> patched;  // the object after /mutate
  std::optional<WantedPatch> patch;
  std::optional<Source> fixed;  // the file after `meshvet fix`
};

struct User {
  std::string name;
  std::vector<std::string> groups;
};

struct Case {
  Place place;
  std::string name;
  std::string skip;  // the reason; empty to run it
  Source input;
  std::optional<Source> old_input;
  // Nothing where the test does not say: a CREATE, or what the input's
  // AdmissionReview says.
  std::optional<rules::Operation> operation;
  std::optional<User> user;
  Expectations expect;
  // Rules it names and nobody has.
  std::vector<Error> unknown_rules;
};

struct RuleTest {
  std::shared_ptr<const lint::SourceFile> file;
  const lint::SourceDocument* document = nullptr;  // of `file`
  std::string directory;  // what its paths are relative to
  Place place;
  std::string name;
  std::optional<Source> config;
  std::vector<Source> context;  // files and directories
  std::vector<Case> cases;
};

// Whether a document is to be read as a RuleTest, rightly written or not.
bool IsRuleTest(Node document);

// Strict: every unknown key, value of a wrong type, and key that cannot go with
// another is an error; each `where` is "file:line:column". A rule that nobody
// has is an error of its case alone.
std::variant<RuleTest, std::vector<Error>> ReadRuleTest(
    const std::shared_ptr<const lint::SourceFile>& file,
    const lint::SourceDocument& document);

}  // namespace meshvet::ruletest

#endif  // MESHVET_RULETEST_RULE_TEST_H_

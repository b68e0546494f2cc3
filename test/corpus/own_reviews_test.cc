// Reviews of our own, as varied as those an API server sends and more, so that
// the program is proven without the recorded corpus: over real TLS, against the
// mesh of test/manifests. And the examples, whose names say their verdicts.

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <nlohmann/json.hpp>

#include "test/corpus/recorded_corpus.h"
#include "test/corpus/review_replay.h"
#include "test/support/api_server_rules.h"
#include "test/support/run_binary.h"

namespace meshvet::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

const fs::path kSource = MESHVET_SOURCE_DIR;
const fs::path kReviews = kSource / "test/reviews";
const fs::path kManifests = kSource / "test/manifests";

VerdictTable Expected() {
  return ReadVerdictTable(kReviews / "expected.txt", "railway");
}

// Lines of a file's name and a JSON Patch.
std::map<std::string, json> ExpectedPatches() {
  std::ifstream input(kReviews / "patches.txt");
  std::map<std::string, json> patches;
  for (std::string line; std::getline(input, line);) {
    if (line.empty() || line.front() == '#') continue;
    const size_t space = line.find(' ');
    patches[line.substr(0, space)] = json::parse(line.substr(space));
  }
  return patches;
}

TEST(OwnReviews, GetTheVerdictsWrittenDown) {
  const VerdictTable expected = Expected();
  const std::vector<std::string> reviews = FilesOf(kReviews, ".json");
  ExpectSameNames(reviews, expected);
  MeshvetServer server({"--config", kManifests / "policy.yaml", "--inventory",
                        kManifests / "mesh"});
  for (const std::string& name : reviews) {
    ExpectVerdicts(server, name, ReadFile(kReviews / name), expected);
  }
  EXPECT_EQ(server.Stop(), 0) << server.log();
}

TEST(OwnReviews, ArePatchedJustSo) {
  const std::map<std::string, json> patches = ExpectedPatches();
  for (const auto& [key, verdict] : Expected()) {
    const bool is_listed =
        key.second == "/mutate" && patches.contains(key.first);
    if (is_listed == (verdict.outcome == "patched")) continue;
    ADD_FAILURE() << key.first << " " << key.second << ": "
                  << (is_listed ? "a patch for what is not patched"
                                : "patched, but not in patches.txt");
  }
  MeshvetServer server({"--config", kManifests / "policy.yaml", "--inventory",
                        kManifests / "mesh"});
  for (const auto& [name, patch] : patches) {
    SCOPED_TRACE(name);
    const std::string review = ReadFile(kReviews / name);
    const std::string answer = server.Ask("/mutate", review).body;
    const json before = json::parse(review).at("request").at("object");
    const json after = json::parse(PatchedObject(review, answer));
    EXPECT_EQ(json::diff(before, after), patch);
  }
  EXPECT_EQ(server.Stop(), 0) << server.log();
}

// A rule that no review makes speak would not be missed.
TEST(OwnReviews, MakeEveryRuleSpeak) {
  std::set<std::string> spoke;
  for (const auto& [key, verdict] : Expected()) {
    spoke.insert(verdict.rules.begin(), verdict.rules.end());
  }
  const Ran ran = RunBinary(kSource, "rules -o json");
  ASSERT_EQ(ran.exit_code, 0) << ran.err;
  const json rules = json::parse(ran.out);
  ASSERT_FALSE(rules.empty());
  for (const json& rule : rules) {
    // Those of the linter alone are off at admission.
    if (rule.at("action") == "off") continue;
    const std::string id = rule.at("id");
    if (!spoke.contains(id)) ADD_FAILURE() << "no review breaks " << id;
  }
}

// "deny-cross-namespace-host.json" is denied by /validate, "patch-…" patched by
// /mutate.
TEST(OwnReviews, ExamplesGetTheVerdictsOfTheirNames) {
  const fs::path folder = kSource / "examples/reviews";
  MeshvetServer server({"--config", kSource / "examples/meshvet.yaml",
                        "--inventory", kSource / "examples/mesh"});
  const std::map<std::string, std::string> outcomes = {{"allow", "allowed"},
                                                       {"warn", "warned"},
                                                       {"deny", "denied"},
                                                       {"patch", "patched"}};
  for (const std::string& name : FilesOf(folder, ".json")) {
    SCOPED_TRACE(name);
    const auto outcome = outcomes.find(name.substr(0, name.find('-')));
    ASSERT_NE(outcome, outcomes.end()) << "the name does not say the verdict";
    const bool is_patch = outcome->first == "patch";
    ExpectOutcome(server, is_patch ? "/mutate" : "/validate",
                  ReadFile(folder / name), outcome->second);
  }
  EXPECT_EQ(server.Stop(), 0) << server.log();
}

}  // namespace
}  // namespace meshvet::test

// Reviews of our own, as varied as those an API server sends and more, so that
// the program is proven without the recorded corpus: over real TLS, against the
// mesh of test/manifests. And the examples, whose names say their verdicts.

#include <gtest/gtest.h>

#include "test/corpus/recorded_corpus.h"
#include "test/corpus/review_replay.h"

namespace meshvet::test {
namespace {

namespace fs = std::filesystem;

const fs::path kSource = MESHVET_SOURCE_DIR;

TEST(OwnReviews, GetTheVerdictsWrittenDown) {
  const fs::path folder = kSource / "test/reviews";
  const VerdictTable expected =
      ReadVerdictTable(folder / "expected.txt", "railway");
  const std::vector<std::string> reviews = FilesOf(folder, ".json");
  ExpectSameNames(reviews, expected);
  const fs::path manifests = kSource / "test/manifests";
  MeshvetServer server({"--config", manifests / "policy.yaml", "--inventory",
                        manifests / "mesh"});
  for (const std::string& name : reviews) {
    ExpectVerdicts(server, name, cli::ReadFile(folder / name), expected);
  }
  EXPECT_EQ(server.Stop(), 0) << server.log();
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
                  cli::ReadFile(folder / name), outcome->second);
  }
  EXPECT_EQ(server.Stop(), 0) << server.log();
}

}  // namespace
}  // namespace meshvet::test

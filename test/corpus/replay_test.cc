// Reviews that a real API server sent, over real TLS to the real program; their
// verdicts are in expected_verdicts.txt.

#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>
#include <sstream>

#include "test/corpus/recorded_corpus.h"
#include "test/corpus/review_replay.h"

namespace meshvet::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr char kVerdicts[] =
    MESHVET_SOURCE_DIR "/test/corpus/expected_verdicts.txt";

// All that is in these namespaces is in the files.
constexpr char kPolicy[] = R"(
apiVersion: meshvet.dev/v1alpha1
kind: Config
context: {closedNamespaces: [bookinfo, foo, legacy, istio-system]}
)";

// The objects that the reviews told of so far, as a cluster would hold them.
class RecordedObjects {
 public:
  void Apply(const std::string& review) {
    const json request = json::parse(review).at("request");
    const bool is_gone = request.at("operation") == "DELETE";
    const json& object = request.at(is_gone ? "oldObject" : "object");
    const std::string key = request.at("resource").dump() +
                            request.value("namespace", "") + "/" +
                            object.at("metadata").at("name").get<std::string>();
    if (is_gone) {
      objects_.erase(key);
    } else if (!request.value("dryRun", false)) {
      objects_[key] = object;
    }
  }

  std::string List() const {
    json items = json::array();
    for (const auto& [key, object] : objects_) items.push_back(object);
    return json{{"apiVersion", "v1"}, {"kind", "List"}, {"items", items}}
        .dump();
  }

 private:
  std::map<std::string, json> objects_;
};

// `manifests` as `kubectl apply -n NS` would store them.
std::string InNamespace(const std::string& ns, const std::string& manifests) {
  std::istringstream lines(manifests);
  std::string text;
  for (std::string line; std::getline(lines, line);) {
    text += line + "\n";
    if (line == "metadata:") text += "  namespace: " + ns + "\n";
  }
  return text;
}

TEST(CorpusReplay, KnowingNothingOfTheMesh) {
  const auto folder = CorpusFolder("admission-reviews");
  if (!folder) GTEST_SKIP() << kNoCorpus;
  const VerdictTable expected = ReadVerdictTable(kVerdicts, "empty");
  const std::vector<std::string> reviews = FilesOf(*folder, ".json");
  ExpectSameNames(reviews, expected);
  MeshvetServer server({});
  for (const std::string& name : reviews) {
    ExpectVerdicts(server, name, ReadFile(*folder / name), expected);
  }
  EXPECT_EQ(server.Stop(), 0) << server.log();
}

// Each review meets the mesh of that moment: Bookinfo's Services and workloads,
// and what the reviews before it brought in. A server for each, which is not
// asked to end in good order: the other tests ask.
TEST(CorpusReplay, InTheOrderOfTheRecording) {
  const auto folder = CorpusFolder("admission-reviews");
  const auto samples = CorpusFolder("istio-samples");
  if (!folder || !samples) GTEST_SKIP() << kNoCorpus;
  const VerdictTable expected = ReadVerdictTable(kVerdicts, "bookinfo");
  const std::vector<std::string> reviews = FilesOf(*folder, ".json");
  ExpectSameNames(reviews, expected);
  const fs::path bookinfo = *samples / "bookinfo/platform/kube/bookinfo.yaml";
  ASSERT_TRUE(fs::exists(bookinfo)) << bookinfo;

  const TempFolder temp;
  WriteFile(temp / "policy.yaml", kPolicy);
  WriteFile(temp / "mesh/bookinfo.yaml",
            InNamespace("bookinfo", ReadFile(bookinfo)));
  RecordedObjects recorded;
  for (const std::string& name : reviews) {
    WriteFile(temp / "mesh/recorded.json", recorded.List());
    MeshvetServer server(
        {"--config", temp / "policy.yaml", "--inventory", temp / "mesh"});
    const std::string review = ReadFile(*folder / name);
    ExpectVerdicts(server, name, review, expected);
    recorded.Apply(review);
  }
}

}  // namespace
}  // namespace meshvet::test

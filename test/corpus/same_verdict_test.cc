// `gate --as-webhook` fails exactly when the webhook would deny. The same
// objects go through both: as files through the gate, as reviews to /validate
// of a running server over TLS, whose mesh is what the gate has for context.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>
#include <regex>
#include <string>
#include <vector>

#include "test/corpus/meshvet_server.h"
#include "test/corpus/recorded_corpus.h"
#include "test/corpus/review_replay.h"
#include "test/support/run_binary.h"
#include "test/support/temp_folder.h"
#include "yaml/parse.h"

namespace meshvet::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

const fs::path kSource = MESHVET_SOURCE_DIR;
const fs::path kReviews = kSource / "test/reviews";
const fs::path kManifests = kSource / "test/manifests";

struct Tally {
  int denied = 0;
  int let_in = 0;
};

// Whether /validate denies; nothing if it gives no verdict.
std::optional<bool> WebhookDenies(MeshvetServer& server,
                                  const std::string& review) {
  const Answer answer = server.Ask("/validate", review);
  if (answer.status != 200) return std::nullopt;
  return ReadVerdict(answer.body).outcome == "denied";
}

// Whether the gate fails; anything but yes or no fails the test.
bool GateDenies(const std::string& file, const std::string& flags) {
  const Ran ran = RunBinary(
      kSource,
      "gate --as-webhook --no-ci --allow-empty --complete -q -o concise " +
          flags + " '" + file + "'");
  EXPECT_TRUE(ran.exit_code == 0 || ran.exit_code == 1)
      << ran.exit_code << ": " << ran.err;
  return ran.exit_code == 1;
}

// The object of a review that a file can stand for: one that is created, as a
// whole, under a name.
std::optional<std::string> ObjectOf(const std::string& review) {
  const json request = json::parse(review).value("request", json::object());
  const json object = request.value("object", json());
  if (request.value("operation", "") != "CREATE" || !object.is_object() ||
      !request.value("subResource", "").empty() ||
      !object.contains(json::json_pointer("/metadata/name"))) {
    return std::nullopt;
  }
  // In ASCII: libyaml takes U+2028 in a JSON key for the end of a line.
  return object.dump(-1, ' ', true);
}

void Compare(std::optional<bool> webhook, bool gate, Tally* tally) {
  ASSERT_TRUE(webhook) << "the webhook gave no verdict";
  EXPECT_EQ(gate, *webhook)
      << "the gate " << (gate ? "fails" : "passes") << ", the webhook "
      << (*webhook ? "denies" : "allows");
  ++(*webhook ? tally->denied : tally->let_in);
}

TEST(SameVerdict, OnEachObjectThatOurReviewsCreate) {
  const fs::path policy = kManifests / "policy.yaml";
  const fs::path mesh = kManifests / "mesh";
  MeshvetServer server({"--config", policy, "--inventory", mesh});
  const TempFolder folder;
  Tally tally;
  for (const std::string& name : FilesOf(kReviews, ".json")) {
    SCOPED_TRACE(name);
    const std::string review = ReadFile(kReviews / name);
    const std::optional<std::string> object = ObjectOf(review);
    if (!object) continue;
    folder.Put(name, *object);
    const bool gate =
        GateDenies(folder / name, "--config '" + policy.string() +
                                      "' --context '" + mesh.string() + "'");
    Compare(WebhookDenies(server, review), gate, &tally);
  }
  EXPECT_GE(tally.denied, 20);
  EXPECT_GE(tally.let_in, 20);
  EXPECT_EQ(server.Stop(), 0) << server.log();
}

bool IsReviewed(const json& object) {
  static const std::regex api(
      R"((.*\.istio\.io|gateway\.networking\.k8s\.io)/.*)");
  return object.is_object() && object.contains("kind") &&
         object.contains(json::json_pointer("/metadata/name")) &&
         std::regex_match(object.value("apiVersion", ""), api);
}

// The objects of a file that a webhook is asked about.
std::vector<json> ObjectsOf(const std::string& text) {
  std::vector<json> objects;
  for (const yaml::Source& source : yaml::Parse(text, {}).documents) {
    const json document = json::parse(source.root().ToJson());
    const bool is_list =
        document.is_object() && document.value("kind", "") == "List";
    for (const json& object :
         is_list ? document.at("items") : json::array({document})) {
      if (IsReviewed(object)) objects.push_back(object);
    }
  }
  return objects;
}

// What an API server sends when an object is created.
std::string ReviewOfCreation(json object) {
  const std::string api = object.at("apiVersion");
  const size_t slash = api.find('/');
  const json kind = {{"group", api.substr(0, slash)},
                     {"version", api.substr(slash + 1)},
                     {"kind", object.at("kind")}};
  json& metadata = object.at("metadata");
  if (!metadata.contains("namespace")) metadata["namespace"] = "default";
  const json review = {{"apiVersion", "admission.k8s.io/v1"},
                       {"kind", "AdmissionReview"},
                       {"request",
                        {{"uid", "11111111-2222-3333-4444-555555555555"},
                         {"kind", kind},
                         {"requestKind", kind},
                         {"name", metadata.at("name")},
                         {"namespace", metadata.at("namespace")},
                         {"operation", "CREATE"},
                         {"userInfo", {{"username", "ada"}}},
                         {"object", object},
                         {"dryRun", false}}}};
  return review.dump();
}

// A file alone is the mesh; what is in it, all of it, is created.
void ExpectSameOfFile(const fs::path& file, Tally* tally) {
  const std::vector<json> objects = ObjectsOf(ReadFile(file));
  if (objects.empty()) return;
  SCOPED_TRACE(file);
  MeshvetServer server({"--inventory", file});
  std::optional<bool> denied = false;
  for (const json& object : objects) {
    const auto one = WebhookDenies(server, ReviewOfCreation(object));
    if (!one || !denied)
      denied = std::nullopt;
    else
      denied = *denied || *one;
  }
  Compare(denied, GateDenies(file, "--no-config"), tally);
  server.Stop();
}

TEST(SameVerdict, OnEachExample) {
  Tally tally;
  for (const char* folder :
       {"examples", "test/manifests/mesh", "test/manifests/flawed",
        "test/manifests/broken"}) {
    for (const std::string& name : FilesOf(kSource / folder, ".yaml")) {
      ExpectSameOfFile(kSource / folder / name, &tally);
    }
  }
  EXPECT_GE(tally.denied, 3);
  EXPECT_GE(tally.let_in, 3);
}

TEST(SameVerdict, OnEachFileOfTheCorpus) {
  const auto samples = CorpusFolder("istio-samples");
  if (!samples) GTEST_SKIP() << kNoCorpus;
  Tally tally;
  for (const std::string& name : FilesOf(*samples, ".yaml")) {
    ExpectSameOfFile(*samples / name, &tally);
  }
  EXPECT_GE(tally.denied + tally.let_in, 40);
}

}  // namespace
}  // namespace meshvet::test

// What a snapshot says, what a run makes of it, and what it does not take.

#include "lint/input/snapshot.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "lint/linter.h"
#include "lint/static_mesh.h"
#include "mesh/document.h"
#include "mesh/kinds.h"
#include "test/support/temp_folder.h"
#include "yaml/parse.h"

namespace meshvet::lint {
namespace {

using rules::Rule;
using rules::RuleContext;
using test::TempFolder;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

std::shared_ptr<const Object> ObjectOf(const std::string& json) {
  auto parsed = ParseJson(json, {});
  EXPECT_TRUE(parsed) << json;
  auto document = std::make_shared<const Document>(*std::move(parsed));
  return std::make_shared<const Object>(document->root(), document);
}

std::string Written(const std::shared_ptr<const Object>& object) {
  return WriteSnapshot({}, std::vector{object});
}

Snapshot Example() {
  Snapshot snapshot;
  snapshot.taken = "2026-11-27T15:40:00Z";
  snapshot.kubernetes = "v1.36.2";
  snapshot.complete = {kNamespace, kService, kGateway};
  snapshot.unknown = {{"Pod", "list pods: \"no\""}};
  snapshot.root_namespace = "istio-system";
  snapshot.mesh_config = R"({"enableAutoMtls":false})";
  return snapshot;
}

constexpr const char* kHeader =
    R"(# What `meshvet snapshot` found in a cluster. Of a kind that is listed here as
# complete, what is not in this file does not exist.
apiVersion: meshvet.dev/v1alpha1
kind: Snapshot
taken: "2026-11-27T15:40:00Z"
kubernetes: "v1.36.2"
complete:
  - Namespace
  - Service
  - Gateway.networking.istio.io
unknown:
  - kind: Pod
    reason: "list pods: \"no\""
rootNamespace: "istio-system"
meshConfig: {"enableAutoMtls":false}
)";

TEST(SnapshotTest, IsWrittenWholeAndReadBack) {
  const std::vector<std::shared_ptr<const Object>> mesh = {
      ObjectOf(R"({"apiVersion":"v1","kind":"Service","metadata":{"name":"a",)"
               R"("namespace":"shop"},"spec":{"ports":[{"port":80}]}})")};
  const std::string text = WriteSnapshot(Example(), mesh);
  EXPECT_EQ(text, std::string(kHeader) + R"(---
{"apiVersion":"v1","kind":"Service","metadata":{"name":"a","namespace":"shop"},"spec":{"ports":[{"port":80}]}}
)");
  const yaml::Stream stream = yaml::Parse(text, {});
  ASSERT_THAT(stream.problems, IsEmpty());
  ASSERT_THAT(stream.documents, SizeIs(2));
  const auto read = ReadSnapshot(stream.documents[0].root());
  ASSERT_TRUE(std::holds_alternative<Snapshot>(read));
  EXPECT_EQ(WriteSnapshot(std::get<Snapshot>(read), mesh), text);
}

// Everything that a server may send comes out of the file as it went in.
TEST(SnapshotTest, HoldsWhateverTextsAre) {
  for (const std::string value :
       {"", " ", "yes", "0x7", "~", "- a", "a: b # c", "'\"\\/", "\\u0000",
        "\\n\\t\\r\\u001b", "\x7f", "\xc2\x80\xc2\x85\xc2\x9f", "é漢😀",
        "\xef\xbb\xbf", "\xef\xbf\xbe\xef\xbf\xbf", "\\u2028\\u2029",
        "---\\n...", "{{ x }}", "\xc2\xa0\xe2\x80\xae"}) {
    std::string json =
        R"({"apiVersion":"v1","kind":"Service","metadata":{"name":"a"},)"
        R"("spec":{")";
    json.append("k").append(value == "'\"\\/" ? "" : value);
    json.append(R"(":")").append(value == "'\"\\/" ? R"('\"\\/)" : value);
    json.append(R"("}})");
    const auto object = ObjectOf(json);
    const std::string text = Written(object);
    const yaml::Stream stream = yaml::Parse(text, {});
    ASSERT_THAT(stream.problems, IsEmpty()) << text;
    ASSERT_THAT(stream.documents, SizeIs(2)) << text;
    EXPECT_EQ(stream.documents[1].root(), object->root()) << text;
  }
}

TEST(SnapshotTest, KeepsNumbersAndTypes) {
  const auto object = ObjectOf(
      R"({"apiVersion":"v1","kind":"Service","metadata":{"name":"a"},)"
      R"("spec":{"a":[1,-1,1.5,1e300,9007199254740993,true,false,null,{},[]]}})");
  const yaml::Stream stream = yaml::Parse(Written(object), {});
  ASSERT_THAT(stream.documents, SizeIs(2));
  EXPECT_EQ(stream.documents[1].root(), object->root());
}

TEST(SnapshotTest, KeepsOfMetadataWhatRulesRead) {
  const std::string text = Written(ObjectOf(
      R"({"apiVersion":"apps/v1","kind":"Deployment","metadata":{)"
      R"("name":"a","uid":"u","resourceVersion":"9","generation":2,)"
      R"("labels":{"app":"a"},"creationTimestamp":"2026-01-01T00:00:00Z",)"
      R"("ownerReferences":[{"uid":"u"}],"annotations":{"x.dev/s":"hush",)"
      R"("evilistio.io/x":"hush","istio.io/":"kept","istio.io":"hush",)"
      R"("sidecar.istio.io/inject":"kept","meshvet.dev/a":"kept"}},)"
      R"("spec":{"template":{"metadata":{"labels":{"app":"a"},)"
      R"("annotations":{"vault.dev/s":"hush","a.istio.io/b":"kept"}}}},)"
      R"("status":{"x":1}})"));
  const size_t at = text.find("---\n");
  EXPECT_EQ(
      text.substr(at),
      "---\n"
      R"({"apiVersion":"apps/v1","kind":"Deployment","metadata":{)"
      R"("name":"a","labels":{"app":"a"},"creationTimestamp":"2026-01-01T00:00:00Z",)"
      R"("annotations":{"istio.io/":"kept","sidecar.istio.io/inject":"kept",)"
      R"("meshvet.dev/a":"kept"}},)"
      R"("spec":{"template":{"metadata":{"labels":{"app":"a"},)"
      R"("annotations":{"a.istio.io/b":"kept"}}}}})"
      "\n");
}

TEST(SnapshotTest, HoldsNoSecret) {
  const std::string text =
      Written(ObjectOf(R"({"apiVersion":"v1","kind":"Secret",)"
                       R"("metadata":{"name":"a"},"data":{"k":"aHVzaA=="}})"));
  EXPECT_THAT(text, Not(HasSubstr("Secret\"")));
  EXPECT_THAT(text, Not(HasSubstr("aHVzaA==")));
}

TEST(SnapshotTest, IsReadStrictly) {
  const struct {
    const char* yaml;
    const char* where;
    const char* message;
  } cases[] = {
      {"complete: [], takn: x", "/takn",
       R"(unknown key "takn" (did you mean "taken"?))"},
      {"taken: x", "/complete", "is missing"},
      {"complete: Service", "/complete", R"(expected a list, got "Service")"},
      {"complete: [Servise]", "/complete/0",
       R"(no rule asks for kind "Servise" (did you mean "Service"?))"},
      {"complete: [VirtualService]", "/complete/0",
       R"(no rule asks for kind "VirtualService")"},
      {"complete: [null]", "/complete/0", "expected a kind"},
      {"complete: [7]", "/complete/0", "expected a text, got 7"},
      {"complete: [], unknown: [{kid: Pod}]", "/unknown/0/kid",
       R"(unknown key "kid" (did you mean "kind"?))"},
      {"complete: [], unknown: [{reason: x}]", "/unknown/0", "names no kind"},
      {"complete: [], unknown: 7", "/unknown", "expected a list, got 7"},
      {"complete: [], meshConfig: {enableAutoMtl: true}",
       "/meshConfig/enableAutoMtl",
       R"(unknown key "enableAutoMtl" (did you mean "enableAutoMtls"?))"},
      {"complete: [], rootNamespace: 7", "/rootNamespace",
       "expected a text, got 7"},
      {"complete: [], apiVersion: meshvet.dev/v2", "/apiVersion",
       R"(expected "meshvet.dev/v1alpha1")"},
  };
  for (const auto& test : cases) {
    std::string yaml = "{kind: Snapshot, " + std::string(test.yaml);
    if (yaml.find("apiVersion") == yaml.npos) {
      yaml += ", apiVersion: meshvet.dev/v1alpha1";
    }
    const yaml::Stream stream = yaml::Parse(yaml + "}", {});
    ASSERT_THAT(stream.documents, SizeIs(1)) << yaml;
    const auto read = ReadSnapshot(stream.documents[0].root());
    const auto* errors = std::get_if<std::vector<Error>>(&read);
    ASSERT_NE(errors, nullptr) << yaml;
    ASSERT_THAT(*errors, Not(IsEmpty())) << yaml;
    EXPECT_EQ((*errors)[0].where, test.where) << yaml;
    EXPECT_THAT((*errors)[0].message, HasSubstr(test.message)) << yaml;
  }
}

// Says of each VirtualService whether the Service it names is there.
void CheckRoute(const Object& route, RuleContext& ctx) {
  const std::string_view host = route.spec()["to"].Str();
  switch (ctx.mesh().Find(kService, route.ns(), host).presence) {
    case Presence::kFound:
      return;
    case Presence::kMissing:
      ctx.Report(route.spec()["to"],
                 "missing, root is " + ctx.config().root_namespace);
      return;
    case Presence::kUnknown:
      return ctx.NotRun("unknown");
  }
}

constexpr Rule kRoute = {.id = "route",
                         .title = "Route",
                         .severity = rules::Severity::kError,
                         .rationale = "Because.",
                         .kinds = {kVirtualService},
                         .check = CheckRoute};
constexpr std::array<const Rule*, 1> kRules = {&kRoute};

std::string Route(const std::string& host) {
  return "apiVersion: networking.istio.io/v1\nkind: VirtualService\n"
         "metadata: {name: r, namespace: shop}\nspec: {to: " +
         host + "}\n";
}

std::string SnapshotOf(const std::string& more) {
  return "apiVersion: meshvet.dev/v1alpha1\nkind: Snapshot\n" + more +
         "---\napiVersion: v1\nkind: Service\n"
         "metadata: {name: there, namespace: shop}\n";
}

constexpr const char* kServices = "complete: [Service]\n";

class SnapshotContextTest : public ::testing::Test {
 protected:
  SnapshotContextTest() {
    request_.rules = kRules;
    request_.root_directory = folder_.path();
    folder_.Put("in/route.yaml", Route("nowhere"));
    request_.paths = {(folder_ / "in").string()};
  }

  Result<Report> Run() {
    request_.policy = std::make_shared<const rules::Policy>(policy_);
    return Lint(request_);
  }

  // The messages, and "not run" where it did not.
  std::vector<std::string> Said() {
    const Result<Report> report = Run();
    if (!report) return {report.error().where + ": " + report.error().message};
    std::vector<std::string> said;
    for (const Diagnostic& diagnostic : report->diagnostics) {
      said.push_back(diagnostic.finding.message);
    }
    if (!report->not_run.empty()) said.emplace_back("not run");
    return said;
  }

  void GiveContext(const std::string& text) {
    request_.context = {folder_.Put("mesh.yaml", text)};
  }

  TempFolder folder_;
  rules::Policy policy_;
  LintRequest request_;
};

TEST_F(SnapshotContextTest, ProvesWhatIsMissing) {
  EXPECT_THAT(Said(), ElementsAre("not run"));
  GiveContext(SnapshotOf(kServices));
  EXPECT_THAT(Said(), ElementsAre("missing, root is istio-system"));
  folder_.Put("in/route.yaml", Route("there"));
  EXPECT_THAT(Said(), IsEmpty());
}

TEST_F(SnapshotContextTest, ClaimsNothingOfWhatItDoesNotCover) {
  GiveContext(
      SnapshotOf("complete: [Namespace]\n"
                 "unknown: [{kind: Service, reason: forbidden}]\n"));
  EXPECT_THAT(Said(), ElementsAre("not run"));
  // Whoever else may claim it: the cluster is asked, as it is online.
  policy_.coverage.closed_namespaces = {"shop"};
  policy_.coverage.complete = true;
  EXPECT_THAT(Said(), ElementsAre("not run"));
  const Result<Report> report = Run();
  ASSERT_TRUE(report);
  std::vector<std::string> reasons;
  for (const SkippedFile& skipped : report->skipped_files) {
    reasons.push_back(skipped.reason);
  }
  EXPECT_THAT(reasons, ::testing::Contains("context: nothing is known of kind "
                                           "Service: forbidden"));
  EXPECT_THAT(reasons, ::testing::Contains("context: nothing is known of kind "
                                           "Pod: not in the snapshot"));
  EXPECT_THAT(reasons, SizeIs(KnownKinds().size() - 1));
}

TEST_F(SnapshotContextTest, TellsTheSettingsOfTheMesh) {
  GiveContext(SnapshotOf(std::string(kServices) + "rootNamespace: root\n"));
  EXPECT_THAT(Said(), ElementsAre("missing, root is root"));
  GiveContext(SnapshotOf(std::string(kServices) +
                         "rootNamespace: root\n"
                         "meshConfig: {rootNamespace: told}\n"));
  EXPECT_THAT(Said(), ElementsAre("missing, root is told"));
  // Settings of a file win, and a flag over everything.
  request_.believes_config_map = false;
  EXPECT_THAT(Said(), ElementsAre("missing, root is root"));
  policy_.mesh.root_namespace = "configured";
  EXPECT_THAT(Said(), ElementsAre("missing, root is configured"));
  request_.believes_config_map = true;
  request_.root_namespace = "flag";
  EXPECT_THAT(Said(), ElementsAre("missing, root is flag"));
}

TEST_F(SnapshotContextTest, IsNeverLintedItself) {
  folder_.Put("in/mesh.yaml", SnapshotOf(kServices) + "---\n" + Route("no"));
  EXPECT_THAT(Said(), ElementsAre("not run"));
  const Result<Report> report = Run();
  ASSERT_TRUE(report);
  ASSERT_THAT(report->skipped_files, SizeIs(1));
  EXPECT_EQ(report->skipped_files[0].reason,
            "a snapshot: give it as --context");
  EXPECT_EQ(report->summary.files, 1U);
  // Where it is both, it is context.
  request_.context = {(folder_ / "in/mesh.yaml").string()};
  EXPECT_THAT(Said(), ElementsAre("missing, root is istio-system"));
}

// What is linted was applied before: it is neither judged nor found twice.
TEST_F(SnapshotContextTest, GivesWayToWhatIsLinted) {
  GiveContext(SnapshotOf(kServices) + "---\n" + Route("there"));
  EXPECT_THAT(Said(), ElementsAre("missing, root is istio-system"));
  // As two manifests it would be.
  folder_.Put("in/twice.yaml", Route("there"));
  EXPECT_THAT(Said(), ::testing::Contains("VirtualService shop/r is defined "
                                          "twice"));
}

TEST_F(SnapshotContextTest, IsReadFromATextAsFromAFile) {
  request_.context_texts = {{"<cluster>", SnapshotOf(kServices)}};
  EXPECT_THAT(Said(), ElementsAre("missing, root is istio-system"));
}

TEST_F(SnapshotContextTest, IsAloneInARun) {
  GiveContext(SnapshotOf(kServices));
  request_.context_texts = {{"<cluster>", SnapshotOf(kServices)}};
  EXPECT_THAT(Said(), ElementsAre(request_.context[0] +
                                  ": is a snapshot, as <cluster> is: one at "
                                  "most can be the mesh"));
  request_.context_texts.clear();
  GiveContext(SnapshotOf(kServices) + "---\n" + SnapshotOf(kServices));
  EXPECT_THAT(Said(), ElementsAre(request_.context[0] +
                                  ":9:1: a second snapshot in one file"));
}

TEST_F(SnapshotContextTest, ThatIsWrongEndsTheRun) {
  GiveContext(SnapshotOf("complete: [Servise]\n"));
  EXPECT_THAT(
      Said(),
      ElementsAre(HasSubstr(request_.context[0] +
                            ":3:12: no rule asks for kind \"Servise\"")));
}

// A mesh has more objects than people write into one file.
TEST_F(SnapshotContextTest, MayBeLargerThanOtherFiles) {
  request_.limits.max_documents = 3;
  request_.limits.max_bytes = 300;
  std::vector<std::shared_ptr<const Object>> mesh;
  for (const char* name : {"a", "b", "c", "there"}) {
    mesh.push_back(ObjectOf(R"({"apiVersion":"v1","kind":"Service",)"
                            R"("metadata":{"namespace":"shop","name":")" +
                            std::string(name) + R"("}})"));
  }
  folder_.Put("in/route.yaml", Route("there"));
  Snapshot header;
  header.complete = {kService};
  const std::string text = WriteSnapshot(header, mesh);
  GiveContext(text);
  EXPECT_THAT(Said(), IsEmpty());
  request_.context.clear();
  request_.context_texts = {{"<cluster>", text}};
  EXPECT_THAT(Said(), IsEmpty());
  // Any other file, and one that is linted, is as bounded as ever.
  request_.context_texts.clear();
  GiveContext("#" + text);
  Result<Report> report = Run();
  ASSERT_TRUE(report);
  EXPECT_THAT(report->failures, SizeIs(1));
  request_.context.clear();
  folder_.Put("in/mesh.yaml", text);
  report = Run();
  ASSERT_TRUE(report);
  EXPECT_THAT(report->failures, SizeIs(1));
}

TEST_F(SnapshotContextTest, IsTheMeshOfAServerToo) {
  const std::string file = folder_.Put(
      "mesh.yaml",
      SnapshotOf(std::string(kServices) + "meshConfig: {trustDomain: t}\n"));
  const auto mesh = LoadStaticMesh({file}, {}, {});
  ASSERT_TRUE(mesh);
  const Inventory& inventory = *mesh->inventory;
  EXPECT_EQ(inventory.Find(kService, "shop", "there").presence,
            Presence::kFound);
  EXPECT_EQ(inventory.Find(kService, "shop", "nowhere").presence,
            Presence::kMissing);
  EXPECT_EQ(inventory.Find(kPod, "shop", "nowhere").presence,
            Presence::kUnknown);
  EXPECT_EQ(inventory.mesh_config().trust_domain, "t");
  const auto insisted = LoadStaticMesh(
      {file}, {}, {}, {.on_settings = true, .root_namespace = "r"});
  ASSERT_TRUE(insisted);
  EXPECT_EQ(insisted->inventory->mesh_config().trust_domain, "cluster.local");
  EXPECT_EQ(insisted->inventory->mesh_config().root_namespace, "r");
  folder_.Put("mesh.yaml", SnapshotOf("complete: 7\n"));
  const auto wrong = LoadStaticMesh({file}, {}, {});
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().where, file + ":3:11");
}

}  // namespace
}  // namespace meshvet::lint

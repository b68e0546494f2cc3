#include "lint/suppressions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "lint/fix/fixer.h"
#include "lint/fix/suppress_add.h"
#include "lint/input/loader_rules.h"
#include "test/support/temp_folder.h"

namespace meshvet::lint {
namespace {

using rules::Rule;
using rules::RuleContext;
using test::TempFolder;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// Complain about what is there, each about its own.
void CheckType(const Object& service, RuleContext& ctx) {
  if (service.spec()["type"].exists()) ctx.Report(service.spec()["type"], "t");
}
void CheckPorts(const Object& service, RuleContext& ctx) {
  for (const Node port : service.spec()["ports"]) ctx.Report(port, "p");
}
// Knows nothing of the mesh.
void CheckMesh(const Object& /*service*/, RuleContext& ctx) {
  ctx.NotRun("the mesh is unknown");
}

constexpr Rule RuleOf(std::string_view id, std::string_view alias,
                      void (*check)(const Object&, RuleContext&)) {
  return {.id = id,
          .title = "A rule",
          .rationale = "Because.",
          .aliases = {alias},
          .kinds = {kService},
          .check = check};
}

constexpr Rule kType = RuleOf("service-type", "TST0001", CheckType);
constexpr Rule kPorts = RuleOf("service-ports", "TST0002", CheckPorts);
constexpr Rule kMesh = RuleOf("service-mesh", "TST0003", CheckMesh);
// Compares with others, and finds nothing.
constexpr Rule kPeers = {.id = "service-peers",
                         .title = "A rule",
                         .rationale = "Because.",
                         .kinds = {kService},
                         .needs = {kNamespace},
                         .check = [](const Object&, RuleContext&) {}};
constexpr std::array kRules = {&kMesh, &kPeers, &kPorts, &kType};

// "3:9 service-type", "(3:9 service-type: why)" for one that is silenced.
std::string Shown(const Diagnostic& diagnostic) {
  const yaml::Position& at = diagnostic.range.start;
  const std::string text = std::to_string(at.line) + ":" +
                           std::to_string(at.column) + " " +
                           std::string(diagnostic.finding.rule);
  if (IsAboutSuppressions(diagnostic.finding.rule)) {
    return text + ": " + diagnostic.finding.message;
  }
  if (!diagnostic.is_suppressed()) return text;
  return "(" + text + ": " + diagnostic.finding.suppressed + ")";
}

class SuppressionsTest : public ::testing::Test {
 protected:
  SuppressionsTest() {
    request_.rules = kRules;
    request_.root_directory = folder_.path();
    request_.paths = {folder_.path()};
  }

  const LintRequest& Request() {
    request_.policy = std::make_shared<const rules::Policy>(policy_);
    return request_;
  }

  Report Run() {
    Result<Report> report = Lint(Request());
    EXPECT_TRUE(report.ok()) << (report ? "" : report.error().message);
    return report ? *std::move(report) : Report();
  }

  std::vector<std::string> Found(const std::string& text,
                                 const std::string& name = "a.yaml") {
    folder_.Put(name, text);
    std::vector<std::string> shown;
    for (const Diagnostic& d : Run().diagnostics) shown.push_back(Shown(d));
    return shown;
  }

  // What `meshvet fix` makes of a text that Found was given.
  std::string Fixed(const std::string& text) {
    folder_.Put("a.yaml", text);
    const Result<FixRun> run = Fix({.lint = Request()});
    EXPECT_TRUE(run.ok());
    EXPECT_THAT(run->refused, IsEmpty());
    return run->files.empty() ? text : run->files[0].after;
  }

  TempFolder folder_;
  rules::Policy policy_;
  LintRequest request_;
};

std::string Service(const std::string& spec, const std::string& head = "") {
  return head + "apiVersion: v1\nkind: Service\n" +
         "metadata: {name: a, namespace: shop}\nspec:\n" + spec;
}

TEST_F(SuppressionsTest, BehindALine) {
  EXPECT_THAT(
      Found(Service("  type: X  # meshvet:ignore service-type -- old\n"
                    "  ports:  # meshvet:ignore TST0002\n  - a\n"
                    "  - b # meshvet:ignore tst0002\n")),
      ElementsAre("(5:9 service-type: old)",
                  "6:28 suppression-unused: no finding of TST0002 is silenced "
                  "by this comment",
                  "7:5 service-ports", "(8:5 service-ports: comment)"));
}

TEST_F(SuppressionsTest, AboveAKeyOrItem) {
  EXPECT_THAT(
      Found(Service("  # meshvet:ignore service-ports -- both\n"
                    "  ports:\n  - a\n  - b\n")),
      ElementsAre("(7:5 service-ports: both)", "(8:5 service-ports: both)"));
  EXPECT_THAT(Found(Service("  ports:\n"
                            "  # meshvet:ignore service-ports -- one\n"
                            "  - a\n  - b\n")),
              ElementsAre("(7:5 service-ports: one)", "8:5 service-ports"));
}

TEST_F(SuppressionsTest, OfADocumentOrTheFile) {
  const std::string two = Service("  type: X\n") + "---\n";
  EXPECT_THAT(Found("# meshvet:ignore service-type\n" + two +
                    "kind: Service\napiVersion: v1\nmetadata: {name: b}\n"
                    "spec: {type: X}\n"),
              ElementsAre("(6:9 service-type: comment)", "11:14 service-type"));
  EXPECT_THAT(
      Found("# meshvet:ignore-file service-type, service-ports -- vendor's\n" +
            two +
            "kind: Service\napiVersion: v1\nmetadata: {name: b}\n"
            "spec: {type: X, ports: [a]}\n"),
      ElementsAre("(6:9 service-type: vendor's)",
                  "(11:14 service-type: vendor's)",
                  "(11:25 service-ports: vendor's)"));
}

TEST_F(SuppressionsTest, LoaderFindings) {
  EXPECT_THAT(Found(Service(
                  "  a: 1\n  a: 2  # meshvet:ignore duplicate-key -- both\n")),
              ElementsAre("(6:3 duplicate-key: both)"));
  EXPECT_THAT(Found("apiVersion: networking.istio.io/v1\nkind: Gatway # "
                    "meshvet:ignore unknown-kind\nmetadata: {name: a}\n"),
              ElementsAre("(2:7 unknown-kind: comment)"));
  EXPECT_THAT(
      Found("apiVersion: v1\nkind: Service\nmetadata: {name: a}\n---\n"
            "apiVersion: v1\nkind: Service\nmetadata:\n  name: a\n"
            "  annotations: {ignore.meshvet.dev/duplicate-object: both}\n"),
      ElementsAre("(8:9 duplicate-object: both)"));
}

struct Complaint {
  std::string comment;
  std::string message;  // empty if there is none
};

class Complaints : public SuppressionsTest,
                   public ::testing::WithParamInterface<Complaint> {};

TEST_P(Complaints, SilenceNothing) {
  std::vector<std::string> expected = {"5:9 service-type"};
  if (!GetParam().message.empty()) expected.push_back(GetParam().message);
  policy_.locked = {"service-ports"};
  EXPECT_EQ(Found(Service("  type: X " + GetParam().comment + "\n")), expected);
}

INSTANTIATE_TEST_SUITE_P(
    All, Complaints,
    ::testing::Values(
        Complaint{"# ignore service-type", ""},
        Complaint{"# see meshvet:ignore service-type", ""},
        Complaint{"# meshvet:ignore",
                  "5:11 suppression-invalid: no rule is named: there is no way "
                  "to ignore them all"},
        Complaint{"# meshvet:ignore -- because",
                  "5:11 suppression-invalid: no rule is named: there is no way "
                  "to ignore them all"},
        Complaint{"# meshvet:ignore servce-type",
                  "5:28 suppression-invalid: unknown rule \"servce-type\" (did "
                  "you mean \"service-type\"?)"},
        Complaint{"# meshvet:ignore tag:label",
                  "5:28 suppression-invalid: no rule has the tag \"label\" "
                  "(did you mean \"labels\"?)"},
        Complaint{"# meshvet:ignore tag:" + std::string(90, 'x'),
                  "5:28 suppression-invalid: no rule has the tag \"" +
                      std::string(80, 'x') + "...\""},
        Complaint{"# meshvet:ignore *",
                  "5:28 suppression-invalid: unknown rule \"*\""},
        Complaint{"# meshvet:ignore service type",
                  "5:28 suppression-invalid: \"service type\" is no rule: put "
                  "commas between rules, and \" -- \" before the reason"},
        Complaint{"# meshvet:ingore service-type",
                  "5:11 suppression-invalid: no comment begins with "
                  "\"meshvet:ingore\" (did you mean \"ignore\"?); there are "
                  "meshvet:ignore and meshvet:ignore-file"},
        Complaint{"# meshvet:ignore-file service-type",
                  "5:11 suppression-invalid: meshvet:ignore-file stands before "
                  "all content of the file, or silences nothing"},
        Complaint{"# meshvet:ignore service-ports",
                  "5:28 suppression-invalid: service-ports is locked: only the "
                  "configuration can silence it"},
        Complaint{"# meshvet:ignore yaml-syntax",
                  "5:28 suppression-invalid: yaml-syntax cannot be silenced: "
                  "the document was not read"},
        Complaint{"# meshvet:ignore suppression-unused",
                  "5:28 suppression-invalid: suppression-unused is silenced by "
                  "--ignore alone"}));

// A WorkloadEntry without a version.
std::string Till(const std::string& comment, const std::string& more = "") {
  return "apiVersion: networking.istio.io/v1\nkind: WorkloadEntry\n"
         "metadata: {name: a, namespace: shop" +
         more + ", labels: {app: a}}" + comment +
         "\nspec: {address: 192.0.2.1}\n";
}

TEST_F(SuppressionsTest, ATagStandsForEveryRuleThatHasIt) {
  request_.rules = {};
  const std::string found = "3:38 workload-entry-missing-label";
  EXPECT_THAT(Found(Till("")), ElementsAre(found));
  EXPECT_THAT(Found(Till("  # meshvet:ignore tag:labels -- a till")),
              ElementsAre("(" + found + ": a till)"));
  EXPECT_THAT(Found(Till("  # meshvet:ignore tag:naming")),
              ElementsAre(found,
                          "3:74 suppression-unused: no finding of tag:naming "
                          "is silenced by this comment"));
  // As of a code: what is left of it when some of its rules are locked.
  policy_.locked = {"workload-entry-conflicting-label"};
  EXPECT_THAT(Found(Till("  # meshvet:ignore tag:labels")),
              ElementsAre("(" + found + ": comment)"));
  policy_.locked = {"workload-entry-missing-label"};
  EXPECT_THAT(Found(Till("  # meshvet:ignore tag:labels")), ElementsAre(found));
}

// Kubernetes would refuse the key.
TEST_F(SuppressionsTest, AnAnnotationNamesNoTag) {
  request_.rules = {};
  EXPECT_THAT(
      Found(
          Till("", ", annotations: {\"ignore.meshvet.dev/tag:labels\": why}")),
      ElementsAre("3:52 suppression-invalid: an annotation cannot name a tag, "
                  "for Kubernetes takes no colon in its key: name the rules",
                  "3:91 workload-entry-missing-label"));
}

TEST_F(SuppressionsTest, AWrongRuleSpoilsNoOther) {
  EXPECT_THAT(Found(Service("  type: X # meshvet:ignore nope,,service-type\n")),
              ElementsAre("(5:9 service-type: comment)",
                          "5:28 suppression-invalid: unknown rule \"nope\"",
                          "5:33 suppression-invalid: a rule is missing here"));
}

TEST_F(SuppressionsTest, JsonHasNoComments) {
  EXPECT_THAT(
      Found("{\"apiVersion\": \"v1\", \"kind\": \"Service\",\n"
            "\"metadata\": {\"name\": \"a\"},\n"
            "\"spec\": {\"type\": \"X\"}} # meshvet:ignore service-type\n",
            "a.json"),
      ElementsAre("3:18 service-type",
                  "3:24 suppression-invalid: JSON has no comments: annotate "
                  "the object"));
}

TEST_F(SuppressionsTest, WhatWasNotJudgedIsNotUnused) {
  const std::string text =
      Service("  other: X  # meshvet:ignore service-mesh, service-type\n");
  EXPECT_THAT(Found(text),
              ElementsAre("5:44 suppression-unused: no finding of service-type "
                          "is silenced by this comment"));
  policy_.rules["service-type"].enabled = false;
  EXPECT_THAT(Found(text), IsEmpty());
}

TEST_F(SuppressionsTest, ARuleThatComparesHasToSeeEverything) {
  const std::string text =
      Service("  a: 1  # meshvet:ignore service-peers, duplicate-object\n");
  EXPECT_THAT(Found(text), SizeIs(2));
  request_.paths = {folder_ / "a.yaml"};
  EXPECT_THAT(Found(text), IsEmpty());
  request_.context = {folder_.path()};
  EXPECT_THAT(Found(text), SizeIs(2));
  request_.context = {};
  policy_.coverage.complete = true;
  EXPECT_THAT(Found(text), SizeIs(2));
}

TEST_F(SuppressionsTest, UnusedAnnotations) {
  const std::string text =
      "apiVersion: v1\nkind: Service\nmetadata:\n  name: a\n  annotations:\n"
      "    ignore.meshvet.dev/service-type: old\n"
      "    ignore.meshvet.dev/service-mesh: unknown\n"
      "    ignore.meshvet.dev/servce-type: x\n"
      "    galley.istio.io/analyze-suppress: \"TST0009, *\"\n"
      "spec: {}\n";
  EXPECT_THAT(
      Found(text),
      ElementsAre(
          "6:5 suppression-unused: no finding of service-type is silenced by "
          "this annotation",
          "8:5 suppression-invalid: unknown rule \"servce-type\" (did you "
          "mean \"service-type\"?)",
          "9:5 suppression-blanket: every finding with a code is silenced"));
  EXPECT_EQ(Fixed(text),
            "apiVersion: v1\nkind: Service\nmetadata:\n  name: a\n"
            "  annotations:\n"
            "    ignore.meshvet.dev/service-mesh: unknown\n"
            "    ignore.meshvet.dev/servce-type: x\n"
            "    galley.istio.io/analyze-suppress: \"TST0009, *\"\n"
            "spec: {}\n");
}

constexpr const char* kDeploymentTwice =
    "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\n---\n"
    "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: a\n";

TEST_F(SuppressionsTest, AnnotationsOfPodsSilenceTheirDeployment) {
  EXPECT_THAT(
      Found(
          kDeploymentTwice +
          std::string("spec:\n  template:\n    metadata:\n      annotations:\n"
                      "        ignore.meshvet.dev/duplicate-object: both\n")),
      ElementsAre("(8:9 duplicate-object: both)"));
  EXPECT_THAT(
      Found("apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: a}\n---\n"
            "apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: a}\n"
            "spec:\n  jobTemplate:\n    spec:\n      template:\n"
            "        metadata:\n          annotations:\n"
            "            ignore.meshvet.dev/duplicate-object: both\n"),
      ElementsAre("(7:18 duplicate-object: both)"));
  // Only a template of pods counts.
  EXPECT_THAT(
      Found(kDeploymentTwice +
            std::string("spec:\n  metadata:\n    annotations:\n"
                        "      ignore.meshvet.dev/duplicate-object: both\n")),
      ElementsAre("8:9 duplicate-object"));
}

TEST_F(SuppressionsTest, AForeignAnnotationForEveryCodeIsFound) {
  const std::string head =
      "apiVersion: v1\nkind: Service\nmetadata:\n  name: a\n  annotations:\n";
  const auto shown = ElementsAre(
      "6:5 suppression-blanket: every finding with a code is silenced");
  for (const char* blanket : {"galley.istio.io/analyze-suppress: \"*\"",
                              "galley.istio.io/analyze-suppress: IST0101,*",
                              "kiali.io/ignore-validations: \"\""}) {
    EXPECT_THAT(Found(head + "    " + blanket + "\n"), shown) << blanket;
  }
  for (const char* some : {"galley.istio.io/analyze-suppress: IST0101",
                           "galley.istio.io/analyze-suppress: \"\"",
                           "kiali.io/ignore-validations: KIA1107",
                           "kiali.io/ignore-validations: \"*\""}) {
    EXPECT_THAT(Found(head + "    " + some + "\n"), IsEmpty()) << some;
  }
  // It silences nothing then.
  policy_.ist_compat = false;
  EXPECT_THAT(Found(head + "    galley.istio.io/analyze-suppress: \"*\"\n"),
              IsEmpty());
}

TEST_F(SuppressionsTest, UnusedAnnotationsOfPodsAreFoundWhereTheyStand) {
  const std::string head =
      "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\n"
      "spec:\n  template:\n    metadata:\n";
  const std::string text = head +
                           "      annotations:\n"
                           "        ignore.meshvet.dev/duplicate-object: old\n"
                           "        galley.istio.io/analyze-suppress: \"*\"\n";
  EXPECT_THAT(Found(text),
              ElementsAre("8:9 suppression-unused: no finding of "
                          "duplicate-object is silenced by this annotation"));
  EXPECT_EQ(Fixed(text),
            head +
                "      annotations:\n"
                "        galley.istio.io/analyze-suppress: \"*\"\n");
}

TEST_F(SuppressionsTest, TheLastAnnotationsGoWithTheirKey) {
  EXPECT_EQ(Fixed("apiVersion: v1\nkind: Service\nmetadata:\n  name: a\n"
                  "  annotations:\n"
                  "    ignore.meshvet.dev/service-type: old\n"
                  "    ignore.meshvet.dev/TST0002: old\n"
                  "spec: {}\n"),
            "apiVersion: v1\nkind: Service\nmetadata:\n  name: a\n"
            "spec: {}\n");
}

struct Removal {
  std::string before;
  std::string after;
};

class Removals : public SuppressionsTest,
                 public ::testing::WithParamInterface<Removal> {};

TEST_P(Removals, ChangeNothingElse) {
  const std::string after = Fixed(GetParam().before);
  EXPECT_EQ(after, GetParam().after);
  EXPECT_EQ(Fixed(after), after) << "a second run";
}

INSTANTIATE_TEST_SUITE_P(
    All, Removals,
    ::testing::Values(
        Removal{Service("  a: 1   # meshvet:ignore service-type  \n  b: 2\n"),
                Service("  a: 1  \n  b: 2\n")},
        Removal{Service("  # meshvet:ignore service-type\n  a: 1\n"),
                Service("  a: 1\n")},
        Removal{Service("  a: 1\n",
                        "\xEF\xBB\xBF# meshvet:ignore-file "
                        "service-type -- old\r\n"),
                Service("  a: 1\n", "\xEF\xBB\xBF")},
        Removal{Service("  a: 1\r\n  # meshvet:ignore service-type\r\n"),
                Service("  a: 1\r\n")},
        Removal{Service("  a: 1\n# meshvet:ignore service-type"),
                Service("  a: 1\n")},
        Removal{Service("  type: X # meshvet:ignore service-ports,  "
                        "service-type ,duplicate-key -- é\n"),
                Service("  type: X # meshvet:ignore service-type -- é\n")},
        Removal{Service("  type: X # meshvet:ignore service-type,service-ports"
                        " , service-mesh\n"),
                Service("  type: X # meshvet:ignore service-type , "
                        "service-mesh\n")},
        Removal{Service("  a: | # meshvet:ignore service-type\n    # text\n"),
                Service("  a: |\n    # text\n")}));

TEST_F(SuppressionsTest, WhereASuppressionStands) {
  folder_.Put("a.yaml",
              "apiVersion: v1\nkind: Service\nmetadata:\n  name: a\n"
              "  annotations:\n    ignore.meshvet.dev/TST0002: all\n"
              "spec:\n  type: X # meshvet:ignore service-type\n"
              "  ports: [a]\n");
  const Report report = Run();
  ASSERT_THAT(report.diagnostics, SizeIs(2));
  EXPECT_EQ(report.summary.suppressed, 2U);
  const Diagnostic& type = report.diagnostics[0];
  EXPECT_EQ(type.finding.silence.by, rules::SilencedBy::kComment);
  EXPECT_EQ(type.silencing_range->start, (yaml::Position{8, 11, 116}));
  const Diagnostic& port = report.diagnostics[1];
  EXPECT_EQ(port.finding.silence.by, rules::SilencedBy::kAnnotation);
  EXPECT_EQ(port.silencing_range->start.line, 6U);
  EXPECT_EQ(port.silencing_file, port.file);
}

TEST_F(SuppressionsTest, AnAuditSeesAll) {
  policy_.ignores_suppressions = true;
  EXPECT_THAT(Found(Service("  type: X # meshvet:ignore service-type\n"
                            "  a: 1 # meshvet:ignore nope\n")),
              ElementsAre("5:9 service-type"));
}

TEST_F(SuppressionsTest, TheWebhookSeesNoComments) {
  request_.as_webhook = true;
  EXPECT_THAT(Found(Service("  type: X # meshvet:ignore service-type\n")),
              ElementsAre("5:9 service-type"));
}

class AddTest : public SuppressionsTest {
 protected:
  std::string Added(const std::string& text, const std::string& reason = "",
                    const std::string& name = "a.yaml") {
    folder_.Put(name, text);
    const Result<FixRun> run =
        AddIgnores({Request(), {"duplicate-key", "duplicate-object"}, reason});
    EXPECT_TRUE(run.ok()) << (run ? "" : run.error().message);
    refused_.clear();
    for (const RefusedFix& fix : run->refused) refused_.push_back(fix.reason);
    return run->files.empty() ? text : run->files[0].after;
  }

  std::vector<std::string> refused_;
};

TEST_F(AddTest, WritesBehindTheLine) {
  EXPECT_EQ(Added("a: 1\na: 2\n", "so it is"),
            "a: 1\na: 2  # meshvet:ignore duplicate-key -- so it is\n");
  EXPECT_EQ(Added("a: 1\r\na: |\r\n  x\r\n"),
            "a: 1\r\na: |  # meshvet:ignore duplicate-key\r\n  x\r\n");
  EXPECT_EQ(Added("a: {b: 1,\n b: 2,\n b: 3}"),
            "a: {b: 1,\n b: 2,  # meshvet:ignore duplicate-key\n"
            " b: 3}  # meshvet:ignore duplicate-key");
}

TEST_F(AddTest, WritesAboveWhereTheLineIsTaken) {
  EXPECT_EQ(Added("a: 1\n\ta: 2 # why\n"), "a: 1\n\ta: 2 # why\n")
      << "broken anyway";
  EXPECT_EQ(Added("b:\n  a: 1\n  a: 2 # why\n"),
            "b:\n  a: 1\n  # meshvet:ignore duplicate-key\n  a: 2 # why\n");
  EXPECT_EQ(Added("a: 1\r\na: x\r\n  y\r\n"),
            "a: 1\r\n# meshvet:ignore duplicate-key\r\na: x\r\n  y\r\n");
  EXPECT_EQ(Added("a: 1\na: \"x\n\n  y\"\n"),
            "a: 1\n# meshvet:ignore duplicate-key\na: \"x\n\n  y\"\n");
  EXPECT_THAT(refused_, IsEmpty());
}

TEST_F(AddTest, MakesALineOfTheReason) {
  EXPECT_EQ(Added("a: 1\na: 2\n", " two\n\tlines\x1b\xE2\x80\xA8 "),
            "a: 1\na: 2  # meshvet:ignore duplicate-key -- two lines"
            "\\x1b\\u{2028}\n");
}

TEST_F(AddTest, LeavesJsonAlone) {
  EXPECT_EQ(Added("{\"a\": 1, \"a\": 2}", "", "a.json"),
            "{\"a\": 1, \"a\": 2}");
  EXPECT_THAT(refused_, ElementsAre(HasSubstr("JSON has no comments")));
}

TEST_F(AddTest, LeavesTemplatesAlone) {
  EXPECT_EQ(Added("{{ if x }}\na: 1\na: 2\n"), "{{ if x }}\na: 1\na: 2\n");
  EXPECT_THAT(refused_, ElementsAre(HasSubstr("a template is not read")));
}

TEST_F(AddTest, RefusesWhatNoCommentCanSilence) {
  for (const char* rule : {"yaml-syntax", "suppression-unused", "helm-chart",
                           "virtual-service-cross-namespace-host", "nope"}) {
    EXPECT_FALSE(AddIgnores({Request(), {rule}, ""}).ok()) << rule;
  }
}

}  // namespace
}  // namespace meshvet::lint

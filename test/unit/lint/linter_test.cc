#include "lint/linter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <filesystem>
#include <string>

#include "lint/input/loader_rules.h"
#include "lint/report/json_report.h"
#include "test/support/temp_folder.h"

namespace meshvet::lint {
namespace {

using test::TempFolder;

using rules::Rule;
using rules::RuleContext;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// Complains about every Service and names one it refers to.
void CheckService(const Object& service, RuleContext& ctx) {
  const Node type = service.spec()["type"];
  if (type.Str() == "Good") return;
  auto report = ctx.Report(type, "type is " + type.Text());
  report.Fix(rules::Safety::kSafe, "set Good", {rules::Set(type, "Good")});
  const std::string_view other = service.spec()["other"].Str();
  if (other.empty()) return;
  const Lookup found = ctx.mesh().Find(kService, service.ns(), other);
  if (found.presence == Presence::kFound) {
    report.See(*found.object, found.object->spec()["type"], "the other");
  }
  if (found.presence == Presence::kMissing) report.Note("provably missing");
  if (found.presence == Presence::kUnknown) ctx.NotRun("other is unknown");
}

constexpr Rule kServiceRule = {.id = "service-bad-type",
                               .title = "Bad type",
                               .severity = rules::Severity::kError,
                               .rationale = "Because.",
                               .kinds = {kService},
                               .check = CheckService};
constexpr std::array<const Rule*, 1> kRules = {&kServiceRule};

std::string Service(const std::string& name, const std::string& spec,
                    const std::string& annotations = "{}") {
  return "apiVersion: v1\nkind: Service\nmetadata:\n  name: " + name +
         "\n  namespace: shop\n  annotations: " + annotations +
         "\nspec:\n  type: Bad\n" + spec;
}

class LinterTest : public ::testing::Test {
 protected:
  LinterTest() {
    request_.rules = kRules;
    request_.root_directory = folder_.path();
    request_.paths = {folder_.path()};
  }

  Report Run() {
    request_.policy = std::make_shared<const rules::Policy>(policy_);
    Result<Report> report = Lint(request_);
    EXPECT_TRUE(report.ok()) << (report ? "" : report.error().message);
    return report ? *std::move(report) : Report();
  }

  TempFolder folder_;
  rules::Policy policy_;
  LintRequest request_;
};

TEST_F(LinterTest, WhatWasNotReadIsNotMissing) {
  folder_.Put("a.yaml", Service("a", "  other: b\n"));
  policy_.coverage.complete = true;
  EXPECT_THAT(Run().diagnostics.at(0).finding.notes,
              ElementsAre("provably missing"));
  folder_.Put("b.yaml", "a: [\n---\n" + Service("c", "  type: Good\n"));
  const Report broken = Run();
  EXPECT_THAT(broken.diagnostics.at(0).finding.notes, IsEmpty());
  ASSERT_THAT(broken.not_run, SizeIs(1));
  EXPECT_EQ(broken.not_run[0].reason, "other is unknown");
  std::filesystem::remove(folder_ / "b.yaml");
  request_.paths.push_back("/dev/zero");
  const Report unread = Run();
  ASSERT_THAT(unread.failures, SizeIs(1));
  EXPECT_THAT(unread.diagnostics.at(0).finding.notes, IsEmpty());
}

TEST_F(LinterTest, AStoppedRunHasWhatIsKnown) {
  folder_.Put("a.yaml", Service("a", ""));
  const std::atomic<int> stop = 2;
  request_.stop = &stop;
  const Report report = Run();
  EXPECT_THAT(report.diagnostics, IsEmpty());
  EXPECT_THAT(report.files, IsEmpty());
  ASSERT_THAT(report.failures, SizeIs(1));
  EXPECT_EQ(report.failures[0].message,
            "interrupted before everything was read");
  ASSERT_THAT(report.skipped_files, SizeIs(1));
  EXPECT_EQ(report.skipped_files[0].reason, "not read in time");
}

TEST_F(LinterTest, PlacesAFindingInTheFile) {
  folder_.Put("a.yaml", "---\n# first\n---\n" + Service("a", ""));
  const Report report = Run();
  ASSERT_THAT(report.diagnostics, SizeIs(1));
  const Diagnostic& found = report.diagnostics[0];
  EXPECT_EQ(found.finding.rule, "service-bad-type");
  EXPECT_EQ(found.finding.pointer, "/spec/type");
  EXPECT_EQ(found.range.start, (yaml::Position{11, 9, 115}));
  EXPECT_EQ(found.range.end, (yaml::Position{11, 12, 118}));
  EXPECT_EQ(found.document, 1U);
  EXPECT_EQ(found.object.Title(), "Service shop/a");
  ASSERT_TRUE(found.fix_range.has_value());
  EXPECT_EQ(found.fix_range->start.line, 11U);
  EXPECT_EQ(report.summary.errors(), 1U);
  EXPECT_EQ(report.summary.fixable, 1U);
  EXPECT_EQ(report.summary.empty_documents, 1U);
}

TEST_F(LinterTest, RelatedObjectsAreFoundInOtherFiles) {
  folder_.Put("a.yaml", Service("a", "  other: b\n"));
  folder_.Put("b.yaml", "\n" + Service("b", ""));
  const Report report = Run();
  ASSERT_THAT(report.diagnostics, SizeIs(2));
  ASSERT_THAT(report.diagnostics[0].related, SizeIs(1));
  const RelatedPlace& other = report.diagnostics[0].related[0];
  EXPECT_THAT(other.file, ::testing::EndsWith("b.yaml"));
  ASSERT_TRUE(other.range.has_value());
  EXPECT_EQ(other.range->start.line, 9U);
}

TEST_F(LinterTest, ReferencesAreThreeValued) {
  folder_.Put("a.yaml", Service("a", "  other: b\n"));
  Report report = Run();
  ASSERT_THAT(report.not_run, SizeIs(1));
  EXPECT_EQ(report.not_run[0].reason, "other is unknown");
  policy_.coverage.complete = true;
  report = Run();
  EXPECT_THAT(report.not_run, IsEmpty());
  EXPECT_THAT(report.diagnostics[0].finding.notes,
              ElementsAre("provably missing"));
}

TEST_F(LinterTest, ContextIsKnownButNotJudged) {
  folder_.Put("in/a.yaml", Service("a", "  other: b\n"));
  folder_.Put("context/b.yaml", Service("b", ""));
  request_.paths = {folder_ / "in"};
  request_.context = {folder_ / "context"};
  const Report report = Run();
  ASSERT_THAT(report.diagnostics, SizeIs(1));
  EXPECT_THAT(report.diagnostics[0].related, SizeIs(1));
  EXPECT_EQ(report.summary.objects, 1U);
}

TEST_F(LinterTest, ADuplicateIsReportedOnceUnlessInAnotherSet) {
  folder_.Put("prod/a.yaml", Service("a", ""));
  folder_.Put("staging/a.yaml", Service("a", ""));
  Report report = Run();
  ASSERT_THAT(report.diagnostics, SizeIs(3));
  EXPECT_EQ(report.diagnostics[1].finding.rule, kDuplicateObject.id);
  EXPECT_THAT(report.diagnostics[1].related[0].file, HasSubstr("prod/a.yaml"));
  policy_.sets = {{"prod", {"prod"}}, {"staging", {"staging/**"}}};
  EXPECT_THAT(Run().diagnostics, SizeIs(2));
}

TEST_F(LinterTest, ASetSeesCommonFilesButNotAnotherSet) {
  folder_.Put("common.yaml", Service("a", "  other: b\n"));
  folder_.Put("prod/b.yaml", Service("b", ""));
  folder_.Put("staging/c.yaml", Service("c", "  other: b\n"));
  policy_.sets = {{"prod", {"prod"}}, {"staging", {"staging"}}};
  policy_.coverage.complete = true;
  const Report report = Run();
  for (const Diagnostic& found : report.diagnostics) {
    if (found.object.name != "c") continue;
    EXPECT_THAT(found.finding.notes, ElementsAre("provably missing"));
  }
}

TEST_F(LinterTest, SuppressedFindingsAreKeptApart) {
  folder_.Put("a.yaml",
              Service("a", "", "{ignore.meshvet.dev/service-bad-type: old}"));
  const Report report = Run();
  ASSERT_THAT(report.diagnostics, SizeIs(1));
  EXPECT_EQ(report.diagnostics[0].finding.suppressed, "old");
  EXPECT_EQ(report.summary.suppressed, 1U);
  EXPECT_EQ(report.summary.total(), 0U);
}

TEST_F(LinterTest, AnUnreadableFileDoesNotHideTheRest) {
  folder_.Put("a.yaml", Service("a", ""));
  // A directory cannot be read as a file whoever we are.
  request_.paths = {folder_ / "a.yaml", "/proc/self/mem"};
  const Report report = Run();
  EXPECT_THAT(report.diagnostics, SizeIs(1));
  ASSERT_THAT(report.failures, SizeIs(1));
  EXPECT_EQ(report.failures[0].where, "/proc/self/mem");
}

TEST_F(LinterTest, TheConfigMapOfTheRootNamespaceIsBelieved) {
  const std::string map =
      "apiVersion: v1\nkind: ConfigMap\n"
      "metadata: {name: istio, namespace: istio-system}\n"
      "data: {mesh: \"rootNamespace: root\"}\n";
  folder_.Put("a.yaml", map + "---\n" + Service("a", ""));
  static std::string seen;
  static constexpr Rule kSpy = {.id = "service-spy",
                                .kinds = {kService},
                                .check = [](const Object&, RuleContext& ctx) {
                                  seen = ctx.config().root_namespace;
                                }};
  static constexpr std::array<const Rule*, 1> kSpies = {&kSpy};
  request_.rules = kSpies;
  Run();
  EXPECT_EQ(seen, "root");
  request_.believes_config_map = false;
  Run();
  EXPECT_EQ(seen, "istio-system");
}

// A report as text, without the only thing that may differ.
std::string Steady(Report report) {
  report.summary.elapsed_ms = 0;
  return WriteJson(report);
}

TEST_F(LinterTest, TheNumberOfThreadsChangesNothing) {
  std::string big = "\xEF\xBB\xBF# start\r\n";
  for (int i = 0; i < 6000; ++i) {
    big += "---\n";
    if (i % 7 == 0) big += "# only a comment\n---\n";
    if (i % 100 == 3) big += "broken: [\n---\n";
    if (i % 50 == 9) big += "%YAML 1.1\n---\n";
    big += Service("s" + std::to_string(i),
                   "  note: é" + std::to_string(i) + "\r\n  other: s1\n");
  }
  folder_.Put("big.yaml", big);
  request_.jobs = 1;
  const std::string one = Steady(Run());
  request_.jobs = 2;
  const std::string two = Steady(Run());
  request_.jobs = 5;
  EXPECT_GT(big.size(), 512U << 10) << "large enough to be cut";
  EXPECT_TRUE(one == two);
  EXPECT_TRUE(one == Steady(Run()));
  EXPECT_THAT(one, HasSubstr("yaml-syntax"));
}

TEST_F(LinterTest, SurvivesHostileInput) {
  std::string deep(10'000, '[');
  folder_.Put("deep.yaml", deep);
  folder_.Put("deep.json", deep + std::string(10'000, ']'));
  folder_.Put("bytes.yaml", "a: \xff\xfe\n---\n" + Service("a", ""));
  folder_.Put("cut.yaml", Service("b", "").substr(0, 40));
  folder_.Put("empty.yaml", "");
  folder_.Put("types.yaml",
              "apiVersion: [v1]\nkind: {a: b}\n---\napiVersion: v1\n"
              "kind: Service\nmetadata: 3\nspec: [x]\n---\napiVersion: v1\n"
              "kind: List\nitems: [1, null, {kind: List, items: [[]]}]\n");
  std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 20; ++i) {
    const std::string before = "*a" + std::to_string(i - 1);
    bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" +
            before + ", " + before + ", " + before + ", " + before + "]\n";
  }
  folder_.Put("bomb.yaml", bomb);
  const Report report = Run();
  EXPECT_THAT(report.failures, IsEmpty());
  EXPECT_GE(report.summary.errors(), 5U);
  bool found = false;
  for (const Diagnostic& d : report.diagnostics) found |= d.object.name == "a";
  EXPECT_TRUE(found) << "the good document behind the bad bytes";
}

}  // namespace
}  // namespace meshvet::lint

#include "lint/fix/fixer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <span>
#include <string>

#include "lint/fix/write_back.h"
#include "mesh/kinds.h"
#include "rules/rule.h"
#include "test/support/temp_folder.h"

namespace meshvet::lint {
namespace {

using rules::Rule;
using rules::RuleContext;
using rules::Safety;
using test::ReadFile;
using test::TempFolder;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// Wants spec.type to be `good`; its fix writes `written`.
void Want(const Object& service, RuleContext& ctx, std::string_view good,
          std::string_view written) {
  const Node type = service.spec()["type"];
  if (type.Str() == good) return;
  ctx.Report(type, "type is " + type.Text())
      .About("type")
      .Fix(Safety::kSafe, "set type", {rules::Set(type, written)});
}

void WantA(const Object& service, RuleContext& ctx) {
  Want(service, ctx, "A", "A");
}
void WantB(const Object& service, RuleContext& ctx) {
  Want(service, ctx, "B", "B");
}
void WantAInVain(const Object& service, RuleContext& ctx) {
  Want(service, ctx, "A", "C");
}
// Has something to say once WantA is content.
void WantPort(const Object& service, RuleContext& ctx) {
  const Node port = service.spec()["port"];
  if (service.spec()["type"].Str() != "A" || port.exists()) return;
  ctx.Report(port, "no port")
      .Fix(Safety::kSafe, "set port", {rules::SetJson(port, "80")});
}

constexpr Rule RuleOf(std::string_view id,
                      void (*check)(const Object&, RuleContext&)) {
  return {.id = id,
          .title = "A rule",
          .severity = rules::Severity::kError,
          .rationale = "Because.",
          .kinds = {kService},
          .check = check};
}

constexpr Rule kWantA = RuleOf("service-want-a", WantA);
constexpr Rule kWantB = RuleOf("service-want-b", WantB);
constexpr Rule kInVain = RuleOf("service-in-vain", WantAInVain);
constexpr Rule kWantPort = RuleOf("service-want-port", WantPort);

constexpr const char* kText =
    "apiVersion: v1\n"
    "kind: Service\n"
    "metadata: {name: a, namespace: shop}\n"
    "spec:\n"
    "  type: X  # why\n";

class FixerTest : public ::testing::Test {
 protected:
  FixRun Run(std::span<const Rule* const> rules) {
    FixRequest request;
    folder_.Put("a.yaml", kText);
    request.lint.rules = rules;
    request.lint.root_directory = folder_.path();
    request.lint.paths = {folder_ / "a.yaml"};
    request.lint.policy = std::make_shared<const rules::Policy>();
    Result<FixRun> run = Fix(request);
    EXPECT_TRUE(run.ok()) << (run ? "" : run.error().message);
    return run ? *std::move(run) : FixRun();
  }

  TempFolder folder_;
};

TEST_F(FixerTest, GoesOnUntilNothingIsLeft) {
  const Rule* const rules[] = {&kWantA, &kWantPort};
  const FixRun run = Run(rules);
  ASSERT_THAT(run.files, SizeIs(1));
  EXPECT_EQ(run.files[0].before, kText);
  EXPECT_EQ(run.files[0].after,
            "apiVersion: v1\n"
            "kind: Service\n"
            "metadata: {name: a, namespace: shop}\n"
            "spec:\n"
            "  type: A  # why\n"
            "  port: 80\n");
  EXPECT_THAT(run.applied, SizeIs(2));
  EXPECT_THAT(run.left.diagnostics, IsEmpty());
  EXPECT_FALSE(run.is_cut_short);
  // Writing is for whoever asked.
  EXPECT_EQ(ReadFile(folder_ / "a.yaml"), kText);
}

TEST_F(FixerTest, PutsAFileBackWhereAFixDidNotHelp) {
  const Rule* const rules[] = {&kInVain};
  const FixRun run = Run(rules);
  EXPECT_THAT(run.files, IsEmpty());
  EXPECT_THAT(run.applied, IsEmpty());
  ASSERT_THAT(run.refused, SizeIs(1));
  EXPECT_EQ(run.refused[0].path, (folder_ / "a.yaml").string());
  EXPECT_EQ(run.refused[0].rule, "service-in-vain");
  EXPECT_EQ(run.refused[0].reason,
            "its fix did not help; the file is left as it was");
  EXPECT_THAT(run.left.diagnostics, SizeIs(1));
}

TEST_F(FixerTest, FixesThatUndoEachOtherComeToAnEnd) {
  const Rule* const rules[] = {&kWantA, &kWantB};
  const FixRun run = Run(rules);
  EXPECT_TRUE(run.is_cut_short);
  EXPECT_THAT(run.applied, SizeIs(rules::AllRules().size() + 1));
  EXPECT_THAT(run.left.diagnostics, SizeIs(1));
}

TEST(WriteBackTest, BeginsNoFileOnceTheRunIsStopped) {
  const TempFolder folder;
  std::vector<FixedFile> files;
  for (const char* name : {"a", "b", "c"}) {
    test::WriteFile(folder / name, "old");
    files.push_back({(folder / name).string(), "old", "new"});
  }
  size_t asked = 0;
  const WrittenBack done = WriteBack(files, 100, [&] { return ++asked == 2; });
  EXPECT_EQ(done.written, 1U);
  EXPECT_THAT(done.failures, IsEmpty());
  EXPECT_THAT(done.not_begun, ElementsAre(files[1].path, files[2].path));
  EXPECT_EQ(ReadFile(folder / "a"), "new");
  EXPECT_EQ(ReadFile(folder / "b"), "old");
  EXPECT_EQ(ReadFile(folder / "c"), "old");
}

}  // namespace
}  // namespace meshvet::lint

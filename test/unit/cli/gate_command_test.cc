// `meshvet gate`, by the real binary and the real git.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "test/support/run_binary.h"
#include "test/support/running_program.h"
#include "test/support/shell.h"

namespace meshvet::cli {
namespace {

using test::Ended;
using test::Ran;
using test::ReadFile;
using test::RunBinary;
using test::RunningProgram;
using test::RunShell;
using test::TempFolder;
using test::WriteFile;

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

// An entry that lacks `version`: an error.
std::string Entry(const std::string& name, const std::string& metadata = {}) {
  return "apiVersion: networking.istio.io/v1\nkind: WorkloadEntry\n"
         "metadata:\n  name: " +
         name + "\n  namespace: shop\n" + metadata +
         "spec: {address: 192.0.2.1, labels: {app: " + name + "}}\n";
}

class GateTest : public ::testing::Test {
 protected:
  GateTest() {
    Git("init -q -b main .");
    WriteFile(folder_ / "deploy/old.yaml", Entry("old"));
    WriteFile(folder_ / ".gitignore", "ignored.yaml\n");
    Commit("as it was");
  }

  // Whatever git is told where the tests run, it does not know here.
  void Git(const std::string& arguments) {
    const Ran ran =
        RunShell(folder_.path(),
                 "git -c user.name=a -c user.email=a@example.com " + arguments);
    ASSERT_EQ(ran.exit_code, 0) << arguments << "\n" << ran.err;
  }
  void Commit(const std::string& message) {
    Git("add -A");
    Git("commit -q -m '" + message + "'");
  }

  Ran Run(const std::string& arguments, const std::string& environment = {}) {
    return RunBinary(folder_.path(), arguments, environment);
  }
  std::string Path(const std::string& name) {
    return (folder_ / name).string();
  }

  TempFolder folder_;
};

TEST_F(GateTest, OnlyWhatIsNewFails) {
  EXPECT_EQ(Run("gate deploy").exit_code, 1) << "without a base all is new";
  const Ran same = Run("gate --base HEAD deploy");
  EXPECT_EQ(same.exit_code, 0) << same.out << same.err;
  EXPECT_THAT(same.out, IsEmpty());
  EXPECT_THAT(same.err, HasSubstr("; 1 known before"));
  WriteFile(folder_ / "deploy/new.yaml", Entry("new"));
  const Ran more = Run("gate --base HEAD -o concise deploy");
  EXPECT_EQ(more.exit_code, 1);
  EXPECT_THAT(more.out, AllOf(HasSubstr("deploy/new.yaml:"),
                              Not(HasSubstr("deploy/old.yaml:"))));
}

TEST_F(GateTest, MovingAndMendingAreNothingNew) {
  std::filesystem::rename(folder_ / "deploy/old.yaml",
                          folder_ / "deploy/moved.yaml");
  EXPECT_EQ(Run("gate --base HEAD deploy").exit_code, 0);
  std::filesystem::remove(folder_ / "deploy/moved.yaml");
  const Ran mended = Run("gate --base HEAD --allow-empty deploy");
  EXPECT_EQ(mended.exit_code, 0) << mended.err;
  EXPECT_THAT(mended.err, Not(HasSubstr("no longer found")));
}

TEST_F(GateTest, TouchesNeitherTheWorkTreeNorTheIndex) {
  WriteFile(folder_ / "deploy/old.yaml", Entry("old") + "# changed\n");
  WriteFile(folder_ / "deploy/staged.yaml", Entry("staged"));
  Git("add deploy/staged.yaml");
  const std::string index = ReadFile(folder_ / ".git/index");
  EXPECT_EQ(Run("gate --base HEAD deploy").exit_code, 1);
  EXPECT_EQ(ReadFile(folder_ / ".git/index"), index);
  EXPECT_EQ(ReadFile(folder_ / "deploy/old.yaml"),
            Entry("old") + "# changed\n");
  EXPECT_FALSE(std::filesystem::exists(folder_ / ".git/worktrees"));
}

// A git before the real one that ends as `end` says once the base is written.
// At a terminal Ctrl-C comes to git as well; by `kill` to the gate alone.
class InterruptedGateTest : public GateTest {
 protected:
  Ended RunWith(const std::string& end) {
    WriteFile(folder_ / "bin/git",
              "#!/bin/sh\n"
              "PATH=${PATH#*:}\n"
              "git \"$@\" || exit\n"
              "case \"$*\" in *" +
                  git_command_ + "*) " + end + " ;; esac\n");
    std::filesystem::permissions(folder_ / "bin/git",
                                 std::filesystem::perms::owner_all);
    std::filesystem::create_directory(folder_ / "tmp");
    // NOLINTNEXTLINE(concurrency-mt-unsafe): nobody sets variables
    const std::string path = std::getenv("PATH");
    RunningProgram program(
        folder_.path(),
        {"gate", "-j1", "--base", "HEAD", "--changed-only", "-o", "concise",
         "-o", "json=report.json", "--summary", "page.md", "deploy"},
        -1, {"PATH=" + Path("bin") + ":" + path, "TMPDIR=" + Path("tmp")});
    return program.Wait();
  }

  std::string git_command_ = "checkout-index";
};

TEST_F(InterruptedGateTest, HalfABaseIsNoBase) {
  WriteFile(folder_ / "deploy/new.yaml", Entry("new"));
  git_command_ = "merge-base";
  const Ended whole = RunWith("false");
  EXPECT_EQ(whole.exit_code, 1) << "which is not asked here" << whole.err;
  EXPECT_THAT(whole.out, HasSubstr("deploy/new.yaml:"));
  for (const char* command : {"checkout-index", "diff"}) {
    git_command_ = command;
    const Ended ended = RunWith("kill -INT $PPID; kill -INT $$");
    EXPECT_EQ(ended.signal, SIGINT) << command << ended.exit_code;
    EXPECT_EQ(ended.out, "") << command;
    EXPECT_EQ(ended.err,
              "meshvet: HEAD: interrupted before it was read\n"
              "no findings in 0 files (0 objects); not all was looked at\n");
    EXPECT_THAT(ReadFile(folder_ / "report.json"),
                HasSubstr("interrupted before it was read"));
    EXPECT_THAT(ReadFile(folder_ / "page.md"),
                HasSubstr("interrupted before it was read"));
    EXPECT_TRUE(std::filesystem::is_empty(folder_ / "tmp")) << command;
  }
}

TEST_F(InterruptedGateTest, AGitThatHangsIsEnded) {
  const Ended ended = RunWith("kill -TERM $PPID; exec sleep 100");
  EXPECT_EQ(ended.signal, SIGTERM) << ended.exit_code << ended.err;
  EXPECT_THAT(ended.err, HasSubstr("HEAD: interrupted before it was read\n"));
  EXPECT_TRUE(std::filesystem::is_empty(folder_ / "tmp"));
}

// git has done all it was to do: the gate ends at its next step.
TEST_F(InterruptedGateTest, AWholeBaseIsNotJudgedEither) {
  const Ended ended = RunWith("kill -INT $PPID");
  EXPECT_EQ(ended.signal, SIGINT) << ended.exit_code << ended.err;
  EXPECT_EQ(ended.out, "");
  EXPECT_THAT(ended.err, HasSubstr("interrupted before"));
}

TEST_F(GateTest, TheBaseMayBeWhereABranchParted) {
  Git("checkout -q -b topic");
  WriteFile(folder_ / "deploy/topic.yaml", Entry("topic"));
  Commit("topic");
  Git("checkout -q main");
  std::filesystem::remove(folder_ / "deploy/old.yaml");
  WriteFile(folder_ / "deploy/good.yaml",
            "apiVersion: v1\nkind: Service\n"
            "metadata: {name: a}\n");
  Commit("main has mended it");
  Git("checkout -q topic");
  const Ran tip = Run("gate --base main -o concise deploy");
  EXPECT_THAT(tip.out, AllOf(HasSubstr("old.yaml"), HasSubstr("topic.yaml")));
  const Ran parted = Run("gate --base main... -o concise deploy");
  EXPECT_EQ(parted.exit_code, 1);
  EXPECT_THAT(parted.out,
              AllOf(Not(HasSubstr("old.yaml")), HasSubstr("topic.yaml")));
}

TEST_F(GateTest, TheBaseMayBeAReport) {
  ASSERT_EQ(Run("lint -o json=before.json deploy").exit_code, 1);
  EXPECT_EQ(Run("gate --base before.json deploy").exit_code, 0);
  WriteFile(folder_ / "deploy/new.yaml", Entry("new"));
  EXPECT_EQ(Run("gate --base before.json deploy").exit_code, 1);
  for (const char* text : {"", "[]", "{}", R"({"version":1,"findings":[]})"}) {
    WriteFile(folder_ / "no.json", text);
    const Ran ran = Run("gate --base no.json deploy");
    EXPECT_EQ(ran.exit_code, 2) << text;
    EXPECT_THAT(ran.err, StartsWith("meshvet: no.json: ")) << text;
  }
}

TEST_F(GateTest, RefusesABaseItCannotFind) {
  const struct {
    const char* base;
    const char* complaint;
  } cases[] = {
      {"no-such-branch", "meshvet: no-such-branch: is no commit"},
      {"no-such...", "meshvet: no-such...: Not a valid object name"},
      {"--output=x", "meshvet: --output=x: is no revision"},
      {"HEAD:deploy", "is no commit"},
      {"gone.json", "meshvet: gone.json: "},
  };
  for (const auto& c : cases) {
    const Ran ran = Run(std::string("gate deploy '--base=") + c.base + "'");
    EXPECT_EQ(ran.exit_code, 2) << c.base;
    EXPECT_THAT(ran.err, HasSubstr(c.complaint)) << c.base;
    EXPECT_THAT(ran.out, IsEmpty());
  }
  const TempFolder outside;
  WriteFile(outside / "a.yaml", Entry("a"));
  EXPECT_EQ(Run("gate --base HEAD " + (outside / "a.yaml").string()).exit_code,
            2);
  EXPECT_EQ(Run("gate --base HEAD - <deploy/old.yaml").exit_code, 2);
  const Ran no_repository =
      RunBinary(outside.path(), "gate --base HEAD a.yaml", {});
  EXPECT_EQ(no_repository.exit_code, 2);
  EXPECT_THAT(no_repository.err, HasSubstr("not a git repository"));
}

// The rest of the repository is known: no reference into it is broken.
TEST_F(GateTest, ChangedOnlyJudgesWhatDiffers) {
  WriteFile(folder_ / "deploy/kept.yaml", Entry("kept"));
  Commit("kept");
  WriteFile(folder_ / "deploy/old.yaml", Entry("old") + "# changed\n");
  WriteFile(folder_ / "deploy/untracked.yaml", Entry("untracked"));
  WriteFile(folder_ / "deploy/ignored.yaml", Entry("ignored"));
  const Ran ran = Run("gate --base HEAD --changed-only -o concise deploy");
  EXPECT_EQ(ran.exit_code, 1);
  EXPECT_THAT(ran.out,
              AllOf(HasSubstr("untracked.yaml"), Not(HasSubstr("kept.yaml")),
                    Not(HasSubstr("ignored.yaml"))));
  EXPECT_THAT(ran.err, HasSubstr("in 2 files (2 objects"));
  Git("stash -q --include-untracked");
  const Ran nothing = Run("gate --base HEAD --changed-only deploy");
  EXPECT_EQ(nothing.exit_code, 0) << nothing.err;
  EXPECT_EQ(Run("gate --changed-only deploy").exit_code, 2);
}

TEST_F(GateTest, CountsWarnings) {
  const std::string limit =
      "gate --severity workload-entry-missing-label=warning --max-warnings ";
  EXPECT_EQ(Run(limit + "1 deploy").exit_code, 0);
  const Ran ran = Run(limit + "0 deploy");
  EXPECT_EQ(ran.exit_code, 1);
  EXPECT_THAT(ran.err, HasSubstr("meshvet: 1 new warning; there may be 0 "
                                 "(--max-warnings)\n"));
  EXPECT_EQ(Run(limit + "0 --base HEAD deploy").exit_code, 0);
}

TEST_F(GateTest, WatchesOverSuppressions) {
  const std::string with_reason =
      "  annotations:\n"
      "    ignore.meshvet.dev/workload-entry-missing-label: \"a VM\"\n";
  const std::string without_reason =
      "  annotations:\n"
      "    ignore.meshvet.dev/workload-entry-missing-label: \"\"\n";
  WriteFile(folder_ / "deploy/old.yaml", Entry("old", without_reason));
  EXPECT_EQ(Run("gate deploy").exit_code, 0);
  const Ran unexplained = Run("gate --require-reason deploy");
  EXPECT_EQ(unexplained.exit_code, 1);
  EXPECT_THAT(unexplained.err, HasSubstr("suppressed without a reason"));
  WriteFile(folder_ / "deploy/old.yaml", Entry("old", with_reason));
  EXPECT_EQ(Run("gate --require-reason deploy").exit_code, 0);
  const Ran fresh = Run("gate --no-new-suppressions --base HEAD deploy");
  EXPECT_EQ(fresh.exit_code, 1);
  EXPECT_THAT(fresh.err, HasSubstr("newly suppressed"));
  Commit("agreed");
  EXPECT_EQ(Run("gate --no-new-suppressions --base HEAD deploy").exit_code, 0);
}

// Nobody knows what the webhook would say of it.
TEST_F(GateTest, AsTheWebhookFailsForWhatCannotBeRead) {
  WriteFile(folder_ / "deploy/old.yaml", "apiVersion: [\n");
  WriteFile(folder_ / "deploy/good.yaml",
            "apiVersion: networking.istio.io/v1\nkind: Gateway\n"
            "metadata: {name: g, namespace: shop}\n");
  const Ran ran = Run("gate --as-webhook deploy");
  EXPECT_EQ(ran.exit_code, 1);
  EXPECT_THAT(ran.err, HasSubstr("yaml-syntax: cannot be judged"));
}

TEST_F(GateTest, WatchesOverComments) {
  const std::string ignore = "# meshvet:ignore workload-entry-missing-label";
  WriteFile(folder_ / "deploy/old.yaml", ignore + "\n" + Entry("old", ""));
  EXPECT_EQ(Run("gate deploy").exit_code, 0);
  EXPECT_EQ(Run("gate --ignore-suppressions deploy").exit_code, 1);
  EXPECT_EQ(Run("gate --as-webhook deploy").exit_code, 1)
      << "the webhook sees no comments";
  const Ran unexplained = Run("gate --require-reason deploy");
  EXPECT_EQ(unexplained.exit_code, 1);
  EXPECT_THAT(unexplained.err, HasSubstr("suppressed without a reason"));
  WriteFile(folder_ / "deploy/old.yaml",
            ignore + " -- a VM\n" + Entry("old", ""));
  EXPECT_EQ(Run("gate --require-reason deploy").exit_code, 0);
  const Ran fresh = Run("gate --no-new-suppressions --base HEAD deploy");
  EXPECT_EQ(fresh.exit_code, 1);
  EXPECT_THAT(fresh.err, HasSubstr("newly suppressed"));
  Commit("agreed");
  EXPECT_EQ(Run("gate --no-new-suppressions --base HEAD deploy").exit_code, 0);
}

// Both sides are held against the same configuration.
TEST_F(GateTest, AnEntryThatExpiredIsNotNew) {
  WriteFile(folder_ / ".meshvet.yaml",
            "apiVersion: meshvet.dev/v1alpha1\nkind: Config\n"
            "suppressions:\n  entries:\n"
            "    - {rule: IST0101, object: \"*\", until: 2020-01-31}\n");
  const Ran ran = Run("gate -o concise --base HEAD deploy");
  EXPECT_EQ(ran.exit_code, 0);
  EXPECT_EQ(ran.out, "");
  EXPECT_THAT(Run("gate -o concise deploy").out,
              HasSubstr("suppression-expired"));
}

TEST_F(GateTest, AStaleBaselineMayFail) {
  ASSERT_EQ(Run("baseline create --baseline b.json deploy").exit_code, 0);
  std::filesystem::remove(folder_ / "deploy/old.yaml");
  const std::string gate = "gate --allow-empty --baseline b.json deploy ";
  EXPECT_THAT(Run(gate).err, HasSubstr("no longer found"));
  EXPECT_EQ(Run(gate).exit_code, 0);
  EXPECT_EQ(Run(gate + "--stale-baseline error").exit_code, 1);
  EXPECT_THAT(Run(gate + "--stale-baseline off").err,
              Not(HasSubstr("no longer found")));
}

// What only files say does not count there: the webhook sees none.
TEST_F(GateTest, AsTheWebhookFailsWhereItDenies) {
  EXPECT_EQ(Run("gate --as-webhook deploy").exit_code, 1);
  const std::string head = "apiVersion: meshvet.dev/v1alpha1\nkind: Config\n";
  const std::string rule = "workload-entry-missing-label";
  WriteFile(folder_ / ".meshvet.yaml",
            head + "rules: {" + rule + ": {action: warn}}\n");
  EXPECT_EQ(Run("gate deploy").exit_code, 1) << "still an error";
  EXPECT_EQ(Run("gate --as-webhook deploy").exit_code, 0);
  WriteFile(folder_ / ".meshvet.yaml",
            head + "overrides: [{match: {files: ['deploy/**']}, rules: {" +
                rule + ": off}}]\n");
  EXPECT_EQ(Run("gate deploy").exit_code, 0);
  EXPECT_EQ(Run("gate --as-webhook deploy").exit_code, 1);
}

TEST_F(GateTest, SpeaksToTheSystemItRunsIn) {
  const Ran github = Run("gate -o concise deploy",
                         "GITHUB_ACTIONS=true GITHUB_STEP_SUMMARY=page.md");
  EXPECT_EQ(github.exit_code, 1);
  EXPECT_THAT(github.err, HasSubstr("::error file=deploy/old.yaml,line="));
  EXPECT_THAT(ReadFile(folder_ / "page.md"),
              HasSubstr("workload-entry-missing-label"));
  Run("gate deploy", "GITHUB_ACTIONS=true GITHUB_STEP_SUMMARY=page.md");
  const std::string page = ReadFile(folder_ / "page.md");
  EXPECT_NE(page.find("workload-entry-missing-label"),
            page.rfind("workload-entry-missing-label"))
      << "other steps' summaries stay";
  const Ran silent =
      Run("gate --no-ci deploy", "GITHUB_ACTIONS=true GITHUB_STEP_SUMMARY=no");
  EXPECT_THAT(silent.err, Not(HasSubstr("::error")));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "no"));

  EXPECT_EQ(Run("gate deploy", "GITLAB_CI=true").exit_code, 1);
  EXPECT_THAT(ReadFile(folder_ / "gl-code-quality-report.json"),
              HasSubstr("\"check_name\":\"workload-entry-missing-label\""));
}

TEST_F(GateTest, WritesASummaryOrSaysThatItCannot) {
  EXPECT_EQ(Run("gate --summary s.md deploy").exit_code, 1);
  EXPECT_THAT(ReadFile(folder_ / "s.md"), HasSubstr("deploy/old.yaml"));
  const Ran ran = Run("gate --summary no/such/s.md deploy");
  EXPECT_EQ(ran.exit_code, 3);
  EXPECT_THAT(ran.err, HasSubstr("no/such/s.md"));
}

}  // namespace
}  // namespace meshvet::cli

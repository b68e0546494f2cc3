// `meshvet baseline`, and what `lint` makes of its file, by the real binary.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "test/support/run_binary.h"

namespace meshvet::cli {
namespace {

using test::Ran;
using test::ReadFile;
using test::RunBinary;
using test::TempFolder;
using test::WriteFile;

using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

std::string Entry(const std::string& name) {
  return "apiVersion: networking.istio.io/v1\nkind: WorkloadEntry\n"
         "metadata: {name: " +
         name +
         ", namespace: shop}\n"
         "spec: {address: 192.0.2.1, labels: {app: " +
         name + "}}\n";
}

// Below each summary: what nothing is agreed on.
constexpr const char* kNotRun =
    "1 rule not run: workload-entry-selected-by-nothing (the Services and "
    "ServiceEntries of namespace shop are not all known)\n";

class BaselineTest : public ::testing::Test {
 protected:
  BaselineTest() {
    std::filesystem::create_directories(folder_ / ".git");
    std::filesystem::create_directories(folder_ / "deploy");
    WriteFile(folder_ / "deploy/a.yaml", Entry("a"));
    WriteFile(folder_ / "deploy/b.yaml", Entry("b"));
    WriteFile(folder_ / ".meshvet.yaml",
              "apiVersion: meshvet.dev/v1alpha1\nkind: Config\n"
              "baseline: agreed.json\n");
  }

  Ran Run(const std::string& arguments) {
    return RunBinary(folder_.path(), arguments);
  }
  std::string Agreed() { return ReadFile(folder_ / "agreed.json"); }
  void Create() { ASSERT_EQ(Run("baseline create deploy").exit_code, 0); }

  TempFolder folder_;
};

TEST_F(BaselineTest, AgreedFindingsAreOnlyCounted) {
  const Ran created = Run("baseline create deploy");
  EXPECT_EQ(created.exit_code, 0);
  EXPECT_THAT(created.out, IsEmpty());
  EXPECT_EQ(created.err,
            std::string("2 findings agreed in agreed.json\n") + kNotRun);
  EXPECT_THAT(
      Agreed(),
      ContainsRegex(
          "^.\"version\": 1,\n\"findings\": .\n"
          "..fingerprint.:.[0-9a-f]*.,.rule.:.workload-entry-missing-label.,"
          ".file.:.deploy/a.yaml.,"
          ".object.:.networking.istio.io/WorkloadEntry shop/a.,.*\n"
          "..fingerprint.*.file.:.deploy/b.yaml.,.*\n]}\n$"));
  const Ran ran = Run("lint deploy");
  EXPECT_EQ(ran.exit_code, 0) << ran.out;
  EXPECT_THAT(ran.out, IsEmpty());
  EXPECT_THAT(ran.err, HasSubstr("; 2 known before\n"));
  EXPECT_THAT(Run("lint deploy -o json").out, HasSubstr("\"baselined\": 2"));
}

TEST_F(BaselineTest, OneMoreIsReported) {
  Create();
  WriteFile(folder_ / "deploy/c.yaml", Entry("c"));
  const Ran ran = Run("lint deploy -o concise");
  EXPECT_EQ(ran.exit_code, 1);
  EXPECT_THAT(ran.out, AllOf(HasSubstr("deploy/c.yaml:"),
                             Not(HasSubstr("deploy/a.yaml:"))));
  EXPECT_EQ(Run("baseline update deploy").err,
            std::string("1 finding added in agreed.json\n") + kNotRun);
  EXPECT_EQ(Run("lint deploy").exit_code, 0);
}

// A place is no part of the agreement: lines may come before it.
TEST_F(BaselineTest, FollowsAFindingAround) {
  Create();
  WriteFile(folder_ / "deploy/a.yaml", "# one more line\n---\n" + Entry("a"));
  EXPECT_EQ(Run("lint deploy").exit_code, 0);
  std::filesystem::rename(folder_ / "deploy/a.yaml",
                          folder_ / "deploy/moved.yaml");
  EXPECT_EQ(Run("lint deploy").exit_code, 0);
  // The old file is back: the agreement is about that one.
  WriteFile(folder_ / "deploy/a.yaml", Entry("a"));
  EXPECT_EQ(Run("lint deploy").exit_code, 1);
}

TEST_F(BaselineTest, WhatIsMendedIsStaleAndPruned) {
  Create();
  std::filesystem::remove(folder_ / "deploy/a.yaml");
  const Ran ran = Run("lint -v deploy");
  EXPECT_EQ(ran.exit_code, 0);
  EXPECT_THAT(
      ran.err,
      HasSubstr("stale in the baseline: deploy/a.yaml: "
                "workload-entry-missing-label: "
                "networking.istio.io/WorkloadEntry shop/a\n"
                "1 entry of the baseline no longer found: meshvet baseline "
                "prune\n"));
  // What was not looked at is not known to be mended.
  EXPECT_THAT(Run("lint deploy/b.yaml").err, HasSubstr("1 known before"));
  EXPECT_EQ(Run("baseline prune deploy").err,
            std::string("1 finding dropped in agreed.json\n") + kNotRun);
  EXPECT_THAT(Agreed(), AllOf(Not(HasSubstr("a.yaml")), HasSubstr("b.yaml")));
  EXPECT_THAT(Run("lint deploy").err, Not(HasSubstr("no longer found")));
}

TEST_F(BaselineTest, PruneLeavesAloneWhatItDidNotRead) {
  Create();
  EXPECT_EQ(Run("baseline prune deploy/b.yaml").err,
            std::string("0 findings dropped in agreed.json\n") + kNotRun);
  EXPECT_THAT(Agreed(), HasSubstr("a.yaml"));
}

TEST_F(BaselineTest, CreateReplacesNothingUnasked) {
  Create();
  const std::string before = Agreed();
  WriteFile(folder_ / "deploy/c.yaml", Entry("c"));
  const Ran again = Run("baseline create deploy");
  EXPECT_EQ(again.exit_code, 2);
  EXPECT_THAT(again.err, HasSubstr("agreed.json: is there already"));
  EXPECT_EQ(Agreed(), before);
  EXPECT_EQ(Run("baseline create --force deploy").exit_code, 0);
  EXPECT_THAT(Agreed(), HasSubstr("c.yaml"));
}

TEST_F(BaselineTest, ShowListsWhatIsAgreed) {
  Create();
  const Ran shown = Run("baseline show");
  EXPECT_EQ(shown.exit_code, 0);
  EXPECT_THAT(shown.out,
              ContainsRegex("^deploy/a.yaml: workload-entry-missing-label: "
                            "networking.istio.io/WorkloadEntry shop/a: .*, "
                            "since 20[0-9][0-9]-[01][0-9]-[0-3][0-9]\n"));
  EXPECT_EQ(shown.err, "2 findings agreed\n");
  EXPECT_EQ(Run("baseline show --json").out, Agreed());
}

TEST_F(BaselineTest, TellsAsMuchAsIsAskedFor) {
  WriteFile(folder_ / "deploy/chart/Chart.yaml", "name: x\n");
  EXPECT_THAT(Run("baseline create deploy").err,
              HasSubstr(" in agreed.json\nskipped: 1 path (1 Helm chart"));
  for (const std::string verb : {"create --force", "update", "prune"}) {
    const Ran loud = Run("baseline " + verb + " -v -j1 deploy");
    EXPECT_EQ(loud.exit_code, 0) << verb;
    EXPECT_THAT(loud.err,
                HasSubstr(" in agreed.json\nskipped deploy/chart: Helm"))
        << verb;
    const std::string agreed = Agreed();
    const Ran quiet = Run("baseline " + verb + " -q -j8 deploy");
    EXPECT_EQ(quiet.exit_code, 0) << verb;
    EXPECT_EQ(quiet.out + quiet.err, "") << verb;
    EXPECT_EQ(Agreed(), agreed) << verb;
    EXPECT_EQ(Run("baseline " + verb + " -j many deploy").exit_code, 2) << verb;
  }
  EXPECT_EQ(Run("baseline show -q").err, "");
  EXPECT_EQ(Run("baseline show -q").out, Run("baseline show").out);
}

// It would agree to nothing, or drop what there is, of a path that is wrong.
TEST_F(BaselineTest, NothingToLintIsNoBaseline) {
  Create();
  const std::string agreed = Agreed();
  WriteFile(folder_ / "charts/x/Chart.yaml", "name: x\n");
  for (const std::string verb : {"create --force", "update", "prune"}) {
    const Ran ran = Run("baseline " + verb + " charts");
    EXPECT_EQ(ran.exit_code, 2) << verb;
    EXPECT_THAT(ran.err, HasSubstr("\nmeshvet: nothing to lint "
                                   "(--allow-empty if that is meant)\n"))
        << verb;
    EXPECT_THAT(ran.err, HasSubstr("skipped: 1 path (1 Helm chart")) << verb;
    EXPECT_EQ(Agreed(), agreed) << verb;
  }
  std::filesystem::remove(folder_ / "deploy/a.yaml");
  std::filesystem::remove(folder_ / "deploy/b.yaml");
  EXPECT_EQ(Run("baseline prune --allow-empty deploy").err,
            "2 findings dropped in agreed.json\n");
}

TEST_F(BaselineTest, WithoutAConfigurationItSaysHowToUseIt) {
  std::filesystem::remove(folder_ / ".meshvet.yaml");
  EXPECT_THAT(Run("baseline create deploy").err,
              AllOf(HasSubstr("/.meshvet-baseline.json\n"),
                    HasSubstr("lint with --baseline")));
  EXPECT_EQ(Run("lint deploy").exit_code, 1);
  EXPECT_EQ(Run("lint deploy --baseline .meshvet-baseline.json").exit_code, 0);
}

TEST_F(BaselineTest, RefusesAFileItCannotRead) {
  const struct {
    const char* text;
    const char* complaint;
  } cases[] = {
      {"", "agreed.json"},
      {"[]", "`version` must be 1"},
      {R"({"version": 2, "findings": []})", "`version` must be 1"},
      {R"({"version": 1})", "agreed.json: /findings: must be a list"},
      {R"({"version": 1, "finding": []})", "did you mean \"findings\"?"},
      {R"({"version": 1, "findings": [1]})", "/findings/0: must be an object"},
      {R"({"version": 1, "findings": [{"rule": "x"}]})",
       "/findings/0: `fingerprint` is missing"},
      {R"({"version": 1, "findings": [{"fingerprint": 1}]})",
       "`fingerprint` must be text"},
      {R"({"version": 1, "findings": [{"fingerprint": "x", "count": 0}]})",
       "`count` must be a whole number from 1 on"},
      {R"({"version": 1, "findings": [{"fingerprint": "x", "fil": ""}]})",
       "unknown key \"fil\" (did you mean \"file\"?)"},
      {R"({"version": 1, "findings": [{"fingerprint": "x"},
          {"fingerprint": "x"}]})",
       "/findings/1: the same fingerprint stands there twice"},
  };
  for (const auto& c : cases) {
    WriteFile(folder_ / "agreed.json", c.text);
    for (const char* command : {"lint deploy", "baseline update deploy"}) {
      const Ran ran = Run(command);
      EXPECT_EQ(ran.exit_code, 2) << c.text;
      EXPECT_THAT(ran.err, HasSubstr(c.complaint)) << c.text;
    }
    EXPECT_EQ(ReadFile(folder_ / "agreed.json"), c.text) << "left alone";
  }
  std::filesystem::remove(folder_ / "agreed.json");
  EXPECT_EQ(Run("lint deploy").exit_code, 2) << "a missing one is no empty one";
}

}  // namespace
}  // namespace meshvet::cli

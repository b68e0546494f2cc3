// Input and surroundings that wish us ill, against the real binary.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <string>

#include "test/support/run_binary.h"
#include "test/unit/cli/wrong_kind.h"

namespace meshvet::cli {
namespace {

using test::Ran;
using test::ReadFile;
using test::RunBinary;
using test::TempFolder;
using test::WriteFile;

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class RobustnessTest : public ::testing::Test {
 protected:
  RobustnessTest() { WriteFile(folder_ / "bad.yaml", kWrongKind); }

  Ran Run(const std::string& arguments) {
    return RunBinary(folder_.path(), arguments);
  }
  // With streams of its own instead of the usual ones; `err` may go to the file
  // "err".
  Ran RunWithStreams(const std::string& arguments, const std::string& streams) {
    Ran ran = Run(arguments + " " + streams);
    ran.err = ReadFile(folder_ / "err");
    return ran;
  }

  TempFolder folder_;
};

std::string Repeat(const std::string& text, size_t times) {
  std::string repeated;
  for (size_t i = 0; i < times; ++i) repeated += text;
  return repeated;
}

TEST_F(RobustnessTest, HostileFilesAreFindings) {
  std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 10; ++i) {
    const std::string before = "*a" + std::to_string(i - 1);
    bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" +
            Repeat(before + ", ", 9) + before + "]\n";
  }
  const struct {
    const char* name;
    std::string text;
    const char* rule;
  } cases[] = {
      {"alias bomb", bomb, "yaml-limit"},
      {"flow levels", Repeat("[", 10'000), "yaml-limit"},
      {"block levels", Repeat("- ", 10'000) + "x\n", "yaml-limit"},
      {"huge scalar", "a: " + Repeat("x", 17 << 20) + "\n", "yaml-limit"},
      {"NUL", std::string("a: b\0c\n", 7), "yaml-syntax"},
      {"binary",
       std::string("\x7F"
                   "ELF\x02\x01\x01\0\0\xFF\xFE",
                   11),
       "yaml-syntax"},
      {"invalid UTF-8", "a: \xC3\x28\n", "yaml-syntax"},
      {"UTF-16",
       std::string("\xFF\xFE"
                   "a\0:\0",
                   6),
       "yaml-syntax"},
      {"a recursive alias", "a: &a [*a]\n", "yaml-syntax"},
      {"a tab for indentation", "a:\n\tb: 1\n", "yaml-syntax"},
  };
  for (const auto& c : cases) {
    WriteFile(folder_ / "x.yaml", c.text);
    const Ran ran = Run("lint -o concise x.yaml");
    EXPECT_EQ(ran.exit_code, 1) << c.name << ran.out << ran.err;
    EXPECT_THAT(ran.out, HasSubstr("error[" + std::string(c.rule) + "]"))
        << c.name;
    EXPECT_LT(ran.out.size(), 2'000U) << c.name;
  }
}

TEST_F(RobustnessTest, NothingToLintIsSaid) {
  const char* empty[] = {"",
                         "\n\n",
                         "# only a comment\n",
                         "---\n...\n---\n",
                         "apiVersion: v1\nkind: List\nitems: []\n",
                         "\xEF\xBB\xBF"};
  for (const char* text : empty) {
    WriteFile(folder_ / "x.yaml", text);
    const Ran ran = Run("lint x.yaml");
    EXPECT_EQ(ran.exit_code, 2) << text;
    EXPECT_THAT(ran.err, HasSubstr("nothing to lint")) << text;
    EXPECT_EQ(Run("lint --allow-empty x.yaml").exit_code, 0) << text;
  }
}

TEST_F(RobustnessTest, WhatIsRenderedElsewhereWasNotLinted) {
  WriteFile(folder_ / "chart/Chart.yaml", "name: x\n");
  WriteFile(folder_ / "t.yaml", "a: {{ .Values.a }}\n");
  for (const char* path : {"chart", "t.yaml"}) {
    const Ran ran = Run(std::string("lint ") + path);
    EXPECT_EQ(ran.exit_code, 2) << path << ran.err;
    EXPECT_THAT(ran.out, HasSubstr("helm template")) << path;
    EXPECT_THAT(ran.err, HasSubstr("nothing to lint")) << path;
  }
}

TEST_F(RobustnessTest, AFullDiskIsNoSuccess) {
  const Ran ran = RunWithStreams("lint bad.yaml", ">/dev/full 2>err");
  EXPECT_EQ(ran.exit_code, 3);
  EXPECT_THAT(ran.err, AllOf(HasSubstr("1 error in 1 file"),
                             HasSubstr("meshvet: standard output: No space")));
  EXPECT_EQ(RunWithStreams("lint bad.yaml", ">&- 2>err").exit_code, 3);
  EXPECT_EQ(RunWithStreams("rules", ">/dev/full 2>err").exit_code, 3);
  EXPECT_EQ(RunWithStreams("version", ">/dev/full 2>err").exit_code, 3);
  EXPECT_EQ(Run("lint bad.yaml -o json=/dev/full").exit_code, 3);
}

TEST_F(RobustnessTest, AReportAppearsWholeOrNotAtAll) {
  WriteFile(folder_ / "report.json", "old");
  EXPECT_EQ(Run("lint bad.yaml -q -o json=report.json").exit_code, 1);
  EXPECT_THAT(ReadFile(folder_ / "report.json"), HasSubstr("\"exit_code\": 1"));
  std::filesystem::create_directory(folder_ / "folder");
  EXPECT_EQ(Run("lint bad.yaml -o json=folder").exit_code, 3);
}

TEST_F(RobustnessTest, AFolderIsWalkedPastWhatIsNoFile) {
  ASSERT_EQ(mkfifo((folder_ / "d.yaml").c_str(), 0600), 0);
  const Ran ran = Run("lint -v .");
  EXPECT_EQ(ran.exit_code, 1);
  EXPECT_THAT(ran.err, HasSubstr("skipped d.yaml: not a regular file"));
}

TEST_F(RobustnessTest, ATimeLimitIsKept) {
  ASSERT_EQ(mkfifo((folder_ / "silent.yaml").c_str(), 0600), 0);
  for (const std::string command :
       {"lint", "fix", "gate", "baseline create", "baseline update",
        "baseline prune", "test", "review",
        "certs rotate --tls-secret a/b --kubeconfig"}) {
    const Ran ran = Run(command + " silent.yaml --timeout 50ms");
    EXPECT_EQ(ran.exit_code, 3) << command;
    EXPECT_EQ(
        ran.err,
        command == "test"
            ? "meshvet: timed out (--timeout) before anything was judged\n"
            : "meshvet: timed out (--timeout)\n")
        << command;
  }
  EXPECT_EQ(Run("lint --timeout soon bad.yaml").exit_code, 2);
}

TEST_F(RobustnessTest, ValuesOfFlagsAreChecked) {
  const struct {
    const char* arguments;
    const char* complaint;
  } cases[] = {
      {"-j -3", "--jobs: \"-3\" is no whole number"},
      {"-j many", "--jobs: \"many\" is no whole number"},
      {"--max-findings -1", "--max-findings: \"-1\" is no whole number"},
      {"--color x", "--color: \"x\" is none of auto, always and never"},
      {"--timeout soon", "--timeout: \"soon\" is no time such as"},
      {"--timeout -1s", "--timeout: \"-1s\" is no time such as"},
      {"--timeout 5", "--timeout: \"5\" is no time such as"},
  };
  for (const auto& c : cases) {
    const Ran ran = Run(std::string("lint bad.yaml ") + c.arguments);
    EXPECT_EQ(ran.exit_code, 2) << c.arguments;
    EXPECT_THAT(ran.err, HasSubstr("meshvet: " + std::string(c.complaint)));
    EXPECT_THAT(ran.out, IsEmpty());
  }
}

TEST_F(RobustnessTest, ContextIsNotPassedOverInSilence) {
  WriteFile(folder_ / "context/chart/Chart.yaml", "name: x\n");
  WriteFile(folder_ / "context/broken.yaml", "a: [\n");
  const Ran ran = Run("lint -v --context context bad.yaml");
  EXPECT_THAT(ran.err, AllOf(HasSubstr("skipped context/chart: context: Helm"),
                             HasSubstr("skipped context/broken.yaml: context, "
                                       "not read in full")));
}

TEST_F(RobustnessTest, FlagsThatTakeAFileTakeItEitherWay) {
  EXPECT_EQ(Run("lint -f bad.yaml").exit_code, 1);
  WriteFile(folder_ / "good.yaml",
            "apiVersion: v1\nkind: Service\nmetadata: {name: a}\n");
  EXPECT_THAT(Run("lint good.yaml -f bad.yaml").err, HasSubstr("in 2 files"));
  EXPECT_EQ(Run("lint -v -v -vv bad.yaml").exit_code, 1);
  EXPECT_THAT(Run("lint -q bad.yaml").err, IsEmpty());
  WriteFile(folder_ / "d/x.tmpl", kWrongKind);
  EXPECT_EQ(Run("lint d").exit_code, 2);
  EXPECT_EQ(Run("lint --include-ext .tmpl,yaml d").exit_code, 1);
  WriteFile(folder_ / "d/.gitignore", "*.tmpl\n");
  EXPECT_EQ(Run("lint --include-ext tmpl d").exit_code, 2);
  EXPECT_EQ(Run("lint --include-ext tmpl --no-gitignore d").exit_code, 1);
}

TEST_F(RobustnessTest, AnAliasStandsForAllRulesThatBearIt) {
  const std::string explained = Run("explain ist0101").out;
  EXPECT_THAT(explained, AllOf(HasSubstr("virtual-service-unknown-host"),
                               HasSubstr("virtual-service-unknown-gateway")));
  WriteFile(folder_ / "v.yaml",
            "apiVersion: networking.istio.io/v1\nkind: VirtualService\n"
            "metadata: {name: a, namespace: shop}\n"
            "spec:\n  hosts: [a.example]\n  gateways: [nowhere]\n  http:\n"
            "  - route: [{destination: {host: nobody}}]\n");
  EXPECT_THAT(Run("lint --complete v.yaml").out,
              HasSubstr("virtual-service-unknown"));
  EXPECT_THAT(Run("lint --complete --ignore IST0101 v.yaml").out,
              Not(HasSubstr("virtual-service-unknown")));
}

}  // namespace
}  // namespace meshvet::cli

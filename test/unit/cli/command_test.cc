// The command line's promises, kept by the real binary.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>
#include <string>
#include <string_view>

#include "mesh/istio_release.h"
#include "rules/policy.h"
#include "test/support/run_binary.h"
#include "test/support/shell.h"

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
using ::testing::StartsWith;

constexpr const char* kService =
    "apiVersion: v1\nkind: Service\nmetadata: {name: a, namespace: shop}\n";
constexpr const char* kWrongKind =
    "apiVersion: networking.istio.io/v1\nkind: Gatway\n"
    "metadata: {name: a, namespace: shop}\n";
constexpr const char* kConfigHead =
    "apiVersion: meshvet.dev/v1alpha1\nkind: Config\n";

class CommandTest : public ::testing::Test {
 protected:
  CommandTest() {
    WriteFile(folder_ / "good.yaml", kService);
    WriteFile(folder_ / "bad.yaml", kWrongKind);
    WriteFile(folder_ / "twice.yaml",
              std::string(kService) + "---\n" + kService);
    WriteFile(folder_ / "other.yaml", "apiVersion: example.com/v1\nkind: X\n");
    WriteFile(folder_ / "broken.yaml", "a: [\n");
    std::filesystem::create_directories(folder_ / "empty");
    std::filesystem::create_directories(folder_ / ".git");
  }

  Ran Run(const std::string& arguments, const std::string& environment = {}) {
    return RunBinary(folder_.path(), arguments, environment);
  }

  TempFolder folder_;
};

TEST_F(CommandTest, ExitCodes) {
  const struct {
    const char* arguments;
    int exit_code;
  } cases[] = {
      {"lint good.yaml", 0},
      {"check good.yaml", 0},
      {"lint bad.yaml", 1},
      {"lint broken.yaml", 1},
      {"lint bad.yaml --exit-zero", 0},
      {"lint bad.yaml --fail-on never", 0},
      {"lint bad.yaml --severity unknown-kind=info", 0},
      {"lint bad.yaml --ignore unknown-kind", 0},
      {"lint bad.yaml --ignore 'unknown-*'", 0},
      {"lint bad.yaml --select duplicate-object", 0},
      {"lint twice.yaml", 0},
      {"lint twice.yaml --fail-on info", 1},
      {"lint twice.yaml --fail-on info --show error", 1},
      {"lint bad.yaml -q -o json", 1},
      {"lint bad.yaml --max-findings 1", 1},
      {"lint other.yaml", 2},
      {"lint other.yaml --allow-empty", 0},
      {"lint other.yaml --exit-zero", 2},
      {"lint empty", 2},
      {"lint empty --allow-empty", 0},
      {"lint no-such-file.yaml", 2},
      {"lint 'no-such-*.yaml'", 2},
      {"lint good.yaml --context nowhere", 2},
      {"lint good.yaml --ignore yaml-syntax", 2},
      {"lint good.yaml --select nonsense", 2},
      {"lint good.yaml --severity unknown-kind", 2},
      {"lint good.yaml --severity unknown-kind=grave", 2},
      {"lint good.yaml --fail-on sometimes", 2},
      {"lint good.yaml --show some", 2},
      {"lint good.yaml -o sarf", 2},
      {"lint good.yaml -o json=a -o sarif=a", 2},
      {"lint good.yaml -o full -o concise", 2},
      {"lint good.yaml -o json=", 2},
      {"lint good.yaml -j many", 2},
      {"lint good.yaml --color sometimes", 2},
      {"lint good.yaml --config nowhere.yaml", 2},
      {"lint good.yaml --mesh-config nowhere.yaml", 2},
      {"lint good.yaml -o json=nowhere/report.json", 3},
      {"lint bad.yaml -o sarif=nowhere/report.sarif --exit-zero", 3},
      {"lint bad.yaml /proc/self/mem", 3},
      {"lint bad.yaml /proc/self/mem --exit-zero", 3},
      {"", 2},
      {"nonsense", 2},
      {"lint --nonsense", 2},
      {"explain", 2},
      {"explain nonsense", 2},
      {"explain unknown-kind", 0},
      {"explain --all -o json", 0},
      {"rules", 0},
      {"rules -o yaml", 2},
      {"version", 0},
      {"--version", 0},
      {"--help", 0},
      {"help lint", 0},
      {"config schema --report", 0},
  };
  for (const auto& c : cases) {
    const Ran ran = Run(c.arguments);
    EXPECT_EQ(ran.exit_code, c.exit_code) << c.arguments << "\n"
                                          << ran.out << ran.err;
    if (c.exit_code >= 2) {
      EXPECT_THAT(ran.err, Not(IsEmpty())) << c.arguments;
    }
  }
}

TEST_F(CommandTest, ThreeBeatsOneAndFindingsAreStillPrinted) {
  const Ran ran = Run("lint -o concise bad.yaml /proc/self/mem");
  EXPECT_EQ(ran.exit_code, 3);
  EXPECT_THAT(ran.out, HasSubstr("bad.yaml:2:7: error[unknown-kind]"));
  EXPECT_THAT(ran.err, HasSubstr("/proc/self/mem: "));
}

TEST_F(CommandTest, SuggestsWhatWasMeant) {
  EXPECT_THAT(Run("lnt").err, HasSubstr("did you mean \"lint\"?"));
  EXPECT_THAT(Run("lint --selct x").err,
              HasSubstr("did you mean \"--select\""));
  EXPECT_THAT(Run("lint --ignore unknwn-kind").err,
              HasSubstr("did you mean \"unknown-kind\"?"));
  EXPECT_THAT(Run("explain unknwn-kind").err,
              HasSubstr("did you mean \"unknown-kind\"?"));
  EXPECT_THAT(Run("lint -o jsn").err, HasSubstr("did you mean \"json\"?"));
}

TEST_F(CommandTest, SaysWhereTheRightWordsAre) {
  EXPECT_EQ(Run("nonsense").err,
            "meshvet: unknown command \"nonsense\"; `meshvet --help` lists "
            "them\n");
  EXPECT_EQ(Run("baseline crete").err,
            "meshvet: unknown command \"crete\" (did you mean \"create\"?); "
            "`meshvet baseline --help` lists them\n");
  EXPECT_EQ(Run("baseline show --cluster").err,
            "meshvet: unknown flag --cluster; `meshvet baseline show --help` "
            "lists them\n");
}

TEST_F(CommandTest, EveryCommandHelpsWithThreeExamples) {
  for (const char* name : {"", "lint", "rules", "explain", "config",
                           "config show", "config validate", "config schema",
                           "version", "serve", "review", "completion"}) {
    const Ran ran = Run(std::string(name) + " --help");
    EXPECT_EQ(ran.exit_code, 0) << name;
    size_t examples = 0;
    for (size_t at = ran.out.find("\n  meshvet "); at != ran.out.npos;
         at = ran.out.find("\n  meshvet ", at + 1)) {
      ++examples;
    }
    EXPECT_GE(examples, 3U) << name << "\n" << ran.out;
  }
}

TEST_F(CommandTest, ReadsStandardInput) {
  const Ran ran =
      Run("lint -o concise -q --stdin-filename x/y.yaml - < bad.yaml");
  EXPECT_THAT(ran.out, StartsWith("x/y.yaml:2:7: error[unknown-kind]"));
  EXPECT_EQ(ran.exit_code, 1);
  EXPECT_THAT(Run("lint -o concise -q - < bad.yaml").out,
              StartsWith("<stdin>:2"));
}

TEST_F(CommandTest, StandardOutputHoldsResultsOnly) {
  EXPECT_THAT(Run("lint good.yaml").out, IsEmpty());
  EXPECT_THAT(Run("lint -v --statistics good.yaml").out, IsEmpty());
  EXPECT_THAT(Run("lint -q good.yaml").err, IsEmpty());
  EXPECT_THAT(Run("lint -o json bad.yaml").out, StartsWith("{\n"));
}

// Neither does what goes where: the exit code is that of the findings.
TEST_F(CommandTest, EveryFormatGoesToItsFileAndTheExitCodeIsTheSame) {
  std::string outputs;
  for (const std::string_view format : rules::kReportFormats) {
    const std::string name(format);
    EXPECT_EQ(Run("lint bad.yaml -q -o " + name).exit_code, 1) << name;
    EXPECT_EQ(Run("lint good.yaml -q -o " + name).exit_code, 0) << name;
    outputs += " -o " + name + "=out." + name;
  }
  const Ran ran = Run("lint bad.yaml -q" + outputs);
  EXPECT_EQ(ran.exit_code, 1);
  EXPECT_THAT(ran.out, IsEmpty());
  for (const std::string_view format : rules::kReportFormats) {
    const std::string name(format);
    const std::string file = ReadFile(folder_ / ("out." + name));
    EXPECT_THAT(file, HasSubstr("unknown-kind")) << name;
    std::string printed = Run("lint bad.yaml -q -o " + name).out;
    // How long it took.
    const std::regex elapsed(R"re(time="[0-9.]+"|"elapsed_ms": [0-9.]+)re");
    EXPECT_EQ(std::regex_replace(file, elapsed, ""),
              std::regex_replace(printed, elapsed, ""))
        << name;
  }
}

TEST_F(CommandTest, AFileThatCannotBeWrittenIsNamedAndFindingsAreStillPrinted) {
  const Ran ran = Run(
      "lint -q -o concise -o sarif=nowhere/a.sarif -o junit=a.xml bad.yaml");
  EXPECT_EQ(ran.exit_code, 3);
  EXPECT_EQ(ran.err, "meshvet: nowhere/a.sarif: No such file or directory\n");
  EXPECT_THAT(ran.out, StartsWith("bad.yaml:2:7"));
  EXPECT_THAT(ReadFile(folder_ / "a.xml"), HasSubstr("</testsuites>\n"));
  const Ran full = Run("lint -q -o concise -o sarif=/dev/full bad.yaml");
  EXPECT_EQ(full.exit_code, 3);
  EXPECT_EQ(full.err, "meshvet: /dev/full: No space left on device\n");
}

// To a stream that is open, a report is added; its file is not replaced.
TEST_F(CommandTest, AReportCanGoToStandardError) {
  const Ran ran = Run("lint -q -o concise -o github=/dev/stderr bad.yaml");
  EXPECT_EQ(ran.exit_code, 1);
  EXPECT_THAT(ran.err, StartsWith("::error file=bad.yaml,line=2"));
  EXPECT_THAT(ran.out, StartsWith("bad.yaml:2:7"));
}

TEST_F(CommandTest, WhatARunnerObeysIsNotFenced) {
  const std::string environment = "GITHUB_ACTIONS=true";
  EXPECT_THAT(Run("lint -q -o github bad.yaml", environment).out,
              StartsWith("::error file=bad.yaml"));
  EXPECT_THAT(Run("lint -q -o sarif bad.yaml", environment).out,
              StartsWith("{"));
  EXPECT_THAT(Run("lint -q -o markdown bad.yaml", environment).out,
              StartsWith("::stop-commands::"));
}

TEST_F(CommandTest, HelpNamesEveryFormat) {
  std::string help = Run("help lint").out;
  help = std::regex_replace(help, std::regex(R"(\s+)"), " ");
  EXPECT_THAT(help, HasSubstr("full, concise, json, sarif, junit, github, "
                              "gitlab, rdjson, markdown and policyreport"));
}

TEST_F(CommandTest, SeveralOutputsInOneRun) {
  const Ran ran = Run("lint -o concise -o json=report.json -q bad.yaml");
  EXPECT_EQ(ran.exit_code, 1);
  EXPECT_THAT(ran.out, StartsWith("bad.yaml:2:7"));
  EXPECT_THAT(ReadFile(folder_ / "report.json"), HasSubstr("unknown-kind"));
  for (const auto& entry :
       std::filesystem::directory_iterator(folder_.path())) {
    EXPECT_THAT(entry.path().string(), Not(HasSubstr(".tmp")));
  }
}

TEST_F(CommandTest, EveryFlagHasAnEnvironmentForm) {
  EXPECT_EQ(Run("lint bad.yaml", "MESHVET_EXIT_ZERO=true").exit_code, 0);
  EXPECT_EQ(Run("lint bad.yaml", "MESHVET_FAIL_ON=never").exit_code, 0);
  EXPECT_EQ(
      Run("lint bad.yaml --fail-on error", "MESHVET_FAIL_ON=never").exit_code,
      1);
  EXPECT_EQ(
      Run("lint bad.yaml", "MESHVET_IGNORE=helm-chart,unknown-kind").exit_code,
      0);
  EXPECT_THAT(Run("lint -q bad.yaml", "MESHVET_OUTPUT=json").out,
              StartsWith("{"));
}

TEST_F(CommandTest, ColorsOnlyWhereWanted) {
  EXPECT_THAT(Run("lint bad.yaml").out, Not(HasSubstr("\x1b")));
  EXPECT_THAT(Run("lint --color always bad.yaml").out, HasSubstr("\x1b[1;31m"));
  EXPECT_THAT(Run("lint bad.yaml", "FORCE_COLOR=1").out, HasSubstr("\x1b["));
  EXPECT_THAT(Run("lint bad.yaml", "FORCE_COLOR=1 NO_COLOR=1").out,
              Not(HasSubstr("\x1b")));
  EXPECT_THAT(Run("lint -o json bad.yaml --color always").out,
              Not(HasSubstr("\x1b")));
}

// By the stream that is written to, which `script` makes a terminal.
TEST_F(CommandTest, ColorsAreForTerminals) {
  const auto shown = [&](const std::string& command,
                         const std::map<std::string, std::string>& variables) {
    return test::RunShell(
               folder_.path(),
               "script --quiet --return --command " +
                   test::Quoted(MESHVET_BINARY " lint bad.yaml " + command) +
                   " /dev/null",
               variables)
        .out;
  };
  EXPECT_THAT(shown("", {}), HasSubstr("\x1b[1;31m"));
  EXPECT_THAT(shown("--color never", {}), Not(HasSubstr("\x1b")));
  EXPECT_THAT(shown("", {{"NO_COLOR", "1"}}), Not(HasSubstr("\x1b")));
  EXPECT_THAT(shown("", {{"NO_COLOR", ""}}), HasSubstr("\x1b[1;31m"));
  EXPECT_THAT(shown("", {{"TERM", "dumb"}}), Not(HasSubstr("\x1b")));
  EXPECT_THAT(shown("", {{"TERM", "dumb"}, {"CLICOLOR_FORCE", "1"}}),
              HasSubstr("\x1b[1;31m"));
  // The report goes to a file, though standard error is a terminal.
  EXPECT_THAT(shown(">report", {}), HasSubstr("1 error"));
  EXPECT_THAT(ReadFile(folder_ / "report"), HasSubstr("unknown-kind"));
  EXPECT_THAT(ReadFile(folder_ / "report"), Not(HasSubstr("\x1b")));
}

TEST_F(CommandTest, AsciiWhereTheLocaleIsNotUtf8) {
  const Ran ran = Run("lint bad.yaml", "LC_ALL=C");
  EXPECT_THAT(ran.out, HasSubstr(" 2 | kind: Gatway\n"));
  EXPECT_THAT(ran.out, Not(HasSubstr("\xE2")));
}

// GitHub's runner and Azure's agent look for these anywhere in a line.
TEST_F(CommandTest, NoNameOfAStrangerIsACommandToALog) {
  for (const char* name : {"##[error]a", "##vso[task.complete]b"}) {
    WriteFile(folder_ / name / "bad.yaml", kWrongKind);
    WriteFile(folder_ / name / "chart/Chart.yaml", "name: x\n");
    WriteFile(folder_ / name / "wrong.yaml",
              std::string(kConfigHead) + "\"" + name + "\": 1\n");
  }
  const auto is_plain = AllOf(Not(HasSubstr("##[")), Not(HasSubstr("##vso[")));
  for (const std::string arguments :
       {"lint -v .", "lint -v --context . bad.yaml", "gate -v .", "fix -v .",
        "config validate --config '##[error]a/wrong.yaml'",
        "config validate --config '##vso[task.complete]b/wrong.yaml'"}) {
    const Ran ran = Run(arguments, "GITHUB_ACTIONS=true");
    EXPECT_THAT(ran.err, AllOf(is_plain, HasSubstr("# #"))) << arguments;
  }
  for (const std::string format : {"full", "concise", "markdown"}) {
    const Ran ran = Run("lint -o " + format + " .", "TF_BUILD=True");
    EXPECT_EQ(ran.exit_code, 1) << format;
    EXPECT_THAT(ran.out, AllOf(is_plain, HasSubstr("bad.yaml"))) << format;
  }
}

TEST_F(CommandTest, GitHubSeesNoCommandInForeignText) {
  const Ran ran = Run("lint -q bad.yaml", "GITHUB_ACTIONS=true");
  EXPECT_THAT(ran.out, StartsWith("::stop-commands::meshvet-"));
  const std::string token = ran.out.substr(17, ran.out.find('\n') - 17);
  EXPECT_THAT(ran.out, ::testing::EndsWith("::" + token + "::\n"));
  EXPECT_THAT(Run("lint -o json bad.yaml", "GITHUB_ACTIONS=true").out,
              StartsWith("{"));
}

TEST_F(CommandTest, WalksDirectoriesButNotLinksOrHiddenOnes) {
  WriteFile(folder_ / "d/.hidden/a.yaml", kWrongKind);
  WriteFile(folder_ / "d/b/a.yml", kService);
  WriteFile(folder_ / "d/notes.txt", kWrongKind);
  std::filesystem::create_symlink("../bad.yaml", folder_ / "d/link.yaml");
  std::filesystem::create_directory_symlink("..", folder_ / "d/up");
  const Ran ran = Run("lint -v d");
  EXPECT_EQ(ran.exit_code, 0) << ran.out;
  EXPECT_THAT(ran.err, HasSubstr("in 1 file (1 object)"));
  EXPECT_THAT(ran.err, HasSubstr("skipped d/.hidden: hidden"));
  EXPECT_THAT(ran.err, HasSubstr("skipped d/link.yaml: symbolic link"));
  EXPECT_THAT(ran.err, HasSubstr("skipped d/up: symbolic link"));
  EXPECT_EQ(Run("lint --follow-symlinks d").exit_code, 1);
  EXPECT_EQ(Run("lint 'd/**/*.yml'").exit_code, 0);
  EXPECT_EQ(Run("lint --exclude bad.yaml --exclude broken.yaml .").exit_code,
            0);
}

TEST_F(CommandTest, FindsTheNearestConfigurationUpToTheRepository) {
  const std::string off = "rules:\n  virtual-service-unknown-host: off\n";
  WriteFile(folder_ / ".meshvet.yaml",
            std::string(kConfigHead) + "output: {failOn: never}\n");
  WriteFile(folder_ / "a/b/bad.yaml", kWrongKind);
  EXPECT_EQ(Run("lint a/b").exit_code, 0);
  EXPECT_EQ(Run("lint --no-config a/b").exit_code, 1);
  EXPECT_EQ(Run("lint --fail-on error a/b").exit_code, 1);
  WriteFile(folder_ / "a/.meshvet.yml", std::string(kConfigHead) + off);
  EXPECT_EQ(Run("lint a/b").exit_code, 1) << "the nearest one counts";
  EXPECT_EQ(Run("lint a/b bad.yaml").exit_code, 0)
      << "the common folder is the root";
  std::filesystem::create_directories(folder_ / "a/b/.git");
  std::filesystem::remove(folder_ / "a/.meshvet.yml");
  EXPECT_EQ(Run("lint a/b").exit_code, 1) << "not beyond the repository";
}

TEST_F(CommandTest, ConfigurationMistakesNameTheirLine) {
  WriteFile(folder_ / "c.yaml", std::string(kConfigHead) + "ruls: {}\n");
  const Ran typo = Run("lint --config c.yaml good.yaml");
  EXPECT_EQ(typo.exit_code, 2);
  EXPECT_THAT(typo.err, HasSubstr("c.yaml:3:"));
  EXPECT_THAT(typo.err, HasSubstr("did you mean \"rules\"?"));
  WriteFile(folder_ / "c.yaml",
            std::string(kConfigHead) + "baseline: b.json\n");
  const Ran baseline = Run("lint --config c.yaml good.yaml");
  EXPECT_EQ(baseline.exit_code, 2);
  EXPECT_THAT(baseline.err, HasSubstr("b.json"));
}

TEST_F(CommandTest, ConfigurationPathsAreRelativeToIt) {
  WriteFile(folder_ / "a/.meshvet.yaml", std::string(kConfigHead) +
                                             "files: {exclude: [\"skip/**\"]}\n"
                                             "context: {paths: [known.yaml]}\n"
                                             "output: {formats: [concise]}\n");
  WriteFile(folder_ / "a/known.yaml", kService);
  WriteFile(folder_ / "a/skip/bad.yaml", kWrongKind);
  WriteFile(folder_ / "a/in/good.yaml", kService);
  const Ran ran = Run("lint -v a");
  EXPECT_EQ(ran.exit_code, 0) << ran.out << ran.err;
  EXPECT_THAT(ran.err, HasSubstr("skipped a/skip/bad.yaml: excluded"));
}

TEST_F(CommandTest, VersionsAreForPeopleAndPrograms) {
  EXPECT_EQ(Run("--version").out, "meshvet " MESHVET_VERSION "\n");
  const auto info = nlohmann::json::parse(Run("version -o json").out);
  EXPECT_EQ(info.at("version"), MESHVET_VERSION);
  EXPECT_TRUE(std::regex_match(info.at("commit").get<std::string>(),
                               std::regex("[0-9a-f]{40}|unknown")));
  EXPECT_TRUE(std::regex_match(info.at("date").get<std::string>(),
                               std::regex("20[0-9]{2}-[0-9]{2}-[0-9]{2}")));
  EXPECT_THAT(info.at("compiler").get<std::string>(), Not(IsEmpty()));
  EXPECT_THAT(info.at("tls_library").get<std::string>(),
              StartsWith("OpenSSL 3."));
  EXPECT_THAT(info.at("api_groups"),
              ::testing::Contains("networking.istio.io"));
  EXPECT_EQ(info.at("istio"), kIstioRelease);
  EXPECT_EQ(info.at("istio_api_versions"),
            nlohmann::json(
                {"extensions.istio.io/v1alpha1", "networking.istio.io/v1",
                 "networking.istio.io/v1alpha3", "networking.istio.io/v1beta1",
                 "security.istio.io/v1", "security.istio.io/v1beta1",
                 "telemetry.istio.io/v1", "telemetry.istio.io/v1alpha1"}));
  EXPECT_GT(info.at("rules"), 10);
  EXPECT_THAT(info.at("rules_hash").get<std::string>(), Not(IsEmpty()));
}

// The release that is claimed is the one the end-to-end tests install, and
// there is no group of Istio's whose kinds we know and whose versions we do
// not.
TEST_F(CommandTest, TheReleaseOfIstioIsTheOneThatIsTested) {
  const std::string crds =
      ReadFile(MESHVET_SOURCE_DIR "/test/e2e/cluster/crds.go");
  EXPECT_THAT(
      crds, HasSubstr("\"istio.io/api@v" + std::string(kIstioRelease) + "\""));
  const auto info = nlohmann::json::parse(Run("version -o json").out);
  std::set<std::string> known;
  for (const std::string version : info.at("istio_api_versions")) {
    known.insert(version.substr(0, version.find('/')));
  }
  std::set<std::string> groups;
  for (const std::string group : info.at("api_groups")) {
    if (group.ends_with("istio.io")) groups.insert(group);
  }
  EXPECT_EQ(known, groups);
}

}  // namespace
}  // namespace meshvet::cli

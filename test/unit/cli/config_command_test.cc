// `meshvet config` and the listings that depend on a configuration.

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
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr const char* kHead =
    "apiVersion: meshvet.dev/v1alpha1\nkind: Config\n";

class ConfigTest : public ::testing::Test {
 protected:
  void Put(const std::string& name, const std::string& text) {
    WriteFile(folder_ / name, kHead + text);
  }
  Ran Run(const std::string& arguments) {
    return RunBinary(folder_.path(), arguments);
  }

  TempFolder folder_;
};

TEST_F(ConfigTest, ValidateSaysEveryMistake) {
  Put(".meshvet.yaml", "rules: {nonsense: off}\nfiels: {}\n");
  const Ran ran = Run("config validate");
  EXPECT_EQ(ran.exit_code, 2);
  EXPECT_THAT(ran.out, IsEmpty());
  EXPECT_THAT(ran.err, HasSubstr(".meshvet.yaml:3:"));
  EXPECT_THAT(ran.err, HasSubstr("unknown rule \"nonsense\""));
  EXPECT_THAT(ran.err, HasSubstr("did you mean \"files\"?"));
}

TEST_F(ConfigTest, ValidateNamesTheFileThatIsValid) {
  Put("a/.meshvet.yml", "");
  WriteFile(folder_ / "a/b/x.yaml", "");
  const Ran ran = Run("config validate a/b/x.yaml");
  EXPECT_EQ(ran.exit_code, 0) << ran.err;
  EXPECT_EQ(ran.out, "a/.meshvet.yml: valid\n");
}

TEST_F(ConfigTest, ValidateNeedsAFile) {
  WriteFile(folder_ / ".git/HEAD", "");
  EXPECT_EQ(Run("config validate").exit_code, 2);
  EXPECT_EQ(Run("config validate nowhere").exit_code, 2);
  EXPECT_EQ(Run("config validate --config nowhere.yaml").exit_code, 2);
}

TEST_F(ConfigTest, ShowCanLeaveTheFileAside) {
  Put(".meshvet.yaml", "baseline: old.json\n");
  EXPECT_THAT(Run("config show").out, HasSubstr("\nbaseline: \"old.json\""));
  const Ran ran = Run("config show --no-config");
  EXPECT_EQ(ran.exit_code, 0) << ran.err;
  EXPECT_THAT(ran.out, AllOf(HasSubstr("rules:\n"), HasSubstr("# default\n"),
                             Not(HasSubstr("baseline"))));
}

TEST_F(ConfigTest, ShowSaysWhereEachValueComesFrom) {
  Put("base.yaml",
      "context: {assumeHosts: [a.example]}\n"
      "rules:\n  workload-entry-missing-label: {fix: off}\n");
  Put(".meshvet.yaml",
      "extends: [preset:ambient, ./base.yaml]\n"
      "istio: {domain: cluster.corp}\n"
      "context:\n  assumeHosts: [b.example]\n"
      "rules:\n"
      "  virtual-service-unknown-port: error\n"
      "  IST0101: warning\n"
      "  virtual-service-host-not-allowed: {options: {allow: [\"*\"]}}\n"
      "  tag:subsets: {severity: info, fix: auto}\n"
      "suppressions:\n  entries:\n"
      "  - {rule: IST0101, object: \"*/a/*\", reason: \"it's #1\"}\n"
      "baseline: old.json\n");
  const Ran ran = Run("config show");
  EXPECT_EQ(ran.exit_code, 0) << ran.err;
  for (const char* line :
       {"  \"domain\": \"cluster.corp\"  # .meshvet.yaml:4\n",
        "  \"rootNamespace\": \"istio-system\"  # default\n",
        "  \"assumeHosts\": [\"a.example\",\"b.example\"]  # base.yaml:3, "
        ".meshvet.yaml:6\n",
        "  virtual-service-unknown-host:\n    fix: \"off\"  # default\n"
        "    severity: \"warning\"  # .meshvet.yaml:9\n",
        "    severity: \"off\"  # preset:ambient, .meshvet.yaml:3\n",
        "  virtual-service-host-not-allowed:\n    fix: \"off\"  # default\n"
        "    options: {\"allow\":[\"*\"]}  # .meshvet.yaml:10\n"
        "    severity: \"error\"  # .meshvet.yaml:10\n",
        "  virtual-service-unknown-port:\n    fix: \"off\"  # default\n"
        "    severity: \"error\"  # .meshvet.yaml:8\n",
        "  destination-rule-duplicate-subset:\n"
        "    fix: \"auto\"  # .meshvet.yaml:11\n"
        "    severity: \"info\"  # .meshvet.yaml:11\n",
        "baseline: \"old.json\"  # .meshvet.yaml:15\n",
        "  workload-entry-missing-label:\n    fix: \"off\"  # base.yaml:5\n",
        "  \"failOn\": \"error\"  # default\n"}) {
    EXPECT_THAT(ran.out, HasSubstr(line));
  }
}

TEST_F(ConfigTest, WhatIsShownIsAConfigurationThatSaysTheSame) {
  Put(".meshvet.yaml",
      "extends: [preset:strict]\nfiles: {exclude: [\"x/**\"]}\n"
      "suppressions: {istCompat: false, requireReason: true}\n"
      "overrides:\n- {match: {names: [\"a*\"]}, rules: {IST0101: off}}\n"
      "baseline: old.json\noutput: {failOn: warning}\n");
  const Ran first = Run("config show");
  WriteFile(folder_ / "shown.yaml", first.out);
  const Ran again = Run("config show --config shown.yaml");
  EXPECT_EQ(again.exit_code, 0) << again.err << first.out;
  const auto without_origins = [](const std::string& text) {
    std::string plain;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
      plain += line.substr(0, line.find("  # ")) + "\n";
    }
    return plain;
  };
  EXPECT_EQ(without_origins(again.out), without_origins(first.out));
  EXPECT_THAT(first.out, HasSubstr("overrides:\n  - {\"match\""));
  EXPECT_THAT(first.out, HasSubstr("  istCompat: false  # .meshvet.yaml:5\n"));
}

TEST_F(ConfigTest, RulesCanBeListedAsTheConfigurationHasThem) {
  Put(".meshvet.yaml", "rules: {workload-entry-missing-label: off}\n");
  EXPECT_THAT(Run("rules").out, HasSubstr("workload-entry-missing-label"));
  const Ran enabled = Run("rules --enabled");
  EXPECT_THAT(enabled.out, Not(HasSubstr("workload-entry-missing-label")));
  EXPECT_THAT(enabled.out, Not(HasSubstr("virtual-service-host-not-allowed")))
      << "off by default";
  EXPECT_THAT(enabled.out, HasSubstr("virtual-service-unknown-host"));
  EXPECT_THAT(Run("rules --enabled --no-config").out,
              HasSubstr("workload-entry-missing-label"));
  Put(".meshvet.yaml", "ruls: {}\n");
  EXPECT_EQ(Run("rules --enabled").exit_code, 2);
  EXPECT_EQ(Run("rules").exit_code, 0);
}

TEST_F(ConfigTest, RulesOfATagCanBeListedAndSelected) {
  const Ran listed = Run("rules --tag references");
  EXPECT_THAT(listed.out, HasSubstr("virtual-service-unknown-host "));
  EXPECT_THAT(listed.out, Not(HasSubstr("workload-entry")));
  const Ran unknown = Run("rules --tag referenses");
  EXPECT_EQ(unknown.exit_code, 2);
  EXPECT_THAT(unknown.err, HasSubstr("(did you mean \"references\"?)"));
  WriteFile(folder_ / "a.yaml",
            "apiVersion: networking.istio.io/v1\nkind: WorkloadEntry\n"
            "metadata: {name: a}\nspec: {address: 192.0.2.1}\n");
  EXPECT_EQ(Run("lint --select tag:labels a.yaml").exit_code, 1);
  EXPECT_EQ(Run("lint --select tag:tls a.yaml").exit_code, 0);
  EXPECT_EQ(Run("lint --ignore tag:labels a.yaml").exit_code, 0);
  EXPECT_EQ(Run("lint --severity tag:labels=info a.yaml").exit_code, 0);
  const Ran misspelt = Run("lint --select tag:label a.yaml");
  EXPECT_EQ(misspelt.exit_code, 2);
  EXPECT_EQ(misspelt.err,
            "meshvet: --select: no rule has the tag \"label\" (did you mean "
            "\"labels\"?)\n");
}

TEST_F(ConfigTest, RulesThatOfferAFixCanBeListed) {
  const Ran fixable = Run("rules --fixable");
  EXPECT_THAT(fixable.out, HasSubstr("workload-entry-missing-label"));
  EXPECT_THAT(fixable.out, HasSubstr("unknown-kind"));
  EXPECT_THAT(fixable.out, HasSubstr("suppression-expired"));
  EXPECT_THAT(fixable.out, HasSubstr("suppression-unused"));
  EXPECT_THAT(fixable.out, Not(HasSubstr("yaml-syntax")));
  EXPECT_THAT(fixable.out,
              Not(HasSubstr("workload-entry-selected-by-nothing")));
}

TEST_F(ConfigTest, ItsFormatsAreWritten) {
  Put(".meshvet.yaml", "output: {formats: [gitlab]}\n");
  WriteFile(folder_ / "a.yaml",
            "apiVersion: networking.istio.io/v1\nkind: Gatway\n"
            "metadata: {name: a}\n");
  EXPECT_THAT(Run("lint -q a.yaml").out,
              HasSubstr("\"check_name\":\"unknown-kind\""));
  EXPECT_THAT(Run("lint -q -o junit a.yaml").out,
              ::testing::StartsWith("<?xml"));
}

TEST_F(ConfigTest, TwoFormatsForOneStreamAreRefusedWhereTheyStand) {
  Put(".meshvet.yaml", "output: {formats: [full, sarif]}\n");
  WriteFile(folder_ / "a.yaml", "a: 1\n");
  const Ran ran = Run("lint a.yaml");
  EXPECT_EQ(ran.exit_code, 2);
  EXPECT_EQ(ran.err,
            "meshvet: .meshvet.yaml: only one format can go to standard "
            "output; name a file for the others, as in json=report.json\n");
}

TEST_F(ConfigTest, InitWritesAFileThatIsValid) {
  std::filesystem::create_directories(folder_ / "new/.git");
  const Ran ran = Run("config init new");
  EXPECT_EQ(ran.exit_code, 0);
  EXPECT_EQ(ran.out, "new/.meshvet.yaml\n");
  EXPECT_EQ(Run("config validate new").out, "new/.meshvet.yaml: valid\n");
}

TEST_F(ConfigTest, InitOverwritesNothing) {
  for (const char* name : {".meshvet.yaml", ".meshvet.yml"}) {
    const auto folder = folder_ / "there";
    std::filesystem::remove_all(folder);
    std::filesystem::create_directories(folder);
    WriteFile(folder / name, "mine");
    const Ran ran = Run("config init there");
    EXPECT_EQ(ran.exit_code, 2);
    EXPECT_EQ(ran.out, "");
    EXPECT_EQ(ran.err,
              "meshvet: there/" + std::string(name) + ": is there already\n");
    EXPECT_EQ(ReadFile(folder / name), "mine");
  }
  std::filesystem::remove(folder_ / "there/.meshvet.yml");
  std::filesystem::create_symlink("nowhere", folder_ / "there/.meshvet.yaml");
  EXPECT_EQ(Run("config init there").exit_code, 2);
  EXPECT_EQ(Run("config init /dev/null").exit_code, 3);
}

}  // namespace
}  // namespace meshvet::cli

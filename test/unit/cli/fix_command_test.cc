// `meshvet fix`, by the real binary on real files.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <regex>
#include <string>

#include "test/support/run_binary.h"
#include "test/support/shell.h"

namespace meshvet::cli {
namespace {

using test::Ran;
using test::ReadFile;
using test::RunBinary;
using test::TempFolder;
using test::WriteFile;

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

namespace fs = std::filesystem;

constexpr const char* kTill =
    "# Tills of the old shop.\n"
    "apiVersion: networking.istio.io/v1\n"
    "kind: WorkloadEntry\n"
    "metadata:\n"
    "  name: till-1   # in the cellar\n"
    "  namespace: shop\n"
    "  labels:\n"
    "    service.istio.io/canonical-name: 'till'\n"
    "    service.istio.io/canonical-revision: v2\n"
    "    # more to come\n"
    "spec:\n"
    "  address: 10.0.0.1\n";
constexpr const char* kTillFixed =
    "# Tills of the old shop.\n"
    "apiVersion: networking.istio.io/v1\n"
    "kind: WorkloadEntry\n"
    "metadata:\n"
    "  name: till-1   # in the cellar\n"
    "  namespace: shop\n"
    "  labels:\n"
    "    service.istio.io/canonical-name: 'till'\n"
    "    service.istio.io/canonical-revision: v2\n"
    "    app: till\n"
    "    version: v2\n"
    "    # more to come\n"
    "spec:\n"
    "  address: 10.0.0.1\n";
// Two flow-style rules in a JSON list, the last line without an end.
constexpr const char* kList =
    R"({"apiVersion": "v1", "kind": "List", "items": [)"
    "\n"
    R"(  {"apiVersion": "networking.istio.io/v1", "kind": "DestinationRule",)"
    "\n"
    R"(   "metadata": {"name": "a", "namespace": "shop"},)"
    "\n"
    R"(   "spec": {"host": "a.shop.svc.cluster.local", "trafficPolicy":)"
    "\n"
    R"(    {"tls": {"mode": "ISTIO_MUTUAL", "sni": "a", "caCrl": "x"}}}}]})";
constexpr const char* kListFixed =
    R"({"apiVersion": "v1", "kind": "List", "items": [)"
    "\n"
    R"(  {"apiVersion": "networking.istio.io/v1", "kind": "DestinationRule",)"
    "\n"
    R"(   "metadata": {"name": "a", "namespace": "shop"},)"
    "\n"
    R"(   "spec": {"host": "a.shop.svc.cluster.local", "trafficPolicy":)"
    "\n"
    R"(    {"tls": {"mode": "ISTIO_MUTUAL", "sni": "a"}}}}]})";
// Captures two services of another namespace, for all namespaces: either
// finding's fix is the same, and unsafe.
constexpr const char* kCapture =
    "apiVersion: networking.istio.io/v1\n"
    "kind: VirtualService\n"
    "metadata: {name: v, namespace: shop}\n"
    "spec:\n"
    "  hosts:\n"
    "  - a.pay.svc.cluster.local\n"
    "  - b.pay.svc.cluster.local\n"
    "  exportTo: [\"*\"]\n"
    "  http:\n"
    "  - directResponse: {status: 404}\n";

std::string WithCrLf(const std::string& text) {
  return std::regex_replace(text, std::regex("\n"), "\r\n");
}

class FixCommand : public ::testing::Test {
 protected:
  FixCommand() { fs::create_directories(folder_ / ".git"); }

  Ran Run(const std::string& arguments, const std::string& environment = {}) {
    return RunBinary(folder_.path(), "fix " + arguments, environment);
  }
  std::string Text(const std::string& name) { return ReadFile(folder_ / name); }
  // Runs a shell command in the folder; its exit code.
  int Shell(const std::string& command) {
    return test::RunShell(folder_.path(), command).exit_code;
  }

  TempFolder folder_;
};

TEST_F(FixCommand, MendsFilesAndNothingElseInThem) {
  folder_.Put("a/till.yaml", kTill);
  folder_.Put("b.yaml", WithCrLf(kTill));
  folder_.Put("list.json", kList);
  const Ran ran = Run("--no-config a b.yaml list.json");
  EXPECT_EQ(ran.exit_code, 0) << ran.err;
  EXPECT_EQ(Text("a/till.yaml"), kTillFixed);
  EXPECT_EQ(Text("b.yaml"), WithCrLf(kTillFixed));
  EXPECT_EQ(Text("list.json"), kListFixed);
  EXPECT_THAT(ran.err, HasSubstr("meshvet: a/till.yaml:7:3: fixed "
                                 "[workload-entry-missing-label]: add app: "
                                 "till (from service.istio.io/"
                                 "canonical-name)\n"));
  EXPECT_THAT(ran.err, HasSubstr("\nFixed 5 of 6 findings in 3 files (1 by "
                                 "hand)\n"));

  const Ran again = Run("--no-config a b.yaml list.json");
  EXPECT_EQ(again.exit_code, 0);
  EXPECT_EQ(Text("a/till.yaml"), kTillFixed);
  EXPECT_THAT(again.err, HasSubstr("\nFixed 0 of 1 finding in 3 files (1 by "
                                   "hand)\n"));
}

TEST_F(FixCommand, LintFixDoesTheSame) {
  folder_.Put("one/till.yaml", kTill);
  folder_.Put("two/till.yaml", kTill);
  const auto in = [&](const std::string& folder, const std::string& command) {
    return RunBinary(folder_ / folder, command + " --no-config -o concise .");
  };
  const Ran one = in("one", "fix");
  const Ran two = in("two", "lint --fix");
  EXPECT_EQ(Text("two/till.yaml"), kTillFixed);
  EXPECT_EQ(two.out, one.out);
  EXPECT_EQ(two.err, one.err);
  EXPECT_EQ(two.exit_code, one.exit_code);
}

TEST_F(FixCommand, DiffIsWhatPatchApplies) {
  folder_.Put("a/till.yaml", kTill);
  folder_.Put("with blank.yaml", WithCrLf(kTill));
  folder_.Put("list.json", kList);
  const Ran ran = Run("--diff .");
  EXPECT_EQ(ran.exit_code, 1) << ran.err;
  EXPECT_EQ(Text("a/till.yaml"), kTill);
  folder_.Put("change.diff", ran.out);
  ASSERT_EQ(Shell("patch --quiet --binary -p0 -i change.diff"), 0);
  EXPECT_EQ(Text("a/till.yaml"), kTillFixed);
  EXPECT_EQ(Text("with blank.yaml"), WithCrLf(kTillFixed));
  EXPECT_EQ(Text("list.json"), kListFixed);
  const Ran again = Run("--diff .");
  EXPECT_EQ(again.exit_code, 0);
  EXPECT_THAT(again.out, IsEmpty());
}

TEST_F(FixCommand, DiffShowsTheLinesAround) {
  folder_.Put("till.yaml", kTill);
  EXPECT_EQ(Run("--diff till.yaml").out,
            "--- till.yaml\n"
            "+++ till.yaml\n"
            "@@ -7,6 +7,8 @@\n"
            "   labels:\n"
            "     service.istio.io/canonical-name: 'till'\n"
            "     service.istio.io/canonical-revision: v2\n"
            "+    app: till\n"
            "+    version: v2\n"
            "     # more to come\n"
            " spec:\n"
            "   address: 10.0.0.1\n");
}

TEST_F(FixCommand, CheckSaysWhetherAnythingWouldChange) {
  folder_.Put("till.yaml", kTill);
  const Ran ran = Run("--check till.yaml");
  EXPECT_EQ(ran.exit_code, 1);
  EXPECT_THAT(ran.out, IsEmpty());
  EXPECT_THAT(ran.err, HasSubstr("would fix [workload-entry-missing-label]"));
  EXPECT_THAT(ran.err, HasSubstr("Would fix 2 of 2 findings in 1 file\n"));
  EXPECT_EQ(Text("till.yaml"), kTill);
  EXPECT_EQ(Run("--check till.yaml --exit-zero").exit_code, 0);
  EXPECT_EQ(Run("till.yaml").exit_code, 0);
  EXPECT_EQ(Run("--check till.yaml").exit_code, 0);
}

TEST_F(FixCommand, UnsafeFixesNeedToBeAskedFor) {
  folder_.Put("v.yaml", kCapture);
  const Ran safe = Run("v.yaml");
  EXPECT_EQ(safe.exit_code, 1);
  EXPECT_EQ(Text("v.yaml"), kCapture);
  EXPECT_THAT(safe.out, HasSubstr("error[virtual-service-cross-namespace-host"
                                  "]"));
  EXPECT_THAT(safe.err, HasSubstr("Fixed 0 of 2 findings in 1 file (2 more "
                                  "with --unsafe, 0 by hand)\n"));
  // Both fixes set exportTo: the first does, and the second has nothing to do.
  const Ran unsafe = Run("--unsafe v.yaml");
  EXPECT_EQ(unsafe.exit_code, 0) << unsafe.err;
  EXPECT_EQ(Text("v.yaml"),
            std::regex_replace(std::string(kCapture), std::regex(R"("\*")"),
                               R"(".")"));
  EXPECT_THAT(unsafe.err, HasSubstr("Fixed 1 of 1 finding in 1 file\n"));
}

TEST_F(FixCommand, TheConfigurationDecidesToo) {
  const std::string head =
      "apiVersion: meshvet.dev/v1alpha1\nkind: Config\nfix:\n";
  folder_.Put("v.yaml", kCapture);
  folder_.Put("till.yaml", kTill);
  folder_.Put("unsafe.config", head + "  unsafe: true\n");
  folder_.Put("off.config",
              head + "  disable: [workload-entry-missing-label]\n");
  EXPECT_THAT(Run("--diff --config unsafe.config v.yaml").out,
              HasSubstr("+  exportTo: [\".\"]\n"));
  EXPECT_THAT(Run("--diff --safe --config unsafe.config v.yaml").out,
              IsEmpty());
  EXPECT_EQ(Run("--safe --unsafe v.yaml").exit_code, 2);
  const Ran off = Run("--diff --config off.config till.yaml");
  EXPECT_THAT(off.out, IsEmpty());
  EXPECT_EQ(off.exit_code, 0);
}

TEST_F(FixCommand, WhatABaselineAgreesOnIsNotLeft) {
  folder_.Put("v.yaml", kCapture);
  ASSERT_EQ(RunBinary(folder_.path(), "baseline create v.yaml").exit_code, 0);
  const Ran ran = Run("--baseline .meshvet-baseline.json v.yaml");
  EXPECT_EQ(ran.exit_code, 0) << ran.err;
  EXPECT_THAT(ran.out, IsEmpty());
  EXPECT_EQ(Text("v.yaml"), kCapture);
  const Ran unsafe = Run("--unsafe --baseline .meshvet-baseline.json v.yaml");
  EXPECT_EQ(unsafe.exit_code, 0) << unsafe.err;
  EXPECT_THAT(Text("v.yaml"), HasSubstr("exportTo: [\".\"]"));
  EXPECT_EQ(Run("--baseline no-such.json v.yaml").exit_code, 2);
}

TEST_F(FixCommand, SelectionFlagsAreLints) {
  folder_.Put("till.yaml", kTill);
  folder_.Put("list.json", kList);
  EXPECT_THAT(Run("--diff --ignore workload-entry-missing-label .").out,
              Not(HasSubstr("till.yaml")));
  EXPECT_THAT(Run("--diff --select workload-entry-missing-label .").out,
              Not(HasSubstr("list.json")));
  EXPECT_THAT(Run("--diff --exclude 'list.*' .").out,
              Not(HasSubstr("list.json")));
}

TEST_F(FixCommand, StandardInputGoesToStandardOutput) {
  folder_.Put("till.yaml", kTill);
  folder_.Put("good.yaml", kTillFixed);
  const Ran ran = Run("- < till.yaml");
  EXPECT_EQ(ran.exit_code, 0) << ran.err;
  EXPECT_EQ(ran.out, kTillFixed);
  EXPECT_EQ(Run("- < good.yaml").out, kTillFixed);
  EXPECT_THAT(Run("--diff --stdin-filename till.yaml - < till.yaml").out,
              HasSubstr("+++ till.yaml\n"));
  EXPECT_EQ(Run("- till.yaml < good.yaml").exit_code, 2);
}

TEST_F(FixCommand, AFileGoesToStandardOutputWhereThatIsAsked) {
  folder_.Put("till.yaml", kTill);
  folder_.Put("good.yaml", kTillFixed);
  const Ran ran = Run("--stdout ./till.yaml");
  EXPECT_EQ(ran.exit_code, 0) << ran.err;
  EXPECT_EQ(ran.out, kTillFixed);
  EXPECT_THAT(ran.err, HasSubstr("fixed [workload-entry-missing-label]"));
  EXPECT_EQ(Text("till.yaml"), kTill);
  EXPECT_EQ(Run("--stdout good.yaml").out, kTillFixed);
  EXPECT_EQ(Run("--stdout - < till.yaml").out, kTillFixed);
  // The exit code is that of what is left.
  folder_.Put("bad.yaml", "apiVersion: networking.istio.io/v1\nkind: Gatway\n");
  const Ran bad = Run("--stdout bad.yaml");
  EXPECT_EQ(bad.exit_code, 1);
  EXPECT_EQ(bad.out, Text("bad.yaml"));
}

TEST_F(FixCommand, StandardOutputTakesOneFile) {
  folder_.Put("till.yaml", kTill);
  folder_.Put("good.yaml", kTillFixed);
  for (const char* wrong :
       {"--stdout", "--stdout .", "--stdout till.yaml good.yaml",
        "--stdout no-such.yaml", "--stdout 't*.yaml'",
        "--stdout - till.yaml < good.yaml", "--stdout --diff till.yaml",
        "--stdout --check till.yaml"}) {
    const Ran ran = Run(wrong);
    EXPECT_EQ(ran.exit_code, 2) << wrong;
    EXPECT_EQ(ran.out, "") << wrong;
    EXPECT_THAT(ran.err, HasSubstr("meshvet: ")) << wrong;
  }
  EXPECT_EQ(Text("till.yaml"), kTill);
}

TEST_F(FixCommand, ModesAndLinksStay) {
  folder_.Put("till.yaml", kTill);
  fs::permissions(folder_ / "till.yaml", fs::perms(0640));
  fs::create_symlink("till.yaml", folder_ / "link.yaml");
  EXPECT_EQ(Run("link.yaml").exit_code, 0);
  EXPECT_TRUE(fs::is_symlink(folder_ / "link.yaml"));
  EXPECT_EQ(Text("till.yaml"), kTillFixed);
  EXPECT_EQ(fs::status(folder_ / "till.yaml").permissions(), fs::perms(0640));
  // Nothing is left beside them.
  EXPECT_EQ(Shell("test \"$(ls | wc -l)\" = 2"), 0);

  folder_.Put("till.yaml", kTill);
  const Ran both = Run("link.yaml till.yaml");
  EXPECT_EQ(both.exit_code, 0) << both.err;
  EXPECT_EQ(Text("till.yaml"), kTillFixed);
}

TEST_F(FixCommand, AFileThatCannotBeWrittenIsNamed) {
  // So long that no name beside it has room.
  const std::string name = std::string(248, 'n') + ".yaml";
  folder_.Put(name, kTill);
  const Ran ran = Run(name);
  EXPECT_EQ(ran.exit_code, 3);
  EXPECT_THAT(ran.err, HasSubstr("meshvet: " + name + ": File name too long"));
  EXPECT_THAT(ran.err, HasSubstr("Fixed 0 of 2 findings"));
  EXPECT_EQ(Text(name), kTill);
}

TEST_F(FixCommand, WhatStandsBehindAnAliasIsLeftAlone) {
  const std::string text =
      "apiVersion: v1\n"
      "kind: List\n"
      "items:\n"
      "- apiVersion: networking.istio.io/v1\n"
      "  kind: WorkloadEntry\n"
      "  metadata: &meta\n"
      "    name: a\n"
      "    namespace: shop\n"
      "    labels: {version: v1, service.istio.io/canonical-name: till}\n"
      "  spec: {address: 10.0.0.1}\n"
      "- apiVersion: networking.istio.io/v1\n"
      "  kind: WorkloadGroup\n"
      "  metadata: *meta\n"
      "  spec: {template: {labels: {app: a, version: b}}}\n"
      "- apiVersion: networking.istio.io/v1\n"
      "  kind: WorkloadEntry\n"
      "  metadata:\n"
      "    name: c\n"
      "    namespace: shop\n"
      "    labels: {version: v1, service.istio.io/canonical-name: till}\n"
      "  spec: {address: 10.0.0.2}\n";
  folder_.Put("list.yaml", text);
  const Ran ran = Run("--select workload-entry-missing-label list.yaml");
  EXPECT_EQ(ran.exit_code, 1);
  EXPECT_THAT(
      ran.err,
      HasSubstr("meshvet: list.yaml:9:5: not fixed "
                "[workload-entry-missing-label]: line 6: the value is shared: "
                "an alias stands for it elsewhere\n"));
  // The other object is mended all the same.
  std::string fixed = text;
  fixed.insert(fixed.rfind("}\n  spec"), ", app: till");
  EXPECT_EQ(Text("list.yaml"), fixed);
}

TEST_F(FixCommand, TemplatesAndWhatTheyRenderAreLeftAlone) {
  const std::string rendered =
      "---\n# Source: shop/templates/till.yaml\n" + std::string(kTill);
  folder_.Put("rendered.yaml", rendered);
  const Ran ran = Run("rendered.yaml");
  EXPECT_EQ(Text("rendered.yaml"), rendered);
  EXPECT_THAT(ran.err, HasSubstr("rendered from shop/templates/till.yaml"));

  const std::string templated = std::string(kTill) + "  network: {{ .net }}\n";
  folder_.Put("template.yaml", templated);
  EXPECT_EQ(Run("template.yaml").exit_code, 2);
  EXPECT_EQ(Text("template.yaml"), templated);
}

TEST_F(FixCommand, UsageIsChecked) {
  folder_.Put("till.yaml", kTill);
  EXPECT_EQ(Run("--diff --check till.yaml").exit_code, 2);
  EXPECT_EQ(Run("no-such-file.yaml").exit_code, 2);
  EXPECT_EQ(Run("--select no-such-rule till.yaml").exit_code, 2);
  EXPECT_EQ(Run("--unsave till.yaml").exit_code, 2);
  EXPECT_EQ(Text("till.yaml"), kTill);
}

TEST_F(FixCommand, ReportsWhatIsLeftInAnyFormat) {
  folder_.Put("v.yaml", kCapture);
  const Ran ran = Run("-q -o concise -o json=left.json v.yaml");
  EXPECT_EQ(ran.exit_code, 1);
  EXPECT_THAT(ran.out, HasSubstr("v.yaml:6:5: error["));
  EXPECT_THAT(ran.err, IsEmpty());
  EXPECT_THAT(Text("left.json"), HasSubstr("\"exit_code\": 1"));
}

TEST_F(FixCommand, SaysWhatItDidNotLookAt) {
  folder_.Put("till.yaml", kTillFixed);
  folder_.Put("chart/Chart.yaml", "name: x\n");
  for (const char* flag : {"", "--check ", "--diff "}) {
    EXPECT_THAT(Run(std::string(flag) + ".").err,
                HasSubstr("\nskipped: 2 paths (1 Helm chart, "))
        << flag;
    EXPECT_THAT(Run(std::string(flag) + "-v .").err,
                HasSubstr("\nskipped chart: Helm chart"))
        << flag;
    EXPECT_THAT(Run(std::string(flag) + "-q .").err, IsEmpty()) << flag;
  }
}

// Of the configuration, where its folder is among what is to be mended.
TEST_F(FixCommand, RemovesEntriesThatSilenceNothing) {
  const std::string head = "apiVersion: meshvet.dev/v1alpha1\nkind: Config\n";
  const std::string expired =
      "  - {rule: tag:labels, file: till.yaml, until: 2020-01-31}\n";
  const std::string used =
      "  - rule: workload-entry-missing-label  # mended in May\n"
      "    file: till.yaml\n";
  const std::string unused = "  - {rule: IST0101, file: \"*\"}  # old\n";
  const std::string base = head + "suppressions:\n  entries:\n" + expired;
  const std::string before =
      head + "extends: [base.yaml]\nsuppressions:\n  entries:\n" + expired +
      used + unused + expired + "fix: {unsafe: false}\n";
  folder_.Put("base.yaml", base);
  folder_.Put(".meshvet.yaml", before);
  folder_.Put("till.yaml", kTill);

  EXPECT_EQ(Run("till.yaml").exit_code, 0);
  EXPECT_EQ(Text(".meshvet.yaml"), before) << "of one file alone";
  EXPECT_EQ(Run("--check .").exit_code, 1);
  EXPECT_EQ(Text(".meshvet.yaml"), before);
  const Ran ran = Run(".");
  EXPECT_EQ(ran.exit_code, 0) << ran.err;
  EXPECT_EQ(Text(".meshvet.yaml"),
            head + "extends: [base.yaml]\nsuppressions:\n  entries:\n" + used +
                "fix: {unsafe: false}\n");
  EXPECT_THAT(ran.err,
              HasSubstr(".meshvet.yaml:8:12: fixed [suppression-unused]: "
                        "remove the entry\n"));
  EXPECT_THAT(ran.err, HasSubstr("Fixed 4 of 4 findings in 2 files\n"));
  EXPECT_EQ(Text("base.yaml"), head + "suppressions:\n  entries: []\n");
  EXPECT_EQ(Text("till.yaml"), kTill) << "silenced";
  EXPECT_EQ(Run("--check .").exit_code, 0);
}

// Two files of one folder extend the same one.
TEST_F(FixCommand, RemovesEntriesInTheFileTheyStandIn) {
  const std::string head = "apiVersion: meshvet.dev/v1alpha1\nkind: Config\n";
  const std::string entries = "suppressions:\n  entries:\n";
  const std::string expired =
      "  - {rule: tag:labels, file: till.yaml, until: 2020-01-31}\n";
  const std::string used =
      "  - {rule: workload-entry-missing-label, file: till.yaml}\n";
  folder_.Put("teams/base.yaml",
              head + entries + expired + used + expired + expired);
  folder_.Put("teams/a.yaml", head + "extends: [base.yaml]\n");
  folder_.Put("teams/b.yaml",
              head + "extends: [base.yaml]\n" + entries + expired + used);
  folder_.Put(".meshvet.yaml",
              head + "extends: [teams/a.yaml, teams/b.yaml]\n");
  folder_.Put("till.yaml", kTill);
  const Ran ran = Run(".");
  EXPECT_EQ(ran.exit_code, 0) << ran.err;
  EXPECT_THAT(ran.err, HasSubstr("Fixed 4 of 4 findings in 4 files\n"));
  EXPECT_EQ(Text("teams/base.yaml"), head + entries + used);
  EXPECT_EQ(Text("teams/b.yaml"),
            head + "extends: [base.yaml]\n" + entries + used);
  EXPECT_EQ(Text("till.yaml"), kTill) << "silenced";
  EXPECT_EQ(Run("--check .").exit_code, 0);
}

TEST_F(FixCommand, LeavesTheEntriesOfAFileElsewhere) {
  const std::string head = "apiVersion: meshvet.dev/v1alpha1\nkind: Config\n";
  const std::string shared =
      head + "suppressions:\n  entries:\n" +
      "  - {rule: tag:labels, file: till.yaml, until: 2020-01-31}\n";
  folder_.Put("shared.yaml", shared);
  folder_.Put("shop/till.yaml", kTillFixed);
  std::filesystem::create_symlink("../shared.yaml", folder_ / "shop/link.yaml");
  for (const char* extended : {"../shared.yaml", "link.yaml"}) {
    folder_.Put("shop/.meshvet.yaml", head + "extends: [" + extended + "]\n");
    const Ran ran = Run("shop");
    EXPECT_EQ(ran.exit_code, 0) << ran.err;
    EXPECT_THAT(ran.err, HasSubstr("(1 by hand)")) << extended;
    EXPECT_EQ(Text("shared.yaml"), shared) << extended;
  }
}

TEST_F(FixCommand, TheLastEntryLeavesAnEmptyList) {
  const std::string head =
      "apiVersion: meshvet.dev/v1alpha1\nkind: Config\nsuppressions:\n";
  folder_.Put(".meshvet.yaml",
              head + "  entries:\n  - {rule: IST0101, file: \"*\"}\n");
  folder_.Put("till.yaml", kTillFixed);
  EXPECT_EQ(Run(".").exit_code, 0);
  EXPECT_EQ(Text(".meshvet.yaml"), head + "  entries: []\n");
  EXPECT_EQ(RunBinary(folder_.path(), "config validate").exit_code, 0);
}

// The blocks of docs/fix.md, whose first lines name a file or a command.
TEST_F(FixCommand, ThePageShowsWhatTheProgramDoes) {
  const std::string page = ReadFile(MESHVET_SOURCE_DIR "/docs/fix.md");
  const auto block = [&](const std::string& opening) {
    const size_t start = page.find(opening);
    if (start == page.npos) return "no block " + opening;
    const size_t begin = start + opening.size();
    return page.substr(begin, page.find("```\n", begin) - begin);
  };
  folder_.Put("till.yaml", block("```yaml\n"));
  EXPECT_EQ(Run("--diff till.yaml").out,
            block("```\n$ meshvet fix --diff till.yaml\n"));
}

}  // namespace
}  // namespace meshvet::cli

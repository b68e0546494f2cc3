// `meshvet test`, run as the program it is: the files it reads and writes, and
// each way in which they can be wrong.

#include <gmock/gmock.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "test/unit/ruletest/test_case.h"

namespace meshvet::ruletest {
namespace {

using test::Ran;
using test::ReadFile;
using test::RunBinary;
using test::TempFolder;

using nlohmann::json;
using ::testing::HasSubstr;

TEST_F(TestCommand, WritesSnapshotsAnewWhereItIsTold) {
  const std::string cases =
      "- {name: a, input: entry.yaml, expect: {patched: p.yaml, fixed: "
      "f.yaml}}\n"
      "- {name: b, input: entry.yaml, expect: {patched: p.json}}\n";
  const Ran missing = Run(cases);
  EXPECT_EQ(missing.exit_code, 2);
  EXPECT_EQ(missing.out,
            "t.yaml:5:10: error: t/a\n"
            "  t.yaml:5:50: p.yaml: No such file or directory; "
            "--update-snapshots writes it\n"
            "t.yaml:6:10: error: t/b\n"
            "  t.yaml:6:50: p.json: No such file or directory; "
            "--update-snapshots writes it\n");
  const Ran update = Run(cases, "--update-snapshots t.yaml");
  EXPECT_EQ(update.err,
            "meshvet: wrote f.yaml\nmeshvet: wrote p.json\nmeshvet: wrote "
            "p.yaml\n2 passed, 0 failed, 0 skipped\n");
  EXPECT_EQ(ReadFile(folder_ / "p.yaml"),
            "apiVersion: networking.istio.io/v1\n"
            "kind: WorkloadEntry\n"
            "metadata:\n"
            "  name: e\n"
            "  namespace: shop\n"
            "  labels:\n"
            "    app.kubernetes.io/name: till\n"
            "    version: v1\n"
            "    app: till\n"
            "spec:\n"
            "  address: \"192.0.2.1\"\n");
  EXPECT_EQ(json::parse(ReadFile(folder_ / "p.json"))["metadata"]["labels"],
            json::parse(R"({"app.kubernetes.io/name": "till", "version": "v1",
                            "app": "till"})"));
  EXPECT_EQ(Run(cases).exit_code, 0);
  // A byte is a difference.
  const std::string fixed = ReadFile(folder_ / "f.yaml");
  EXPECT_THAT(fixed, HasSubstr("app: till}  # of the till\n"));
  folder_.Put("f.yaml", fixed + "\n");
  const Ran differs = Run(cases);
  EXPECT_EQ(differs.exit_code, 1);
  EXPECT_THAT(differs.out, HasSubstr("fixed: wanted and found differ\n"
                                     "    --- f.yaml\n    +++ f.yaml\n"));
  EXPECT_EQ(Run(cases, "--update-snapshots t.yaml").exit_code, 0);
  EXPECT_EQ(ReadFile(folder_ / "f.yaml"), fixed);
}

TEST_F(TestCommand, WritesNoSnapshotElsewhere) {
  const TempFolder elsewhere;
  const std::string file = (elsewhere / "p.yaml").string();
  const Ran ran =
      Run("- {name: a, input: entry.yaml, expect: {patched: " + file + "}}\n",
          "--update-snapshots t.yaml");
  EXPECT_EQ(ran.exit_code, 3);
  EXPECT_THAT(ran.out, HasSubstr(file + ": lies neither below the working "
                                        "directory nor beside the test; not "
                                        "written\n"));
  EXPECT_FALSE(std::filesystem::exists(file));
}

TEST_F(TestCommand, WritesOneSnapshotOnce) {
  const Ran ran =
      Run("- {name: a, input: entry.yaml, expect: {patched: p.yaml}}\n"
          "- {name: b, input: home.yaml, expect: {patched: p.yaml}}\n",
          "--update-snapshots t.yaml");
  EXPECT_EQ(ran.exit_code, 3);
  EXPECT_THAT(ran.out,
              HasSubstr("p.yaml: another case wants another text in it\n"));
}

struct NoVerdict {
  const char* cases;
  int exit_code;
  const char* said;
};

TEST_F(TestCommand, TellsErrorsFromFailures) {
  folder_.Put("service.yaml", "a: 1\n");
  folder_.Put("broken.yaml", "a: [\n");
  folder_.Put("typo.yaml",
              "apiVersion: networking.istio.io/v1\nkind: VirtualServce\n");
  folder_.Put("other.yaml", "apiVersion: v1\nkind: ConfigMap\n");
  folder_.Put("review.json", R"({"apiVersion": "admission.k8s.io/v1",)"
                             R"( "kind": "AdmissionReview", "request": {}})");
  std::filesystem::create_directory(folder_ / "dir");
  const NoVerdict cases[] = {
      {"input: none.yaml", 2,
       "t.yaml:5:20: none.yaml: No such file or "
       "directory"},
      {"input: '-'", 2, "t.yaml:5:20: ./-: No such file or directory"},
      {"input: dir", 3, "t.yaml:5:20: dir: Is a directory"},
      {"input: service.yaml", 2,
       "service.yaml:1:1: no object to judge (line 1: no apiVersion and no "
       "kind)"},
      {"input: other.yaml", 2,
       "other.yaml:1:1: no object to judge (line 1: other kind: core "
       "ConfigMap)"},
      {"input: broken.yaml", 2, "broken.yaml:2:1: "},
      {"input: typo.yaml", 2,
       "typo.yaml:2:7: networking.istio.io has no kind VirtualServce (did you "
       "mean \"VirtualService\"?)"},
      {"input: {kind: VirtualService}", 2,
       "t.yaml:5:13: no object: it has no apiVersion"},
      {"input: []", 2, "t.yaml:5:13: no object to judge"},
      {"input: review.json", 2, "review.json:1:"},
      {"input: review.json, operation: CREATE", 2,
       "t.yaml:5:10: operation stands in the input, which is an "
       "AdmissionReview"},
      {"operation: UPDATE, oldInput: entry.yaml, input: away.yaml", 2,
       "t.yaml:5:42: oldInput holds no VirtualService shop/a"},
  };
  for (const NoVerdict& c : cases) {
    const Ran ran = Run("- {name: a, " + std::string(c.cases) +
                        ", expect: {allowed: true}}\n" +
                        "- {name: b, input: home.yaml, expect: {allowed: "
                        "true}}\n");
    EXPECT_THAT(ran.out,
                HasSubstr("t.yaml:5:10: error: t/a\n  " + std::string(c.said)))
        << c.cases;
    EXPECT_EQ(ran.err, "1 passed, 0 failed, 0 skipped, 1 error\n") << c.cases;
    EXPECT_EQ(ran.exit_code, c.exit_code) << c.cases;
  }
}

TEST_F(TestCommand, CallsAnUnknownRuleAnError) {
  const Ran ran =
      Run("- {name: a, input: home.yaml, expect: {findings: [{rule: "
          "workload-entry-mising-label}]}}\n"
          "- {name: b, input: home.yaml, expect: {allowed: false}}\n");
  EXPECT_EQ(ran.out,
            "t.yaml:5:10: error: t/a\n"
            "  t.yaml:5:58: unknown rule \"workload-entry-mising-label\" (did "
            "you mean \"workload-entry-missing-label\"?)\n"
            "t.yaml:6:10: failed: t/b\n"
            "  t.yaml:6:49: allowed: wanted false, found true\n");
  EXPECT_EQ(ran.exit_code, 2);
}

struct Mistake {
  const char* cases;
  const char* complaint;
};

TEST_F(TestCommand, IsStrict) {
  const Mistake mistakes[] = {
      {"- {name: a, input: x, expects: {}}\n",
       "t.yaml:5:23: unknown key \"expects\" (did you mean \"expect\"?)\n"},
      {"- {name: a, input: x, expect: {}}\n",
       "t.yaml:5:23: expect says nothing, so the case could not fail\n"},
      {"- {name: a, input: x, expect: {findings: }}\n",
       "t.yaml:5:42: findings has no value\n"},
      {"- {name: a, input: x, expect: {alowed: true}}\n",
       "t.yaml:5:40: unknown key \"alowed\" (did you mean \"allowed\"?)\n"},
      {"- {name: a, input: x, expect: {allowed: yes please}}\n",
       "t.yaml:5:41: expected true or false, got \"yes please\"\n"},
      {"- {name: a, input: x, operation: PATCH, expect: {allowed: true}}\n",
       "t.yaml:5:34: \"PATCH\" is none of CREATE, UPDATE, DELETE\n"},
      {"- {name: a, input: x, operation: UPDATE, expect: {allowed: true}}\n",
       "t.yaml:5:34: an UPDATE needs oldInput, what it was before\n"},
      {"- {name: a, input: x, oldInput: z, expect: {allowed: true}}\n",
       "t.yaml:5:33: oldInput goes with operation: UPDATE alone\n"},
      {"- {name: a, input: x, skip: '', expect: {allowed: true}}\n",
       "t.yaml:5:29: skip has to say why\n"},
      {"- {input: x, expect: {allowed: true}}\n",
       "t.yaml:5:3: name is missing\n"},
      {"- {name: a, expect: {allowed: true}}\n",
       "t.yaml:5:3: input is missing\n"},
      {"- {name: a, input: x, expect: {allowed: true}}\n"
       "- {name: a, input: x, expect: {allowed: true}}\n",
       "t.yaml:6:10: a second case \"a\"\n"},
      {"- {name: a, input: x, expect: {findings: [], findingsContain: [{rule: "
       "x}]}}\n",
       "findings and findingsContain exclude each other\n"},
      {"- {name: a, input: x, expect: {findingsContain: []}}\n",
       "expects nothing; findings: [] says that there are none\n"},
      {"- {name: a, input: x, expect: {findings: [{at: /a}]}}\n",
       "t.yaml:5:43: rule is missing\n"},
      {"- {name: a, input: x, expect: {findings: [{rule: a, at: spec}]}}\n",
       "\"spec\" is no JSON Pointer such as /spec/http/0\n"},
      {"- {name: a, input: x, expect: {findings: [{rule: a, line: 0}]}}\n",
       "t.yaml:5:59: expected the number of a line, from 1 on\n"},
      {"- {name: a, input: x, expect: {findings: [{rule: a, message: '('}]}}\n",
       "t.yaml:5:62: no regular expression: "},
      {"- {name: a, input: x, expect: {patch: [{op: put, path: /a}]}}\n",
       "t.yaml:5:32: /0/op: "},
      {"- {name: a, input: {kind: x}, expect: {fixed: f}}\n",
       "t.yaml:5:47: fixed needs an input that is a file\n"},
      {"- {name: a, operation: DELETE, input: x, expect: {patch: []}}\n",
       "a DELETE patches nothing\n"},
      {"  []\n", "expected a list of cases\n"},
      {"- {name: a, input: x, expect: {allowed: true}}\nconfig: none.yaml\n",
       "t.yaml:6:9: none.yaml does not exist\n"},
      {"- {name: a, input: x, expect: {allowed: true}}\ncontext: [none]\n",
       "t.yaml:6:11: none does not exist\n"},
      {"- {name: a, input: x, expect: {allowed: true}}\n"
       "config: {rules: {no-such-rule: off}}\n",
       "t.yaml:6:32: unknown rule \"no-such-rule\""},
      {"- {name: a, input: x, expect: {allowed: true}}\nconfig: {ruls: {}}\n",
       "t.yaml:6:10: unknown key \"ruls\" (did you mean \"rules\"?)\n"},
  };
  for (const Mistake& c : mistakes) {
    const Ran ran = Run(c.cases);
    EXPECT_THAT(ran.err, HasSubstr(c.complaint)) << c.cases;
    EXPECT_EQ(ran.out, "");
    EXPECT_EQ(ran.exit_code, 2) << c.cases;
  }
}

TEST_F(TestCommand, DoesNotPassOverATestThatCannotBeRead) {
  const Mistake files[] = {
      {"apiVersion: meshvet.dev/v1alpha1\nkind: RuleTest\ncases: [\n",
       "t.yaml:4:1: "},
      {"apiVersion: meshvet.dev/v2\nkind: RuleTest\nmetadata: {name: t}\n",
       "t.yaml:1:13: expected apiVersion: meshvet.dev/v1alpha1\n"},
      {"apiVersion: meshvet.dev/v1alpha1\nkind: Ruletest\n",
       "t.yaml:2:7: expected kind: RuleTest"},
      {"kind: Config\napiVersion: meshvet.dev/v1alpha1\n",
       "meshvet: no tests found: no document of kind RuleTest\n"},
      {"", "meshvet: no tests found: no document of kind RuleTest\n"},
  };
  for (const Mistake& c : files) {
    folder_.Put("t.yaml", c.cases);
    const Ran ran = RunBinary(folder_.path(), "test t.yaml");
    EXPECT_THAT(ran.err, HasSubstr(c.complaint)) << c.cases;
    EXPECT_EQ(ran.exit_code, 2) << c.cases;
  }
  const Ran nowhere = RunBinary(folder_.path(), "test nowhere");
  EXPECT_EQ(nowhere.exit_code, 2);
  EXPECT_THAT(nowhere.err, HasSubstr("nowhere"));
}

TEST_F(TestCommand, BoundsWhatATestMayHold) {
  std::string findings;
  for (int i = 0; i < 201; ++i) findings += "{rule: a}, ";
  EXPECT_THAT(
      Run("- {name: a, input: x, expect: {findings: [" + findings + "]}}\n")
          .err,
      HasSubstr("more than 200 findings\n"));
  EXPECT_THAT(Run("- {name: " + std::string(201, 'a') +
                  ", input: x, expect: {allowed: true}}\n")
                  .err,
              HasSubstr("has more than 200 bytes\n"));
  EXPECT_THAT(Run("# " + std::string(4 << 20, 'a') + "\n").err,
              HasSubstr("a test has at most 4 MiB\n"));
  EXPECT_THAT(Run("- {name: a, input: x, expect: {findings: [{rule: a, "
                  "message: " +
                  std::string(257, 'a') + "}]}}\n")
                  .err,
              HasSubstr("a pattern has at most 256 bytes\n"));
}

TEST_F(TestCommand, IsFoundWhateverItsFileIsCalled) {
  folder_.Put("deep/er/two.yml", "---\n" + kHead +
                                     "- {name: a, input: ../../home.yaml, "
                                     "expect: {allowed: true}}\n---\n" +
                                     kHead +
                                     "- {name: b, input: ../../away.yaml, "
                                     "expect: {allowed: false}}\n");
  const Ran ran = RunBinary(folder_.path(), "test -v");
  EXPECT_EQ(ran.err, "2 passed, 0 failed, 0 skipped\n");
  const Ran lint = RunBinary(folder_.path(), "lint -v deep");
  EXPECT_EQ(lint.out, "");
  EXPECT_THAT(lint.err, HasSubstr("meshvet RuleTest"));
}

}  // namespace
}  // namespace meshvet::ruletest

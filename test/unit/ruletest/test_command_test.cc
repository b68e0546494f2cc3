// `meshvet test`, run as the program it is: what it says of each way in which a
// case can come out.

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "test/support/xml_reader.h"
#include "test/unit/ruletest/test_case.h"

namespace meshvet::ruletest {
namespace {

using test::Ran;
using test::ReadFile;
using test::ReadXml;
using test::RunBinary;
using test::XmlElement;

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::Not;

TEST_F(TestCommand, PassesWithoutAWord) {
  const Ran ran = Run(
      "- {name: a, input: away.yaml, expect: {allowed: false}}\n"
      "- {name: b, input: home.yaml, expect: {allowed: true, findings: []}}\n"
      "- {name: c, input: home.yaml, skip: not now, expect: {allowed: "
      "false}}\n");
  EXPECT_EQ(ran.out, "t.yaml:7:10: skipped: t/c: not now\n");
  EXPECT_EQ(ran.err, "2 passed, 0 failed, 1 skipped\n");
  EXPECT_EQ(ran.exit_code, 0);
  const Ran verbose = RunBinary(folder_.path(), "test -v -q t.yaml");
  EXPECT_EQ(verbose.out,
            "t.yaml:5:10: passed: t/a\n"
            "t.yaml:6:10: passed: t/b\n"
            "t.yaml:7:10: skipped: t/c: not now\n");
  EXPECT_EQ(verbose.err, "");
}

TEST_F(TestCommand, ShowsWhatWasWantedAndWhatWasFound) {
  const Ran ran =
      Run("- name: a\n"
          "  input: away.yaml\n"
          "  expect:\n"
          "    allowed: true\n"
          "    findings:\n"
          "    - {rule: KIA0505, at: /spec/x, line: 3, severity: info, action: "
          "warn, message: 'a.b'}\n");
  EXPECT_EQ(
      ran.out,
      "t.yaml:5:9: failed: t/a\n"
      "  t.yaml:8:14: allowed: wanted true, found false\n"
      "  t.yaml:10:14: - KIA0505 at /spec/x, line 3, severity info, action "
      "warn, message /a.b/\n"
      "  away.yaml:6:40: + virtual-service-cross-namespace-host at "
      "/spec/http/0/route/0/destination/host (error, deny): namespace shop "
      "routes to host \"b.pay.svc.cluster.local\" of namespace pay without the "
      "consent of namespace pay: annotate Namespace pay with "
      "meshvet.dev/allow-routes-from: \"shop\", add a ReferenceGrant in pay, "
      "or allow {from: shop, to: pay} in the policy\n");
  EXPECT_EQ(ran.err, "0 passed, 1 failed, 0 skipped\n");
  EXPECT_EQ(ran.exit_code, 1);
}

// One expectation of what away.yaml gives, and whether it holds.
struct Expectation {
  const char* expect;
  bool holds;
};

TEST_F(TestCommand, HoldsEachPartOfAFindingAgainstWhatWasFound) {
  const std::string rule = "{rule: virtual-service-cross-namespace-host";
  const Expectation cases[] = {
      {"", true},
      {", at: /spec/http/0/route/0/destination/host", true},
      {", at: /spec/http/0/route/0/destination", false},
      {", at: \"\"", false},
      {", line: 6", true},
      {", line: 5", false},
      {", severity: error", true},
      {", severity: warning", false},
      {", action: deny", true},
      {", action: warn", false},
      {", message: 'of namespace p[a-z]y '", true},
      {", message: '^of namespace'", false},
  };
  for (const Expectation& c : cases) {
    for (const char* key : {"findings", "findingsContain"}) {
      const Ran ran =
          Run("- {name: a, input: away.yaml, expect: {" + std::string(key) +
              ": [" + rule + c.expect + "}]}}\n");
      EXPECT_EQ(ran.exit_code, c.holds ? 0 : 1) << key << c.expect << ran.out;
    }
  }
}

TEST_F(TestCommand, TellsAnExactSetFromASubset) {
  const std::string find = "{rule: virtual-service-cross-namespace-host}";
  const Expectation cases[] = {
      {"findings: []", false},
      {"findings: [F]", true},
      {"findings: [F, F]", false},
      {"findingsContain: [F]", true},
      {"findingsContain: [F, F]", false},
      {"findingsContain: [{rule: workload-entry-missing-label}]", false},
  };
  for (const Expectation& c : cases) {
    std::string expect = c.expect;
    for (size_t at = expect.find('F'); at != expect.npos;
         at = expect.find('F', at + find.size())) {
      expect.replace(at, 1, find);
    }
    const Ran ran =
        Run("- {name: a, input: away.yaml, expect: {" + expect + "}}\n");
    EXPECT_EQ(ran.exit_code, c.holds ? 0 : 1) << c.expect << ran.out;
  }
}

// The first expectation fits both findings, the second only the one that comes
// first: each still gets its own.
TEST_F(TestCommand, PairsFindingsWhateverTheirOrder) {
  folder_.Put("two.yaml",
              "apiVersion: networking.istio.io/v1\nkind: WorkloadEntry\n"
              "metadata: {name: e, namespace: shop}\n"
              "spec: {address: 192.0.2.1}\n");
  const std::string any = "{rule: workload-entry-missing-label}";
  const std::string app = "{rule: workload-entry-missing-label, message: app}";
  for (const std::string& list : {any + ", " + app, app + ", " + any}) {
    EXPECT_EQ(Run("- {name: a, input: two.yaml, expect: {findingsContain: [" +
                  list + "]}}\n")
                  .exit_code,
              0)
        << list;
  }
  EXPECT_EQ(Run("- {name: a, input: two.yaml, expect: {findingsContain: [" +
                app + ", " + app + "]}}\n")
                .exit_code,
            1);
}

TEST_F(TestCommand, SaysThatARuleDidNotRun) {
  folder_.Put("far.yaml",
              "apiVersion: networking.istio.io/v1\nkind: VirtualService\n"
              "metadata: {name: a, namespace: shop}\n"
              "spec: {hosts: [a], http: [{route: [{destination: {host: "
              "far}}]}]}\n");
  const Ran ran =
      Run("- {name: a, input: far.yaml, expect: {findings: [{rule: "
          "virtual-service-unknown-host}]}}\n");
  EXPECT_EQ(ran.exit_code, 1);
  EXPECT_THAT(ran.out, HasSubstr("- virtual-service-unknown-host (the rule did "
                                 "not run: "));
}

TEST_F(TestCommand, JudgesObjectsThatStandInTheTest) {
  const Ran ran = Run(
      "- name: a\n"
      "  input:\n"
      "  - {apiVersion: networking.istio.io/v1, kind: WorkloadEntry,\n"
      "     metadata: {name: e, namespace: shop, labels: {app: x}}}\n"
      "  - {apiVersion: networking.istio.io/v1, kind: WorkloadEntry,\n"
      "     metadata: {name: f, namespace: shop, labels: {version: x}}}\n"
      "  expect:\n"
      "    allowed: false\n"
      "    findingsContain:\n"
      "    - {rule: workload-entry-missing-label, message: version, line: 8}\n"
      "    - {rule: workload-entry-missing-label, message: app, line: 10}\n");
  EXPECT_EQ(ran.out, "");
  EXPECT_EQ(ran.exit_code, 0);
}

TEST_F(TestCommand, KnowsOldProblemsFromNewOnes) {
  const Ran ran = Run(
      "- {name: kept, operation: UPDATE, oldInput: away.yaml, input: "
      "away.yaml, expect: {allowed: true, findings: [{rule: "
      "virtual-service-cross-namespace-host, action: warn}]}}\n"
      "- {name: new, operation: UPDATE, oldInput: home.yaml, input: away.yaml, "
      "expect: {allowed: false}}\n"
      "- {name: gone, operation: DELETE, input: away.yaml, expect: {allowed: "
      "true, findings: []}}\n"
      "- {name: by-alice, user: {username: alice, groups: [dev]}, input: "
      "away.yaml, expect: {allowed: false}}\n");
  EXPECT_EQ(ran.out, "");
  EXPECT_EQ(ran.err, "4 passed, 0 failed, 0 skipped\n");
}

TEST_F(TestCommand, ComparesThePatch) {
  const std::string labels =
      "{app.kubernetes.io/name: till, version: v1, app: till}";
  const std::string patched =
      "{apiVersion: networking.istio.io/v1, kind: WorkloadEntry, metadata: "
      "{name: e, namespace: shop, labels: " +
      labels + "}, spec: {address: 192.0.2.1}}";
  EXPECT_EQ(Run("- {name: a, input: entry.yaml, expect: {patched: " + patched +
                ", patch: [{op: add, path: /metadata/labels/app, value: "
                "till}]}}\n")
                .exit_code,
            0);
  const Ran ran = Run(
      "- {name: a, input: entry.yaml, expect: {patch: [{op: add, path: "
      "/metadata/labels/app, value: pos}], patched: {kind: WorkloadEntry}}}\n");
  EXPECT_EQ(ran.out,
            "t.yaml:5:10: failed: t/a\n"
            "  t.yaml:5:41: patch: wanted and found differ\n"
            "    --- patch\n"
            "    +++ patch\n"
            "    @@ -1 +1 @@\n"
            "    -- add /metadata/labels/app: \"pos\"\n"
            "    +- add /metadata/labels/app: \"till\"\n"
            "  t.yaml:5:101: patched: wanted and found differ\n"
            "    --- patched\n"
            "    +++ patched\n"
            "    @@ -1 +1,11 @@\n"
            "    +apiVersion: networking.istio.io/v1\n"
            "     kind: WorkloadEntry\n"
            "    +metadata:\n"
            "    +  name: e\n"
            "    +  namespace: shop\n"
            "    +  labels:\n"
            "    +    app.kubernetes.io/name: till\n"
            "    +    version: v1\n"
            "    +    app: till\n"
            "    +spec:\n"
            "    +  address: \"192.0.2.1\"\n");
  EXPECT_EQ(ran.exit_code, 1);
}

// What keeps a case from a verdict: an error, and not a failure.
// A test file that is wrong: nothing is run.
TEST_F(TestCommand, JudgesByItsConfiguration) {
  folder_.Put("policy.yaml",
              "apiVersion: meshvet.dev/v1alpha1\nkind: Config\nrules:\n"
              "  virtual-service-cross-namespace-host: off\n");
  const std::string one =
      "- {name: a, input: away.yaml, expect: {allowed: true}}\n";
  EXPECT_EQ(Run(one).exit_code, 1);
  EXPECT_EQ(Run(one + "config: policy.yaml\n").exit_code, 0);
  EXPECT_EQ(Run(one + "config: {extends: [policy.yaml]}\n").exit_code, 0);
  EXPECT_EQ(
      Run(one +
          "config: {rules: {virtual-service-cross-namespace-host: off}}\n")
          .exit_code,
      0);
  folder_.Put("mesh/pay.yaml",
              "apiVersion: v1\nkind: Namespace\nmetadata: {name: pay, "
              "annotations: {meshvet.dev/allow-routes-from: shop}}\n");
  EXPECT_EQ(Run(one + "context: [mesh]\n").exit_code, 0);
  EXPECT_EQ(Run(one + "config: {context: {paths: [mesh]}}\n").exit_code, 0);
  folder_.Put("mesh/pay.yaml", "a: [\n");
  const Ran broken = Run(one + "context: [mesh]\n");
  EXPECT_EQ(broken.exit_code, 2);
  EXPECT_THAT(broken.err, HasSubstr("meshvet: mesh/pay.yaml:2:1: "));
}

TEST_F(TestCommand, RunsTheCasesThatAreAskedFor) {
  const std::string cases =
      "- {name: one, input: home.yaml, expect: {allowed: true}}\n"
      "- {name: two, input: home.yaml, expect: {allowed: false}}\n";
  EXPECT_EQ(Run(cases, "--run '^t/one$' t.yaml").err,
            "1 passed, 0 failed, 0 skipped\n");
  EXPECT_EQ(Run(cases, "--run two t.yaml").err,
            "0 passed, 1 failed, 0 skipped\n");
  const Ran none = Run(cases, "--run three t.yaml");
  EXPECT_EQ(none.err, "meshvet: --run: no case matches three\n");
  EXPECT_EQ(none.exit_code, 2);
  const Ran wrong = Run(cases, "--run '(' t.yaml");
  EXPECT_THAT(wrong.err, HasSubstr("meshvet: --run: no regular expression"));
  EXPECT_EQ(wrong.exit_code, 2);
}

const char* const kFourWays =
    "- {name: good, input: home.yaml, expect: {allowed: true}}\n"
    "- {name: bad, input: home.yaml, expect: {allowed: false}}\n"
    "- {name: none, input: no.yaml, expect: {allowed: false}}\n"
    "- {name: later, skip: <why>, input: no.yaml, expect: {allowed: "
    "false}}\n";

TEST_F(TestCommand, WritesJunit) {
  const Ran ran = Run(kFourWays, "-o text -o junit=out.xml t.yaml");
  EXPECT_EQ(ran.exit_code, 2);
  EXPECT_THAT(ran.out, HasSubstr("failed: t/bad"));
  const std::string text = ReadFile(folder_ / "out.xml");
  const XmlElement root = ReadXml(text);
  ASSERT_EQ(root.name, "testsuites");
  ASSERT_EQ(root.All("testsuite").size(), 1U);
  const XmlElement& suite = *root.All("testsuite").front();
  for (const XmlElement* counted : {&root, &suite}) {
    EXPECT_EQ(counted->attributes.at("tests"), "4");
    EXPECT_EQ(counted->attributes.at("failures"), "1");
    EXPECT_EQ(counted->attributes.at("errors"), "1");
  }
  EXPECT_EQ(suite.attributes.at("skipped"), "1");
  EXPECT_EQ(suite.attributes.at("name"), "t.yaml");
  const auto cases = suite.All("testcase");
  ASSERT_EQ(cases.size(), 4U);
  EXPECT_EQ(cases[0]->attributes.at("name"), "t/good");
  EXPECT_EQ(cases[0]->attributes.at("classname"), "meshvet.t_yaml");
  EXPECT_EQ(cases[0]->attributes.at("file"), "t.yaml");
  EXPECT_TRUE(cases[0]->children.empty());
  ASSERT_EQ(cases[1]->All("failure").size(), 1U);
  const XmlElement& failure = *cases[1]->All("failure").front();
  EXPECT_EQ(failure.attributes.at("message"),
            "allowed: wanted false, found true");
  EXPECT_EQ(failure.text,
            "t.yaml:6:10\n  t.yaml:6:51: allowed: wanted false, found true\n");
  ASSERT_EQ(cases[2]->All("error").size(), 1U);
  ASSERT_EQ(cases[3]->All("skipped").size(), 1U);
  EXPECT_EQ(cases[3]->All("skipped").front()->text, "<why>");
}

TEST_F(TestCommand, WritesJson) {
  const Ran ran = Run(kFourWays, "-o json t.yaml");
  const json report = json::parse(ran.out);
  EXPECT_EQ(report["summary"], json::parse(R"({"passed": 1, "failed": 1,
                                               "errors": 1, "skipped": 1,
                                               "interrupted": 0})"));
  EXPECT_EQ(report["exit_code"], ran.exit_code);
  const json& test = report["tests"][0];
  EXPECT_EQ(test["file"], "t.yaml");
  EXPECT_EQ(test["name"], "t");
  EXPECT_EQ(test["cases"][1], json::parse(R"({
    "name": "bad", "status": "failed", "line": 6, "column": 10, "problems": [
      {"where": "t.yaml:6:51",
       "message": "allowed: wanted false, found true"}]})"));
  EXPECT_EQ(test["cases"][3]["reason"], "<why>");
}

TEST_F(TestCommand, RefusesOutputsItDoesNotHave) {
  struct Complaint {
    const char* cases;
    const char* complaint;
  };
  const Complaint flags[] = {
      {"-o junt",
       "meshvet: --output: unknown format \"junt\" (did you mean "
       "\"junit\"?); there are text, junit and json\n"},
      {"-o junit=", "meshvet: --output: no file after \"junit=\"\n"},
      {"-o json -o text",
       "meshvet: --output: only one format can go to standard output; name a "
       "file for the others, as in json=report.json\n"},
      {"-o json=a -o text=a",
       "meshvet: --output: two formats cannot go to one file, a\n"},
  };
  for (const Complaint& c : flags) {
    const Ran ran = Run(kFourWays, std::string(c.cases) + " t.yaml");
    EXPECT_EQ(ran.err, c.complaint);
    EXPECT_EQ(ran.exit_code, 2);
  }
  const Ran unwritten = Run(kFourWays, "-o json=no/such/folder.json t.yaml");
  EXPECT_EQ(unwritten.exit_code, 3);
}

TEST_F(TestCommand, SaysTheSameWithAnyNumberOfThreads) {
  std::string cases;
  for (int i = 0; i < 50; ++i) {
    cases += "- {name: c" + std::to_string(i) +
             ", input: away.yaml, expect: {allowed: " +
             (i % 3 == 0 ? "true" : "false") + "}}\n";
  }
  const Ran one = Run(cases, "-v -j1 t.yaml");
  const Ran many = Run(cases, "-v -j8 t.yaml");
  EXPECT_EQ(one.out, many.out);
  EXPECT_EQ(one.err, "33 passed, 17 failed, 0 skipped\n");
  EXPECT_EQ(many.err, one.err);
}

TEST_F(TestCommand, ColoursWhatCameOutWhereThatIsWanted) {
  Run("- {name: a, input: away.yaml, expect: {allowed: false}}\n"
      "- {name: b, input: away.yaml, expect: {allowed: true}}\n"
      "- {name: c, input: home.yaml, skip: s, expect: {allowed: true}}\n");
  const auto run = [&](const std::string& flags,
                       const std::string& environment = "") {
    return RunBinary(folder_.path(), "test t.yaml -q -v " + flags, environment);
  };
  const std::string plain =
      "t.yaml:5:10: passed: t/a\n"
      "t.yaml:6:10: failed: t/b\n"
      "  t.yaml:6:49: allowed: wanted true, found false\n"
      "t.yaml:7:10: skipped: t/c: s\n";
  const std::string coloured =
      "t.yaml:5:10: \x1b[1;32mpassed\x1b[0m: t/a\n"
      "t.yaml:6:10: \x1b[1;31mfailed\x1b[0m: t/b\n"
      "  t.yaml:6:49: allowed: wanted true, found false\n"
      "t.yaml:7:10: \x1b[1;33mskipped\x1b[0m: t/c: s\n";
  EXPECT_EQ(run("").out, plain);
  EXPECT_EQ(run("--color always").out, coloured);
  EXPECT_EQ(run("", "FORCE_COLOR=1").out, coloured);
  EXPECT_EQ(run("--color never", "FORCE_COLOR=1").out, plain);
  EXPECT_EQ(run("", "FORCE_COLOR=1 NO_COLOR=1").out, plain);
  EXPECT_EQ(run("--color always").exit_code, 1);
  run("--color always -o junit=j.xml -o json=j.json");
  for (const char* file : {"j.xml", "j.json"}) {
    EXPECT_THAT(ReadFile(folder_ / file), Not(HasSubstr("\x1b"))) << file;
  }
}

TEST_F(TestCommand, ShowsNothingOfATerminalsLanguage) {
  const Ran ran =
      Run("- {name: \"a\\e[2K\\u202e\", input: home.yaml, expect: {allowed: "
          "false}}\n");
  EXPECT_THAT(ran.out, HasSubstr("failed: t/a\\x1b[2K\\u{202e}\n"));
}

TEST_F(TestCommand, SaysNoCommandToTheLogOfAzure) {
  Run("- {name: '##[error]a', input: away.yaml, expect: {allowed: true}}\n");
  const Ran ran = RunBinary(folder_.path(), "test t.yaml", "TF_BUILD=True");
  EXPECT_EQ(ran.exit_code, 1);
  EXPECT_THAT(ran.out, HasSubstr("failed: t/# #[error]a\n"));
}

TEST_F(TestCommand, HelpsWithExamples) {
  const Ran ran = RunBinary(folder_.path(), "test -h");
  EXPECT_EQ(ran.exit_code, 0);
  size_t examples = 0;
  for (size_t at = ran.out.find("  meshvet test"); at != ran.out.npos;
       at = ran.out.find("  meshvet test", at + 1)) {
    ++examples;
  }
  EXPECT_GE(examples, 3U);
}

}  // namespace
}  // namespace meshvet::ruletest

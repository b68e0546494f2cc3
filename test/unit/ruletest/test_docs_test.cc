// What docs/ says of tests of policy is what the program does.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidjson/document.h>
#include <rapidjson/schema.h>

#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "lint/input/source_file.h"
#include "test/support/run_binary.h"

namespace meshvet::ruletest {
namespace {

using test::Ran;
using test::ReadFile;
using test::RunBinary;
using test::TempFolder;
using test::WriteFile;

const std::string kRoot = MESHVET_SOURCE_DIR;

// What stands between `open` and `close`, from `from` on.
std::string Between(const std::string& text, const std::string& open,
                    const std::string& close, size_t from = 0) {
  const size_t start = text.find(open, from);
  const size_t end = text.find(close, start + open.size());
  if (start == text.npos || end == text.npos) return {};
  return text.substr(start + open.size(), end - start - open.size());
}

TEST(TestingPolicyPage, ShowsWhatTheProgramSays) {
  const std::string page = ReadFile(kRoot + "/docs/testing-policy.md");
  const TempFolder folder;
  size_t files = 0;
  const std::string mark = "<!-- file: ";
  for (size_t at = page.find(mark); at != page.npos;
       at = page.find(mark, at + 1)) {
    const std::string name = Between(page, mark, " -->", at);
    WriteFile(folder / name, Between(page, "```yaml\n", "```", at));
    ++files;
  }
  ASSERT_EQ(files, 3U);
  const std::string output = Between(page, "<!-- output -->\n```\n", "```");
  const Ran ran = RunBinary(folder.path(), "test");
  EXPECT_EQ("$ meshvet test\n" + ran.out + ran.err, output);
  EXPECT_EQ(ran.exit_code, 1);
}

TEST(TestingPolicyPage, IsLinkedFromTheReadme) {
  EXPECT_NE(ReadFile(kRoot + "/README.md").find("(docs/testing-policy.md)"),
            std::string::npos);
}

class RuleTestSchema : public ::testing::Test {
 protected:
  RuleTestSchema() {
    rapidjson::Document schema;
    schema.Parse(ReadFile(kRoot + "/docs/ruletest.schema.json").c_str());
    EXPECT_FALSE(schema.HasParseError());
    schema_ = std::make_unique<rapidjson::SchemaDocument>(schema);
  }

  bool Accepts(const std::string& yaml) const {
    lint::SourceFile file("t.yaml", yaml);
    file.Parse(1);
    EXPECT_EQ(file.documents().size(), 1U) << yaml;
    rapidjson::Document test;
    test.Parse(file.documents().front().root().ToJson().c_str());
    rapidjson::SchemaValidator validator(*schema_);
    return test.Accept(validator);
  }

  std::unique_ptr<rapidjson::SchemaDocument> schema_;
};

TEST_F(RuleTestSchema, AcceptsTheTestsOfTheProject) {
  for (const char* name : {"cross-namespace-host", "destination-rule-tls",
                           "workload-entry-labels"}) {
    EXPECT_TRUE(Accepts(ReadFile(kRoot + "/test/rules/" + name + ".yaml")))
        << name;
  }
}

// What the program refuses by its shape the schema refuses, too.
TEST_F(RuleTestSchema, RefusesWhatTheProgramRefuses) {
  const std::string head =
      "apiVersion: meshvet.dev/v1alpha1\nkind: RuleTest\n"
      "metadata: {name: t}\ncases:\n";
  const TempFolder folder;
  const auto program_accepts = [&](const std::string& text) {
    WriteFile(folder / "t.yaml", text);
    // The input is not there, which is an error of the case alone.
    return !RunBinary(folder.path(), "test t.yaml").out.empty();
  };
  const std::string good = head +
                           "- {name: a, input: none.yaml, expect: {allowed: "
                           "true, findings: [{rule: IST0101, line: 3}]}}\n";
  EXPECT_TRUE(Accepts(good));
  EXPECT_TRUE(program_accepts(good));
  for (const char* cases :
       {"- {name: a, input: x, expects: {}}\n",
        "- {name: a, input: x, expect: {}}\n",
        "- {name: a, input: x}\n",
        "- {name: a, expect: {allowed: true}}\n",
        "- {input: x, expect: {allowed: true}}\n",
        "- {name: '', input: x, expect: {allowed: true}}\n",
        "- {name: a, input: 3, expect: {allowed: true}}\n",
        "- {name: a, input: x, expect: {allowed: 1}}\n",
        "- {name: a, input: x, expect: {allow: true}}\n",
        "- {name: a, input: x, expect: {findings: }}\n",
        "- {name: a, input: x, expect: {findingsContain: []}}\n",
        "- {name: a, input: x, expect: {findings: [{at: /a}]}}\n",
        "- {name: a, input: x, expect: {findings: [{rule: a, at: b}]}}\n",
        "- {name: a, input: x, expect: {findings: [{rule: a, line: 0}]}}\n",
        "- {name: a, input: x, expect: {findings: [{rule: a, severity: "
        "bad}]}}\n",
        "- {name: a, input: x, operation: PATCH, expect: {allowed: true}}\n",
        "- {name: a, input: x, user: alice, expect: {allowed: true}}\n",
        "- {name: a, input: x, skip: '', expect: {allowed: true}}\n",
        "- {name: a, input: x, expect: {patch: [{op: put, path: /a}]}}\n",
        "  []\n"}) {
    EXPECT_FALSE(Accepts(head + cases)) << cases;
    EXPECT_FALSE(program_accepts(head + cases)) << cases;
  }
}

// The recorded reviews, as cases: each with the verdict their table has.
TEST(RecordedReviews, HaveTheirVerdictHereToo) {
  std::istringstream table(ReadFile(kRoot + "/test/reviews/expected.txt"));
  std::string test =
      "apiVersion: meshvet.dev/v1alpha1\nkind: RuleTest\n"
      "metadata: {name: reviews}\nconfig: " +
      kRoot + "/test/manifests/policy.yaml\ncontext: [" + kRoot +
      "/test/manifests/mesh]\ncases:\n";
  size_t cases = 0;
  for (std::string line; std::getline(table, line);) {
    std::istringstream words(line);
    std::string file;
    std::string path;
    std::string verdict;
    words >> file >> path >> verdict;
    if (!file.ends_with(".json") || path == "mutate") continue;
    test += "- {name: " + file + ", input: " + kRoot + "/test/reviews/" + file +
            ", expect: {allowed: " + (verdict == "denied" ? "false" : "true") +
            "}}\n";
    ++cases;
  }
  const TempFolder folder;
  WriteFile(folder / "t.yaml", test);
  const Ran ran = RunBinary(folder.path(), "test t.yaml");
  EXPECT_EQ(ran.out, "");
  EXPECT_GE(cases, 100U);
  EXPECT_EQ(ran.err, std::to_string(cases) + " passed, 0 failed, 0 skipped\n");
}

}  // namespace
}  // namespace meshvet::ruletest

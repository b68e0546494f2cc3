// --log-format json: whatever the program itself says on standard error is one
// object a line, with the fields of the webhook's log.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <nlohmann/json.hpp>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

#include "test/support/run_binary.h"
#include "test/unit/cli/wrong_kind.h"

namespace meshvet::cli {
namespace {

using nlohmann::json;

using test::Ran;
using test::RunBinary;
using test::TempFolder;
using test::WriteFile;

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

// "level event: message" of each line.
std::vector<std::string> Said(const std::string& err) {
  const std::regex time(R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)");
  std::vector<std::string> said;
  std::istringstream lines(err);
  for (std::string line; std::getline(lines, line);) {
    const json object = json::parse(line, nullptr, false);
    if (!object.is_object() || object.size() != 4 ||
        !std::regex_match(object.value("time", ""), time)) {
      ADD_FAILURE() << line;
      continue;
    }
    said.push_back(object.value("level", "") + " " + object.value("event", "") +
                   ": " + object.value("message", ""));
  }
  return said;
}

class LogFormatTest : public ::testing::Test {
 protected:
  LogFormatTest() { WriteFile(folder_ / "bad.yaml", kWrongKind); }

  Ran Run(const std::string& arguments, const std::string& before = {}) {
    return RunBinary(folder_.path(), arguments, before);
  }

  TempFolder folder_;
};

TEST_F(LogFormatTest, SummariesAreForInformation) {
  const Ran text = Run("lint -v -o concise bad.yaml");
  const Ran ran = Run("lint -v -o concise --log-format json bad.yaml");
  EXPECT_EQ(ran.exit_code, 1);
  EXPECT_EQ(ran.out, text.out) << "the report is another matter";
  EXPECT_THAT(Said(ran.err),
              AllOf(Contains(StartsWith("info lint: 1 error in 1 file")),
                    Each(StartsWith("info lint: "))));
  EXPECT_EQ(Run("lint -v -o concise --log-format text bad.yaml").err, text.err);
}

TEST_F(LogFormatTest, TheEnvironmentChoosesItAndAFlagOverrules) {
  const std::string json_is_set = "MESHVET_LOG_FORMAT=json";
  EXPECT_THAT(Said(Run("lint bad.yaml", json_is_set).err),
              Contains(StartsWith("info lint: ")));
  EXPECT_THAT(Run("lint --log-format=text bad.yaml", json_is_set).err,
              StartsWith("1 error in 1 file"));
}

TEST_F(LogFormatTest, MistakesAreErrors) {
  struct Mistake {
    const char* arguments;
    int exit_code;
    const char* said;
  };
  const std::vector<Mistake> mistakes = {
      {"lint no.yaml --log-format json", 2, "error lint: no.yaml: "},
      {"lint --log-format json --nonsense", 2,
       "error lint: unknown flag --nonsense"},
      {"lint --log-format=json --fail-on grave bad.yaml", 2,
       "error lint: --fail-on: "},
      {"lint bad.yaml --log-format json --color", 2, "error lint: "},
      {"lint bad.yaml -o json=no/folder.json -q --log-format json", 3,
       "error lint: no/folder.json: "},
      {"review no.json --log-format json", 2, "error review: no.json: "},
      {"explain nonsense --log-format json", 2, "error explain: "},
      {"nonsense --log-format json", 2,
       "error nonsense: unknown command \"nonsense\""},
      {"test . --log-format json", 2, "error test: no tests found"},
  };
  for (const Mistake& mistake : mistakes) {
    const Ran ran = Run(mistake.arguments);
    EXPECT_EQ(ran.exit_code, mistake.exit_code) << mistake.arguments;
    EXPECT_THAT(Said(ran.err), ElementsAre(StartsWith(mistake.said)))
        << mistake.arguments;
  }
}

TEST_F(LogFormatTest, EachMistakeOfAConfigurationIsALine) {
  WriteFile(folder_ / "policy.yaml",
            "apiVersion: meshvet.dev/v1alpha1\nkind: Config\n"
            "ruls: {}\nfiks: {}\n");
  WriteFile(folder_ / "review.json", "{}");
  EXPECT_THAT(
      Said(
          Run("review review.json --config policy.yaml --log-format json").err),
      ElementsAre(StartsWith("error review: policy.yaml:3:1: "),
                  StartsWith("error review: policy.yaml:4:1: ")));
}

TEST_F(LogFormatTest, IndentedLinesBelongToTheOneAbove) {
  WriteFile(folder_ / "route.yaml",
            "apiVersion: networking.istio.io/v1\nkind: VirtualService\n"
            "metadata: {name: v, namespace: shop}\n"
            "spec: {hosts: [h], http: [{route: [{destination: {host: a, "
            "port: {number: 80}}}, {destination: {host: b}}]}]}\n");
  const Ran text = Run("lint -v route.yaml");
  ASSERT_THAT(text.err, HasSubstr(",\n  "));
  EXPECT_THAT(Said(Run("lint -v route.yaml --log-format json").err),
              Contains(HasSubstr(",\n  ")));
}

TEST_F(LogFormatTest, TheLastWordsOfARunThatTookTooLong) {
  mkfifo((folder_ / "pipe.yaml").c_str(), 0600);
  const Ran ran = Run("lint pipe.yaml --timeout 100ms --log-format json");
  EXPECT_EQ(ran.exit_code, 3);
  EXPECT_THAT(Said(ran.err), ElementsAre("error lint: timed out (--timeout)"));
}

// The runner knows them by the start of the line.
TEST_F(LogFormatTest, CommandsToARunnerStay) {
  const Ran ran = Run("gate --log-format json -q bad.yaml",
                      "GITHUB_ACTIONS=true GITHUB_STEP_SUMMARY=summary.md");
  EXPECT_THAT(ran.err, StartsWith("::error file=bad.yaml"));
  EXPECT_THAT(Said(Run("gate --log-format json -q --no-ci bad.yaml",
                       "GITHUB_ACTIONS=true")
                       .err),
              IsEmpty());
}

TEST_F(LogFormatTest, ItIsTextOrJson) {
  const Ran ran = Run("lint --log-format xml bad.yaml");
  EXPECT_EQ(ran.exit_code, 2);
  EXPECT_EQ(ran.err,
            "meshvet: --log-format: \"xml\" is none of text and json; "
            "--help says more\n");
}

}  // namespace
}  // namespace meshvet::cli

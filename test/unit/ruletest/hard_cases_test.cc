// The cases of the project's own rules that are easy to get wrong, as files:
// test/rules. They are run by the program itself, and each is shown to be able
// to fail.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "test/support/run_binary.h"

namespace meshvet::ruletest {
namespace {

using test::Ran;
using test::ReadFile;
using test::RunBinary;
using test::TempFolder;
using test::WriteFile;

using nlohmann::json;
using ::testing::IsEmpty;

const std::filesystem::path kFolder = MESHVET_SOURCE_DIR "/test/rules";
constexpr size_t kLeastCases = 60;

TEST(HardCases, Pass) {
  const Ran ran = RunBinary(kFolder, "test .");
  EXPECT_EQ(ran.out, "");
  EXPECT_EQ(ran.exit_code, 0) << ran.err;
  const size_t passed = std::stoul(ran.err);
  EXPECT_GE(passed, kLeastCases);
  EXPECT_EQ(ran.err, std::to_string(passed) + " passed, 0 failed, 0 skipped\n");
}

// `text` with each `from` turned into `to` and the other way round.
std::string Swapped(std::string text, const std::string& from,
                    const std::string& to) {
  const std::string mark = "\x01";
  for (const auto& [what, with] :
       {std::pair(from, mark), {to, from}, {mark, to}}) {
    for (size_t at = text.find(what); at != text.npos;
         at = text.find(what, at + with.size())) {
      text.replace(at, what.size(), with);
    }
  }
  return text;
}

// The names of the cases that have not `status`, in a copy of the folder in
// which `change` is made to each test.
template <typename Change>
std::vector<std::string> NotOf(const std::string& status,
                               const Change& change) {
  const TempFolder temp;
  std::filesystem::copy(kFolder, temp.path(),
                        std::filesystem::copy_options::recursive);
  for (const auto& entry : std::filesystem::directory_iterator(temp.path())) {
    if (entry.is_directory() || entry.path().filename() == "policy.yaml") {
      continue;
    }
    WriteFile(entry.path(), change(ReadFile(entry.path())));
  }
  const Ran ran = RunBinary(temp.path(), "test -o json .");
  EXPECT_EQ(ran.exit_code, 1) << ran.err;
  std::vector<std::string> names;
  size_t cases = 0;
  const json report = json::parse(ran.out);
  for (const json& test : report["tests"]) {
    for (const json& one : test["cases"]) {
      ++cases;
      if (one["status"] != status) names.push_back(one["name"]);
    }
  }
  EXPECT_GE(cases, kLeastCases);
  return names;
}

TEST(HardCases, FailEachWhereTheOtherVerdictIsExpected) {
  EXPECT_THAT(NotOf("failed",
                    [](const std::string& text) {
                      return Swapped(text, "allowed: true", "allowed: false");
                    }),
              IsEmpty());
}

}  // namespace
}  // namespace meshvet::ruletest

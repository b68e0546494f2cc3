// Whole outputs, compared byte for byte. Each folder of test/golden holds the
// input, `commands` (one line of arguments a run) and `expected.txt`.
// UPDATE_GOLDEN=1 rewrites the latter.

#include <gtest/gtest.h>

#include <regex>
#include <vector>

#include "test/support/run_binary.h"

namespace meshvet::cli {
namespace {

using test::Ran;
using test::ReadFile;
using test::RunBinary;
using test::WriteFile;

namespace fs = std::filesystem;

std::vector<std::string> Cases() {
  std::vector<std::string> names;
  for (const auto& entry :
       fs::directory_iterator(MESHVET_SOURCE_DIR "/test/golden")) {
    if (entry.is_directory()) names.push_back(entry.path().filename());
  }
  std::sort(names.begin(), names.end());
  return names;
}

// What differs from run to run or from version to version.
std::string Steady(const std::string& text) {
  static const std::regex elapsed(R"("elapsed_ms": [0-9.]+)");
  static const std::regex hash(R"(fnv1a128:[0-9a-f]{32})");
  static const std::regex seconds(R"re((<testsuites [^>]*time=)"[0-9.]+")re");
  static const std::regex token(R"(meshvet-[0-9]{20,})");
  std::string steady = std::regex_replace(text, elapsed, R"("elapsed_ms": 0)");
  steady = std::regex_replace(steady, seconds, R"($1"0")");
  steady = std::regex_replace(steady, hash, "fnv1a128:…");
  return std::regex_replace(steady, token, "meshvet-…");
}

class Golden : public ::testing::TestWithParam<std::string> {};

TEST_P(Golden, IsWhatTheProgramPrints) {
  const fs::path folder =
      fs::path(MESHVET_SOURCE_DIR "/test/golden") / GetParam();
  std::istringstream commands(ReadFile(folder / "commands"));
  std::string actual;
  for (std::string line; std::getline(commands, line);) {
    if (line.empty()) continue;
    const Ran ran = RunBinary(folder, line);
    actual += "$ meshvet " + line + "\n" + ran.out;
    if (!ran.err.empty()) actual += "--- stderr\n" + ran.err;
    actual += "--- exit " + std::to_string(ran.exit_code) + "\n\n";
  }
  ASSERT_NE(actual, "") << "no commands";
  actual = Steady(actual);
  if (std::getenv("UPDATE_GOLDEN") != nullptr) {
    WriteFile(folder / "expected.txt", actual);
  }
  EXPECT_EQ(actual, ReadFile(folder / "expected.txt"));
}

INSTANTIATE_TEST_SUITE_P(All, Golden, ::testing::ValuesIn(Cases()),
                         [](const auto& golden) { return golden.param; });

}  // namespace
}  // namespace meshvet::cli

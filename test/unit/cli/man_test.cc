// The manual pages, as the programs that set them judge them. mandoc and man
// must be installed; scripts/setup.sh does it.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <sstream>
#include <string>
#include <vector>

#include "test/support/run_binary.h"
#include "test/support/shell.h"

namespace meshvet::cli {
namespace {

using test::Ran;
using test::RunBinary;
using test::RunShell;
using test::TempFolder;

using ::testing::Contains;
using ::testing::Gt;
using ::testing::HasSubstr;
using ::testing::SizeIs;
using ::testing::StartsWith;

namespace fs = std::filesystem;

class Man : public ::testing::Test {
 protected:
  Man() {
    const Ran ran = RunBinary(folder_.path(), "man --output-dir pages");
    EXPECT_EQ(ran.exit_code, 0) << ran.err;
    std::istringstream lines(ran.out);
    for (std::string line; std::getline(lines, line);) pages_.push_back(line);
  }

  Ran Shell(const std::string& command) {
    return RunShell(folder_.path(), command);
  }

  TempFolder folder_;
  std::vector<std::string> pages_;
};

TEST_F(Man, ThereIsAPageForEachCommand) {
  EXPECT_THAT(pages_, Contains("pages/meshvet.1"));
  EXPECT_THAT(pages_, Contains("pages/meshvet-baseline-create.1"));
  EXPECT_THAT(pages_, SizeIs(Gt(20)));
  for (const std::string& page : pages_) {
    EXPECT_TRUE(fs::exists(folder_ / page)) << page;
  }
}

TEST_F(Man, MandocAndGroffHaveNothingToSay) {
  ASSERT_THAT(pages_, SizeIs(Gt(20)));
  const Ran lint = Shell("sh -c 'mandoc -T lint pages/*.1'");
  EXPECT_EQ(lint.exit_code, 0);
  EXPECT_EQ(lint.out + lint.err, "");
  for (const std::string& page : pages_) {
    const Ran set = Shell("man --warnings --local-file " + page);
    EXPECT_EQ(set.exit_code, 0) << page;
    EXPECT_EQ(set.err, "") << page;
    EXPECT_THAT(set.out, HasSubstr("EXAMPLES")) << page;
  }
}

// Which of the words of `text` are flags.
std::vector<std::string> Flags(const std::string& text) {
  std::vector<std::string> flags;
  std::istringstream words(text);
  for (std::string word; words >> word;) {
    const size_t at = word.find("--");
    if (at == 0 || (at == 3 && word.starts_with('-'))) {
      flags.push_back(word.substr(at));
    }
  }
  return flags;
}

TEST_F(Man, APageHasEveryFlagOfHelp) {
  for (const char* command : {"lint", "serve", "baseline create"}) {
    const std::string page =
        Shell("sh -c '" MESHVET_BINARY " man " + std::string(command) +
              " | mandoc -T ascii | col -bx'")
            .out;
    const auto flags =
        Flags(RunBinary(folder_.path(), std::string(command) + " -h").out);
    EXPECT_THAT(flags, SizeIs(Gt(15)));
    for (const std::string& flag : flags) EXPECT_THAT(page, HasSubstr(flag));
  }
}

TEST_F(Man, OnePageGoesToStandardOutput) {
  EXPECT_THAT(RunBinary(folder_.path(), "man").out,
              StartsWith(".TH MESHVET 1 "));
  const Ran ran = RunBinary(folder_.path(), "man baseline crate");
  EXPECT_EQ(ran.exit_code, 2);
  EXPECT_EQ(ran.err,
            "meshvet: unknown command \"crate\" (did you mean \"create\"?)\n");
  EXPECT_EQ(RunBinary(folder_.path(), "man lint --output-dir x").exit_code, 2);
}

TEST_F(Man, AFolderThatCannotBeMadeIsNamed) {
  const Ran ran = RunBinary(folder_.path(), "man --output-dir /dev/null/x");
  EXPECT_EQ(ran.exit_code, 3);
  EXPECT_THAT(ran.err, HasSubstr("/dev/null/x"));
}

}  // namespace
}  // namespace meshvet::cli

// meshvet as a plugin of kubectl, which finds `kubectl-meshvet` on its PATH and
// runs it for `kubectl meshvet`.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "test/support/run_binary.h"
#include "test/support/shell.h"

namespace meshvet::cli {
namespace {

using test::Ran;
using test::RunBinary;
using test::RunShell;
using test::TempFolder;

using ::testing::HasSubstr;

class Plugin : public ::testing::Test {
 protected:
  Plugin() {
    std::filesystem::create_symlink(MESHVET_BINARY,
                                    folder_ / "kubectl-meshvet");
  }

  Ran Run(const std::string& arguments) {
    return RunShell(
        folder_.path(),
        "sh -c 'PATH=\"$PWD:$PATH\" kubectl-meshvet " + arguments + "'");
  }

  TempFolder folder_;
};

TEST_F(Plugin, HelpNamesWhatIsTyped) {
  EXPECT_THAT(Run("help").out, HasSubstr("Usage: kubectl meshvet [OPTIONS]"));
  EXPECT_THAT(Run("lint -h").out,
              HasSubstr("Usage: kubectl meshvet lint [OPTIONS]"));
  EXPECT_THAT(RunBinary(folder_.path(), "lint -h").out,
              HasSubstr("Usage: meshvet lint [OPTIONS]"));
}

TEST_F(Plugin, CompletionAndManualAreTheSame) {
  for (const char* arguments :
       {"completion bash", "completion zsh", "completion fish", "man lint"}) {
    EXPECT_EQ(Run(arguments).out, RunBinary(folder_.path(), arguments).out);
  }
}

}  // namespace
}  // namespace meshvet::cli

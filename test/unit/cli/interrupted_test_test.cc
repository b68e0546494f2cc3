// `meshvet test` that does not come to its end: what was judged by then is
// reported, and what was not is said.

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "test/support/running_program.h"

namespace meshvet::cli {
namespace {

using test::Ended;
using test::ReadFile;
using test::RunningProgram;
using test::TempFolder;
using test::WriteFile;

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kTests =
    "apiVersion: meshvet.dev/v1alpha1\nkind: RuleTest\n"
    "metadata: {name: t}\ncases:\n"
    "- {name: wrong, input: service.yaml, expect: {allowed: false}}\n"
    "- {name: waits, input: pipe.yaml, expect: {allowed: true}}\n"
    "- {name: later, input: service.yaml, expect: {allowed: true}}\n";

// One thread judges in the order of the cases: while it waits for the pipe, the
// case before it was judged and the one behind it was not.
class InterruptedTest : public ::testing::Test {
 protected:
  InterruptedTest() {
    WriteFile(folder_ / "tests.yaml", kTests);
    WriteFile(folder_ / "service.yaml",
              "apiVersion: v1\nkind: Service\nmetadata: {name: s}\n");
    mkfifo(Pipe().c_str(), 0600);
  }

  std::string Pipe() const { return (folder_ / "pipe.yaml").string(); }

  static std::vector<std::string> Arguments(
      const std::vector<std::string>& more = {}) {
    std::vector<std::string> all = {"test", "-j1", "-o",
                                    "text", "-o",  "json=out.json"};
    all.insert(all.end(), more.begin(), more.end());
    all.emplace_back("tests.yaml");
    return all;
  }

  // A writer is there once the program reads; until then this waits.
  int MeetAtPipe() const { return open(Pipe().c_str(), O_WRONLY | O_CLOEXEC); }

  void CheckReport(const Ended& ended) const {
    EXPECT_THAT(ended.out,
                AllOf(HasSubstr("failed: t/wrong"), Not(HasSubstr("waits")),
                      Not(HasSubstr("later"))));
    EXPECT_THAT(ended.err, HasSubstr("\n0 passed, 1 failed, 0 skipped, "
                                     "2 interrupted\n"));
    const auto report =
        nlohmann::json::parse(ReadFile(folder_ / "out.json"), nullptr, false);
    ASSERT_TRUE(report.is_object());
    EXPECT_EQ(report["exit_code"], 3);
    EXPECT_EQ(report["summary"]["interrupted"], 2);
    EXPECT_EQ(report["tests"][0]["cases"][2]["status"], "interrupted");
  }

  TempFolder folder_;
};

TEST_F(InterruptedTest, ASignalEndsItWithWhatWasJudged) {
  for (const int signal : {SIGINT, SIGTERM}) {
    // A child ignores what this process does, as it may under nohup.
    const auto before = std::signal(signal, SIG_DFL);
    RunningProgram program(folder_.path(), Arguments());
    std::signal(signal, before);
    const int pipe = MeetAtPipe();
    program.Signal(signal);
    const Ended ended = program.Wait();
    close(pipe);
    EXPECT_EQ(ended.signal, signal) << ended.exit_code << ended.err;
    EXPECT_THAT(ended.err, HasSubstr("meshvet: interrupted before everything "
                                     "was judged\n"));
    CheckReport(ended);
  }
}

TEST_F(InterruptedTest, SoDoesTheTimeLimit) {
  RunningProgram program(folder_.path(), Arguments({"--timeout", "300ms"}));
  const Ended ended = program.Wait();
  EXPECT_EQ(ended.exit_code, 3) << ended.signal;
  EXPECT_THAT(ended.err, HasSubstr("meshvet: timed out (--timeout) before "
                                   "everything was judged\n"));
  CheckReport(ended);
}

// A signal reaches one thread, and all of them wait for a pipe.
TEST_F(InterruptedTest, EveryThreadThatWaitsEnds) {
  WriteFile(folder_ / "tests.yaml",
            "apiVersion: meshvet.dev/v1alpha1\nkind: RuleTest\n"
            "metadata: {name: t}\ncases:\n"
            "- {name: a, input: pipe.yaml, expect: {allowed: true}}\n"
            "- {name: b, input: pipe.yaml, expect: {allowed: true}}\n");
  RunningProgram program(folder_.path(),
                         {"test", "-j2", "--timeout", "100ms", "tests.yaml"});
  const Ended ended = program.Wait();
  EXPECT_EQ(ended.exit_code, 3) << ended.signal;
  EXPECT_EQ(ended.err,
            "meshvet: timed out (--timeout) before everything was judged\n"
            "0 passed, 0 failed, 0 skipped, 2 interrupted\n");
}

}  // namespace
}  // namespace meshvet::cli

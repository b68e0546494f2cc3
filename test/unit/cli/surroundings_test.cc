// A machine that wishes us ill, against the real binary: what cannot be read,
// changes while it is read or cannot be written, and signals. Whatever it is,
// the exit code says so, and what is known by then is printed.

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "test/support/run_binary.h"
#include "test/support/running_program.h"
#include "test/unit/cli/wrong_kind.h"

namespace meshvet::cli {
namespace {

namespace fs = std::filesystem;

using test::Ended;
using test::Ran;
using test::ReadFile;
using test::RunBinary;
using test::RunningProgram;
using test::TempFolder;
using test::WriteFile;

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

std::string Found(const std::string& file) {
  return file + ":2:7: error[unknown-kind]";
}

class SurroundingsTest : public ::testing::Test {
 protected:
  SurroundingsTest() { WriteFile(folder_ / "bad.yaml", kWrongKind); }

  // `before` is read by the shell: it is what starts the program.
  Ran Run(const std::string& arguments, const std::string& before = {}) {
    return RunBinary(folder_.path(), arguments, before);
  }

  void MakePipe(const std::string& name) {
    ASSERT_EQ(mkfifo((folder_ / name).c_str(), 0600), 0);
  }

  // Whether anything is left that a report is written to before it is renamed.
  bool HasTemporaryFile() const {
    for (const auto& entry : fs::directory_iterator(folder_.path())) {
      if (entry.path().extension() == ".tmp") return true;
    }
    return false;
  }

  TempFolder folder_;
};

// Writes to a named pipe; there is a writer once somebody reads from it.
class PipeWriter {
 public:
  explicit PipeWriter(const fs::path& pipe)
      : fd_(open(pipe.c_str(), O_WRONLY | O_CLOEXEC)) {}
  ~PipeWriter() { close(fd_); }
  PipeWriter(const PipeWriter&) = delete;
  PipeWriter& operator=(const PipeWriter&) = delete;

  void Write(const std::string& text) const {
    EXPECT_EQ(write(fd_, text.data(), text.size()),
              static_cast<ssize_t>(text.size()));
  }

 private:
  int fd_;
};

// What the process, and so its children, does about a signal meanwhile.
class SignalAction {
 public:
  SignalAction(int signal, void (*handler)(int)) : signal_(signal) {
    struct sigaction action = {};
    action.sa_handler = handler;
    sigaction(signal, &action, &before_);
  }
  ~SignalAction() { sigaction(signal_, &before_, nullptr); }
  SignalAction(const SignalAction&) = delete;
  SignalAction& operator=(const SignalAction&) = delete;

 private:
  const int signal_;
  struct sigaction before_ = {};
};

// A pipe that nobody reads from.
class DeafPipe {
 public:
  DeafPipe() {
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
    close(ends[0]);
    fd_ = ends[1];
  }
  ~DeafPipe() { close(fd_); }
  DeafPipe(const DeafPipe&) = delete;
  DeafPipe& operator=(const DeafPipe&) = delete;

  int fd() const { return fd_; }

 private:
  int fd_ = -1;
};

// One thread reads in the order of the arguments: when it has come to the pipe,
// the file before it was read and the one behind it was not.
TEST_F(SurroundingsTest, AnInterruptedRunPrintsWhatItKnows) {
  MakePipe("pipe.yaml");
  WriteFile(folder_ / "later.yaml", kWrongKind);
  for (const char* command : {"lint", "gate", "fix"}) {
    for (const int signal : {SIGINT, SIGTERM}) {
      const SignalAction usual(signal, SIG_DFL);
      RunningProgram program(
          folder_.path(),
          {command, "-v", "-j1", "-o", "concise", "-o", "json=report.json",
           "bad.yaml", "pipe.yaml", "later.yaml"});
      {
        const PipeWriter pipe(folder_ / "pipe.yaml");
        program.Signal(signal);
      }
      const Ended ended = program.Wait();
      EXPECT_EQ(ended.signal, signal) << command << ended.exit_code;
      EXPECT_THAT(ended.out,
                  AllOf(HasSubstr(Found("bad.yaml")), Not(HasSubstr("later"))));
      EXPECT_THAT(
          ended.err,
          AllOf(HasSubstr("meshvet: bad.yaml: "
                          "interrupted before everything was read\n"),
                HasSubstr("1 error in 1 file (1 object); 1 with an unsafe fix; "
                          "not all was looked at\n"
                          "skipped pipe.yaml: not read in time\n"
                          "skipped later.yaml: not read in time\n")));
      EXPECT_THAT(ReadFile(folder_ / "report.json"),
                  HasSubstr("interrupted before everything was read"));
      fs::remove(folder_ / "report.json");
    }
  }
}

// A signal interrupts one thread; the others wait for pipes, too. Nobody has
// begun to write to them, or nobody goes on. The time limit is for a program
// that waits on.
TEST_F(SurroundingsTest, AnInterruptionEndsEveryThreadThatWaits) {
  const std::array<const char*, 3> pipes = {"a.yaml", "b.yaml", "c.yaml"};
  for (const char* pipe : pipes) MakePipe(pipe);
  for (const bool has_writers : {false, true}) {
    const SignalAction usual(SIGINT, SIG_DFL);
    RunningProgram program(folder_.path(),
                           {"lint", "-j3", "--timeout", "60s", "-o", "concise",
                            "bad.yaml", "a.yaml", "b.yaml", "c.yaml"});
    for (const char* pipe : pipes) {
      ASSERT_TRUE(program.WaitToOpen(folder_ / pipe)) << pipe;
    }
    std::vector<std::unique_ptr<PipeWriter>> writers;
    for (const char* pipe : pipes) {
      if (!has_writers) break;
      writers.push_back(std::make_unique<PipeWriter>(folder_ / pipe));
      writers.back()->Write("apiVersion: ");
    }
    program.Signal(SIGINT);
    const Ended ended = program.Wait();
    EXPECT_EQ(ended.signal, SIGINT) << ended.exit_code;
    EXPECT_THAT(ended.out, HasSubstr(Found("bad.yaml")));
    EXPECT_THAT(ended.err,
                AllOf(HasSubstr("interrupted before everything was read"),
                      HasSubstr("skipped: 3 paths (3 not read in time)\n")));
  }
}

// It lacks two labels, which others tell: a safe fix.
constexpr const char* kMendable =
    "apiVersion: networking.istio.io/v1\n"
    "kind: WorkloadEntry\n"
    "metadata:\n"
    "  name: till\n"
    "  namespace: shop\n"
    "  labels:\n"
    "    service.istio.io/canonical-name: till\n"
    "    service.istio.io/canonical-revision: v2\n"
    "spec: {address: 192.0.2.1}\n";

TEST_F(SurroundingsTest, AnInterruptedFixMendsNothing) {
  WriteFile(folder_ / "entry.yaml", kMendable);
  MakePipe("pipe.yaml");
  const SignalAction usual(SIGINT, SIG_DFL);
  for (const char* flag :
       {"--quiet", "--diff", "--add-ignore=workload-entry-missing-label"}) {
    RunningProgram program(folder_.path(), {"fix", flag, "-j1", "entry.yaml",
                                            "pipe.yaml", "bad.yaml"});
    {
      const PipeWriter pipe(folder_ / "pipe.yaml");
      program.Signal(SIGINT);
    }
    const Ended ended = program.Wait();
    EXPECT_EQ(ended.signal, SIGINT) << flag << ended.exit_code;
    EXPECT_EQ(ended.out, "") << flag;
    EXPECT_THAT(ended.err, AllOf(HasSubstr("interrupted before everything"),
                                 HasSubstr("\nInterrupted: nothing mended, "
                                           "2 files not looked at\n"),
                                 Not(HasSubstr("ixed"))))
        << flag;
    EXPECT_EQ(ReadFile(folder_ / "entry.yaml"), kMendable) << flag;
  }
}

// What it has mended in memory by then was not judged again. The second pipe
// tells that the first one was read to its end.
TEST_F(SurroundingsTest, AFixThatIsInterruptedInItsSecondRoundMendsNothing) {
  WriteFile(folder_ / "entry.yaml", kMendable);
  MakePipe("first.yaml");
  MakePipe("second.yaml");
  const SignalAction usual(SIGTERM, SIG_DFL);
  RunningProgram program(folder_.path(),
                         {"lint", "--fix", "-j1", "-o", "concise", "entry.yaml",
                          "first.yaml", "second.yaml"});
  for (const char* pipe : {"first.yaml", "second.yaml"}) {
    PipeWriter(folder_ / pipe).Write("# nothing to mend, so it is read anew\n");
  }
  {
    const PipeWriter pipe(folder_ / "first.yaml");
    program.Signal(SIGTERM);
  }
  const Ended ended = program.Wait();
  EXPECT_EQ(ended.signal, SIGTERM) << ended.exit_code << ended.err;
  EXPECT_EQ(ended.out, "") << "of texts that are in no file";
  EXPECT_THAT(ended.err, HasSubstr("Interrupted: nothing mended, "
                                   "2 files not looked at\n"));
  EXPECT_EQ(ReadFile(folder_ / "entry.yaml"), kMendable);
}

TEST_F(SurroundingsTest, AnInterruptedRunWritesNoBaseline) {
  MakePipe("pipe.yaml");
  ASSERT_EQ(Run("baseline create --baseline old.json bad.yaml").exit_code, 0);
  const std::string old = ReadFile(folder_ / "old.json");
  const SignalAction usual(SIGINT, SIG_DFL);
  for (const std::string verb : {"create", "update", "prune"}) {
    const std::string file = verb == "create" ? "new.json" : "old.json";
    RunningProgram program(folder_.path(),
                           {"baseline", verb, "--baseline", file, "pipe.yaml"});
    {
      const PipeWriter pipe(folder_ / "pipe.yaml");
      program.Signal(SIGINT);
    }
    const Ended ended = program.Wait();
    EXPECT_EQ(ended.signal, SIGINT) << verb << ended.exit_code;
    EXPECT_EQ(ended.err,
              "meshvet: pipe.yaml: interrupted before everything was read\n"
              "meshvet: " +
                  file + ": not written: not all was looked at\n");
  }
  EXPECT_EQ(ReadFile(folder_ / "old.json"), old);
  EXPECT_FALSE(fs::exists(folder_ / "new.json"));
}

TEST_F(SurroundingsTest, WhatIgnoresASignalGoesOnIgnoringIt) {
  MakePipe("pipe.yaml");
  const SignalAction ignored(SIGINT, SIG_IGN);
  RunningProgram program(folder_.path(), {"lint", "-q", "-j1", "pipe.yaml"});
  {
    const PipeWriter pipe(folder_ / "pipe.yaml");
    program.Signal(SIGINT);
    pipe.Write(kWrongKind);
  }
  const Ended ended = program.Wait();
  EXPECT_EQ(ended.exit_code, 1) << ended.err;
  EXPECT_THAT(ended.out, HasSubstr(Found("pipe.yaml")));
}

// `meshvet lint | head`: the signal says enough.
TEST_F(SurroundingsTest, AReaderThatLeavesIsNoError) {
  const SignalAction usual(SIGPIPE, SIG_DFL);
  const DeafPipe pipe;
  RunningProgram program(folder_.path(),
                         {"lint", "-o", "full", "-o", "json=report.json", "."},
                         pipe.fd());
  const Ended ended = program.Wait();
  EXPECT_EQ(ended.signal, SIGPIPE) << ended.exit_code;
  EXPECT_THAT(ended.err, IsEmpty());
  EXPECT_THAT(ReadFile(folder_ / "report.json"), HasSubstr("unknown-kind"));
}

// As below a program that ignores the signal for all its children.
TEST_F(SurroundingsTest, AReaderThatLeavesUnseenIsSaid) {
  const SignalAction ignored(SIGPIPE, SIG_IGN);
  const DeafPipe pipe;
  RunningProgram program(folder_.path(), {"lint", "bad.yaml"}, pipe.fd());
  const Ended ended = program.Wait();
  EXPECT_EQ(ended.exit_code, 3);
  EXPECT_THAT(ended.err, HasSubstr("meshvet: standard output: Broken pipe"));
}

TEST_F(SurroundingsTest, AFileOfAGigabyteCostsNoGigabyte) {
  WriteFile(folder_ / "huge.yaml", "a: ");
  fs::resize_file(folder_ / "huge.yaml", 1 << 30);
  RunningProgram program(folder_.path(), {"lint", "-q", "-o", "concise", "."});
  const Ended ended = program.Wait();
  EXPECT_EQ(ended.exit_code, 3);
  EXPECT_THAT(ended.out, HasSubstr(Found("bad.yaml")));
  EXPECT_EQ(ended.err, "meshvet: huge.yaml: larger than 64 MiB\n");
  // Twice what it takes where a sanitizer keeps its books beside it.
  EXPECT_LT(ended.peak_kilobytes, 600 << 10);
}

TEST_F(SurroundingsTest, DevicesHaveAnEndOrALimit) {
  const Ran zero = Run("lint -q -o concise bad.yaml /dev/zero");
  EXPECT_EQ(zero.exit_code, 3);
  EXPECT_THAT(zero.out, HasSubstr(Found("bad.yaml")));
  EXPECT_EQ(zero.err, "meshvet: /dev/zero: larger than 64 MiB\n");
  EXPECT_EQ(Run("lint /dev/null").exit_code, 2);
  EXPECT_EQ(Run("lint - </dev/null").exit_code, 2);
}

TEST_F(SurroundingsTest, LinksInACircleEnd) {
  fs::create_symlink("loop.yaml", folder_ / "loop.yaml");
  fs::create_directory_symlink(".", folder_ / "again");
  const Ran walked = Run("lint -v --follow-symlinks -o concise .");
  EXPECT_EQ(walked.exit_code, 1);
  EXPECT_THAT(walked.out, HasSubstr(Found("bad.yaml")));
  EXPECT_THAT(walked.err,
              AllOf(HasSubstr("in 1 file"), HasSubstr("loop.yaml")));
  const Ran named = Run("lint -q -o concise bad.yaml loop.yaml");
  EXPECT_EQ(named.exit_code, 3);
  EXPECT_THAT(named.out, HasSubstr(Found("bad.yaml")));
  EXPECT_EQ(named.err,
            "meshvet: loop.yaml: Too many levels of symbolic links\n");
}

// The superuser may read everything unless he is kept from it.
TEST_F(SurroundingsTest, WhatMayNotBeReadIsNamed) {
  WriteFile(folder_ / "locked.yaml", kWrongKind);
  WriteFile(folder_ / "locked/a.yaml", kWrongKind);
  fs::permissions(folder_ / "locked.yaml", fs::perms::none);
  fs::permissions(folder_ / "locked", fs::perms::none);
  const Ran ran = Run(
      "lint -q -o concise .",
      geteuid() == 0 ? "setpriv --bounding-set=-dac_override,-dac_read_search"
                     : "");
  fs::permissions(folder_ / "locked", fs::perms::owner_all);
  EXPECT_EQ(ran.exit_code, 3) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr(Found("bad.yaml")));
  EXPECT_EQ(ran.err,
            "meshvet: locked: Permission denied\n"
            "meshvet: locked.yaml: Permission denied\n");
}

// Between the listing of a folder and the reading of its files.
TEST_F(SurroundingsTest, AFolderMayChangeWhileItIsRead) {
  MakePipe("pipe.yaml");
  for (const char* name :
       {"d/gone.yaml", "d/moved/a.yaml", "d/stays.yaml", "d/turned.yaml"}) {
    WriteFile(folder_ / name, kWrongKind);
  }
  RunningProgram program(
      folder_.path(), {"lint", "-q", "-j1", "-o", "concise", "pipe.yaml", "d"});
  {
    const PipeWriter pipe(folder_ / "pipe.yaml");
    fs::remove(folder_ / "d/gone.yaml");
    fs::rename(folder_ / "d/moved", folder_ / "elsewhere");
    fs::remove(folder_ / "d/turned.yaml");
    fs::create_directory(folder_ / "d/turned.yaml");
    pipe.Write(kWrongKind);
  }
  const Ended ended = program.Wait();
  EXPECT_EQ(ended.exit_code, 3);
  EXPECT_THAT(ended.out, AllOf(HasSubstr(Found("pipe.yaml")),
                               HasSubstr(Found("d/stays.yaml"))));
  EXPECT_EQ(ended.err,
            "meshvet: d/gone.yaml: No such file or directory\n"
            "meshvet: d/moved/a.yaml: No such file or directory\n"
            "meshvet: d/turned.yaml: Is a directory\n");
}

// A limit stands for a disk that is full in the middle of a file: it takes
// 512 bytes.
constexpr const char* kSmallDisk =
    "sh -c 'trap \"\" XFSZ; ulimit -f 1; exec \"$0\" \"$@\"'";

TEST_F(SurroundingsTest, ADiskThatFillsUpLeavesTheOldReport) {
  WriteFile(folder_ / "report.json", "old");
  const Ran ran =
      Run("lint -q -o concise -o json=report.json bad.yaml", kSmallDisk);
  EXPECT_EQ(ran.exit_code, 3);
  EXPECT_THAT(ran.out, HasSubstr(Found("bad.yaml")));
  EXPECT_EQ(ran.err, "meshvet: report.json: File too large\n");
  EXPECT_EQ(ReadFile(folder_ / "report.json"), "old");
  EXPECT_FALSE(HasTemporaryFile());
}

TEST_F(SurroundingsTest, ADiskThatFillsUpLeavesTheFileThatWasToBeMended) {
  const std::string text = std::string(600, '#') + "\n" + kMendable;
  WriteFile(folder_ / "entry.yaml", text);
  const Ran ran = Run("fix entry.yaml", kSmallDisk);
  EXPECT_EQ(ran.exit_code, 3) << ran.err;
  EXPECT_THAT(ran.err, HasSubstr("meshvet: entry.yaml: File too large\n"));
  EXPECT_EQ(ReadFile(folder_ / "entry.yaml"), text);
  EXPECT_FALSE(HasTemporaryFile());
}

}  // namespace
}  // namespace meshvet::cli

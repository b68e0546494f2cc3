// Whoever waits at a terminal for more than two seconds is told how far it is;
// nobody else is told anything.

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <pty.h>
#include <spawn.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "test/support/exec_words.h"
#include "test/support/temp_folder.h"
#include "test/unit/cli/wrong_kind.h"

namespace meshvet::cli {
namespace {

using test::ReadFile;
using test::TempFolder;
using test::WriteFile;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr const char* kService =
    "apiVersion: v1\nkind: Service\nmetadata: {name: a, namespace: shop}\n";
// The terminal makes "\r\n" of an end of line.
constexpr const char* kSummary = "no findings in 1 file (1 object)\r\n";

struct Setting {
  std::vector<std::string> arguments;
  std::vector<std::string> environment = {"TERM=xterm"};
  // Otherwise a file.
  bool err_is_terminal = true;
  // Before standard input.
  std::vector<std::string> paths = {};
};

// `meshvet lint -` that waits for its input; its standard error is a terminal,
// the one that controls it, as that of a shell does.
class Waiting {
 public:
  explicit Waiting(const Setting& setting) {
    Open();
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, input_[0], STDIN_FILENO);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, Out().c_str(),
                                     O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (setting.err_is_terminal) {
      // Opened by the leader of a session that has none yet, it is its
      // terminal.
      posix_spawn_file_actions_addopen(&actions, STDERR_FILENO,
                                       terminal_.data(), O_RDWR, 0);
    } else {
      posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, Err().c_str(),
                                       O_WRONLY | O_CREAT | O_TRUNC, 0600);
    }
    std::vector<std::string> arguments = {MESHVET_BINARY, "lint"};
    Append(setting.paths, arguments);
    arguments.emplace_back("-");
    Append(setting.arguments, arguments);
    std::vector<std::string> environment = setting.environment;
    const SpawnAttributes attributes;
    EXPECT_EQ(posix_spawn(&child_, MESHVET_BINARY, &actions, attributes.get(),
                          test::ExecWords(arguments).data(),
                          test::ExecWords(environment).data()),
              0);
    posix_spawn_file_actions_destroy(&actions);
    close(input_[0]);
    close(slave_);
  }

  ~Waiting() {
    if (input_[1] >= 0) Answer();
    close(master_);
  }
  Waiting(const Waiting&) = delete;
  Waiting& operator=(const Waiting&) = delete;

  // Until the terminal shows `text`, or the program is gone.
  void WaitFor(const std::string& text) {
    while (shown_.find(text) == std::string::npos && ReadSome()) continue;
  }

  // Gives it its input; the exit code.
  int Answer() {
    const std::string text = kService;
    EXPECT_EQ(write(input_[1], text.data(), text.size()),
              static_cast<ssize_t>(text.size()));
    const int status = End();
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

  // Types Ctrl-C; the signal that it died of.
  int Interrupt() {
    EXPECT_EQ(write(master_, "\x03", 1), 1);
    while (ReadSome()) continue;
    const int status = End();
    return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
  }

  // All that the terminal was sent.
  const std::string& shown() const { return shown_; }
  std::string Out() const { return (folder_ / "out").string(); }
  std::string Err() const { return (folder_ / "err").string(); }

 private:
  // A session of its own, in which the keys of the terminal do what they
  // usually do.
  class SpawnAttributes {
   public:
    SpawnAttributes() {
      sigset_t usual;
      sigemptyset(&usual);
      sigaddset(&usual, SIGINT);
      posix_spawnattr_init(&attributes_);
      posix_spawnattr_setsigdefault(&attributes_, &usual);
      posix_spawnattr_setflags(&attributes_,
                               POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGDEF);
    }
    ~SpawnAttributes() { posix_spawnattr_destroy(&attributes_); }
    SpawnAttributes(const SpawnAttributes&) = delete;
    SpawnAttributes& operator=(const SpawnAttributes&) = delete;

    const posix_spawnattr_t* get() const { return &attributes_; }

   private:
    posix_spawnattr_t attributes_;
  };

  static void Append(const std::vector<std::string>& words,
                     std::vector<std::string>& to) {
    to.insert(to.end(), words.begin(), words.end());
  }

  // The end of its input, and of itself.
  int End() {
    close(input_[1]);
    input_[1] = -1;
    while (ReadSome()) continue;
    int status = -1;
    waitpid(child_, &status, 0);
    return status;
  }

  void Open() {
    // Other children must not keep the ends of this one open.
    ASSERT_EQ(pipe2(input_.data(), O_CLOEXEC), 0);
    ASSERT_EQ(openpty(&master_, &slave_, nullptr, nullptr, nullptr), 0);
    fcntl(master_, F_SETFD, FD_CLOEXEC);
    fcntl(slave_, F_SETFD, FD_CLOEXEC);
    ASSERT_EQ(ptsname_r(master_, terminal_.data(), terminal_.size()), 0);
    // What is typed would stand somewhere among what is shown.
    termios modes{};
    ASSERT_EQ(tcgetattr(slave_, &modes), 0);
    modes.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    ASSERT_EQ(tcsetattr(slave_, TCSANOW, &modes), 0);
  }

  // False at the end: the other side of a terminal is gone with EIO.
  bool ReadSome() {
    std::array<char, 4096> buffer{};
    const ssize_t got = read(master_, buffer.data(), buffer.size());
    if (got <= 0) return false;
    shown_.append(buffer.data(), static_cast<size_t>(got));
    return true;
  }

  TempFolder folder_;
  std::array<int, 2> input_ = {-1, -1};
  int master_ = -1;
  int slave_ = -1;
  std::array<char, 64> terminal_{};  // its name
  pid_t child_ = -1;
  std::string shown_;
};

constexpr const char* kProgress = "\r\x1b[Kmeshvet: 0 of 1 files read";

TEST(ProgressTest, IsShownOnATerminalAndWipedAtTheEnd) {
  Waiting run{Setting{}};
  run.WaitFor(kProgress);
  EXPECT_EQ(run.Answer(), 0);
  EXPECT_THAT(run.shown(), HasSubstr(kProgress));
  EXPECT_THAT(run.shown(), EndsWith(std::string("\r\x1b[K") + kSummary));
  EXPECT_EQ(ReadFile(run.Out()), "");
}

TEST(ProgressTest, CtrlCWipesItAndPrintsWhatIsKnown) {
  const TempFolder folder;
  const std::string bad = (folder / "bad.yaml").string();
  WriteFile(bad, kWrongKind);
  Waiting run{Setting{.arguments = {"-j1", "-o", "concise"}, .paths = {bad}}};
  run.WaitFor("\r\x1b[Kmeshvet: 1 of 2 files read");
  EXPECT_EQ(run.Interrupt(), SIGINT);
  EXPECT_THAT(run.shown(),
              EndsWith("\r\x1b[Kmeshvet: " + bad +
                       ": interrupted before everything was read\r\n"
                       "1 error in 1 file (1 object); 1 with an unsafe fix; "
                       "not all was looked at\r\n"
                       "skipped: 1 path (1 not read in time)\r\n"));
  EXPECT_THAT(ReadFile(run.Out()), StartsWith(bad + ":2:7: error"));
}

// These wait as long as one that shows it.
TEST(ProgressTest, IsForNobodyElse) {
  const std::vector<Setting> settings = {
      {.arguments = {"-q"}},
      {.arguments = {}, .environment = {"TERM=dumb"}},
      {.arguments = {}, .environment = {"TERM=xterm", "CI=true"}},
      {.arguments = {},
       .environment = {"TERM=xterm"},
       .err_is_terminal = false},
  };
  std::vector<std::unique_ptr<Waiting>> runs;
  for (const Setting& setting : settings) {
    runs.push_back(std::make_unique<Waiting>(setting));
  }
  Waiting shows{Setting{}};
  shows.WaitFor(kProgress);
  ASSERT_THAT(shows.shown(), HasSubstr(kProgress));
  for (const auto& run : runs) EXPECT_EQ(run->Answer(), 0);
  EXPECT_EQ(runs[0]->shown(), "");
  EXPECT_EQ(runs[1]->shown(), kSummary);
  EXPECT_EQ(runs[2]->shown(), kSummary);
  EXPECT_EQ(ReadFile(runs[3]->Err()), "no findings in 1 file (1 object)\n");
}

TEST(ProgressTest, AShortRunSaysNothing) {
  Waiting run{Setting{}};
  EXPECT_EQ(run.Answer(), 0);
  // On a slow machine it may have taken longer: then it was wiped.
  const std::string& shown = run.shown();
  EXPECT_THAT(shown, EndsWith(kSummary));
  if (shown != kSummary) {
    EXPECT_THAT(shown, HasSubstr("\r\x1b[Kmeshvet: "));
  }
}

}  // namespace
}  // namespace meshvet::cli

// Whoever waits at a terminal for more than two seconds is told how far it is;
// nobody else is told anything.

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <pty.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "test/support/temp_folder.h"

namespace meshvet::cli {
namespace {

using test::ReadFile;
using test::TempFolder;
using ::testing::EndsWith;
using ::testing::HasSubstr;

constexpr const char* kService =
    "apiVersion: v1\nkind: Service\nmetadata: {name: a, namespace: shop}\n";
// The terminal makes "\r\n" of an end of line.
constexpr const char* kSummary = "no findings in 1 file (1 object)\r\n";

struct Setting {
  std::vector<std::string> arguments;
  std::vector<std::string> environment = {"TERM=xterm"};
  // Otherwise a file.
  bool err_is_terminal = true;
};

// `meshvet lint -` that waits for its input; its standard error is a terminal.
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
      posix_spawn_file_actions_adddup2(&actions, slave_, STDERR_FILENO);
    } else {
      posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, Err().c_str(),
                                       O_WRONLY | O_CREAT | O_TRUNC, 0600);
    }
    std::vector<std::string> arguments = {MESHVET_BINARY, "lint", "-"};
    arguments.insert(arguments.end(), setting.arguments.begin(),
                     setting.arguments.end());
    std::vector<std::string> environment = setting.environment;
    EXPECT_EQ(
        posix_spawn(&child_, MESHVET_BINARY, &actions, nullptr,
                    Pointers(arguments).data(), Pointers(environment).data()),
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
    close(input_[1]);
    input_[1] = -1;
    while (ReadSome()) continue;
    int status = -1;
    waitpid(child_, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

  // All that the terminal was sent.
  const std::string& shown() const { return shown_; }
  std::string Out() const { return (folder_ / "out").string(); }
  std::string Err() const { return (folder_ / "err").string(); }

 private:
  void Open() {
    // Other children must not keep the ends of this one open.
    ASSERT_EQ(pipe2(input_.data(), O_CLOEXEC), 0);
    ASSERT_EQ(openpty(&master_, &slave_, nullptr, nullptr, nullptr), 0);
    fcntl(master_, F_SETFD, FD_CLOEXEC);
    fcntl(slave_, F_SETFD, FD_CLOEXEC);
  }

  // False at the end: the other side of a terminal is gone with EIO.
  bool ReadSome() {
    std::array<char, 4096> buffer{};
    const ssize_t got = read(master_, buffer.data(), buffer.size());
    if (got <= 0) return false;
    shown_.append(buffer.data(), static_cast<size_t>(got));
    return true;
  }

  static std::vector<char*> Pointers(std::vector<std::string>& texts) {
    std::vector<char*> pointers;
    for (std::string& text : texts) pointers.push_back(text.data());
    pointers.push_back(nullptr);
    return pointers;
  }

  TempFolder folder_;
  std::array<int, 2> input_ = {-1, -1};
  int master_ = -1;
  int slave_ = -1;
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

// File: test/support/running_program.h
//
// RunningProgram: the real `meshvet` as a child that can be met while it runs,
// and how it ended.
//
//   RunningProgram program(folder.path(), {"lint", "pipe.yaml"});
//   program.Signal(SIGINT);
//   EXPECT_EQ(program.Wait().signal, SIGINT);

#ifndef MESHVET_TEST_SUPPORT_RUNNING_PROGRAM_H_
#define MESHVET_TEST_SUPPORT_RUNNING_PROGRAM_H_

#include <fcntl.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <system_error>
#include <vector>

#include "test/support/exec_words.h"
#include "test/support/temp_folder.h"
#include "test/support/wait_until.h"

namespace meshvet::test {

struct Ended {
  int exit_code = -1;  // -1 if a signal ended it
  int signal = 0;
  std::string out;
  std::string err;
  long peak_kilobytes = 0;  // resident
};

class RunningProgram {
 public:
  // Its standard output goes to the descriptor, or is kept if there is none;
  // `environment` ("NAME=value") is all it has besides LANG.
  RunningProgram(const std::filesystem::path& folder,
                 std::vector<std::string> arguments, int out = -1,
                 std::vector<std::string> environment = {}) {
    posix_spawn_file_actions_t files;
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
    Redirect(files, 1, out_);
    Redirect(files, 2, err_);
    if (out >= 0) posix_spawn_file_actions_adddup2(&files, out, 1);
    posix_spawn_file_actions_addchdir_np(&files, folder.c_str());
    arguments.insert(arguments.begin(), MESHVET_BINARY);
    environment.emplace_back("LANG=C.UTF-8");
    const int error =
        posix_spawn(&pid_, MESHVET_BINARY, &files, nullptr,
                    ExecWords(arguments).data(), ExecWords(environment).data());
    posix_spawn_file_actions_destroy(&files);
    if (error != 0) throw std::runtime_error("no process");
  }
  ~RunningProgram() {
    if (pid_ < 0) return;
    kill(pid_, SIGKILL);
    Wait();
  }
  RunningProgram(const RunningProgram&) = delete;
  RunningProgram& operator=(const RunningProgram&) = delete;

  void Signal(int signal) const { kill(pid_, signal); }

  // Until it has this file open.
  bool WaitToOpen(const std::filesystem::path& file) const {
    return WaitUntil([&] { return HasOpen(file); },
                     std::chrono::milliseconds(20));
  }

  Ended Wait() {
    int status = 0;
    rusage used{};
    wait4(pid_, &status, 0, &used);
    pid_ = -1;
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -1,
            WIFSIGNALED(status) ? WTERMSIG(status) : 0, ReadFile(out_),
            ReadFile(err_), used.ru_maxrss};
  }

 private:
  static void Redirect(posix_spawn_file_actions_t& files, int stream,
                       const std::string& to) {
    posix_spawn_file_actions_addopen(&files, stream, to.c_str(),
                                     O_CREAT | O_WRONLY | O_APPEND, 0600);
  }

  bool HasOpen(const std::filesystem::path& file) const {
    const std::string all = "/proc/" + std::to_string(pid_) + "/fd";
    const auto wanted = std::filesystem::canonical(file);
    std::error_code gone;  // it may close one meanwhile
    for (const auto& open : std::filesystem::directory_iterator(all, gone)) {
      if (std::filesystem::read_symlink(open.path(), gone) == wanted) {
        return true;
      }
    }
    return false;
  }

  const TempFolder kept_;
  const std::string out_ = (kept_ / "out").string();
  const std::string err_ = (kept_ / "err").string();
  pid_t pid_ = -1;
};

}  // namespace meshvet::test

#endif  // MESHVET_TEST_SUPPORT_RUNNING_PROGRAM_H_

#include "test/support/serve_process.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <stdexcept>

#include "test/support/exec_words.h"
#include "test/support/temp_folder.h"
#include "test/support/wait_until.h"

namespace meshvet::test {

ServeProcess::ServeProcess(const std::string& binary,
                           const std::filesystem::path& folder,
                           const std::vector<std::string>& arguments,
                           const std::vector<std::string>& environment)
    : folder_(folder) {
  std::vector<std::string> words = {binary, "serve"};
  words.insert(words.end(), {"--listen", "127.0.0.1:0"});
  words.insert(words.end(), {"--ops-listen", "127.0.0.1:0"});
  words.insert(words.end(), {"--tls-ca-out", folder_ / "ca.pem"});
  words.insert(words.end(), arguments.begin(), arguments.end());
  Spawn(std::move(words), environment);
  ReadPorts();
}

ServeProcess::~ServeProcess() {
  if (output_ >= 0) close(output_);
  if (pid_ <= 0) return;
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
}

void ServeProcess::Fail(const std::string& what) const {
  throw std::runtime_error("meshvet serve " + what + "; it wrote:\n" + log());
}

std::string ServeProcess::ca() const { return ReadFile(folder_ / "ca.pem"); }

std::string ServeProcess::log() const { return ReadFile(folder_ / "log"); }

void ServeProcess::Signal(int signal) const { kill(pid_, signal); }

int ServeProcess::Wait() {
  int status = 0;
  if (!WaitUntil([&] { return waitpid(pid_, &status, WNOHANG) == pid_; })) {
    return -1;
  }
  pid_ = -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

void ServeProcess::Spawn(std::vector<std::string> words,
                         std::vector<std::string> environment) {
  environment.emplace_back("LANG=C.UTF-8");
  std::array<int, 2> output{};
  if (pipe2(output.data(), O_CLOEXEC) != 0) Fail("has no pipe");
  output_ = output[0];
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, output[1], STDOUT_FILENO);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO,
                                   (folder_ / "log").c_str(),
                                   O_CREAT | O_WRONLY | O_APPEND, 0600);
  const int error =
      posix_spawn(&pid_, words.front().c_str(), &actions, nullptr,
                  ExecWords(words).data(), ExecWords(environment).data());
  posix_spawn_file_actions_destroy(&actions);
  close(output[1]);
  if (error == 0) return;
  pid_ = -1;
  Fail("cannot be started");
}

// "webhook https://127.0.0.1:1234\nops http://127.0.0.1:1235\n"
void ServeProcess::ReadPorts() {
  constexpr int kMilliseconds =
      std::chrono::duration_cast<std::chrono::milliseconds>(kPatience).count();
  std::string text;
  while (std::ranges::count(text, '\n') < 2) {
    pollfd ready{output_, POLLIN, 0};
    std::array<char, 512> buffer{};
    const ssize_t got = poll(&ready, 1, kMilliseconds) == 1
                            ? read(output_, buffer.data(), buffer.size())
                            : 0;
    if (got <= 0) Fail("announced no address, but \"" + text + "\"");
    text.append(buffer.data(), static_cast<size_t>(got));
  }
  const int found = std::sscanf(
      text.c_str(), "webhook https://127.0.0.1:%d\nops http://127.0.0.1:%d\n",
      &port_, &ops_port_);
  if (found != 2) Fail("announced \"" + text + "\"");
}

}  // namespace meshvet::test

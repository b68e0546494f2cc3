#include "lint/input/git.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <string_view>
#include <system_error>

#include "lint/input/stop.h"

extern char** environ;  // POSIX; no header declares it

namespace meshvet::lint {
namespace {

// More than the names of 200,000 files; a repository that says more is not one
// to read.
constexpr size_t kMaxOutput = 64 << 20;

class Pipe {
 public:
  Pipe() : is_open_(pipe2(ends_.data(), O_CLOEXEC) == 0) {}
  ~Pipe() {
    CloseWriting();
    if (is_open_) close(ends_[0]);
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;

  bool is_open() const { return is_open_; }
  int reading() const { return ends_[0]; }
  int writing() const { return ends_[1]; }
  void CloseWriting() {
    if (is_open_ && ends_[1] >= 0) close(ends_[1]);
    ends_[1] = -1;
  }

 private:
  std::array<int, 2> ends_{-1, -1};
  bool is_open_;
};

// False at the end, or when there is more than anyone should say.
bool ReadSome(int from, std::string& into) {
  std::array<char, 65536> buffer;
  const ssize_t count = read(from, buffer.data(), buffer.size());
  if (count < 0) return errno == EINTR;
  into.append(buffer.data(), static_cast<size_t>(count));
  return count > 0 && into.size() <= kMaxOutput;
}

// Signals come only while one waits, so that none is missed between a look at
// what they left and the waiting.
class SignalsWhileWaiting {
 public:
  SignalsWhileWaiting() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~SignalsWhileWaiting() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  SignalsWhileWaiting(const SignalsWhileWaiting&) = delete;
  SignalsWhileWaiting& operator=(const SignalsWhileWaiting&) = delete;

  template <size_t N>
  int Wait(std::array<pollfd, N>& waits) const {
    return ppoll(waits.data(), waits.size(), nullptr, &before_);
  }

 private:
  sigset_t before_;
};

// Both at once: a program that waits for its reader never ends. False if there
// is more than was read.
bool ReadBoth(const Pipe& out, const Pipe& err, StopFlag stop, GitRun& run) {
  std::array<pollfd, 2> waits{pollfd{out.reading(), POLLIN, 0},
                              pollfd{err.reading(), POLLIN, 0}};
  const SignalsWhileWaiting signals;
  while (waits[0].fd >= 0 || waits[1].fd >= 0) {
    if (IsStopped(stop)) return false;
    if (signals.Wait(waits) < 0) {
      if (errno == EINTR) continue;
      return false;
    }
    if (waits[0].revents != 0 && !ReadSome(out.reading(), run.out)) {
      waits[0].fd = -1;
    }
    if (waits[1].revents != 0 && !ReadSome(err.reading(), run.err)) {
      waits[1].fd = -1;
    }
  }
  return run.out.size() <= kMaxOutput && run.err.size() <= kMaxOutput;
}

std::vector<char*> Pointers(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  pointers.reserve(texts.size() + 1);
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

std::string NameOf(const std::string& variable) {
  return variable.substr(0, variable.find('=') + 1);
}

std::vector<std::string> Environment(std::vector<std::string> over) {
  over.emplace_back("GIT_TERMINAL_PROMPT=0");
  over.emplace_back("GIT_OPTIONAL_LOCKS=0");
  over.emplace_back("LC_ALL=C");
  std::vector<std::string> all = over;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    const bool is_over = std::ranges::any_of(over, [&](const std::string& one) {
      return std::string_view(*variable).starts_with(NameOf(one));
    });
    if (!is_over) all.emplace_back(*variable);
  }
  return all;
}

int Spawn(std::vector<std::string> arguments,
          std::vector<std::string> environment, const Pipe& out,
          const Pipe& err, pid_t& child) {
  arguments.insert(arguments.begin(), "git");
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null",
                                   O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, out.writing(), STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, err.writing(), STDERR_FILENO);
  const int failed =
      posix_spawnp(&child, "git", &actions, nullptr, Pointers(arguments).data(),
                   Pointers(environment).data());
  posix_spawn_file_actions_destroy(&actions);
  return failed;
}

GitRun Failed(int error) {
  return {-1, {}, "cannot run git: " + std::generic_category().message(error)};
}

}  // namespace

std::string GitRun::FirstLine() const { return out.substr(0, out.find('\n')); }

std::string GitRun::Complaint() const {
  std::string line = err.substr(0, err.find('\n'));
  if (line.starts_with("fatal: ")) line.erase(0, 7);
  if (line.empty()) line = "git failed with code " + std::to_string(exit_code);
  return line;
}

GitRun RunGit(const std::vector<std::string>& arguments,
              const std::vector<std::string>& environment, StopFlag stop) {
  Pipe out;
  Pipe err;
  if (!out.is_open() || !err.is_open()) return Failed(errno);
  pid_t child = 0;
  if (const int error =
          Spawn(arguments, Environment(environment), out, err, child)) {
    return Failed(error);
  }
  out.CloseWriting();
  err.CloseWriting();
  GitRun run;
  const bool is_whole = ReadBoth(out, err, stop, run);
  // Whoever is only stopped may tidy up.
  if (!is_whole) kill(child, IsStopped(stop) ? SIGTERM : SIGKILL);
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  run.exit_code = WIFEXITED(status) && is_whole ? WEXITSTATUS(status) : -1;
  return run;
}

Result<std::filesystem::path> MakeScratchDirectory() {
  std::error_code error;
  const auto parent = std::filesystem::temp_directory_path(error);
  if (error) return Error{error.message(), "TMPDIR"};
  std::string name = (parent / "meshvet-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) {
    return Error{std::generic_category().message(errno), parent.string()};
  }
  return std::filesystem::path(name);
}

}  // namespace meshvet::lint

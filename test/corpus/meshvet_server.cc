#include "test/corpus/meshvet_server.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <stdexcept>

namespace meshvet::test {
namespace {

constexpr int kPatienceMs = 60'000;

std::vector<char*> Pointers(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  pointers.reserve(texts.size() + 1);
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

// Where both addresses are announced; npos as long as they are not.
size_t PortPosition(const std::string& output) {
  if (output.find("\nops http://") == output.npos || output.back() != '\n') {
    return output.npos;
  }
  constexpr std::string_view kBefore = "webhook https://127.0.0.1:";
  const size_t at = output.find(kBefore);
  return at == output.npos ? at : at + kBefore.size();
}

}  // namespace

MeshvetServer::MeshvetServer(const std::vector<std::string>& arguments) {
  Start(arguments);
}

MeshvetServer::~MeshvetServer() {
  if (pid_ <= 0) return;
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
}

void MeshvetServer::Fail(const std::string& what) const {
  throw std::runtime_error("meshvet serve " + what + "; it wrote:\n" + log());
}

std::string MeshvetServer::log() const {
  return cli::ReadFile(folder_ / "log");
}

void MeshvetServer::Start(const std::vector<std::string>& arguments) {
  std::vector<std::string> words = {MESHVET_BINARY, "serve"};
  words.insert(words.end(), {"--listen", "127.0.0.1:0"});
  words.insert(words.end(), {"--ops-listen", "127.0.0.1:0"});
  words.insert(words.end(), {"--tls-ca-out", folder_ / "ca.pem"});
  words.insert(words.end(), {"--lame-duck", "0s"});
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<std::string> environment = {"LANG=C.UTF-8"};

  std::array<int, 2> output{};
  if (pipe2(output.data(), O_CLOEXEC) != 0) Fail("has no pipe");
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, output[1], STDOUT_FILENO);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO,
                                   (folder_ / "log").c_str(),
                                   O_CREAT | O_WRONLY | O_APPEND, 0600);
  const int error =
      posix_spawn(&pid_, MESHVET_BINARY, &actions, nullptr,
                  Pointers(words).data(), Pointers(environment).data());
  posix_spawn_file_actions_destroy(&actions);
  close(output[1]);
  if (error != 0) {
    pid_ = -1;
    close(output[0]);
    Fail("cannot be started");
  }
  WaitForAddress(output[0]);
}

void MeshvetServer::WaitForAddress(int output) {
  std::string text;
  while (PortPosition(text) == text.npos) {
    pollfd ready{output, POLLIN, 0};
    std::array<char, 512> buffer{};
    const ssize_t got = poll(&ready, 1, kPatienceMs) == 1
                            ? read(output, buffer.data(), buffer.size())
                            : 0;
    if (got <= 0) {
      close(output);
      Fail("announced no address, but \"" + text + "\"");
    }
    text.append(buffer.data(), static_cast<size_t>(got));
  }
  close(output);
  port_ = std::stoi(text.substr(PortPosition(text)));
}

Answer MeshvetServer::Ask(std::string_view endpoint, std::string_view body) {
  if (!client_) {
    client_.emplace(
        port_, TestClient::Tls{.ca_pem = cli::ReadFile(folder_ / "ca.pem")});
    if (!client_->connected()) Fail("does not shake hands");
  }
  const std::string path = std::string(endpoint) + "?timeout=10s";
  const auto answer = client_->Exchange(Post(path, body));
  if (!answer) Fail("did not answer on " + std::string(endpoint));
  if (answer->Has("Connection: close")) client_.reset();
  return *answer;
}

int MeshvetServer::Stop() {
  client_.reset();
  kill(pid_, SIGTERM);
  int status = 0;
  const pid_t ended = waitpid(pid_, &status, 0);
  pid_ = -1;
  return ended > 0 && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace meshvet::test

// `meshvet serve` as a child process on free ports, with clients for it.

#ifndef MESHVET_TEST_UNIT_CLI_RUNNING_SERVER_H_
#define MESHVET_TEST_UNIT_CLI_RUNNING_SERVER_H_

#include <fcntl.h>
#include <gtest/gtest.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <optional>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "test/support/tls_client.h"
#include "test/unit/cli/run_binary.h"

namespace meshvet::cli {

using Json = nlohmann::json;
using test::Answer;
using test::Post;
using test::TestClient;

// Until `done`, for at most 30 s: patience, not a measurement.
template <typename Predicate>
bool WaitUntil(const Predicate& done) {
  for (int i = 0; i < 1'500; ++i) {
    if (done()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return done();
}

class RunningServer {
 public:
  // It writes its CA into `folder`, unless it is given a certificate.
  RunningServer(const TempFolder& folder, std::vector<std::string> arguments)
      : log_file_(folder / "log"), ca_file_(folder / "ca.pem") {
    arguments.insert(
        arguments.begin(),
        {MESHVET_BINARY, "serve", "--listen", "127.0.0.1:0", "--ops-listen",
         "127.0.0.1:0", "--tls-ca-out", ca_file_.string()});
    Spawn(arguments);
    ReadPorts();
  }
  ~RunningServer() {
    close(out_);
    if (pid_ <= 0) return;
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  RunningServer(const RunningServer&) = delete;
  RunningServer& operator=(const RunningServer&) = delete;

  int port() const { return port_; }
  int ops_port() const { return ops_port_; }
  std::string ca() const { return ReadFile(ca_file_); }
  TestClient::Tls tls() const { return {.ca_pem = ca()}; }
  void Signal(int signal) const { kill(pid_, signal); }

  // The exit code; -1 if it did not end, or not by itself.
  int Wait() {
    int status = 0;
    const bool ended =
        WaitUntil([&] { return waitpid(pid_, &status, WNOHANG) == pid_; });
    if (!ended) return -1;
    pid_ = 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

  // On a connection of its own; status 0 if no answer came.
  Answer Send(const std::string& request) const {
    TestClient client(port_, tls());
    return client.Exchange(request).value_or(Answer{});
  }
  Answer Ask(const std::string& path, const Json& review) const {
    return Send(Post(path, review.dump()));
  }
  Answer Get(const std::string& path) const {
    TestClient client(ops_port_);
    return client
        .Exchange("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n")
        .value_or(Answer{});
  }

  // The value of a series; nothing if there is none.
  std::optional<double> Metric(const std::string& series) const {
    std::istringstream lines(Get("/metrics").body);
    for (std::string line; std::getline(lines, line);) {
      if (line.rfind(series + " ", 0) == 0) {
        return std::stod(line.substr(series.size()));
      }
    }
    return std::nullopt;
  }

  // What it logged of this event. Every line of the log must be JSON.
  std::vector<Json> Events(const std::string& event) const {
    std::vector<Json> events;
    std::istringstream lines(ReadFile(log_file_));
    for (std::string line; std::getline(lines, line);) {
      if (lines.eof()) break;  // being written
      Json json = Json::parse(line, nullptr, false);
      EXPECT_TRUE(json.is_object()) << line;
      if (json.is_object() && json["event"] == event) {
        events.push_back(std::move(json));
      }
    }
    return events;
  }
  bool WaitForEvent(const std::string& event, size_t count = 1) const {
    return WaitUntil([&] { return Events(event).size() >= count; });
  }

 private:
  void Spawn(const std::vector<std::string>& arguments) {
    int pipe_ends[2];
    ASSERT_EQ(pipe2(pipe_ends, O_CLOEXEC), 0);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, pipe_ends[1], STDOUT_FILENO);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, log_file_.c_str(),
                                     O_WRONLY | O_CREAT | O_TRUNC, 0600);
    std::vector<char*> argv;
    for (const std::string& argument : arguments) {
      argv.push_back(const_cast<char*>(argument.c_str()));
    }
    argv.push_back(nullptr);
    char* environment[] = {nullptr};
    ASSERT_EQ(posix_spawn(&pid_, argv[0], &actions, nullptr, argv.data(),
                          environment),
              0);
    posix_spawn_file_actions_destroy(&actions);
    close(pipe_ends[1]);
    out_ = pipe_ends[0];
  }

  // "webhook https://127.0.0.1:1234\nops http://127.0.0.1:1235\n"
  void ReadPorts() {
    std::string text;
    char byte = 0;
    while (std::count(text.begin(), text.end(), '\n') < 2 &&
           read(out_, &byte, 1) == 1) {
      text += byte;
    }
    const int found = std::sscanf(
        text.c_str(), "webhook https://127.0.0.1:%d\nops http://127.0.0.1:%d\n",
        &port_, &ops_port_);
    ASSERT_EQ(found, 2) << text << ReadFile(log_file_);
  }

  const std::filesystem::path log_file_;
  const std::filesystem::path ca_file_;
  pid_t pid_ = 0;
  int out_ = -1;
  int port_ = 0;
  int ops_port_ = 0;
};

// A WorkloadEntry under review; without labels it is denied.
inline Json EntryReview(const Json& labels, bool dry_run = false) {
  const Json entry = {
      {"apiVersion", "networking.istio.io/v1"},
      {"kind", "WorkloadEntry"},
      {"metadata", {{"name", "ledger"}, {"namespace", "legacy"}}},
      {"spec", {{"address", "192.0.2.1"}, {"labels", labels}}}};
  return {{"apiVersion", "admission.k8s.io/v1"},
          {"kind", "AdmissionReview"},
          {"request",
           {{"uid", "u1"},
            {"kind",
             {{"group", "networking.istio.io"},
              {"version", "v1"},
              {"kind", "WorkloadEntry"}}},
            {"name", "ledger"},
            {"namespace", "legacy"},
            {"operation", "CREATE"},
            {"userInfo", {{"username", "jane"}}},
            {"object", entry},
            {"oldObject", nullptr},
            {"dryRun", dry_run}}}};
}

inline Json GoodReview() {
  return EntryReview({{"app", "ledger"}, {"version", "v1"}});
}
inline Json BadReview(bool dry_run = false) {
  return EntryReview(Json::object(), dry_run);
}
// Bad, but the labels are there under names from which they can be taken.
inline Json MendableReview() {
  return EntryReview({{"app.kubernetes.io/name", "ledger"},
                      {"app.kubernetes.io/version", "v3"}});
}

}  // namespace meshvet::cli

#endif  // MESHVET_TEST_UNIT_CLI_RUNNING_SERVER_H_

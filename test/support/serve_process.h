// File: test/support/serve_process.h
//
// ServeProcess: the real `meshvet serve` as a child, on free ports of loopback,
// with a certificate it made for itself.
//
//   ServeProcess server(folder.path(), {"--inventory", "mesh/"});
//   TestClient client(server.port(), {.ca_pem = server.ca()});
//   server.Signal(SIGTERM);
//   EXPECT_EQ(server.Wait(), 0);
//
// Throws, with what the program wrote, when it does not start: a test must not
// pass because nobody was asked.

#ifndef MESHVET_TEST_SUPPORT_SERVE_PROCESS_H_
#define MESHVET_TEST_SUPPORT_SERVE_PROCESS_H_

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

namespace meshvet::test {

class ServeProcess {
 public:
  // Its log and its CA go into `folder`. `arguments` follow `binary serve` and
  // those that make it listen here; `environment` ("NAME=value") is all it has
  // besides LANG.
  ServeProcess(const std::string& binary, const std::filesystem::path& folder,
               const std::vector<std::string>& arguments,
               const std::vector<std::string>& environment = {});
  // Kills it if it still runs.
  ~ServeProcess();
  ServeProcess(const ServeProcess&) = delete;
  ServeProcess& operator=(const ServeProcess&) = delete;

  int port() const { return port_; }
  int ops_port() const { return ops_port_; }
  // The CA of its certificate, unless it was given one.
  std::string ca() const;
  // What it logged so far.
  std::string log() const;

  void Signal(int signal) const;
  // Its exit code; -1 if it does not end, or not by itself.
  int Wait();

 protected:
  [[noreturn]] void Fail(const std::string& what) const;

 private:
  void Spawn(std::vector<std::string> words,
             std::vector<std::string> environment);
  void ReadPorts();

  const std::filesystem::path folder_;
  pid_t pid_ = -1;
  int output_ = -1;  // stays open: its end would be one for the server too
  int port_ = 0;
  int ops_port_ = 0;
};

}  // namespace meshvet::test

#endif  // MESHVET_TEST_SUPPORT_SERVE_PROCESS_H_

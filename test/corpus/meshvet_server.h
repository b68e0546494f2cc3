// File: test/corpus/meshvet_server.h
//
// MeshvetServer: the real `meshvet serve` on loopback, with a certificate it
// made for itself, spoken to as the API server does: JSON over TLS on one
// connection that is kept alive.
//
//   MeshvetServer server({"--inventory", "mesh/"});
//   const Answer answer = server.Ask("/validate", review);
//   EXPECT_EQ(server.Stop(), 0);
//
// Throws, with what the program wrote, when it does not start or answer: a test
// must not pass because nobody was asked.

#ifndef MESHVET_TEST_CORPUS_MESHVET_SERVER_H_
#define MESHVET_TEST_CORPUS_MESHVET_SERVER_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "test/support/serve_process.h"
#include "test/support/temp_folder.h"
#include "test/support/tls_client.h"

namespace meshvet::test {

class MeshvetServer {
 public:
  // `arguments` follow `meshvet serve` and those that make it listen here.
  explicit MeshvetServer(std::vector<std::string> arguments);

  // `endpoint` is "/validate" or "/mutate".
  Answer Ask(std::string_view endpoint, std::string_view body);

  // Ends the program as Kubernetes would; its exit code, -1 if a signal did it.
  int Stop();

  // What it logged so far.
  std::string log() const { return process_.log(); }

 private:
  const TempFolder folder_;
  ServeProcess process_;
  std::optional<TestClient> client_;
};

}  // namespace meshvet::test

#endif  // MESHVET_TEST_CORPUS_MESHVET_SERVER_H_

#include "test/corpus/meshvet_server.h"

#include <csignal>
#include <stdexcept>
#include <utility>

namespace meshvet::test {
namespace {

std::vector<std::string> WithoutLameDuck(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), {"--lame-duck", "0s"});
  return arguments;
}

}  // namespace

MeshvetServer::MeshvetServer(std::vector<std::string> arguments)
    : process_(MESHVET_BINARY, folder_.path(),
               WithoutLameDuck(std::move(arguments))) {}

Answer MeshvetServer::Ask(std::string_view endpoint, std::string_view body) {
  if (!client_) {
    client_.emplace(process_.port(), TestClient::Tls{.ca_pem = process_.ca()});
  }
  const std::string path = std::string(endpoint) + "?timeout=10s";
  const auto answer = client_->Exchange(Post(path, body));
  if (!answer) {
    throw std::runtime_error("no answer on " + path + "; the server wrote:\n" +
                             log());
  }
  if (answer->Has("Connection: close")) client_.reset();
  return *answer;
}

int MeshvetServer::Stop() {
  client_.reset();
  process_.Signal(SIGTERM);
  return process_.Wait();
}

}  // namespace meshvet::test

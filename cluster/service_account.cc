#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <system_error>

#include "cluster/access.h"

namespace meshvet::cluster {
namespace {

constexpr const char* kHost = "KUBERNETES_SERVICE_HOST";
constexpr const char* kPort = "KUBERNETES_SERVICE_PORT";

std::string Variable(const char* name) {
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe)
  return value == nullptr ? "" : value;
}

bool Exists(const std::filesystem::path& file) {
  std::error_code ignored;
  return std::filesystem::exists(file, ignored);
}

}  // namespace

bool InPod() {
  return !Variable(kHost).empty() && !Variable(kPort).empty() &&
         Exists(std::filesystem::path(kServiceAccountFolder) / "token");
}

Result<ClusterAccess> ServiceAccountAccess(const std::string& folder) {
  ClusterAccess access;
  access.host = Variable(kHost);
  if (access.host.empty()) return Error{"is not set", kHost};
  const std::string port = Variable(kPort);
  const char* end = port.data() + port.size();
  const auto [stop, error] = std::from_chars(port.data(), end, access.port);
  if (error != std::errc() || stop != end || access.port < 1 ||
      access.port > 65'535) {
    return Error{"\"" + port + "\" is no port", kPort};
  }
  const std::filesystem::path root = folder;
  access.ca.file = (root / "ca.crt").string();
  access.token.file = (root / "token").string();
  for (const std::string& file : {access.ca.file, access.token.file}) {
    if (!Exists(file)) return Error{"does not exist", file};
  }
  return access;
}

}  // namespace meshvet::cluster

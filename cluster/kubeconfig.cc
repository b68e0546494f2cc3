#include <charconv>
#include <filesystem>
#include <optional>
#include <string>
#include <system_error>
#include <utility>

#include "certs/base64.h"
#include "cluster/access.h"
#include "cluster/rotating_text.h"
#include "mesh/node.h"
#include "yaml/parse.h"

namespace meshvet::cluster {
namespace {

constexpr yaml::Limits kLimits = {.max_bytes = 1 << 20,
                                  .max_depth = 64,
                                  .max_nodes = 100'000,
                                  .max_alias_nodes = 10'000};

// Base64 that may be folded over lines, as certificates in kubeconfigs are.
std::optional<std::string> DecodeFolded(std::string_view text) {
  std::string packed;
  for (const char c : text) {
    if (c != '\n' && c != '\r' && c != ' ') packed += c;
  }
  return certs::DecodeBase64(packed);
}

// "https://10.0.0.1:6443/prefix" into the fields of `access`; false if it is no
// such URL.
bool ReadServer(std::string_view url, ClusterAccess& access) {
  constexpr std::string_view kHttps = "https://";
  constexpr std::string_view kHttp = "http://";
  access.tls = !url.starts_with(kHttp);
  if (access.tls && !url.starts_with(kHttps)) return false;
  url.remove_prefix(access.tls ? kHttps.size() : kHttp.size());
  const size_t slash = url.find('/');
  std::string_view authority = url.substr(0, slash);
  std::string_view path = slash == url.npos ? "" : url.substr(slash);
  while (path.ends_with('/')) path.remove_suffix(1);
  for (const char c : url) {
    if (c <= ' ' || c > '~' || c == '@' || c == '?' || c == '#') return false;
  }
  access.path_prefix = path;
  access.port = access.tls ? 443 : 80;
  const size_t colon = authority.rfind(':');
  const size_t bracket = authority.rfind(']');
  if (colon != authority.npos &&
      (bracket == authority.npos || colon > bracket)) {
    const std::string_view port = authority.substr(colon + 1);
    const char* end = port.data() + port.size();
    const auto [stop, error] = std::from_chars(port.data(), end, access.port);
    if (error != std::errc() || stop != end || access.port < 1 ||
        access.port > 65'535) {
      return false;
    }
    authority = authority.substr(0, colon);
  }
  if (authority.starts_with('[') && authority.ends_with(']')) {
    authority = authority.substr(1, authority.size() - 2);
  }
  access.host = authority;
  return !access.host.empty();
}

class Reader {
 public:
  Reader(std::string file, const yaml::Source& source)
      : file_(std::move(file)), source_(source) {}

  Result<ClusterAccess> Read(std::string_view context) {
    const Node root = source_.root();
    if (!root.IsObject()) return At("", "is no kubeconfig: not a mapping");
    const std::string_view name =
        context.empty() ? root["current-context"].Str() : context;
    if (name.empty()) {
      return At("/current-context",
                "current-context: not set, and no context was named");
    }
    const auto chosen = Entry("contexts", "context", name);
    if (!chosen) return chosen.error();
    const std::string_view cluster = chosen->node["cluster"].Str();
    if (cluster.empty()) {
      return At(chosen->pointer, chosen->title + ".cluster: not set");
    }
    const auto server = Entry("clusters", "cluster", cluster);
    if (!server) return server.error();
    if (auto error = ReadCluster(*server)) return *std::move(error);
    const std::string_view user = chosen->node["user"].Str();
    if (user.empty()) return std::move(access_);
    const auto person = Entry("users", "user", user);
    if (!person) return person.error();
    if (auto error = ReadUser(*person)) return *std::move(error);
    return std::move(access_);
  }

 private:
  struct Found {
    Node node;
    std::string pointer;
    std::string title;  // users[name=jane].user
  };
  using MaybeError = std::optional<Error>;

  Error At(const std::string& pointer, std::string message) const {
    const yaml::Position at = source_.ValueRange(pointer).start;
    return {std::move(message), file_ + ":" + std::to_string(at.line) + ":" +
                                    std::to_string(at.column)};
  }

  Error AtField(const Found& entry, const std::string& field,
                const std::string& message) const {
    return At(entry.pointer + "/" + field,
              entry.title + "." + field + ": " + message);
  }

  // The body of the entry of that name in the list `list`.
  Result<Found> Entry(const std::string& list, const std::string& body,
                      std::string_view name) const {
    std::optional<Found> found;
    size_t index = 0;
    for (const Node entry : source_.root()[list]) {
      const std::string pointer = "/" + list + "/" + std::to_string(index++);
      if (entry["name"].Str() != name) continue;
      const std::string title = list + "[name=" + std::string(name) + "]";
      if (found) return At(pointer, title + ": there is another of that name");
      found = {entry[body], pointer + "/" + body, title + "." + body};
      if (!found->node.IsObject()) {
        return At(pointer, found->title + ": missing or no mapping");
      }
    }
    if (found) return *std::move(found);
    return At("/" + list,
              list + ": none is named \"" + std::string(name) + "\"");
  }

  std::string Resolve(std::string_view path) const {
    return (std::filesystem::path(file_).parent_path() / path).string();
  }

  // `field`-data in base64, or the file `field` names, which is looked for
  // beside the kubeconfig. As in client-go, the data win.
  MaybeError ReadCredential(const Found& entry, const std::string& field,
                            Credential& credential) const {
    const std::string data_field = field + "-data";
    if (const Node data = entry.node[data_field]) {
      auto bytes = DecodeFolded(data.Str());
      if (!bytes || bytes->empty()) {
        return AtField(entry, data_field, "not base64");
      }
      credential.text = *std::move(bytes);
    } else if (const Node path = entry.node[field]) {
      if (path.Str().empty()) return AtField(entry, field, "not a path");
      credential.file = Resolve(path.Str());
    }
    return std::nullopt;
  }

  MaybeError ReadCluster(const Found& cluster) {
    const Node node = cluster.node;
    if (node["proxy-url"]) {
      return AtField(cluster, "proxy-url", "proxies are not supported");
    }
    if (!ReadServer(node["server"].Str(), access_)) {
      return AtField(cluster, "server", "not a URL like https://host:6443");
    }
    if (!access_.tls) {
      access_.warnings.push_back(cluster.title +
                                 ".server: plain HTTP, anybody on the way can "
                                 "read and change what is said");
    }
    access_.server_name = node["tls-server-name"].Str();
    access_.skip_verify = node["insecure-skip-tls-verify"].Bool();
    if (access_.skip_verify) {
      access_.warnings.push_back(
          cluster.title +
          ".insecure-skip-tls-verify: the API server is not verified, anybody "
          "on the way can pose as it and take the credentials");
    }
    return ReadCredential(cluster, "certificate-authority", access_.ca);
  }

  MaybeError ReadUser(const Found& user) {
    constexpr std::pair<const char*, const char*> kRefused[] = {
        {"exec",
         "plugins are not supported: use a token, a token file or a client "
         "certificate, such as a service account's"},
        {"auth-provider",
         "plugins are not supported: use a token, a token file or a client "
         "certificate, such as a service account's"},
        {"username", "passwords are not supported"},
        {"password", "passwords are not supported"},
        {"as", "impersonation is not supported"},
        {"as-uid", "impersonation is not supported"},
        {"as-groups", "impersonation is not supported"},
        {"as-user-extra", "impersonation is not supported"}};
    for (const auto& [field, why] : kRefused) {
      if (user.node[field]) return AtField(user, field, why);
    }
    if (auto error = ReadCredential(user, "client-certificate",
                                    access_.client_certificate)) {
      return error;
    }
    if (auto error = ReadCredential(user, "client-key", access_.client_key)) {
      return error;
    }
    if (access_.client_certificate.empty() != access_.client_key.empty()) {
      return At(user.pointer, user.title +
                                  ": client-certificate and client-key go "
                                  "together");
    }
    if (const Node file = user.node["tokenFile"]) {
      access_.token.file = Resolve(file.Str());
    } else if (const Node token = user.node["token"]) {
      if (token.Str().empty()) return AtField(user, "token", "not a text");
      access_.token.text = token.Str();
    }
    return std::nullopt;
  }

  std::string file_;
  const yaml::Source& source_;
  ClusterAccess access_;
};

}  // namespace

Result<ClusterAccess> ReadKubeconfig(const std::string& file,
                                     std::string_view context) {
  auto text = RotatingText::FromFile(file);
  if (!text) return text.error();
  const yaml::Stream stream = yaml::Parse(text->Current(), kLimits);
  if (!stream.problems.empty()) {
    const yaml::Problem& problem = stream.problems.front();
    return Error{problem.message,
                 file + ":" + std::to_string(problem.range.start.line) + ":" +
                     std::to_string(problem.range.start.column)};
  }
  if (stream.documents.size() != 1) {
    return Error{"expected one document", file};
  }
  return Reader(file, stream.documents.front()).Read(context);
}

}  // namespace meshvet::cluster

#include "lint/report/repository_paths.h"

#include <system_error>

namespace meshvet::lint {
namespace {

namespace fs = std::filesystem;

bool IsUnreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '~';
}

std::string PercentEncoded(std::string_view path) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string encoded;
  for (const char c : path) {
    if (IsUnreserved(c) || c == '/') {
      encoded += c;
      continue;
    }
    const auto byte = static_cast<uint8_t>(c);
    encoded += '%';
    encoded += kHex[byte >> 4U];
    encoded += kHex[byte & 15U];
  }
  return encoded;
}

// Empty if `path` is not below `root`.
std::string Below(const fs::path& root, const fs::path& path) {
  const fs::path relative = path.lexically_relative(root);
  if (relative.empty() || *relative.begin() == "..") return {};
  return relative.generic_string();
}

}  // namespace

RepositoryPaths::RepositoryPaths(const std::string& root) {
  std::error_code error;
  working_directory_ = fs::current_path(error);
  root_ = fs::weakly_canonical(root.empty() ? "." : root, error);
}

const std::string& RepositoryPaths::Of(const std::string& path) {
  std::string& known = known_[path];
  if (known.empty()) known = Find(path);
  return known;
}

std::string RepositoryPaths::Find(const std::string& path) const {
  const fs::path file = (working_directory_ / path).lexically_normal();
  std::string below = Below(root_, file);
  if (!below.empty()) return below;
  std::error_code error;
  const fs::path real = fs::weakly_canonical(file, error);
  if (!error) below = Below(root_, real);
  return below.empty() ? file.generic_string() : below;
}

std::string RepositoryPaths::UriOf(const std::string& path) {
  const std::string& name = Of(path);
  return (name.starts_with('/') ? "file://" : "") + PercentEncoded(name);
}

}  // namespace meshvet::lint

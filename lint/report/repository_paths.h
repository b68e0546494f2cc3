// File: lint/report/repository_paths.h
//
// RepositoryPaths: files as the services that keep a repository name them:
// from its root, with forward slashes and without "./".
//
//   RepositoryPaths paths("/src/shop");
//   paths.Of("./deploy/a.yaml")  // "deploy/a.yaml", below /src/shop
//   paths.UriOf("deploy/ä.yaml")  // "deploy/%C3%A4.yaml"
//
// What it has been asked it remembers: a report names a file many times. So it
// is for one thread.

#ifndef MESHVET_LINT_REPORT_REPOSITORY_PATHS_H_
#define MESHVET_LINT_REPORT_REPOSITORY_PATHS_H_

#include <filesystem>
#include <string>
#include <unordered_map>

namespace meshvet::lint {

class RepositoryPaths {
 public:
  // The working directory when `root` is empty.
  explicit RepositoryPaths(const std::string& root);

  // Symbolic links are followed if that leads into the repository. The absolute
  // path of a file outside.
  const std::string& Of(const std::string& path);

  // The same, percent-encoded (RFC 3986); a file: URI outside.
  std::string UriOf(const std::string& path);

 private:
  std::string Find(const std::string& path) const;

  std::filesystem::path root_;
  std::filesystem::path working_directory_;
  std::unordered_map<std::string, std::string> known_;
};

}  // namespace meshvet::lint

#endif  // MESHVET_LINT_REPORT_REPOSITORY_PATHS_H_

// File: lint/input/git_tree.h
//
// GitTree: the files of a commit, in a directory of their own, as git itself
// writes them. Neither the work tree nor the index of the repository is
// touched.
//
//   const auto tree = GitTree::CheckOut("/src/shop", "origin/main");
//   Read(tree->directory() / "deploy/a.yaml");
//
// The directory goes with the object.

#ifndef MESHVET_LINT_INPUT_GIT_TREE_H_
#define MESHVET_LINT_INPUT_GIT_TREE_H_

#include <filesystem>
#include <string>
#include <vector>

#include "lint/input/stop.h"
#include "mesh/result.h"

namespace meshvet::lint {

class GitTree {
 public:
  // `revision` as git reads it; "A..." is the commit where HEAD parted from A.
  // The error's `where` is the revision, or the repository; `stop`, as
  // RunGit's, makes it one.
  static Result<GitTree> CheckOut(const std::string& repository,
                                  const std::string& revision,
                                  StopFlag stop = nullptr);
  ~GitTree();
  GitTree(GitTree&& other) noexcept;
  GitTree& operator=(GitTree&& other) noexcept;

  const std::filesystem::path& directory() const { return files_; }
  // The commit, as 40 hexadecimal digits (or as many as the repository's hash
  // has).
  const std::string& commit() const { return commit_; }

 private:
  GitTree() = default;

  std::filesystem::path scratch_;  // empty once moved from
  std::filesystem::path files_;
  std::string commit_;
};

// Files of the work tree that differ from `commit`, and those git does not
// know, apart from what .gitignore leaves out; relative to the repository.
Result<std::vector<std::string>> ChangedFiles(const std::string& repository,
                                              const std::string& commit,
                                              StopFlag stop = nullptr);

}  // namespace meshvet::lint

#endif  // MESHVET_LINT_INPUT_GIT_TREE_H_

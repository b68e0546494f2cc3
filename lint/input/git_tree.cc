#include "lint/input/git_tree.h"

#include <utility>

#include "lint/input/git.h"

namespace meshvet::lint {
namespace {

constexpr std::string_view kSinceParting = "...";

// What git took for an option would not be a revision.
Result<std::string> FindCommit(const std::string& repository,
                               std::string revision, StopFlag stop) {
  const std::string given = revision;
  if (given.empty() || given.front() == '-') {
    return Error{"is no revision", given};
  }
  if (given.ends_with(kSinceParting)) {
    revision.resize(revision.size() - kSinceParting.size());
    const GitRun parted =
        RunGit({"-C", repository, "merge-base", revision, "HEAD"}, {}, stop);
    if (!parted.ok()) return Error{parted.Complaint(), given};
    revision = parted.FirstLine();
  }
  const GitRun found =
      RunGit({"-C", repository, "rev-parse", "--verify", "--quiet",
              "--end-of-options", revision + "^{commit}"},
             {}, stop);
  if (!found.ok()) {
    return Error{found.err.empty() ? "is no commit of the repository"
                                   : found.Complaint(),
                 given};
  }
  return found.FirstLine();
}

std::vector<std::string> SplitAtZeros(const std::string& text) {
  std::vector<std::string> parts;
  size_t start = 0;
  while (start < text.size()) {
    const size_t end = std::min(text.find('\0', start), text.size());
    parts.push_back(text.substr(start, end - start));
    start = end + 1;
  }
  return parts;
}

}  // namespace

Result<GitTree> GitTree::CheckOut(const std::string& repository,
                                  const std::string& revision, StopFlag stop) {
  Result<std::string> commit = FindCommit(repository, revision, stop);
  if (!commit) return commit.error();
  Result<std::filesystem::path> scratch = MakeScratchDirectory();
  if (!scratch) return scratch.error();
  GitTree tree;
  tree.commit_ = *std::move(commit);
  tree.scratch_ = *std::move(scratch);
  tree.files_ = tree.scratch_ / "files";
  // An index of its own: the repository's belongs to its user.
  const std::string index = (tree.scratch_ / "index").string();
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"-C", repository, "read-tree", tree.commit_},
        {"-C", repository, "checkout-index", "--all", "--force",
         "--prefix=" + tree.files_.string() + "/"}}) {
    const GitRun run = RunGit(arguments, {"GIT_INDEX_FILE=" + index}, stop);
    if (!run.ok()) return Error{run.Complaint(), revision};
  }
  std::error_code error;
  std::filesystem::create_directories(tree.files_,
                                      error);  // of an empty commit
  if (error) return Error{error.message(), tree.files_.string()};
  return tree;
}

GitTree::~GitTree() {
  if (scratch_.empty()) return;
  // What cannot be removed stays in the system's directory for such files.
  std::error_code ignored;
  std::filesystem::remove_all(scratch_, ignored);
}

GitTree::GitTree(GitTree&& other) noexcept
    : scratch_(std::exchange(other.scratch_, {})),
      files_(std::move(other.files_)),
      commit_(std::move(other.commit_)) {}

GitTree& GitTree::operator=(GitTree&& other) noexcept {
  std::swap(scratch_, other.scratch_);
  std::swap(files_, other.files_);
  std::swap(commit_, other.commit_);
  return *this;
}

Result<std::vector<std::string>> ChangedFiles(const std::string& repository,
                                              const std::string& commit,
                                              StopFlag stop) {
  std::vector<std::string> changed;
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"-C", repository, "diff", "--name-only", "-z",
                                 "--no-renames", "--diff-filter=d", commit,
                                 "--"},
        {"-C", repository, "ls-files", "-z", "--others",
         "--exclude-standard"}}) {
    const GitRun run = RunGit(arguments, {}, stop);
    if (!run.ok()) return Error{run.Complaint(), repository};
    for (std::string& file : SplitAtZeros(run.out)) {
      changed.push_back(std::move(file));
    }
  }
  return changed;
}

}  // namespace meshvet::lint

// File: lint/input/ignore_files.h
//
// IgnoreFiles: which paths the `.gitignore` files of a repository leave out,
// from the repository's root down to the directory being walked.
//
//   IgnoreFiles ignored = IgnoreFiles::Above("/repo/deploy");
//   ignored = ignored.Below("/repo/deploy");  // with its own .gitignore
//   ignored.Ignores("/repo/deploy/rendered", true)
//
// The rules are those of gitignore(5): the last pattern that matches decides, a
// pattern with a slash is anchored, one that ends in a slash means directories,
// `!` takes back. `core.excludesFile` and `.git/info/exclude` are not read:
// they belong to one person's checkout, and a run gives the same answer
// everywhere.

#ifndef MESHVET_LINT_INPUT_IGNORE_FILES_H_
#define MESHVET_LINT_INPUT_IGNORE_FILES_H_

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace meshvet::lint {

class IgnoreFiles {
 public:
  // Those of the directories above `directory`, an absolute path, up to the
  // repository's root; none outside a repository.
  static IgnoreFiles Above(const std::string& directory);

  // These and the one in `directory`, if it has one.
  IgnoreFiles Below(const std::string& directory) const;

  // `path` is absolute. That no directory above it is ignored is for the caller
  // to see to, by not entering one.
  bool Ignores(std::string_view path, bool is_directory) const;

 private:
  struct Pattern {
    std::string glob;
    bool is_negated = false;
    bool directories_only = false;
  };
  struct File {
    std::string directory;
    std::vector<Pattern> patterns;
  };

  static std::vector<Pattern> Read(const std::string& text);
  static Pattern ReadLine(std::string_view line);

  std::vector<std::shared_ptr<const File>> files_;
};

}  // namespace meshvet::lint

#endif  // MESHVET_LINT_INPUT_IGNORE_FILES_H_

// File: lint/input/input_files.h
//
// Which files a run reads: what was named on the command line, and what is
// found below the directories named there.
//
//   const InputFiles inputs = FindInputFiles({"deploy", "a.yaml"}, options);
//
// Order is that of the arguments, and by name below a directory, so a run reads
// the same files in the same order everywhere. Nothing is passed over silently:
// `skipped` says what was, and why.

#ifndef MESHVET_LINT_INPUT_INPUT_FILES_H_
#define MESHVET_LINT_INPUT_INPUT_FILES_H_

#include <cstddef>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "mesh/result.h"

namespace meshvet::lint {

inline constexpr const char* kStdin = "-";

// Which paths are wanted, by globs that are relative to one directory.
struct PathFilter {
  std::string base;                  // the working directory when empty
  std::vector<std::string> include;  // empty for all
  std::vector<std::string> exclude;
};

struct InputOptions {
  bool follow_symlinks = false;
  // Whether what `.gitignore` files leave out is left out here as well.
  bool obeys_gitignore = true;
  // Of the files to read below directories, without the dot.
  std::vector<std::string> extensions = {"yaml", "yml", "json"};
  // For what is found below directories and by globs; a file that was named is
  // always read.
  std::vector<PathFilter> filters;

  size_t max_files = 200'000;
  size_t max_depth = 64;
};

struct SkippedFile {
  std::string path;
  std::string reason;

  friend bool operator==(const SkippedFile&, const SkippedFile&) = default;
};

// A directory whose files only make sense after a program has rendered them.
struct RenderedElsewhere {
  enum class Kind { kHelm, kKustomize };
  Kind kind;
  std::string directory;
  std::string marker;  // the Chart.yaml or kustomization.yaml
};

struct InputFiles {
  std::vector<std::string> paths;  // kStdin for standard input
  std::vector<SkippedFile> skipped;
  std::vector<RenderedElsewhere> rendered_elsewhere;
  // What could not be read, while the rest could.
  std::vector<Error> failures;
};

// An error names the argument that matches nothing.
Result<InputFiles> FindInputFiles(const std::vector<std::string>& arguments,
                                  const InputOptions& options);

// Paths as seen from the directory `base`, with forward slashes and without
// "./"; unchanged where they lie outside. Asks the file system only when it is
// made. Immutable.
class RelativePaths {
 public:
  // The working directory when `base` is empty.
  explicit RelativePaths(const std::string& base);

  std::string Of(const std::string& path) const;

 private:
  std::filesystem::path root_;
  std::string below_;  // what paths below the root start with
  std::filesystem::path working_directory_;
};

}  // namespace meshvet::lint

#endif  // MESHVET_LINT_INPUT_INPUT_FILES_H_

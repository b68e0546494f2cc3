// File: lint/input/git.h
//
// Git: runs the `git` of the machine and keeps what it says.
//
//   const GitRun run = RunGit({"-C", "/src/shop", "rev-parse", "HEAD"});
//   if (run.ok()) Use(run.FirstLine());
//
// Arguments go to the program as they are: no shell reads them. Its standard
// input is empty, and it asks nobody for a password. A run that is to stop
// takes its git with it: what that has said by then is not all.

#ifndef MESHVET_LINT_INPUT_GIT_H_
#define MESHVET_LINT_INPUT_GIT_H_

#include <filesystem>
#include <string>
#include <vector>

#include "lint/input/stop.h"
#include "mesh/result.h"

namespace meshvet::lint {

struct GitRun {
  int exit_code = -1;  // -1: it could not be run, or was killed
  std::string out;
  std::string err;

  bool ok() const { return exit_code == 0; }
  std::string FirstLine() const;
  // What git said of its failure, on one line.
  std::string Complaint() const;
};

// `environment` ("NAME=value") is laid over that of this process. Once `stop`
// is not 0 git is ended; null for never. For the thread that signals come to.
GitRun RunGit(const std::vector<std::string>& arguments,
              const std::vector<std::string>& environment = {},
              StopFlag stop = nullptr);

// An empty directory that only this user may enter.
Result<std::filesystem::path> MakeScratchDirectory();

}  // namespace meshvet::lint

#endif  // MESHVET_LINT_INPUT_GIT_H_

// File: lint/input/path_glob.h
//
// Globs over paths, as .gitignore and CI files write them: `*` and `?` stay
// within one folder, `**` crosses folders, `[a-c]` is a set, and a pattern that
// names a folder stands for everything below it.
//
//   PathMatches("deploy/**/*.yaml", "deploy/a/b/x.yaml")  // true
//   PathMatches("overlays/prod", "overlays/prod/x.yaml")  // true

#ifndef MESHVET_LINT_INPUT_PATH_GLOB_H_
#define MESHVET_LINT_INPUT_PATH_GLOB_H_

#include <string_view>

namespace meshvet::lint {

bool PathMatches(std::string_view glob, std::string_view path);

// As PathMatches, but a pattern does not stand for what is below it.
bool WholePathMatches(std::string_view glob, std::string_view path);

bool HasGlob(std::string_view text);

}  // namespace meshvet::lint

#endif  // MESHVET_LINT_INPUT_PATH_GLOB_H_

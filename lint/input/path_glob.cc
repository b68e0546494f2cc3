#include "lint/input/path_glob.h"

#include <fnmatch.h>

#include <algorithm>
#include <string>
#include <vector>

namespace meshvet::lint {
namespace {

std::vector<std::string> Split(std::string_view path) {
  std::vector<std::string> parts;
  while (!path.empty()) {
    const size_t slash = std::min(path.find('/'), path.size());
    const std::string_view part = path.substr(0, slash);
    if (!part.empty() && part != ".") parts.emplace_back(part);
    path.remove_prefix(std::min(slash + 1, path.size()));
  }
  return parts;
}

bool PartMatches(const std::string& glob, const std::string& part) {
  return fnmatch(glob.c_str(), part.c_str(), 0) == 0;
}

bool Matches(std::string_view glob, std::string_view path,
             bool includes_what_is_below) {
  const std::vector<std::string> pattern = Split(glob);
  const std::vector<std::string> parts = Split(path);
  // reached[i]: the first i parts of the pattern account for what was read.
  // One pass over the path, so no pattern costs more than their product.
  std::vector<bool> reached(pattern.size() + 1);
  reached[0] = true;
  const auto skip_stars = [&](std::vector<bool>& at) {
    for (size_t i = 0; i < pattern.size(); ++i) {
      if (at[i] && pattern[i] == "**") at[i + 1] = true;
    }
  };
  skip_stars(reached);
  for (const std::string& part : parts) {
    if (reached.back() && includes_what_is_below) return true;
    std::vector<bool> next(reached.size());
    for (size_t i = 0; i < pattern.size(); ++i) {
      if (!reached[i]) continue;
      if (pattern[i] == "**") {
        next[i] = true;
      } else if (PartMatches(pattern[i], part)) {
        next[i + 1] = true;
      }
    }
    skip_stars(next);
    reached = std::move(next);
  }
  return reached.back();
}

}  // namespace

bool PathMatches(std::string_view glob, std::string_view path) {
  return Matches(glob, path, true);
}

bool WholePathMatches(std::string_view glob, std::string_view path) {
  return Matches(glob, path, false);
}

bool HasGlob(std::string_view text) {
  return text.find_first_of("*?[") != text.npos;
}

}  // namespace meshvet::lint

#include "lint/input/ignore_files.h"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "lint/input/path_glob.h"
#include "lint/input/source_file.h"

namespace meshvet::lint {
namespace {

namespace fs = std::filesystem;

// Nobody writes a longer one.
constexpr size_t kMaxBytes = 1 << 20;

// The directories above `directory` from the repository's root down; none if
// there is no repository or its root is `directory` itself.
std::vector<fs::path> RepositoryAbove(const fs::path& directory) {
  std::vector<fs::path> above;
  std::error_code error;
  for (fs::path at = directory; at != at.root_path(); at = at.parent_path()) {
    if (at != directory) above.push_back(at);
    if (fs::exists(at / ".git", error)) {
      std::ranges::reverse(above);
      return above;
    }
  }
  return {};
}

// Blanks at the end do not count unless a backslash keeps them.
std::string_view WithoutTrailingBlanks(std::string_view line) {
  while (line.ends_with(' ') && !line.ends_with("\\ ")) line.remove_suffix(1);
  return line;
}

}  // namespace

IgnoreFiles IgnoreFiles::Above(const std::string& directory) {
  IgnoreFiles files;
  for (const fs::path& above : RepositoryAbove(directory)) {
    files = files.Below(above.string());
  }
  return files;
}

IgnoreFiles IgnoreFiles::Below(const std::string& directory) const {
  IgnoreFiles deeper = *this;
  const std::string file = (fs::path(directory) / ".gitignore").string();
  std::error_code error;
  if (!fs::is_regular_file(file, error)) return deeper;
  const Result<std::string> text = ReadText(file, kMaxBytes);
  if (!text) return deeper;
  deeper.files_.push_back(
      std::make_shared<const File>(File{directory, Read(*text)}));
  return deeper;
}

bool IgnoreFiles::Ignores(std::string_view path, bool is_directory) const {
  for (auto file = files_.rbegin(); file != files_.rend(); ++file) {
    const std::string_view inside = path.substr((*file)->directory.size());
    for (auto pattern = (*file)->patterns.rbegin();
         pattern != (*file)->patterns.rend(); ++pattern) {
      if (pattern->directories_only && !is_directory) continue;
      if (WholePathMatches(pattern->glob, inside)) return !pattern->is_negated;
    }
  }
  return false;
}

std::vector<IgnoreFiles::Pattern> IgnoreFiles::Read(const std::string& text) {
  std::vector<Pattern> patterns;
  for (size_t at = 0; at < text.size();) {
    const size_t end = std::min(text.find('\n', at), text.size());
    std::string_view line = std::string_view(text).substr(at, end - at);
    if (line.ends_with('\r')) line.remove_suffix(1);
    at = end + 1;
    line = WithoutTrailingBlanks(line);
    if (line.empty() || line.front() == '#') continue;
    patterns.push_back(ReadLine(line));
  }
  return patterns;
}

IgnoreFiles::Pattern IgnoreFiles::ReadLine(std::string_view line) {
  Pattern pattern;
  if (line.front() == '!') {
    pattern.is_negated = true;
    line.remove_prefix(1);
  }
  if (line.ends_with('/')) {
    pattern.directories_only = true;
    line.remove_suffix(1);
  }
  if (line.empty()) return pattern;
  const bool is_anchored = line.find('/') != line.npos;
  pattern.glob = is_anchored ? "" : "**/";
  pattern.glob += line;
  // "a/**" is what is in a, not a itself.
  if (line.ends_with("/**")) pattern.glob += "/*";
  return pattern;
}

}  // namespace meshvet::lint

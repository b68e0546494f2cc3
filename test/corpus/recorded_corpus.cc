#include "test/corpus/recorded_corpus.h"

#include <algorithm>
#include <cstdlib>
#include <stdexcept>

namespace meshvet::test {

namespace fs = std::filesystem;

std::optional<fs::path> CorpusFolder(const std::string& name) {
  // Nothing in this program changes the environment.
  const char* corpus =
      std::getenv("MESHVET_CORPUS");  // NOLINT(concurrency-mt-unsafe)
  if (corpus == nullptr || *corpus == '\0') return std::nullopt;
  fs::path folder = fs::path(corpus) / name;
  if (!fs::is_directory(folder)) {
    throw std::runtime_error("MESHVET_CORPUS is set, but there is no folder " +
                             folder.string());
  }
  return folder;
}

std::vector<std::string> FilesOf(const fs::path& folder,
                                 std::string_view ending) {
  std::vector<std::string> names;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    std::string name = entry.path().lexically_relative(folder).string();
    if (entry.is_regular_file() && name.ends_with(ending)) {
      names.push_back(std::move(name));
    }
  }
  if (names.empty()) {
    throw std::runtime_error("no file *" + std::string(ending) + " in " +
                             folder.string());
  }
  std::ranges::sort(names);
  return names;
}

}  // namespace meshvet::test

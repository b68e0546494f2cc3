// File: test/unit/lint/temp_folder.h
//
// A folder of its own for one test, removed at its end.

#ifndef MESHVET_TEST_UNIT_LINT_TEMP_FOLDER_H_
#define MESHVET_TEST_UNIT_LINT_TEMP_FOLDER_H_

#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <string>

namespace meshvet::lint {

class TempFolder {
 public:
  TempFolder() {
    static std::atomic<int> count = 0;
    path_ = std::filesystem::path(::testing::TempDir()) /
            ("meshvet_lint_" + std::to_string(getpid()) + "_" +
             std::to_string(count++));
    std::filesystem::create_directories(path_);
  }
  ~TempFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;

  // Writes a file and returns its path.
  std::string Put(const std::string& name, const std::string& text) const {
    const std::filesystem::path file = path_ / name;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << text;
    return file.string();
  }
  std::string path() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

}  // namespace meshvet::lint

#endif  // MESHVET_TEST_UNIT_LINT_TEMP_FOLDER_H_

// File: test/support/temp_folder.h
//
// A folder of its own for one test, removed at its end, and whole files.

#ifndef MESHVET_TEST_SUPPORT_TEMP_FOLDER_H_
#define MESHVET_TEST_SUPPORT_TEMP_FOLDER_H_

#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace meshvet::test {

inline std::string ReadFile(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

inline void WriteFile(const std::filesystem::path& path,
                      const std::string& text) {
  std::filesystem::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << text;
}

class TempFolder {
 public:
  TempFolder() {
    static std::atomic<int> count = 0;
    path_ = std::filesystem::temp_directory_path() /
            ("meshvet_test_" + std::to_string(getpid()) + "_" +
             std::to_string(count++));
    std::filesystem::create_directories(path_);
  }
  ~TempFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;

  std::filesystem::path operator/(const std::string& name) const {
    return path_ / name;
  }
  const std::filesystem::path& path() const { return path_; }

  // Writes a file and returns its path.
  std::string Put(const std::string& name, const std::string& text) const {
    WriteFile(path_ / name, text);
    return path_ / name;
  }

 private:
  std::filesystem::path path_;
};

}  // namespace meshvet::test

#endif  // MESHVET_TEST_SUPPORT_TEMP_FOLDER_H_

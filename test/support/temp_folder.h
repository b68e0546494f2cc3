// File: test/support/temp_folder.h
//
// A folder of its own for one test, removed at its end, and whole files.

#ifndef MESHVET_TEST_SUPPORT_TEMP_FOLDER_H_
#define MESHVET_TEST_SUPPORT_TEMP_FOLDER_H_

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>

namespace meshvet::test {

inline std::string ReadFile(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("cannot read " + path.string());
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

inline void WriteFile(const std::filesystem::path& path,
                      const std::string& text) {
  std::filesystem::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << text;
}

// The same in one step: whoever reads the file meanwhile reads the old text or
// the new one. One that is written in place may be found empty.
inline void ReplaceFile(const std::filesystem::path& path,
                        const std::string& text) {
  const std::filesystem::path aside = path.string() + ".new";
  WriteFile(aside, text);
  std::filesystem::rename(aside, path);
}

class TempFolder {
 public:
  TempFolder() {
    std::string name =
        std::filesystem::temp_directory_path() / "meshvet_test_XXXXXX";
    if (mkdtemp(name.data()) == nullptr) {
      throw std::runtime_error("no temporary folder: " + name);
    }
    path_ = name;
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

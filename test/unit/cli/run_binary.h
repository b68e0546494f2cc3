// File: test/unit/cli/run_binary.h
//
// Runs the real `meshvet` in a folder and hands back what it wrote.

#ifndef MESHVET_TEST_UNIT_CLI_RUN_BINARY_H_
#define MESHVET_TEST_UNIT_CLI_RUN_BINARY_H_

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace meshvet::cli {

struct Ran {
  int exit_code = -1;
  std::string out;
  std::string err;
};

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

// A folder of its own for one test, removed at its end.
class TempFolder {
 public:
  TempFolder() {
    static std::atomic<int> count = 0;
    path_ = std::filesystem::path(::testing::TempDir()) /
            ("meshvet_cli_" + std::to_string(getpid()) + "_" +
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

 private:
  std::filesystem::path path_;
};

// `arguments` are read by the shell; `environment` is "A=b C=d".
inline Ran RunBinary(const std::filesystem::path& folder,
                     const std::string& arguments,
                     const std::string& environment = {}) {
  const TempFolder temp;
  const std::string out = (temp / "out").string();
  const std::string err = (temp / "err").string();
  const std::string command = "cd '" + folder.string() +
                              "' && env -i PATH=\"$PATH\" LANG=C.UTF-8 " +
                              environment + " " MESHVET_BINARY " " + arguments +
                              " >'" + out + "' 2>'" + err + "'";
  // Tests run one after another in a program.
  // NOLINTNEXTLINE(concurrency-mt-unsafe)
  const int status = std::system(command.c_str());
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, ReadFile(out),
          ReadFile(err)};
}

}  // namespace meshvet::cli

#endif  // MESHVET_TEST_UNIT_CLI_RUN_BINARY_H_

// File: test/support/run_binary.h
//
// Runs the real `meshvet` in a folder and hands back what it wrote.

#ifndef MESHVET_TEST_SUPPORT_RUN_BINARY_H_
#define MESHVET_TEST_SUPPORT_RUN_BINARY_H_

#include <sys/wait.h>

#include <cstdlib>
#include <filesystem>
#include <string>

#include "test/support/temp_folder.h"

namespace meshvet::test {

struct Ran {
  int exit_code = -1;
  std::string out;
  std::string err;
};

// `arguments` are read by the shell, so they may lead the output elsewhere;
// `environment` is "A=b C=d".
inline Ran RunBinary(const std::filesystem::path& folder,
                     const std::string& arguments,
                     const std::string& environment = {}) {
  const TempFolder temp;
  const std::string out = (temp / "out").string();
  const std::string err = (temp / "err").string();
  const std::string command = "cd '" + folder.string() +
                              "' && {\nenv -i PATH=\"$PATH\" LANG=C.UTF-8 " +
                              environment + " " MESHVET_BINARY " " + arguments +
                              "\n} >'" + out + "' 2>'" + err + "'";
  // Tests run one after another in a program.
  // NOLINTNEXTLINE(concurrency-mt-unsafe)
  const int status = std::system(command.c_str());
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, ReadFile(out),
          ReadFile(err)};
}

}  // namespace meshvet::test

#endif  // MESHVET_TEST_SUPPORT_RUN_BINARY_H_

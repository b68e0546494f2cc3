// File: test/support/shell.h
//
// Runs a command of the system in a folder, with these variables.

#ifndef MESHVET_TEST_SUPPORT_SHELL_H_
#define MESHVET_TEST_SUPPORT_SHELL_H_

#include <sys/wait.h>

#include <cstdlib>
#include <filesystem>
#include <map>
#include <string>

#include "test/support/run_binary.h"

namespace meshvet::test {

// `text` as one word of the shell.
inline std::string Quoted(const std::string& text) {
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? "'\\''" : std::string(1, c);
  return quoted + "'";
}

// `command` is read by sh; of the environment it keeps PATH alone.
inline Ran RunShell(const std::filesystem::path& folder,
                    const std::string& command,
                    const std::map<std::string, std::string>& variables = {}) {
  const TempFolder temp;
  const std::string out = (temp / "out").string();
  const std::string err = (temp / "err").string();
  std::string line = "cd " + Quoted(folder.string()) +
                     " && env -i PATH=\"$PATH\" LANG=C.UTF-8 TERM=xterm HOME=" +
                     Quoted(temp.path().string());
  for (const auto& [name, value] : variables) {
    line += " " + name + "=" + Quoted(value);
  }
  line += " " + command + " </dev/null >" + out + " 2>" + err;
  // Tests run one after another in a program.
  // NOLINTNEXTLINE(concurrency-mt-unsafe)
  const int status = std::system(line.c_str());
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, ReadFile(out),
          ReadFile(err)};
}

}  // namespace meshvet::test

#endif  // MESHVET_TEST_SUPPORT_SHELL_H_

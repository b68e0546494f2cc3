#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <string>
#include <system_error>

#include "lint/command/config_command.h"
#include "lint/command/exit_code.h"
#include "lint/config/config_schema.h"
#include "lint/report/output.h"
#include "lint/report/printable.h"

namespace meshvet::lint {
namespace {

LintOutcome Refusal(int exit_code, const std::string& file,
                    const std::string& why) {
  return {exit_code, {}, "meshvet: " + Printable(file) + ": " + why + "\n"};
}

}  // namespace

LintOutcome RunConfigInit(const std::string& folder) {
  namespace fs = std::filesystem;
  std::error_code ignored;
  // Both names count for one: `.meshvet.yaml` would win over the other.
  for (const char* name : {".meshvet.yaml", ".meshvet.yml"}) {
    const fs::path file = fs::path(folder) / name;
    if (fs::symlink_status(file, ignored).type() == fs::file_type::not_found) {
      continue;
    }
    if (ignored) continue;  // it cannot be made there either
    return Refusal(kExitUsage, file.string(), "is there already");
  }
  const std::string file = (fs::path(folder) / ".meshvet.yaml").string();
  constexpr mode_t kForAll = 0644;
  const int fd =
      open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, kForAll);
  if (fd < 0) {
    return Refusal(kExitUnfinished, file,
                   std::generic_category().message(errno));
  }
  const bool written = WriteAll(fd, StarterConfiguration());
  if (close(fd) != 0 || !written) {
    return Refusal(kExitUnfinished, file, "cannot be written");
  }
  return {kExitDone, Printable(file) + "\n", {}};
}

}  // namespace meshvet::lint

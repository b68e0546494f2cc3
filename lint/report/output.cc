#include "lint/report/output.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>
#include <utility>

#include "lint/report/destination.h"

namespace meshvet::lint {
namespace {

Error Failure(const std::string& path) {
  return {std::generic_category().message(errno), path};
}

// A device or a pipe cannot be replaced, only written to; nor can what another
// name of an open file stands for, or whoever has it open would keep the old
// one.
bool IsReplaceable(const std::filesystem::path& path) {
  const std::string name = path.lexically_normal().string();
  for (const std::string_view open :
       {"/dev/stdout", "/dev/stderr", "/dev/fd/", "/proc/"}) {
    if (name.starts_with(open)) return false;
  }
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  return !std::filesystem::exists(status) ||
         std::filesystem::is_regular_file(status);
}

// A symbolic link stays one: what it leads to is replaced.
std::filesystem::path Target(const std::filesystem::path& path) {
  std::error_code error;
  if (!std::filesystem::is_symlink(path, error)) return path;
  const auto target = std::filesystem::weakly_canonical(path, error);
  return error ? path : target;
}

// Gives the new file the mode of the one it replaces, and its owner where that
// is allowed.
bool KeepMode(int fd, const std::string& target) {
  struct stat old = {};
  if (stat(target.c_str(), &old) != 0) return true;
  if (fchown(fd, old.st_uid, old.st_gid) != 0 && errno != EPERM) return false;
  return fchmod(fd, old.st_mode & 07777) == 0;
}

// What failed is named by `path`, whatever the file is called at the time.
Result<Unit> WriteTo(const std::string& file, int flags,
                     const std::string& path, std::string_view content,
                     const std::string& like = {}) {
  const int fd = open(file.c_str(), O_WRONLY | O_CLOEXEC | flags, 0666);
  if (fd < 0) return Failure(path);
  const bool is_ready = like.empty() || KeepMode(fd, like);
  if (!is_ready || !WriteAll(fd, content)) {
    const Error failure = Failure(path);
    close(fd);
    return failure;
  }
  if (close(fd) != 0) return Failure(path);
  return Unit{};
}

}  // namespace

bool WriteAll(int fd, std::string_view content) {
  while (!content.empty()) {
    const ssize_t written = write(fd, content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    content.remove_prefix(static_cast<size_t>(written));
  }
  return true;
}

Result<std::vector<Output>> ParseOutputs(
    const std::vector<std::string>& texts) {
  auto destinations = ParseDestinations(texts, FormatNames());
  if (!destinations) return destinations.error();
  std::vector<Output> outputs;
  for (Destination& destination : *destinations) {
    outputs.push_back(
        {FindFormat(destination.format), std::move(destination.file)});
  }
  return outputs;
}

Result<Unit> WriteFile(const std::string& path, std::string_view content) {
  if (!IsReplaceable(path)) return WriteTo(path, O_APPEND, path, content);
  const std::string target = Target(path).string();
  const std::string temporary =
      target + "." + std::to_string(getpid()) + ".tmp";
  // Left by a process of this number that was killed.
  unlink(temporary.c_str());
  Result<Unit> written =
      WriteTo(temporary, O_CREAT | O_EXCL | O_NOFOLLOW, path, content, target);
  if (written && std::rename(temporary.c_str(), target.c_str()) != 0) {
    written = Failure(path);
  }
  if (!written) unlink(temporary.c_str());
  return written;
}

}  // namespace meshvet::lint

#include "lint/fix/write_back.h"

#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

#include "lint/input/source_file.h"
#include "lint/report/output.h"

namespace meshvet::lint {
namespace {

// Nothing when the file may be replaced.
Result<Unit> CheckWritable(const FixedFile& file, size_t max_bytes) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(file.path, error)) {
    return Error{"no regular file; not written", file.path};
  }
  if (access(file.path.c_str(), W_OK) != 0) {
    return Error{std::generic_category().message(errno), file.path};
  }
  const Result<std::string> now = ReadText(file.path, max_bytes);
  if (!now) return now.error();
  // The same file may have been reached by another name.
  if (*now == file.before || *now == file.after) return Unit{};
  return Error{"changed while it was mended; not written", file.path};
}

Result<Unit> WriteOne(const FixedFile& file, size_t max_bytes) {
  const Result<Unit> writable = CheckWritable(file, max_bytes);
  if (!writable) return writable.error();
  return WriteFile(file.path, file.after);
}

}  // namespace

WrittenBack WriteBack(const std::vector<FixedFile>& files, size_t max_bytes,
                      const std::function<bool()>& is_stopped) {
  WrittenBack done;
  bool is_over = false;
  for (const FixedFile& file : files) {
    is_over = is_over || is_stopped();
    if (is_over) {
      done.not_begun.push_back(file.path);
      continue;
    }
    const Result<Unit> written = WriteOne(file, max_bytes);
    done.written += written ? 1 : 0;
    if (!written) done.failures.push_back(written.error());
  }
  return done;
}

}  // namespace meshvet::lint

// File: lint/fix/write_back.h
//
// WriteBack: mended texts into their files.
//
//   const WrittenBack done = WriteBack(run.files, max_bytes, is_stopped);
//   for (const Error& failure : done.failures) …
//
// A file is written beside its place and renamed, so at any time it holds the
// old text or the new one, never a part; its mode stays, a symbolic link stays
// one. A file that changed since it was read, that may not be written, or that
// is no regular file is left alone.

#ifndef MESHVET_LINT_FIX_WRITE_BACK_H_
#define MESHVET_LINT_FIX_WRITE_BACK_H_

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "lint/fix/fixer.h"
#include "mesh/result.h"

namespace meshvet::lint {

struct WrittenBack {
  size_t written = 0;
  // Why some were not; `where` is the path.
  std::vector<Error> failures;
  // Those behind the last one, because the run was to end.
  std::vector<std::string> not_begun;
};

// In their order. Asks `is_stopped` before each; files are read again, up to
// `max_bytes`.
WrittenBack WriteBack(const std::vector<FixedFile>& files, size_t max_bytes,
                      const std::function<bool()>& is_stopped);

}  // namespace meshvet::lint

#endif  // MESHVET_LINT_FIX_WRITE_BACK_H_

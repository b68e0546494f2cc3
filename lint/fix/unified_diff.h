// File: lint/fix/unified_diff.h
//
// UnifiedDiff: two texts of one file -> what `patch -p0` and people read.
//
//   UnifiedDiff("deploy/a.yaml", before, after)   // "--- deploy/a.yaml\n+++ …"
//
// Lines end with LF; a CR before it, or anywhere, is part of a line. The diff
// is always right, and short where changes are few and far between.

#ifndef MESHVET_LINT_FIX_UNIFIED_DIFF_H_
#define MESHVET_LINT_FIX_UNIFIED_DIFF_H_

#include <string>
#include <string_view>

namespace meshvet::lint {

// Empty if the texts are equal. A path that would break a header is quoted as
// GNU patch and git read it.
std::string UnifiedDiff(std::string_view path, std::string_view before,
                        std::string_view after);

}  // namespace meshvet::lint

#endif  // MESHVET_LINT_FIX_UNIFIED_DIFF_H_

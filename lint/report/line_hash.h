// File: lint/report/line_hash.h
//
// LineHashes: what GitHub's code scanning recognises an alert by when lines
// have moved: `primaryLocationLineHash`, as the upload action computes it
// (github/codeql-action, src/fingerprints.ts).
//
//   LineHashes(" a\nb\n").Of(1)
//
// A line's hash is a polynomial one (factor 37, modulo 2^64) over the 100
// UTF-16 code units that follow its start. Spaces and tabs do not count, every
// line end counts as LF, and after the text come 0xFFFF and zeros. Behind the
// colon is how many lines with this hash there have been so far. Immutable.

#ifndef MESHVET_LINT_REPORT_LINE_HASH_H_
#define MESHVET_LINT_REPORT_LINE_HASH_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace meshvet::lint {

class LineHashes {
 public:
  LineHashes() = default;
  explicit LineHashes(std::string_view text);

  // "54703d4cd895b18:1"; empty for a line there is not. Lines count from 1.
  std::string Of(size_t line) const;
  size_t lines() const { return hashes_.size(); }

 private:
  struct LineHash {
    uint64_t hash;
    uint32_t ordinal;
  };
  std::vector<LineHash> hashes_;
};

}  // namespace meshvet::lint

#endif  // MESHVET_LINT_REPORT_LINE_HASH_H_

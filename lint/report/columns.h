// File: lint/report/columns.h
//
// Columns: the columns of one file as other programs count them. Ours are code
// points; SARIF's are UTF-16 code units, reviewdog's are bytes of UTF-8.
//
//   const Columns columns("a: \xF0\x9F\x98\x80b\n");
//   columns.Utf16({1, 5, 7})  // 6: the 'b'
//   columns.Utf8({1, 5, 7})   // 8
//
// It keeps something for each character beyond ASCII, and nothing of the text.
// Immutable.

#ifndef MESHVET_LINT_REPORT_COLUMNS_H_
#define MESHVET_LINT_REPORT_COLUMNS_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "lint/input/source_file.h"
#include "yaml/position.h"

namespace meshvet::lint {

class Columns {
 public:
  Columns() = default;  // of a file of ASCII
  // UTF-8; a byte order mark takes no column.
  explicit Columns(std::string_view text);

  // Of a position in that text, from 1.
  uint32_t Utf16(const yaml::Position& at) const;
  uint32_t Utf8(const yaml::Position& at) const;

 private:
  // A character beyond ASCII, and what all of them up to it take beyond one
  // column each.
  struct Wide {
    uint32_t line;
    size_t offset;
    uint32_t bytes;
    uint32_t units;
  };

  // The characters between the start of the line and `at`: the last one before
  // it, and the last one before the line; null for none.
  struct Span {
    const Wide* before_line;
    const Wide* before_place;
  };
  Span Before(const yaml::Position& at) const;

  std::vector<Wide> wide_;
};

// The Columns of the files of one report, each made when it is first asked for.
class ColumnsOfFiles {
 public:
  // A file that is null has one column for each character.
  const Columns& Of(const std::shared_ptr<const SourceFile>& file);

 private:
  std::unordered_map<const SourceFile*, Columns> columns_;
};

}  // namespace meshvet::lint

#endif  // MESHVET_LINT_REPORT_COLUMNS_H_

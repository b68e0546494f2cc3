// File: lint/report/output.h
//
// Output: where a report goes, in which format: `-o full -o json=report.json`.
//
//   const auto outputs = ParseOutputs({"full", "json=report.json"});
//
// A file is written beside its place and renamed, so nobody ever reads half a
// report, whatever the exit code.

#ifndef MESHVET_LINT_REPORT_OUTPUT_H_
#define MESHVET_LINT_REPORT_OUTPUT_H_

#include <string>
#include <string_view>
#include <vector>

#include "lint/report/report_format.h"
#include "mesh/result.h"

namespace meshvet::lint {

struct Output {
  const ReportFormat* format = &ReportFormats().front();
  std::string file;  // empty for standard output
};

// FORMAT or FORMAT=FILE each, as lint/report/destination.h reads them.
Result<std::vector<Output>> ParseOutputs(const std::vector<std::string>& texts);

// All of `content`, or false, as on a full disk.
[[nodiscard]] bool WriteAll(int fd, std::string_view content);

struct Unit {};
// Replaces `path` with `content`; a file that is there keeps its mode. The
// error's `where` is the path.
Result<Unit> WriteFile(const std::string& path, std::string_view content);

}  // namespace meshvet::lint

#endif  // MESHVET_LINT_REPORT_OUTPUT_H_

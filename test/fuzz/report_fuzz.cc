// The name of a file, a line of foreign text, then the file: a report of it in
// every format is what the readers of that format take, whatever the names,
// messages and paths.
//
// The foreign text, in which "\n" is a line end, goes where a stranger's words
// may: failures, notes, reasons, templates, fixes, related objects. What breaks
// a format is a word; longer input only makes every run slower.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "lint/input/input_files.h"
#include "lint/linter.h"
#include "lint/report/report_format.h"
#include "lint/report/text_edit.h"
#include "test/support/report_readers.h"

namespace {

constexpr size_t kLongestInput = 2048;

using meshvet::lint::Diagnostic;
using meshvet::lint::LintRequest;
using meshvet::lint::Report;
using meshvet::lint::ReportFormat;
using meshvet::lint::ReportStyle;

// The line at the front of `input`, which it takes away.
std::string TakeLine(std::string_view& input) {
  const size_t end = std::min(input.find('\n'), input.size());
  std::string line(input.substr(0, end));
  input.remove_prefix(std::min(end + 1, input.size()));
  for (size_t at = line.find("\\n"); at != line.npos; at = line.find("\\n")) {
    line.replace(at, 2, "\n");
  }
  return line;
}

// A path has no NUL, is not empty and does not mean standard input.
std::string FileName(std::string line) {
  std::erase(line, '\0');
  return line.empty() || line == meshvet::lint::kStdin ? "a.yaml" : line;
}

// In turn, what may be in a diagnostic besides the finding itself.
void Decorate(Diagnostic& one, size_t turn, const std::string& foreign) {
  switch (turn % 7) {
    case 0:
      one.finding.notes.push_back(foreign);
      break;
    case 1:
      one.finding.suppressed = foreign;
      break;
    case 2:
      one.text_fix = {one.range, foreign};
      one.finding.fix_title = foreign;
      break;
    case 3:
      one.related.push_back(
          {foreign, one.object, foreign, one.path, one.range, one.file});
      break;
    case 4:
      one.related.push_back(
          {foreign, {foreign, foreign, foreign, foreign}, foreign, {}, {}, {}});
      break;
    case 5:
      one.source = foreign;
      one.object.ns = foreign;
      break;
    default:
      // No rule says nothing.
      one.finding.message = foreign.empty() ? "x" : foreign;
      one.finding.pointer = foreign;
      break;
  }
}

void Decorate(Report& report, const std::string& name,
              const std::string& foreign) {
  size_t turn = foreign.size();
  for (Diagnostic& one : report.diagnostics) Decorate(one, turn++, foreign);
  report.failures.push_back({foreign, name});
  report.skipped_files.push_back({name, foreign});
  report.skipped_documents.push_back({name, 1, 2, foreign});
  report.not_run.push_back({"virtual-service-unknown-host", foreign, 3});
  report.objections.push_back(foreign);
  CountDiagnostics(report);
}

Report ReportOf(const std::string& name, std::string_view text) {
  static const auto policy = std::make_shared<const meshvet::rules::Policy>(
      meshvet::rules::RecommendedPolicy());
  const std::string in(meshvet::lint::kStdin);
  LintRequest request;
  request.paths = {in};
  request.texts[in] = std::string(text);
  request.stdin_filename = name;
  request.policy = policy;
  request.lists_objects = true;
  request.limits.max_nodes = 2'000;
  auto report = meshvet::lint::Lint(request);
  meshvet::lint::FindEdits(report->diagnostics, request.limits, 1);
  report->repository = "/repository";
  report->fail_on = meshvet::rules::Severity::kWarning;
  report->exit_code = 1;
  return *std::move(report);
}

void WriteAndRead(const Report& report, const std::string& foreign) {
  for (const ReportFormat& format : meshvet::lint::ReportFormats()) {
    ReportStyle style;
    style.text.unicode = foreign.size() % 2 == 0;
    style.sarif.category = foreign;
    meshvet::test::ReadReport(format.name, report, format.write(report, style));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size > kLongestInput) return 0;
  std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::string name = FileName(TakeLine(input));
  const std::string foreign = TakeLine(input);
  Report report = ReportOf(name, input);
  WriteAndRead(report, foreign);
  Decorate(report, name, foreign);
  WriteAndRead(report, foreign);
  return 0;
}

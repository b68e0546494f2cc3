#include "lint/report/text_edit.h"

#include <map>
#include <utility>

#include "lint/input/parallel.h"
#include "lint/input/source_file.h"
#include "yaml/edit.h"
#include "yaml/position.h"

namespace meshvet::lint {
namespace {

// Of documents, read for the edits of one file.
constexpr size_t kMostBytesRead = size_t{4} << 20U;

std::vector<TextEdit> ReplacedValue(const Diagnostic& diagnostic) {
  const auto& fix = diagnostic.finding.fix;
  if (!diagnostic.fix_range || fix.size() != 1 || fix[0].op != "replace") {
    return {};
  }
  return {TextEdit{*diagnostic.fix_range, fix[0].value}};
}

// One file's share.
class FileEdits {
 public:
  FileEdits(const SourceFile& file, const yaml::Limits& limits)
      : file_(file), limits_(limits), positions_(file.text()) {}

  std::vector<TextEdit> Find(const Diagnostic& diagnostic) {
    const SourceDocument* document = file_.Find(diagnostic.document);
    if (document == nullptr) return {};
    const yaml::Range root = document->ValueRange("");
    read_ += root.end.offset - root.start.offset;
    if (read_ > kMostBytesRead) return ReplacedValue(diagnostic);
    const auto edits = yaml::EditsOf(file_.text(), root.start.offset,
                                     DocumentPatch(diagnostic), limits_);
    std::vector<TextEdit> found;
    if (!edits) return found;
    for (const yaml::TextEdit& edit : *edits) {
      found.push_back({{positions_.At(edit.offset),
                        positions_.At(edit.offset + edit.length)},
                       edit.text});
    }
    return found;
  }

 private:
  const SourceFile& file_;
  const yaml::Limits& limits_;
  const yaml::PositionMap positions_;
  size_t read_ = 0;
};

}  // namespace

std::vector<PatchOperation> DocumentPatch(const Diagnostic& diagnostic) {
  std::vector<PatchOperation> patch = diagnostic.finding.fix;
  for (PatchOperation& operation : patch) {
    operation.path.insert(0, diagnostic.prefix);
  }
  return patch;
}

void FindEdits(std::span<Diagnostic> diagnostics, const yaml::Limits& limits,
               size_t jobs) {
  std::map<const SourceFile*, std::vector<Diagnostic*>> by_file;
  for (Diagnostic& diagnostic : diagnostics) {
    if (diagnostic.file == nullptr || diagnostic.finding.fix.empty()) continue;
    by_file[diagnostic.file.get()].push_back(&diagnostic);
  }
  const std::vector<std::pair<const SourceFile*, std::vector<Diagnostic*>>>
      files(by_file.begin(), by_file.end());
  ParallelFor(files.size(), jobs, [&](size_t i) {
    const auto& [file, found] = files[i];
    FileEdits edits(*file, limits);
    for (Diagnostic* diagnostic : found) {
      diagnostic->edits = edits.Find(*diagnostic);
    }
  });
}

std::vector<TextEdit> EditsOf(const Diagnostic& diagnostic) {
  if (diagnostic.text_fix) return {*diagnostic.text_fix};
  return diagnostic.edits;
}

std::optional<TextEdit> OneEditOf(const Diagnostic& diagnostic) {
  const std::vector<TextEdit> edits = EditsOf(diagnostic);
  if (edits.empty()) return std::nullopt;
  TextEdit whole = edits.front();
  for (size_t i = 1; i < edits.size(); ++i) {
    const size_t done = whole.range.end.offset;
    whole.text += diagnostic.file->text().substr(
        done, edits[i].range.start.offset - done);
    whole.text += edits[i].text;
    whole.range.end = edits[i].range.end;
  }
  return whole;
}

}  // namespace meshvet::lint

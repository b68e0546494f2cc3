// File: lint/input/source_file.h
//
// SourceFile: one file as read, its documents, and where everything in them
// stands.
//
//   SourceFile file("deploy/a.yaml", text);
//   file.Parse(jobs);
//   for (const SourceDocument& document : file.documents()) …
//
// A large file of many documents is parsed in pieces, in parallel: a line that
// starts with `---` ends any YAML document, so it may be cut there. Positions
// and document numbers are those of the whole file all the same. Immutable
// once parsed.

#ifndef MESHVET_LINT_INPUT_SOURCE_FILE_H_
#define MESHVET_LINT_INPUT_SOURCE_FILE_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lint/input/stop.h"
#include "mesh/result.h"
#include "yaml/parse.h"

namespace meshvet::lint {

// Where a piece of a file starts.
struct Offset {
  size_t bytes = 0;
  uint32_t lines = 0;
  size_t documents = 0;

  yaml::Range Of(yaml::Range range) const;
};

class SourceDocument {
 public:
  SourceDocument(yaml::Source source, Offset offset)
      : source_(std::move(source)), offset_(offset) {}

  Node root() const { return source_.root(); }
  const std::shared_ptr<const Document>& document() const {
    return source_.document();
  }
  // Counted from 0 over the file, empty and broken ones too.
  size_t index() const { return offset_.documents + source_.index(); }
  const std::string& template_path() const { return source_.template_path(); }

  // Where a finding at `pointer` is shown: a scalar itself, else the key of the
  // collection, else the place where it starts. Never more than one line.
  yaml::Range Anchor(std::string_view pointer) const;
  yaml::Range ValueRange(std::string_view pointer) const {
    return offset_.Of(source_.ValueRange(pointer));
  }
  // Of the key of that member, else as Anchor.
  yaml::Range KeyRange(std::string_view pointer) const;

 private:
  yaml::Source source_;
  Offset offset_;
};

class SourceFile {
 public:
  SourceFile(std::string name, std::string text)
      : name_(std::move(name)), text_(std::move(text)) {}

  // Reads the text with up to `jobs` threads.
  void Parse(size_t jobs, const yaml::Limits& limits = {});

  // As the user named it.
  const std::string& name() const { return name_; }
  std::string_view text() const { return text_; }
  const std::vector<SourceDocument>& documents() const { return documents_; }
  const std::vector<yaml::Problem>& problems() const { return problems_; }
  size_t empty_documents() const { return empty_documents_; }
  // The number of a document's delivered source; null if it was not delivered.
  const SourceDocument* Find(size_t index) const;

 private:
  std::string name_;
  std::string text_;
  std::vector<SourceDocument> documents_;
  std::vector<yaml::Problem> problems_;
  size_t empty_documents_ = 0;
};

// An error in the text of a file: its `where` is then the file, and the place.
Error InFile(const std::string& path, const Error& error);

// The bytes of a file, or of standard input for kStdin. The error's `where` is
// the path.
Result<std::string> ReadText(const std::string& path, size_t max_bytes);
// The same, where the text itself says how long it may be. A pipe that says
// nothing is waited for until there is a `stop` (lint/input/stop.h), on
// whatever thread.
using LimitOfText = std::function<size_t(std::string_view text)>;
Result<std::string> ReadText(const std::string& path, const LimitOfText& limit,
                             StopFlag stop = nullptr);

}  // namespace meshvet::lint

#endif  // MESHVET_LINT_INPUT_SOURCE_FILE_H_

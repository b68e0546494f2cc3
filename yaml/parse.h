// File: yaml/parse.h
//
// Parse: YAML or JSON text -> Documents, with a position for every node.
//
//   const yaml::Stream stream = yaml::Parse(text, {});
//   for (const yaml::Problem& problem : stream.problems) Report(problem);
//   for (const yaml::Source& source : stream.documents) {
//     Use(source.root());
//     source.ValueRange("/spec/servers/0").start.line;   // a line of the file
//   }
//
// Values are what kubectl makes of the same text (yaml/scalar.h). A merge key
// sets its members at the place where it stands, as kubectl's parser does: it
// overrides the members above it and gives way to those below; in a sequence of
// merged mappings the first wins.
//
// Nothing is skipped silently. A document that is no YAML, that JSON cannot
// hold, or that exceeds a limit is left out with a Problem that says so, and
// reading goes on at the next line that starts with `---`, where any YAML
// document ends whatever came before. Only a duplicate key leaves its document
// in: with the first value, while kubectl would take the last.
//
// Memory is bounded by the limits and the size of the text; time is linear in
// the text plus the nodes made, with the depth as its largest factor. What a
// document has used up of a limit of the file stays used when it is left out.
// UTF-8 only, with or without byte order mark.
//
// Positions of aliases: an aliased value is where its `*alias` stands; what is
// inside it, and members that `<<` brought in, are where the anchor is. A range
// includes the value's tag and anchor, not its comments; a collection in block
// style ends with its last value.
//
// Parse has no state. A Source is immutable, cheap to copy and keeps alive what
// it needs, but not the text; it is safe to read from any thread.

#ifndef MESHVET_YAML_PARSE_H_
#define MESHVET_YAML_PARSE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mesh/document.h"
#include "mesh/node.h"
#include "yaml/position.h"

namespace meshvet::yaml {

struct Limits {
  size_t max_bytes = 64 << 20;       // at most 1 GiB is honoured
  size_t max_depth = 256;            // at most 1,000: our own walks recurse
  size_t max_nodes = 2'000'000;      // of the file: keys, values, aliased ones
  size_t max_alias_nodes = 200'000;  // of the file, repeated by aliases
  size_t max_alias_bytes = 16 << 20;
  size_t max_documents = 100'000;
  size_t max_scalar = 16 << 20;
  size_t max_problems = 1'000;  // then reading stops
};

struct Problem {
  enum class Kind {
    kSyntax,        // not YAML, or not UTF-8
    kValue,         // YAML that has no JSON value; bad aliases and merges
    kDuplicateKey,  // at the second key; the document is delivered
    kLimit,
  };

  Kind kind = Kind::kSyntax;
  std::string message;
  Range range;
  size_t document = 0;  // counted from 0, as Source::index()
};

// One document of a file.
class Source {
 public:
  struct Layout;  // yaml/layout.h: the positions, shared by a file's documents

  Source(std::shared_ptr<const Document> document,
         std::shared_ptr<const Layout> layout, size_t first_span, size_t index,
         std::string template_path);

  Node root() const { return document_->root(); }
  const std::shared_ptr<const Document>& document() const { return document_; }
  // Which document of the file this is, counted from 0; empty and broken ones
  // count too.
  size_t index() const { return index_; }
  // From the comment `# Source: chart/templates/x.yaml` that `helm template`
  // writes above each document; empty if there is none.
  const std::string& template_path() const { return template_path_; }

  // Of the value at a JSON Pointer, or of its nearest parent that exists. Costs
  // one step for each key passed on the way.
  Range ValueRange(std::string_view pointer) const;
  // Of the key of that member; nothing for the root, for an element of an array
  // and for what does not exist.
  std::optional<Range> KeyRange(std::string_view pointer) const;

 private:
  struct Place;
  Place Find(std::string_view pointer) const;

  std::shared_ptr<const Document> document_;
  std::shared_ptr<const Layout> layout_;
  size_t first_span_;
  size_t index_;
  std::string template_path_;
};

struct Stream {
  std::vector<Source> documents;
  std::vector<Problem> problems;  // in the order of the text
  // Documents without content. A text without any document counts as one.
  size_t empty_documents = 0;
};

Stream Parse(std::string_view text, const Limits& limits);

}  // namespace meshvet::yaml

#endif  // MESHVET_YAML_PARSE_H_

// File: lint/report/report.h
//
// Report: what a run found, before it is written in one format or another.
// Diagnostics are sorted by file, line, column, rule and message, whatever the
// number of threads.

#ifndef MESHVET_LINT_REPORT_REPORT_H_
#define MESHVET_LINT_REPORT_REPORT_H_

#include <array>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "lint/input/input_files.h"
#include "lint/input/source_file.h"
#include "mesh/object.h"
#include "rules/finding.h"
#include "yaml/position.h"

namespace meshvet::lint {

// Which object a diagnostic is about; `kind` is empty for none.
struct ObjectName {
  std::string api_version;
  std::string kind;
  std::string ns;
  std::string name;

  static ObjectName Of(const Object& object);
  // "Gateway shop/shop-gw".
  std::string Title() const;
};

struct RelatedPlace {
  std::string message;
  ObjectName object;
  std::string pointer;
  // Where it stands, if it is among the files.
  std::string file;
  std::optional<yaml::Range> range;
  std::shared_ptr<const SourceFile> source;
};

// A fix as an edit of the file.
struct TextEdit {
  yaml::Range range;  // in the diagnostic's file
  std::string text;   // instead of what is there
};

struct Diagnostic {
  // Its pointers are relative to the object.
  rules::Finding finding;
  std::shared_ptr<const SourceFile> file;  // null for a directory
  std::string path;                        // as the user named it
  std::string key;                         // as the configuration sees it
  yaml::Range range;
  size_t document = 0;
  // Where the object stands in its document: "/items/3" inside a List.
  std::string prefix;
  ObjectName object;
  std::string source;  // the template it was rendered from; may be empty
  std::vector<RelatedPlace> related;
  // What the fix's only operation replaces or removes.
  std::optional<yaml::Range> fix_range;
  // The fix as edits of the file, where FindEdits was asked for them.
  std::vector<TextEdit> edits;
  // A fix that is no matter of the object: of a comment.
  std::optional<TextEdit> text_fix;
  // Where that stands which silences it, if it is among the files.
  std::shared_ptr<const SourceFile> silencing_file;
  std::optional<yaml::Range> silencing_range;
  std::string fingerprint;

  bool is_suppressed() const { return !finding.suppressed.empty(); }
  bool has_fix() const { return !finding.fix.empty() || text_fix; }
};

// An object that was read to be judged, whatever was found about it.
struct ReadObject {
  std::string path;  // of its file, as the user named it
  ObjectName object;
};

struct SkippedDocument {
  std::string file;
  size_t document = 0;
  uint32_t line = 1;
  std::string reason;
};

// A rule that could not judge `objects` objects for one reason.
struct RuleNotRun {
  std::string rule;
  std::string reason;
  size_t objects = 0;
};

// A finding that is agreed to be mended later, as a baseline's file has it.
struct BaselineEntry {
  std::string fingerprint;
  std::string rule;
  std::string file;    // relative to the configuration's directory
  std::string object;  // "networking.istio.io/Gateway shop/shop-gw"
  std::string about;
  size_t count = 1;
  std::string added;  // a day: 2026-11-27

  friend bool operator==(const BaselineEntry&, const BaselineEntry&) = default;
};

struct Summary {
  size_t files = 0;
  size_t objects = 0;
  size_t empty_documents = 0;
  // Not suppressed, by Severity.
  std::array<size_t, 3> by_severity{};
  size_t suppressed = 0;
  size_t fixable = 0;
  size_t fixable_unsafely = 0;
  double elapsed_ms = 0;

  size_t errors() const { return by_severity[2]; }
  size_t warnings() const { return by_severity[1]; }
  size_t infos() const { return by_severity[0]; }
  size_t total() const { return errors() + warnings() + infos(); }
};

struct Report {
  std::vector<Diagnostic> diagnostics;
  // Those that are known, from a baseline or from the commit a change is held
  // against: they are only counted.
  std::vector<Diagnostic> baselined;
  // What a baseline agrees on that is no longer found; `count` says how often.
  std::vector<BaselineEntry> stale;
  // That were read to be judged, as the configuration sees them.
  std::vector<std::string> files;
  // Empty unless the request asks for them.
  std::vector<ReadObject> objects;
  std::vector<SkippedFile> skipped_files;
  std::vector<SkippedDocument> skipped_documents;
  std::vector<RuleNotRun> not_run;
  // What could not be read; `where` is the path.
  std::vector<Error> failures;
  Summary summary;
  // Diagnostics that exist but are not listed (--show, --max-findings).
  size_t not_shown = 0;
  // The severity from which on the run fails; nothing if no finding makes it.
  std::optional<rules::Severity> fail_on;
  // Why the run fails, apart from severities.
  std::vector<std::string> objections;
  // What a machine takes paths to be relative to: the repository.
  std::string repository;
  int exit_code = 0;
};

// Fills what the summary says of `diagnostics`.
void CountDiagnostics(Report& report);

}  // namespace meshvet::lint

#endif  // MESHVET_LINT_REPORT_REPORT_H_

// File: lint/suppressions.h
//
// Suppressions: what silences the findings of one run besides the engine's own
// annotations and agreements, and what is wrong with any of it.
//
//   Suppressions suppressions(request, files, engine);
//   suppressions.Note(verdict);
//   suppressions.Apply(diagnostics);
//   for (Diagnostic& finding : suppressions.Audit()) …
//
// A comment, annotation or entry is unused when it silences nothing although
// its rules judged everything it speaks of. A rule that is off, or that does
// not know enough of the mesh, has not judged; nor has, unless the run reads
// all that is below the configuration, one that compares objects, or any that
// an entry with a glob names. Istio's own annotation is never unused: it is
// read by others.

#ifndef MESHVET_LINT_SUPPRESSIONS_H_
#define MESHVET_LINT_SUPPRESSIONS_H_

#include <map>
#include <set>
#include <span>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "lint/input/suppress_comments.h"
#include "lint/judge.h"
#include "lint/linter.h"
#include "lint/report/report.h"
#include "lint/view.h"
#include "rules/engine.h"

namespace meshvet::lint {

class Suppressions {
 public:
  // All must outlive this.
  Suppressions(const LintRequest& request, const std::vector<Loaded>& files,
               const rules::Engine& engine);

  // What could not be judged about an object.
  void Note(const Verdict& verdict);
  // Silences what comments speak of, and what annotations say of the loader's
  // findings.
  void Apply(std::vector<Diagnostic>& diagnostics);
  // Comments, annotations and entries that are unused, have expired or cannot
  // silence what they name; after Apply, which is given all that was found.
  std::vector<Diagnostic> Audit();

 private:
  using Place = std::tuple<const SourceFile*, size_t, std::string_view>;
  using ItemRule = std::pair<const Item*, std::string_view>;
  // Of a file's items, where each begins and ends, in their order.
  struct Extent {
    const Item* item;
    yaml::Range range;
  };

  bool AppliesComments() const;
  void PlaceEntry(Diagnostic& diagnostic) const;
  void ApplyComments(Diagnostic& diagnostic, const Loaded& file);
  void ApplyAnnotation(Diagnostic& diagnostic, const Item& item) const;
  const Item* ItemOf(const Diagnostic& diagnostic) const;

  bool IsOn(const rules::Rule& rule, const Object& object,
            std::string_view key) const;
  bool IsOnAtAll(const rules::Rule& rule) const;
  bool HasJudged(const rules::Rule& rule, const Item& item,
                 std::string_view key) const;
  bool HasJudged(const rules::Rule& rule, const IgnoreComment& comment,
                 const Loaded& file);
  const std::vector<Extent>& ExtentsOf(const Loaded& file);
  std::span<const Extent> Reached(const IgnoreComment& comment,
                                  const Loaded& file);

  void AuditComments(const Loaded& file);
  void AuditComment(const IgnoreComment& comment, const Loaded& file);
  void AuditAnnotations(const rules::Annotations& annotations,
                        const Loaded& file, const Item& item);
  void AuditAnnotation(const rules::Annotations& annotations,
                       std::string_view key, const Loaded& file,
                       const Item& item, std::vector<std::string_view>& unused);
  void AuditEntries();
  const rules::Rule* RuleOf(std::string_view id) const;
  bool IsUsed(const rules::Suppression& entry) const;
  bool IsDecided(const rules::Suppression& entry) const;
  bool SeesEnough(const rules::Rule& rule) const;

  Diagnostic& Report(const rules::Rule& rule, std::string message,
                     std::shared_ptr<const SourceFile> file,
                     const yaml::Range& range);
  Diagnostic& ReportAt(const rules::Rule& rule, std::string message,
                       const std::string& pointer, const Item& item);
  void ReportEntry(const rules::Rule& rule, std::string message,
                   const rules::Suppression& entry, const char* member);

  const LintRequest& request_;
  const std::vector<Loaded>& files_;
  const rules::Engine& engine_;
  // Of what is below the configuration.
  const bool judges_everything_;
  const bool knows_everything_;
  std::set<ItemRule> not_run_;
  std::set<ItemRule> found_;  // what was found, silenced or not
  std::map<Place, const Item*> items_;
  std::map<const SourceFile*, const Loaded*> loaded_;
  std::map<const SourceFile*, std::vector<Extent>> extents_;
  std::map<std::tuple<const rules::Rule*, const Item*, const Item*>, bool>
      has_judged_;
  // Those of comments that silenced something.
  std::set<const IgnoredRule*> used_;
  std::vector<Diagnostic> complaints_;
};

}  // namespace meshvet::lint

#endif  // MESHVET_LINT_SUPPRESSIONS_H_

#include "lint/judge.h"

#include <utility>

#include "lint/input/loader_rules.h"
#include "lint/input/parallel.h"
#include "mesh/json_patch.h"
#include "mesh/json_pointer.h"

namespace meshvet::lint {
namespace {

struct Case {
  const Item* item;
  const Loaded* file;
};

RelatedPlace Locate(const rules::Related& related, const View& view) {
  RelatedPlace place;
  place.message = related.message;
  place.pointer = related.pointer;
  place.object = {{}, std::string(related.kind.kind), related.ns, related.name};
  const Item* item = view.Find(related.kind, related.ns, related.name);
  if (item == nullptr) return place;
  place.object = ObjectName::Of(*item->object);
  place.file = item->file->name();
  place.range = item->Anchor(related.pointer);
  place.source = item->file;
  return place;
}

// A fix that does not apply to its own object is no fix.
void DropBrokenFix(rules::Finding& finding, const Object& object) {
  if (finding.fix.empty()) return;
  if (ApplyPatch(object.root(), finding.fix)) return;
  finding.fix.clear();
  finding.fix_title.clear();
}

std::optional<yaml::Range> FixRange(const rules::Finding& finding,
                                    const Item& item) {
  if (finding.fix.size() != 1 || finding.fix[0].op == "add") return {};
  return item.document->ValueRange(item.prefix + finding.fix[0].path);
}

Diagnostic Place(rules::Finding finding, const Case& at, const View& view) {
  Diagnostic diagnostic;
  DropBrokenFix(finding, *at.item->object);
  diagnostic.file = at.item->file;
  diagnostic.path = at.item->file->name();
  diagnostic.range = at.item->Anchor(finding.pointer);
  diagnostic.document = at.item->document->index();
  diagnostic.prefix = at.item->prefix;
  diagnostic.object = ObjectName::Of(*at.item->object);
  diagnostic.source = SourceOf(*at.item);
  for (const rules::Related& related : finding.related) {
    diagnostic.related.push_back(Locate(related, view));
  }
  diagnostic.fix_range = FixRange(finding, *at.item);
  // Where an annotation stands; that of the policy is in no file of the run.
  const rules::Silence& silence = finding.silence;
  if (!silence.pointer.empty() && silence.by != rules::SilencedBy::kPolicy) {
    diagnostic.silencing_file = at.item->file;
    diagnostic.silencing_range =
        at.item->document->KeyRange(at.item->prefix + silence.pointer);
  }
  diagnostic.finding = std::move(finding);
  return diagnostic;
}

Verdict JudgeOne(const Case& at, const View& view, const rules::Engine& engine,
                 bool sees_files) {
  rules::Change change{.object = at.item->object.get()};
  if (sees_files) change.file = at.file->key;
  rules::Evaluation evaluation = engine.Evaluate(change, view.inventory());
  Verdict verdict;
  verdict.item = at.item;
  verdict.not_run = std::move(evaluation.not_run);
  for (rules::Finding& finding : evaluation.findings) {
    verdict.diagnostics.push_back(Place(std::move(finding), at, view));
  }
  return verdict;
}

}  // namespace

std::vector<Verdict> JudgeAll(const View& view, const rules::Engine& engine,
                              const LintRequest& request) {
  std::vector<Case> cases;
  for (const Loaded* file : view.files()) {
    if (file->is_context) continue;
    for (const Item& item : file->manifest.items) {
      if (item.metadata_only || !engine.Judges(item.object->kind())) continue;
      cases.push_back({&item, file});
    }
  }
  constexpr size_t kCasesAtOnce = 32;
  std::vector<Verdict> verdicts(cases.size());
  Progress* progress = request.progress;
  if (progress != nullptr) progress->Begin("objects judged", cases.size());
  ParallelFor(
      cases.size(), request.jobs,
      [&](size_t i) {
        if (request.is_stopped()) return;
        verdicts[i] = JudgeOne(cases[i], view, engine, !request.as_webhook);
        if (progress != nullptr) progress->Advance();
      },
      kCasesAtOnce);
  std::erase_if(verdicts, [](const Verdict& v) { return v.item == nullptr; });
  return verdicts;
}

std::vector<Diagnostic> ReportDuplicates(const View& view) {
  std::vector<Diagnostic> diagnostics;
  for (const View::Duplicate& twin : view.duplicates()) {
    const Object& object = *twin.item->object;
    rules::Finding finding;
    finding.rule = kDuplicateObject.id;
    finding.severity = kDuplicateObject.severity;
    finding.message = object.Title() + " is defined twice";
    finding.about = finding.message;
    finding.related.push_back({object.kind(), std::string(object.ns()),
                               std::string(object.name()), "",
                               "first defined here"});
    Diagnostic diagnostic =
        Place(std::move(finding), {twin.item, twin.file}, view);
    RelatedPlace& first = diagnostic.related.front();
    first.file = twin.earlier->file->name();
    first.range = twin.earlier->Anchor("");
    first.source = twin.earlier->file;
    diagnostics.push_back(std::move(diagnostic));
  }
  return diagnostics;
}

}  // namespace meshvet::lint

#include "lint/fix/file_fixes.h"

#include <algorithm>
#include <map>
#include <optional>
#include <span>

#include "lint/report/text_edit.h"
#include "mesh/json_patch.h"
#include "mesh/json_pointer.h"
#include "rules/fix.h"
#include "yaml/edit.h"

namespace meshvet::lint {
namespace {

using Findings = std::vector<const Diagnostic*>;
using Patch = std::vector<PatchOperation>;
using Edits = std::vector<yaml::TextEdit>;

Patch PatchOf(std::span<const Diagnostic* const> findings) {
  Patch patch;
  for (const Diagnostic* finding : findings) {
    std::ranges::move(DocumentPatch(*finding), std::back_inserter(patch));
  }
  return patch;
}

// Whether `fixed` is what `finding` was copied to.
bool IsCopyOf(const rules::Finding& fixed, const rules::Finding& finding) {
  return fixed.rule == finding.rule && fixed.pointer == finding.pointer &&
         fixed.message == finding.message && fixed.fix == finding.fix;
}

// Of one object's findings, those whose fixes do not touch the same places.
Findings Compatible(const Findings& findings, Node object) {
  std::vector<rules::Finding> copies;
  for (const Diagnostic* finding : findings) {
    copies.push_back(finding->finding);
  }
  const rules::FixBatch batch = rules::ApplyFixes(object, std::move(copies));
  Findings chosen;
  auto next = findings.begin();
  for (const rules::Finding& fixed : batch.fixed) {
    next = std::find_if(next, findings.end(), [&](const Diagnostic* finding) {
      return IsCopyOf(fixed, finding->finding);
    });
    if (next == findings.end()) break;
    chosen.push_back(*next++);
  }
  return chosen;
}

// One document's share.
class DocumentFixes {
 public:
  DocumentFixes(std::string_view text, const SourceDocument& document,
                const yaml::Limits& limits, FileFixes& result)
      : text_(text), document_(document), limits_(limits), result_(result) {}

  // The edits that carry out as many as can be; `patch` gets what they do.
  Edits Carry(const Findings& wanted, Patch& patch) {
    Findings possible = wanted;
    auto edits = Try(possible);
    if (!edits) {
      possible.clear();
      Sift(wanted, possible);
      edits = Try(possible);
    }
    // What can be done one by one, but not together, is done one by one.
    if (!edits && possible.size() > 1) {
      possible.resize(1);
      edits = Try(possible);
    }
    if (!edits) return {};
    patch = PatchOf(possible);
    std::ranges::move(possible, std::back_inserter(result_.applied));
    return *std::move(edits);
  }

 private:
  Result<Edits> Try(std::span<const Diagnostic* const> findings) const {
    const size_t root = document_.ValueRange("").start.offset;
    return yaml::EditsOf(text_, root, PatchOf(findings), limits_);
  }

  // Halves what fails until it is known which ones do.
  void Sift(std::span<const Diagnostic* const> findings, Findings& possible) {
    if (findings.empty()) return;
    const auto edits = Try(findings);
    if (edits) {
      possible.insert(possible.end(), findings.begin(), findings.end());
    } else if (findings.size() == 1) {
      result_.refused.emplace_back(findings.front(), edits.error().message);
    } else {
      const size_t half = findings.size() / 2;
      Sift(findings.first(half), possible);
      Sift(findings.subspan(half), possible);
    }
  }

  std::string_view text_;
  const SourceDocument& document_;
  const yaml::Limits& limits_;
  FileFixes& result_;
};

// Whether the new text holds what the old one did, but for the patches.
bool Holds(const SourceFile& file, const std::string& text,
           const std::map<size_t, Patch>& patches, const yaml::Limits& limits) {
  SourceFile edited(file.name(), text);
  edited.Parse(1, limits);
  if (edited.documents().size() != file.documents().size() ||
      edited.problems().size() != file.problems().size() ||
      edited.empty_documents() != file.empty_documents()) {
    return false;
  }
  for (size_t i = 0; i < file.documents().size(); ++i) {
    const SourceDocument& before = file.documents()[i];
    const Node after = edited.documents()[i].root();
    const auto patch = patches.find(before.index());
    if (patch == patches.end()) {
      if (!(after == before.root())) return false;
      continue;
    }
    const auto wanted = ApplyPatch(before.root(), patch->second);
    if (!wanted || !(after == wanted->root())) return false;
  }
  return true;
}

yaml::TextEdit EditOfText(const Diagnostic& finding) {
  const yaml::Range& range = finding.text_fix->range;
  return {range.start.offset, range.end.offset - range.start.offset,
          finding.text_fix->text};
}

// The findings of one comment share their fix.
FileFixes FixComments(Findings findings, const SourceFile& file,
                      const yaml::Limits& limits) {
  FileFixes result;
  std::ranges::stable_sort(findings, {}, [](const Diagnostic* finding) {
    return EditOfText(*finding).offset;
  });
  Edits edits;
  size_t done = 0;
  for (const Diagnostic* finding : findings) {
    yaml::TextEdit edit = EditOfText(*finding);
    const bool is_shared = !edits.empty() && edits.back() == edit;
    if (!is_shared && edit.offset < done) continue;
    done = edit.offset + edit.length;
    if (!is_shared) edits.push_back(std::move(edit));
    result.applied.push_back(finding);
  }
  result.text = yaml::Apply(file.text(), edits);
  if (HoldsTheSame(file, result.text, limits)) return result;
  for (const Diagnostic* finding : result.applied) {
    result.refused.emplace_back(finding,
                                "the file would not hold what it held");
  }
  result.applied.clear();
  result.text = file.text();
  return result;
}

}  // namespace

bool HoldsTheSame(const SourceFile& file, const std::string& text,
                  const yaml::Limits& limits) {
  return Holds(file, text, {}, limits);
}

FileFixes FixFile(const Findings& all_findings, const yaml::Limits& limits) {
  FileFixes result;
  const SourceFile& file = *all_findings.front()->file;
  Findings findings;
  Findings of_comments;
  for (const Diagnostic* finding : all_findings) {
    (finding->text_fix ? of_comments : findings).push_back(finding);
  }
  if (findings.empty()) return FixComments(of_comments, file, limits);
  std::map<size_t, std::map<std::string, Findings>> by_document;
  for (const Diagnostic* finding : findings) {
    by_document[finding->document][finding->prefix].push_back(finding);
  }
  Edits all;
  std::map<size_t, Patch> patches;
  for (const auto& [index, objects] : by_document) {
    const SourceDocument* document = file.Find(index);
    if (document == nullptr) continue;
    Findings chosen;
    for (const auto& [prefix, of_object] : objects) {
      std::ranges::copy(
          Compatible(of_object, Resolve(document->root(), prefix)),
          std::back_inserter(chosen));
    }
    Patch patch;
    std::ranges::move(DocumentFixes(file.text(), *document, limits, result)
                          .Carry(chosen, patch),
                      std::back_inserter(all));
    if (!patch.empty()) patches[index] = std::move(patch);
  }
  result.text = yaml::Apply(file.text(), all);
  if (!Holds(file, result.text, patches, limits)) {
    for (const Diagnostic* finding : result.applied) {
      result.refused.emplace_back(
          finding, "the file would not hold what it held; left as it was");
    }
    result.applied.clear();
    result.text = file.text();
  }
  return result;
}

}  // namespace meshvet::lint

#include "ruletest/compare.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "lint/fix/unified_diff.h"
#include "yaml/render.h"

namespace meshvet::ruletest {
namespace {

constexpr size_t kMostDiffLines = 60;

std::string BoolText(bool value) { return value ? "true" : "false"; }

std::string PointerText(const std::string& pointer) {
  return pointer.empty() ? "the whole object" : pointer;
}

// "rule at /spec/http (error, deny): message".
std::string ToString(const Found& found) {
  const rules::Finding& finding = found.finding;
  return std::string(finding.rule) + " at " + PointerText(finding.pointer) +
         " (" + std::string(rules::ToString(finding.severity)) + ", " +
         std::string(rules::ToString(finding.action)) + "): " + finding.message;
}

bool Fits(const WantedFinding& wanted, const Found& found) {
  const rules::Finding& finding = found.finding;
  return std::ranges::find(wanted.rules, finding.rule) != wanted.rules.end() &&
         (!wanted.at || *wanted.at == finding.pointer) &&
         (!wanted.line || *wanted.line == found.place.at.line) &&
         (!wanted.severity || *wanted.severity == finding.severity) &&
         (!wanted.action || *wanted.action == finding.action) &&
         (!wanted.pattern ||
          wanted.pattern->Matches(finding.message, kLongestMessage));
}

// Pairs what is wanted with what is found: a largest matching, by augmenting
// paths (Kuhn). A path is no longer than the list of what is wanted.
class Pairs {
 public:
  Pairs(const std::vector<WantedFinding>& wanted,
        const std::vector<Found>& found)
      : of_found_(found.size()) {
    for (const WantedFinding& one : wanted) {
      std::vector<size_t>& fitting = fitting_.emplace_back();
      for (size_t j = 0; j < found.size(); ++j) {
        if (Fits(one, found[j])) fitting.push_back(j);
      }
    }
    for (size_t i = 0; i < wanted.size(); ++i) {
      tried_.assign(found.size(), false);
      has_pair_.push_back(Pair(i));
    }
  }

  bool HasWanted(size_t i) const { return has_pair_[i]; }
  bool HasFound(size_t i) const { return of_found_[i].has_value(); }

 private:
  bool Pair(size_t i) {
    for (const size_t j : fitting_[i]) {
      if (tried_[j]) continue;
      tried_[j] = true;
      if (of_found_[j] && !Pair(*of_found_[j])) continue;
      of_found_[j] = i;
      return true;
    }
    return false;
  }

  std::vector<std::vector<size_t>> fitting_;  // of found, for each wanted
  std::vector<std::optional<size_t>> of_found_;
  std::vector<bool> tried_;
  std::vector<bool> has_pair_;
};

// Why a rule that should have found something said nothing at all.
std::string NoteOf(const WantedFinding& wanted, const Verdict& verdict) {
  for (const rules::NotRun& not_run : verdict.not_run) {
    if (std::ranges::find(wanted.rules, not_run.rule) == wanted.rules.end()) {
      continue;
    }
    return " (the rule did not run: " + not_run.reason + ")";
  }
  return {};
}

// One operation a line.
std::string TextOf(const std::vector<PatchOperation>& operations) {
  std::string text;
  for (const PatchOperation& operation : operations) {
    text += "- " + operation.op + " " + operation.path;
    if (!operation.from.empty()) text += " from " + operation.from;
    if (!operation.value.empty()) text += ": " + operation.value;
    text += "\n";
  }
  return text.empty() ? "(no operations)\n" : text;
}

bool IsSameValue(const std::string& a, const std::string& b) {
  if (a == b) return true;
  const Result<Document> left = ParseJson(a, {});
  const Result<Document> right = ParseJson(b, {});
  return left && right && left->root() == right->root();
}

bool IsSame(const PatchOperation& a, const PatchOperation& b) {
  return a.op == b.op && a.path == b.path && a.from == b.from &&
         IsSameValue(a.value, b.value);
}

}  // namespace

std::vector<Problem> CompareAllowed(const Allowed& wanted,
                                    const Verdict& verdict) {
  if (wanted.value == verdict.allowed) return {};
  return {{wanted.place.ToString(),
           "allowed: wanted " + BoolText(wanted.value) + ", found " +
               BoolText(verdict.allowed),
           {}}};
}

std::vector<Problem> CompareFindings(const WantedFindings& wanted,
                                     const Verdict& verdict) {
  const Pairs pairs(wanted.list, verdict.findings);
  std::vector<Problem> problems;
  for (size_t i = 0; i < wanted.list.size(); ++i) {
    const WantedFinding& one = wanted.list[i];
    if (pairs.HasWanted(i)) continue;
    problems.push_back({one.place.ToString(),
                        "- " + one.ToString() + NoteOf(one, verdict),
                        {}});
  }
  const bool is_short = !problems.empty();
  // Of a subset that lacks something, what is there helps to see why.
  if (!wanted.is_exact && !is_short) return problems;
  for (size_t i = 0; i < verdict.findings.size(); ++i) {
    if (pairs.HasFound(i)) continue;
    const Found& found = verdict.findings[i];
    problems.push_back({found.place.ToString(), "+ " + ToString(found), {}});
  }
  return problems;
}

std::vector<Problem> ComparePatch(const WantedPatch& wanted,
                                  const std::vector<PatchOperation>& found) {
  if (std::ranges::equal(wanted.operations, found, IsSame)) return {};
  return {{wanted.place.ToString(), "patch: wanted and found differ",
           DiffOf("patch", TextOf(wanted.operations), TextOf(found))}};
}

std::string SnapshotText(std::string_view path, Node object) {
  if (path.ends_with(".json")) {
    const yaml::FlowStyle json{.quotes_all = true, .is_multiline = true};
    return yaml::RenderFlow(object, json, "") + "\n";
  }
  return yaml::IsBlock(object) ? yaml::RenderBlock(object, 0, {}) + "\n"
                               : object.ToJson() + "\n";
}

std::string DiffOf(const std::string& path, const std::string& wanted,
                   const std::string& found) {
  std::string diff = lint::UnifiedDiff(path, wanted, found);
  size_t end = 0;
  for (size_t line = 0; line < kMostDiffLines; ++line) {
    const size_t next = diff.find('\n', end);
    if (next == diff.npos) return diff;
    end = next + 1;
  }
  const auto left = std::ranges::count(diff.begin() + static_cast<long>(end),
                                       diff.end(), '\n');
  if (left == 0) return diff;
  diff.resize(end);
  return diff + "… and " + std::to_string(left) + " more lines\n";
}

}  // namespace meshvet::ruletest

#include "lint/fix/fixer.h"

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <string_view>
#include <utility>

#include "lint/fix/file_fixes.h"
#include "rules/rule.h"

namespace meshvet::lint {
namespace {

using Findings = std::vector<const Diagnostic*>;

std::map<std::string, size_t> CountFingerprints(const Report& report) {
  std::map<std::string, size_t> counts;
  for (const Diagnostic& diagnostic : report.diagnostics) {
    if (!diagnostic.is_suppressed()) ++counts[diagnostic.fingerprint];
  }
  return counts;
}

// Without what stood at `pointer` of the file that is called `config` in the
// configuration; what came behind it in the list moves up.
void RemoveEntry(std::string_view config, std::string_view pointer,
                 std::vector<rules::Suppression>& entries) {
  const size_t slash = pointer.rfind('/') + 1;
  const auto index_of = [&](const rules::Suppression& entry) {
    return std::stoul(entry.pointer.substr(slash));
  };
  std::erase_if(entries, [&](const rules::Suppression& entry) {
    return entry.config == config && entry.pointer == pointer;
  });
  const size_t removed = std::stoul(std::string(pointer.substr(slash)));
  for (rules::Suppression& entry : entries) {
    if (entry.config != config || index_of(entry) < removed) continue;
    entry.pointer.replace(slash, entry.pointer.npos,
                          std::to_string(index_of(entry) - 1));
  }
}

class Fixer {
 public:
  explicit Fixer(const FixRequest& request)
      : request_(request), lint_(request.lint) {}

  Result<FixRun> Run() {
    // As in rules::Engine::Mutate: a round mends at least one finding, and a
    // chain of them is no longer than there are rules.
    const size_t most_rounds = rules::AllRules().size() + 1;
    for (size_t round = 0;; ++round) {
      Result<Report> report = Lint(lint_);
      if (!report) return report.error();
      if (lint_.is_stopped()) {
        return StoppedRun(*std::move(report), originals_.empty());
      }
      if (PutBack(*report)) continue;
      const bool is_last = round >= most_rounds;
      run_.is_cut_short = is_last && !Candidates(*report).empty();
      if (is_last || !FixRound(*report)) return Finish(*std::move(report));
    }
  }

 private:
  // A file as it was before the last round, and what was mended in it.
  struct Step {
    std::string before;
    std::map<std::string, size_t> fingerprints;  // of what was mended
    std::vector<RefusedFix> records;
    size_t applied = 0;
  };

  std::string PathOf(const std::string& name) const {
    return InputNamed(request_.lint, name);
  }

  bool IsWanted(const Diagnostic& diagnostic) const {
    const rules::Finding& finding = diagnostic.finding;
    if (!diagnostic.has_fix() || diagnostic.is_suppressed()) return false;
    if (given_up_.contains({diagnostic.path, diagnostic.fingerprint})) {
      return false;
    }
    const auto& disabled = request_.lint.policy->fix_disabled;
    if (std::ranges::find(disabled, finding.rule) != disabled.end()) {
      return false;
    }
    return request_.unsafe || finding.fix_safety == rules::Safety::kSafe;
  }

  std::map<std::string, Findings> Candidates(const Report& report) const {
    std::map<std::string, Findings> by_path;
    for (const Diagnostic& diagnostic : report.diagnostics) {
      if (IsWanted(diagnostic)) by_path[diagnostic.path].push_back(&diagnostic);
    }
    return by_path;
  }

  // False if nothing was left to mend.
  bool FixRound(const Report& report) {
    counts_ = CountFingerprints(report);
    for (auto& [path, findings] : Candidates(report)) {
      std::erase_if(findings, [&](const Diagnostic* finding) {
        return RefuseRendered(*finding);
      });
      if (!findings.empty()) FixOne(path, findings);
    }
    return !steps_.empty();
  }

  bool RefuseRendered(const Diagnostic& finding) {
    if (finding.source.empty()) return false;
    Refuse(finding, "rendered from " + finding.source + ": mend that");
    return true;
  }

  void FixOne(const std::string& path, const Findings& findings) {
    const FileFixes fixes = FixFile(findings, request_.lint.limits);
    for (const auto& [finding, reason] : fixes.refused) {
      Refuse(*finding, reason);
    }
    if (fixes.applied.empty()) return;
    const std::string before(findings.front()->file->text());
    originals_.try_emplace(path, before);
    Step& step = steps_[path];
    step.before = before;
    for (const Diagnostic* finding : fixes.applied) Note(*finding, step);
    lint_.texts[PathOf(path)] = fixes.text;
    for (auto& [config, file] : lint_.policy_files) {
      if (file->name() == path) ForgetEntries(fixes, config, file);
    }
  }

  // The next round has the policy without the entries that went.
  void ForgetEntries(const FileFixes& fixes, std::string_view config,
                     std::shared_ptr<const SourceFile>& configuration) {
    rules::Policy policy = *lint_.policy;
    for (const Diagnostic* finding : fixes.applied) {
      for (const PatchOperation& removal : finding->finding.fix) {
        RemoveEntry(config, removal.path, policy.suppressions);
      }
    }
    lint_.policy = std::make_shared<const rules::Policy>(std::move(policy));
    SourceFile mended(configuration->name(), fixes.text);
    mended.Parse(1, request_.lint.limits);
    configuration = std::make_shared<const SourceFile>(std::move(mended));
  }

  void Note(const Diagnostic& finding, Step& step) {
    ++step.fingerprints[finding.fingerprint];
    ++step.applied;
    const std::string rule(finding.finding.rule);
    step.records.push_back({finding.path, finding.range.start, rule, {}});
    applied_[finding.path].push_back(
        {finding.path, finding.range.start, rule, finding.finding.fix_title});
  }

  void Refuse(const Diagnostic& finding, std::string reason) {
    given_up_.emplace(finding.path, finding.fingerprint);
    run_.refused.push_back({finding.path, finding.range.start,
                            std::string(finding.finding.rule),
                            std::move(reason)});
  }

  // Undoes the last round in the files where it did not help. True if there is
  // any.
  bool PutBack(const Report& report) {
    const std::map<std::string, size_t> now = CountFingerprints(report);
    bool any = false;
    for (auto& [path, step] : steps_) {
      if (Helped(step, now)) continue;
      any = true;
      lint_.texts[PathOf(path)] = step.before;
      std::vector<AppliedFix>& applied = applied_[path];
      applied.resize(applied.size() - step.applied);
      for (RefusedFix& record : step.records) {
        record.reason = "its fix did not help; the file is left as it was";
        run_.refused.push_back(std::move(record));
      }
      for (const auto& [fingerprint, count] : step.fingerprints) {
        given_up_.emplace(path, fingerprint);
      }
    }
    steps_.clear();
    return any;
  }

  bool Helped(const Step& step,
              const std::map<std::string, size_t>& now) const {
    return std::ranges::all_of(step.fingerprints, [&](const auto& mended) {
      const auto left = now.find(mended.first);
      return left == now.end() || left->second < counts_.at(mended.first);
    });
  }

  FixRun Finish(Report report) {
    for (const auto& [path, before] : originals_) {
      const std::string& after = lint_.texts[PathOf(path)];
      if (after == before) continue;
      run_.files.push_back({PathOf(path), before, after});
    }
    for (auto& [path, applied] : applied_) {
      std::ranges::move(applied, std::back_inserter(run_.applied));
    }
    run_.left = std::move(report);
    return std::move(run_);
  }

  const FixRequest& request_;
  LintRequest lint_;
  FixRun run_;
  std::map<std::string, std::string> originals_;
  std::map<std::string, std::vector<AppliedFix>> applied_;
  std::map<std::string, Step> steps_;
  std::map<std::string, size_t> counts_;  // before the last round
  std::set<std::pair<std::string, std::string>> given_up_;
};

}  // namespace

std::string InputNamed(const LintRequest& request, const std::string& name) {
  const std::string standard_input(kStdin);
  const bool is_stdin =
      name == request.stdin_filename && request.texts.contains(standard_input);
  return is_stdin ? standard_input : name;
}

FixRun StoppedRun(Report report, bool is_of_files) {
  if (!is_of_files) report.diagnostics.clear();
  CountDiagnostics(report);
  if (report.failures.empty()) {
    report.failures.push_back({"interrupted before anything was mended", {}});
  }
  FixRun run;
  run.left = std::move(report);
  run.is_stopped = true;
  return run;
}

Result<FixRun> Fix(const FixRequest& request) { return Fixer(request).Run(); }

}  // namespace meshvet::lint

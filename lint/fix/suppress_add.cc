#include "lint/fix/suppress_add.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "lint/config/rule_selection.h"
#include "lint/fix/file_fixes.h"
#include "lint/input/loader_rules.h"
#include "lint/input/suppress_comments.h"
#include "lint/report/printable.h"
#include "mesh/document.h"
#include "yaml/comment.h"
#include "yaml/edit.h"

namespace meshvet::lint {
namespace {

constexpr const char* kFlag = "--add-ignore";

// One line that no reader of YAML takes for more than that.
std::string OneLine(std::string_view reason) {
  std::string line;
  for (const char c : reason) {
    const bool is_blank = c == ' ' || c == '\t' || c == '\n' || c == '\r';
    if (!is_blank) line += c;
    if (is_blank && !line.empty() && line.back() != ' ') line += ' ';
  }
  if (line.ends_with(' ')) line.pop_back();
  return Printable(line);
}

// The rules that `names` stand for; of a glob, those that can be silenced.
Result<std::set<std::string_view>> RulesToIgnore(
    const std::vector<std::string>& names, const rules::Policy& policy) {
  std::set<std::string_view> ids;
  for (const std::string& name : names) {
    const auto named = RulesNamed(name);
    if (!named) return Error{named.error().message, kFlag};
    std::string refusal;
    bool has_any = false;
    for (const rules::Rule* rule : *named) {
      const std::string why = WhyNotSilenced(rule->id, {rule}, policy);
      if (why.empty()) ids.insert(rule->id);
      has_any |= why.empty();
      if (!why.empty()) refusal = why;
    }
    if (!has_any) return Error{refusal, kFlag};
  }
  return ids;
}

// The findings of one line.
struct Line {
  size_t at = 0;  // a byte of it
  std::vector<const Diagnostic*> findings;
};

std::string CommentOf(const Line& line, const std::string& reason) {
  std::set<std::string_view> ids;
  for (const Diagnostic* finding : line.findings) {
    ids.insert(finding->finding.rule);
  }
  std::string text = "# meshvet:ignore ";
  for (const std::string_view id : ids) {
    if (id != *ids.begin()) text += ", ";
    text += id;
  }
  return reason.empty() ? text : text + " -- " + reason;
}

std::string LineBreakAt(std::string_view text, size_t line_end) {
  if (line_end >= text.size()) return "\n";
  return std::string(
      text.substr(line_end, text.substr(line_end, 2) == "\r\n" ? 2 : 1));
}

// Where the comment of a line goes; nothing where there is no place for one.
std::optional<yaml::TextEdit> EditFor(const Line& line,
                                      const std::string& comment,
                                      std::string_view text,
                                      const yaml::CommentMap& map) {
  const size_t begin = map.LineBegin(line.at);
  const size_t end = map.LineEnd(line.at);
  if (map.Allows(end)) {
    const size_t last = text.find_last_not_of(" \t", end - 1);
    return yaml::TextEdit{last + 1, 0, "  " + comment};
  }
  if (!map.Allows(begin)) return std::nullopt;
  const size_t content = text.find_first_not_of(" \t", begin);
  return yaml::TextEdit{begin, 0,
                        std::string(text.substr(begin, content - begin)) +
                            comment + LineBreakAt(text, end)};
}

class Adder {
 public:
  Adder(const IgnoreRequest& request, std::set<std::string_view> rules)
      : lint_(request.lint),
        rules_(std::move(rules)),
        reason_(OneLine(request.reason)) {}

  Result<FixRun> Run() {
    Result<Report> report = Lint(lint_);
    if (!report) return report.error();
    if (lint_.is_stopped()) return StoppedRun(*std::move(report), true);
    const Report first = *std::move(report);
    for (auto& [path, lines] : LinesOf(first)) AddTo(path, std::move(lines));
    for (;;) {
      report = Lint(lint_);
      if (!report) return report.error();
      if (lint_.is_stopped()) return StoppedRun(*std::move(report), false);
      if (!PutBack(*report)) break;
    }
    Finish(*std::move(report));
    return std::move(run_);
  }

 private:
  using Lines = std::map<uint32_t, Line>;

  // A file with its comments.
  struct Added {
    std::string before;
    std::vector<const Diagnostic*> findings;
  };

  bool IsWanted(const Diagnostic& diagnostic) const {
    return !diagnostic.is_suppressed() &&
           rules_.contains(diagnostic.finding.rule);
  }

  std::map<std::string, Lines> LinesOf(const Report& report) {
    std::map<std::string, Lines> by_path;
    for (const Diagnostic& diagnostic : report.diagnostics) {
      if (diagnostic.finding.rule == kHelmTemplate.id) {
        Refuse(diagnostic, "a template is not read, nor written into");
      }
      if (!IsWanted(diagnostic)) continue;
      if (std::string why = WhyNot(diagnostic); !why.empty()) {
        Refuse(diagnostic, std::move(why));
        continue;
      }
      Line& line = by_path[diagnostic.path][diagnostic.range.start.line];
      line.at = diagnostic.range.start.offset;
      line.findings.push_back(&diagnostic);
    }
    return by_path;
  }

  // Why no comment can be written into its file.
  std::string WhyNot(const Diagnostic& diagnostic) {
    if (diagnostic.file == nullptr) return "it is about no file";
    if (!diagnostic.source.empty()) {
      return "rendered from " + diagnostic.source +
             ": write the comment there, if it is kept";
    }
    const SourceFile* file = diagnostic.file.get();
    const auto [entry, is_new] = is_json_.try_emplace(file, false);
    if (is_new) {
      entry->second =
          IsJsonFile(file->name()) || ParseJson(file->text(), {}).ok();
    }
    if (!entry->second) return {};
    return "JSON has no comments: annotate the object with "
           "ignore.meshvet.dev/" +
           std::string(diagnostic.finding.rule);
  }

  void Refuse(const Diagnostic& finding, std::string reason) {
    run_.refused.push_back({finding.path, finding.range.start,
                            std::string(finding.finding.rule),
                            std::move(reason)});
  }

  void AddTo(const std::string& path, Lines lines) {
    const SourceFile& file = *lines.begin()->second.findings.front()->file;
    const yaml::CommentMap map(file.text(), kCommentWord, lint_.limits);
    std::vector<yaml::TextEdit> edits;
    Added added{std::string(file.text()), {}};
    for (const auto& [number, line] : lines) {
      auto edit = EditFor(line, CommentOf(line, reason_), file.text(), map);
      for (const Diagnostic* finding : line.findings) {
        if (edit) added.findings.push_back(finding);
        if (!edit) Refuse(*finding, "there is no place for a comment");
      }
      if (edit) edits.push_back(*std::move(edit));
    }
    std::string text = yaml::Apply(file.text(), edits);
    if (!HoldsTheSame(file, text, lint_.limits)) {
      for (const Diagnostic* finding : added.findings) {
        Refuse(*finding, "the file would not hold what it held");
      }
      return;
    }
    lint_.texts[InputNamed(lint_, path)] = std::move(text);
    added_.emplace(path, std::move(added));
  }

  // Undoes what did not help. True if there is any.
  bool PutBack(const Report& report) {
    std::set<std::string> failed;
    for (const Diagnostic& diagnostic : report.diagnostics) {
      if (IsWanted(diagnostic) && added_.contains(diagnostic.path) &&
          HasComment(diagnostic)) {
        failed.insert(diagnostic.path);
      }
    }
    for (const std::string& path : failed) {
      const Added& added = added_.at(path);
      for (const Diagnostic* finding : added.findings) {
        Refuse(*finding,
               "a comment does not reach it; the file is left as it "
               "was");
      }
      lint_.texts[InputNamed(lint_, path)] = added.before;
      added_.erase(path);
    }
    return !failed.empty();
  }

  bool HasComment(const Diagnostic& diagnostic) const {
    return std::ranges::any_of(
        added_.at(diagnostic.path).findings, [&](const Diagnostic* finding) {
          return finding->fingerprint == diagnostic.fingerprint;
        });
  }

  void Finish(Report report) {
    for (const auto& [path, added] : added_) {
      const std::string input = InputNamed(lint_, path);
      run_.files.push_back({input, added.before, lint_.texts.at(input)});
      for (const Diagnostic* finding : added.findings) {
        run_.applied.push_back({path, finding->range.start,
                                std::string(finding->finding.rule), "comment"});
      }
    }
    run_.left = std::move(report);
  }

  LintRequest lint_;
  const std::set<std::string_view> rules_;
  const std::string reason_;
  FixRun run_;
  std::map<const SourceFile*, bool> is_json_;
  std::map<std::string, Added> added_;
};

}  // namespace

Result<FixRun> AddIgnores(const IgnoreRequest& request) {
  auto rules = RulesToIgnore(request.rules, *request.lint.policy);
  if (!rules) return rules.error();
  return Adder(request, *std::move(rules)).Run();
}

}  // namespace meshvet::lint

#include "lint/suppressions.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <memory>
#include <string>

#include "lint/input/loader_rules.h"
#include "rules/foreign_annotations.h"
#include "rules/tags.h"

namespace meshvet::lint {
namespace {

using rules::Rule;
using rules::Suppression;

std::chrono::sys_days Today() {
  return std::chrono::floor<std::chrono::days>(
      std::chrono::system_clock::now());
}

bool HasGlob(std::string_view text) {
  return text.find_first_of("*?") != text.npos;
}

// The list of a comment's rules without `unused`, each with the separator that
// was before it.
std::string WithoutUnused(const IgnoreComment& comment,
                          const std::set<const IgnoredRule*>& unused,
                          std::string_view text) {
  std::string left;
  size_t done = comment.ignored.front().range.start.offset;
  for (const IgnoredRule& rule : comment.ignored) {
    const size_t begin = rule.range.start.offset;
    if (!unused.contains(&rule)) {
      if (!left.empty()) left += text.substr(done, begin - done);
      left += text.substr(begin, rule.range.end.offset - begin);
    }
    done = rule.range.end.offset;
  }
  return left;
}

// What removes the unused rules of a comment, or all of it.
TextEdit RemovalOf(const IgnoreComment& comment,
                   const std::set<const IgnoredRule*>& unused,
                   std::string_view text) {
  if (unused.size() == comment.ignored.size()) return {comment.removal, ""};
  return {
      {comment.ignored.front().range.start, comment.ignored.back().range.end},
      WithoutUnused(comment, unused, text)};
}

// Whether a path of the command line is the folder `root` or one above it.
bool Encloses(const std::string& path, const std::string& root) {
  namespace fs = std::filesystem;
  std::error_code error;
  if (!fs::is_directory(path, error)) return false;
  const fs::path from = fs::weakly_canonical(path, error);
  if (error) return false;
  const fs::path to = fs::weakly_canonical(root.empty() ? "." : root, error);
  if (error) return false;
  const fs::path relative = to.lexically_relative(from);
  return !relative.empty() && *relative.begin() != "..";
}

// Whether a file, wherever a link leads, is below a folder.
bool IsBelow(const std::string& file, const std::string& folder) {
  namespace fs = std::filesystem;
  std::error_code error;
  const fs::path of = fs::weakly_canonical(file, error).parent_path();
  return !error && Encloses(folder.empty() ? "." : folder, of.string());
}

// The number of the document whose content is the last to begin at or before a
// byte.
size_t DocumentAt(const SourceFile& file, size_t byte) {
  const auto& all = file.documents();
  const auto next =
      std::ranges::upper_bound(all, byte, {}, [](const SourceDocument& one) {
        return one.ValueRange("").start.offset;
      });
  if (all.empty()) return 0;
  return next == all.begin() ? next->index() : std::prev(next)->index();
}

// Whether all below the configuration is among `paths`, as a folder.
bool HoldEverything(const std::vector<std::string>& paths,
                    const LintRequest& request) {
  const auto& filters = request.inputs.filters;
  const bool leaves_out = filters.size() > 1 && !filters[1].exclude.empty();
  return !leaves_out &&
         std::ranges::any_of(paths, [&](const std::string& path) {
           return Encloses(path, request.root_directory);
         });
}

}  // namespace

Suppressions::Suppressions(const LintRequest& request,
                           const std::vector<Loaded>& files,
                           const rules::Engine& engine)
    : request_(request),
      files_(files),
      engine_(engine),
      judges_everything_(request.policy->coverage.complete ||
                         HoldEverything(request.paths, request)),
      knows_everything_(judges_everything_ ||
                        HoldEverything(request.context, request)) {}

void Suppressions::Note(const Verdict& verdict) {
  for (const rules::NotRun& not_run : verdict.not_run) {
    not_run_.emplace(verdict.item, not_run.rule);
  }
}

// The webhook, which sees no files, sees no comments.
bool Suppressions::AppliesComments() const {
  return !request_.as_webhook && !request_.policy->ignores_suppressions;
}

void Suppressions::Apply(std::vector<Diagnostic>& diagnostics) {
  const bool all_items = !request_.policy->suppressions.empty();
  for (const Loaded& file : files_) {
    if (file.is_context) continue;
    loaded_[file.file.get()] = &file;
    for (const Item& item : file.manifest.items) {
      if (!all_items && rules::AnnotationsOf(*item.object).empty()) continue;
      items_[{file.file.get(), item.document->index(), item.prefix}] = &item;
    }
  }
  for (Diagnostic& diagnostic : diagnostics) {
    if (diagnostic.finding.silence.by == rules::SilencedBy::kPolicy) {
      PlaceEntry(diagnostic);
    }
    if (const Item* item = ItemOf(diagnostic)) {
      found_.emplace(item, diagnostic.finding.rule);
      ApplyAnnotation(diagnostic, *item);
    }
    const auto file = loaded_.find(diagnostic.file.get());
    if (file != loaded_.end() && AppliesComments()) {
      ApplyComments(diagnostic, *file->second);
    }
  }
}

void Suppressions::PlaceEntry(Diagnostic& diagnostic) const {
  const rules::Silence& silence = diagnostic.finding.silence;
  const auto source = request_.policy_files.find(silence.config);
  if (source == request_.policy_files.end()) return;
  diagnostic.silencing_file = source->second;
  diagnostic.silencing_range =
      source->second->documents().front().Anchor(silence.pointer + "/rule");
}

// Of those that an annotation or an entry may speak of.
const Item* Suppressions::ItemOf(const Diagnostic& diagnostic) const {
  if (diagnostic.object.kind.empty()) return nullptr;
  const auto found = items_.find(
      {diagnostic.file.get(), diagnostic.document, diagnostic.prefix});
  return found == items_.end() ? nullptr : found->second;
}

// The engine has seen to its own findings.
void Suppressions::ApplyAnnotation(Diagnostic& diagnostic,
                                   const Item& item) const {
  if (diagnostic.is_suppressed() || request_.policy->ignores_suppressions) {
    return;
  }
  const Rule* rule = FindAnyRule(diagnostic.finding.rule);
  if (rule == nullptr || !IsLoaders(*rule) || IsUnsuppressible(rule->id)) {
    return;
  }
  const auto annotation = rules::FindIgnoreAnnotation(*rule, *item.object);
  if (!annotation) return;
  const auto by = rules::SilencedBy::kAnnotation;
  const std::string& pointer = annotation->pointer;
  diagnostic.finding.suppressed =
      annotation->reason.empty() ? ToString(by) : annotation->reason;
  diagnostic.finding.silence = {by, pointer, {}};
  diagnostic.silencing_file = diagnostic.file;
  diagnostic.silencing_range = item.document->KeyRange(item.prefix + pointer);
}

// All comments that speak of it are of use, for each would do alone.
void Suppressions::ApplyComments(Diagnostic& diagnostic, const Loaded& file) {
  rules::Finding& finding = diagnostic.finding;
  for (const IgnoreComment& comment : file.ignores.comments) {
    if (!comment.Reaches(diagnostic.range.start)) continue;
    for (const IgnoredRule& ignored : comment.ignored) {
      const bool is_named = std::ranges::any_of(
          ignored.rules,
          [&](const Rule* rule) { return rule->id == finding.rule; });
      if (!is_named) continue;
      used_.insert(&ignored);
      if (diagnostic.is_suppressed()) continue;
      const auto by = rules::SilencedBy::kComment;
      finding.suppressed =
          comment.reason.empty() ? ToString(by) : comment.reason;
      finding.silence = {by, {}, {}};
      diagnostic.silencing_file = file.file;
      diagnostic.silencing_range = comment.place.range;
    }
  }
}

bool Suppressions::IsOn(const Rule& rule, const Object& object,
                        std::string_view key) const {
  return request_.policy->For(rule, object, key)
      .enabled.value_or(!rule.off_by_default);
}

// For no object in particular.
bool Suppressions::IsOnAtAll(const Rule& rule) const {
  if (!IsLoaders(rule) &&
      std::ranges::find(engine_.rules(), &rule) == engine_.rules().end()) {
    return false;
  }
  const auto settings = request_.policy->rules.find(rule.id);
  const bool is_silent = settings == request_.policy->rules.end();
  return (is_silent ? std::nullopt : settings->second.enabled)
      .value_or(!rule.off_by_default);
}

// A rule that compares objects may be content for not having seen one.
bool Suppressions::SeesEnough(const Rule& rule) const {
  const bool compares = !rule.needs.empty() || rule.id == kDuplicateObject.id;
  return !compares || knows_everything_;
}

// A rule that does not look at such objects has judged them.
bool Suppressions::HasJudged(const Rule& rule, const Item& item,
                             std::string_view key) const {
  if (item.metadata_only || !SeesEnough(rule)) return false;
  const auto& kinds = rule.kinds;
  if (std::ranges::find(kinds, item.object->kind()) == kinds.end()) {
    return IsOnAtAll(rule);
  }
  return IsOn(rule, *item.object, key) && !not_run_.contains({&item, rule.id});
}

const std::vector<Suppressions::Extent>& Suppressions::ExtentsOf(
    const Loaded& file) {
  const auto [entry, is_new] = extents_.try_emplace(file.file.get());
  if (!is_new) return entry->second;
  for (const Item& item : file.manifest.items) {
    entry->second.push_back({&item, item.document->ValueRange(item.prefix)});
  }
  return entry->second;
}

// The items that a comment speaks of, or of a part of which.
std::span<const Suppressions::Extent> Suppressions::Reached(
    const IgnoreComment& comment, const Loaded& file) {
  const std::vector<Extent>& all = ExtentsOf(file);
  if (comment.is_of_file) return all;
  const yaml::Comment& place = comment.place;
  if (place.reach == yaml::Comment::Reach::kNothing) return {};
  const bool is_line = place.reach == yaml::Comment::Reach::kLine;
  const size_t begin = is_line ? place.range.start.offset : place.begin;
  const size_t end = is_line ? begin : place.end;
  auto first = std::ranges::lower_bound(
      all, begin, {}, [](const Extent& one) { return one.range.end.offset; });
  // A comment stands behind what it speaks of.
  if (is_line && first != all.begin() &&
      std::prev(first)->range.end.line == place.range.start.line) {
    --first;
  }
  const auto last = std::ranges::upper_bound(
      all, end, {}, [](const Extent& one) { return one.range.start.offset; });
  if (first >= last) return {};
  return {first, last};
}

bool Suppressions::HasJudged(const Rule& rule, const IgnoreComment& comment,
                             const Loaded& file) {
  if (!IsOnAtAll(rule) || !SeesEnough(rule)) return false;
  const auto is_broken = [](const yaml::Problem& problem) {
    return problem.kind != yaml::Problem::Kind::kDuplicateKey;
  };
  if (comment.is_of_file &&
      std::ranges::any_of(file.file->problems(), is_broken)) {
    return false;
  }
  const std::span<const Extent> reached = Reached(comment, file);
  if (reached.empty()) return true;
  const auto [entry, is_new] = has_judged_.try_emplace(
      {&rule, reached.front().item, reached.back().item}, true);
  if (is_new) {
    entry->second = std::ranges::all_of(reached, [&](const Extent& one) {
      return HasJudged(rule, *one.item, file.key);
    });
  }
  return entry->second;
}

std::vector<Diagnostic> Suppressions::Audit() {
  if (request_.policy->ignores_suppressions) return {};
  for (const Loaded& file : files_) {
    if (file.is_context) continue;
    AuditComments(file);
    for (const Item& item : file.manifest.items) {
      for (const auto& annotations : rules::AnnotationsOf(*item.object)) {
        AuditAnnotations(annotations, file, item);
      }
    }
  }
  if (!request_.as_webhook && !request_.policy_files.empty()) {
    AuditEntries();
  }
  return std::move(complaints_);
}

Diagnostic& Suppressions::Report(const Rule& rule, std::string message,
                                 std::shared_ptr<const SourceFile> file,
                                 const yaml::Range& range) {
  Diagnostic diagnostic;
  diagnostic.finding.rule = rule.id;
  diagnostic.finding.severity = rule.severity;
  diagnostic.finding.about = message;
  diagnostic.finding.message = std::move(message);
  diagnostic.path = file->name();
  diagnostic.file = std::move(file);
  diagnostic.range = range;
  complaints_.push_back(std::move(diagnostic));
  return complaints_.back();
}

void Suppressions::AuditComments(const Loaded& file) {
  for (const CommentComplaint& complaint : file.ignores.complaints) {
    Report(kSuppressionInvalid, complaint.message, file.file, complaint.range)
        .document = DocumentAt(*file.file, complaint.content);
  }
  if (!AppliesComments()) return;
  for (const IgnoreComment& comment : file.ignores.comments) {
    AuditComment(comment, file);
  }
}

void Suppressions::AuditComment(const IgnoreComment& comment,
                                const Loaded& file) {
  std::set<const IgnoredRule*> unused;
  for (const IgnoredRule& ignored : comment.ignored) {
    const bool is_decided = std::ranges::all_of(
        ignored.rules,
        [&](const Rule* rule) { return HasJudged(*rule, comment, file); });
    if (is_decided && !used_.contains(&ignored)) unused.insert(&ignored);
  }
  const bool is_nowhere = !comment.is_of_file &&
                          comment.place.reach == yaml::Comment::Reach::kNothing;
  for (const IgnoredRule& ignored : comment.ignored) {
    if (!unused.contains(&ignored)) continue;
    Diagnostic& diagnostic = Report(
        kSuppressionUnused,
        is_nowhere
            ? "this comment stands above nothing"
            : "no finding of " + ignored.name + " is silenced by this comment",
        file.file, ignored.range);
    diagnostic.document = DocumentAt(*file.file, comment.place.ContentBegin());
    const bool goes = unused.size() == comment.ignored.size();
    diagnostic.finding.fix_safety = rules::Safety::kSafe;
    diagnostic.finding.fix_title =
        goes ? "remove the comment" : "remove it from the comment";
    diagnostic.text_fix = RemovalOf(comment, unused, file.file->text());
  }
}

Diagnostic& Suppressions::ReportAt(const Rule& rule, std::string message,
                                   const std::string& pointer,
                                   const Item& item) {
  Diagnostic& diagnostic =
      Report(rule, std::move(message), item.file,
             item.document->KeyRange(item.prefix + pointer));
  diagnostic.finding.pointer = pointer;
  diagnostic.document = item.document->index();
  diagnostic.prefix = item.prefix;
  diagnostic.object = ObjectName::Of(*item.object);
  diagnostic.source = SourceOf(item);
  return diagnostic;
}

void Suppressions::AuditAnnotations(const rules::Annotations& annotations,
                                    const Loaded& file, const Item& item) {
  std::vector<std::string_view> unused;
  for (const auto& [key, value] : annotations.members.Members()) {
    if (!value.IsString()) continue;
    if (key.starts_with(rules::kIgnorePrefix)) {
      AuditAnnotation(annotations, key, file, item, unused);
    }
    const bool is_foreign =
        !annotations.are_of_pods &&
        ((key == rules::kIstioSuppress && request_.policy->ist_compat) ||
         key == rules::kKialiIgnore);
    const bool is_all = is_foreign && rules::NamesEveryCode(key, value.Str());
    if (is_all) {
      ReportAt(kSuppressionBlanket, "every finding with a code is silenced",
               annotations.PointerTo(key), item);
    }
  }
  for (const std::string_view key : unused) {
    Diagnostic& diagnostic =
        ReportAt(kSuppressionUnused,
                 "no finding of " +
                     std::string(key.substr(rules::kIgnorePrefix.size())) +
                     " is silenced by this annotation",
                 annotations.PointerTo(key), item);
    const bool all_go = unused.size() == annotations.members.size();
    const std::string place =
        all_go ? std::string(annotations.pointer) : annotations.PointerTo(key);
    diagnostic.finding.fix = {{.op = "remove", .path = place}};
    diagnostic.finding.fix_safety = rules::Safety::kSafe;
    diagnostic.finding.fix_title = "remove the annotation";
    diagnostic.fix_range = item.document->ValueRange(item.prefix + place);
  }
}

void Suppressions::AuditAnnotation(const rules::Annotations& annotations,
                                   std::string_view key, const Loaded& file,
                                   const Item& item,
                                   std::vector<std::string_view>& unused) {
  const std::string_view name = key.substr(rules::kIgnorePrefix.size());
  if (name.starts_with(rules::kTagPrefix)) {
    ReportAt(kSuppressionInvalid,
             "an annotation cannot name a tag, for Kubernetes takes no colon "
             "in its key: name the rules",
             annotations.PointerTo(key), item);
    return;
  }
  const auto named = RulesToSilence(name, engine_.rules());
  if (named.empty()) {
    ReportAt(kSuppressionInvalid, UnknownRuleMessage(name, engine_.rules()),
             annotations.PointerTo(key), item);
    return;
  }
  std::string refusal = WhyNotSilenced(name, named, *request_.policy);
  if (!refusal.empty()) {
    ReportAt(kSuppressionInvalid, std::move(refusal),
             annotations.PointerTo(key), item);
    return;
  }
  const bool is_unused = std::ranges::all_of(named, [&](const Rule* rule) {
    return HasJudged(*rule, item, file.key) &&
           !found_.contains({&item, rule->id});
  });
  if (is_unused) unused.push_back(key);
}

bool Suppressions::IsUsed(const Suppression& entry) const {
  return std::ranges::any_of(found_, [&](const ItemRule& found) {
    const auto& [item, id] = found;
    if (id != entry.rule) return false;
    const Rule* rule = RuleOf(id);
    return rule != nullptr && entry.Matches(*rule, *item->object,
                                            loaded_.at(item->file.get())->key);
  });
}

const Rule* Suppressions::RuleOf(std::string_view id) const {
  const auto found = std::ranges::find(engine_.rules(), id, &Rule::id);
  return found == engine_.rules().end() ? nullptr : *found;
}

bool Suppressions::IsDecided(const Suppression& entry) const {
  const Rule* rule = RuleOf(entry.rule);
  if (rule == nullptr || !IsOnAtAll(*rule)) return false;
  bool has_any = false;
  for (const auto& [place, item] : items_) {
    const std::string& key = loaded_.at(item->file.get())->key;
    if (!entry.Matches(*rule, *item->object, key)) continue;
    if (!HasJudged(*rule, *item, key)) return false;
    has_any = true;
  }
  const bool is_exact = !HasGlob(entry.object) && !HasGlob(entry.file);
  return (is_exact && has_any) || judges_everything_;
}

void Suppressions::ReportEntry(const Rule& rule, std::string message,
                               const Suppression& entry, const char* member) {
  const auto source = request_.policy_files.find(entry.config);
  if (source == request_.policy_files.end()) return;
  const SourceDocument& document = source->second->documents().front();
  Diagnostic& diagnostic = Report(rule, std::move(message), source->second,
                                  document.Anchor(entry.pointer + member));
  diagnostic.finding.about = entry.rule + " " + entry.object + " " + entry.file;
  // What the run was not asked to look at goes by hand, and so does what is
  // elsewhere, for others extend it too.
  if (!HoldEverything(request_.paths, request_) ||
      !IsBelow(source->second->name(), request_.root_directory)) {
    return;
  }
  diagnostic.finding.fix = {{.op = "remove", .path = entry.pointer}};
  diagnostic.finding.fix_safety = rules::Safety::kSafe;
  diagnostic.finding.fix_title = "remove the entry";
  diagnostic.fix_range = document.ValueRange(entry.pointer);
}

void Suppressions::AuditEntries() {
  const std::vector<Suppression>& entries = request_.policy->suppressions;
  for (auto first = entries.begin(); first != entries.end();) {
    // An alias or a tag makes several of one.
    const auto last = std::find_if(first, entries.end(), [&](const auto& one) {
      return one.pointer != first->pointer || one.config != first->config;
    });
    if (first->HasExpired(Today())) {
      ReportEntry(kSuppressionExpired,
                  "this entry has expired: it silences nothing any more",
                  *first, "/until");
    } else if (std::none_of(first, last,
                            [&](const auto& one) { return IsUsed(one); }) &&
               std::all_of(first, last,
                           [&](const auto& one) { return IsDecided(one); })) {
      ReportEntry(kSuppressionUnused, "nothing is silenced by this entry",
                  *first, "/rule");
    }
    first = last;
  }
}

}  // namespace meshvet::lint

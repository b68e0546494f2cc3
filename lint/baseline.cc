#include "lint/baseline.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <tuple>
#include <utility>

#include "lint/input/source_file.h"
#include "mesh/document.h"
#include "mesh/suggestion.h"

namespace meshvet::lint {
namespace {

constexpr size_t kMaxBytes = 64 << 20;
constexpr int64_t kMaxCount = 1'000'000'000;
constexpr int64_t kVersion = 1;
// The keys of an entry that are text, in the order of its fields.
constexpr std::array<std::string_view, 6> kTexts = {
    "fingerprint", "rule", "file", "object", "about", "added"};
constexpr std::array<std::string_view, 2> kKeys = {"version", "findings"};

auto OrderOf(const BaselineEntry& entry) {
  return std::tie(entry.file, entry.rule, entry.object, entry.about,
                  entry.fingerprint);
}

// The same problem, wherever its file is.
auto ProblemOf(const BaselineEntry& entry) {
  return std::tie(entry.rule, entry.object, entry.about);
}

BaselineEntry EntryOf(const Diagnostic& diagnostic) {
  const ObjectName& object = diagnostic.object;
  const std::string group(GroupOf(object.api_version));
  BaselineEntry entry;
  entry.fingerprint = diagnostic.fingerprint;
  entry.rule = diagnostic.finding.rule;
  entry.file = diagnostic.key;
  entry.object = (group.empty() ? "" : group + "/") + object.Title();
  entry.about = diagnostic.finding.about;
  return entry;
}

Error At(size_t index, std::string message) {
  return {std::move(message), "/findings/" + std::to_string(index)};
}

// The field of a key that is text; null for another key.
std::string* TextOf(BaselineEntry& entry, std::string_view key) {
  const std::array<std::string*, kTexts.size()> fields = {
      &entry.fingerprint, &entry.rule,  &entry.file,
      &entry.object,      &entry.about, &entry.added};
  const auto* const known = std::ranges::find(kTexts, key);
  return known == kTexts.end()
             ? nullptr
             : fields.at(static_cast<size_t>(known - kTexts.begin()));
}

Result<BaselineEntry> ReadEntry(Node node, size_t index) {
  if (!node.IsObject()) return At(index, "must be an object");
  BaselineEntry entry;
  for (const auto& [key, value] : node.Members()) {
    std::string* const text = TextOf(entry, key);
    const std::string name(key);
    if (key == "count") {
      const int64_t count = value.Int().value_or(0);
      if (count < 1 || count > kMaxCount) {
        return At(index, "`count` must be a whole number from 1 on");
      }
      entry.count = static_cast<size_t>(count);
    } else if (text == nullptr) {
      return At(index,
                "unknown key \"" + name + "\"" + DidYouMean(key, kTexts));
    } else if (!value.IsString()) {
      return At(index, "`" + name + "` must be text");
    } else {
      *text = value.Str();
    }
  }
  if (entry.fingerprint.empty()) return At(index, "`fingerprint` is missing");
  return entry;
}

std::string Line(const BaselineEntry& entry) {
  return nlohmann::ordered_json{{"fingerprint", entry.fingerprint},
                                {"rule", entry.rule},
                                {"file", entry.file},
                                {"object", entry.object},
                                {"about", entry.about},
                                {"count", entry.count},
                                {"added", entry.added}}
      .dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

// What of a baseline is not yet found again.
class Matcher {
 public:
  explicit Matcher(const std::vector<BaselineEntry>& entries) {
    for (const BaselineEntry& entry : entries) {
      left_.emplace(entry.fingerprint, entry);
    }
  }

  bool Take(const std::string& fingerprint) {
    const auto found = left_.find(fingerprint);
    if (found == left_.end() || found->second.count == 0) return false;
    --found->second.count;
    return true;
  }

  // Of one whose file has gone.
  bool TakeMoved(const BaselineEntry& wanted,
                 const std::set<std::string>& gone) {
    for (auto& [fingerprint, entry] : left_) {
      if (entry.count > 0 && gone.contains(entry.file) &&
          ProblemOf(entry) == ProblemOf(wanted)) {
        --entry.count;
        return true;
      }
    }
    return false;
  }

  const std::map<std::string, BaselineEntry>& left() const { return left_; }

 private:
  std::map<std::string, BaselineEntry> left_;
};

// Files that were not read and are not there.
std::set<std::string> Gone(const std::vector<BaselineEntry>& entries,
                           const std::set<std::string>& read,
                           const std::string& root) {
  std::set<std::string> gone;
  for (const BaselineEntry& entry : entries) {
    std::error_code error;
    const auto path = std::filesystem::path(root) / entry.file;
    if (!read.contains(entry.file) && !std::filesystem::exists(path, error)) {
      gone.insert(entry.file);
    }
  }
  return gone;
}

// Moves those that `is_known` says are agreed on.
template <typename Predicate>
void Sift(Report& report, const Predicate& is_known) {
  std::vector<Diagnostic> fresh;
  for (Diagnostic& diagnostic : report.diagnostics) {
    const bool moves = !diagnostic.is_suppressed() && is_known(diagnostic);
    (moves ? report.baselined : fresh).push_back(std::move(diagnostic));
  }
  report.diagnostics = std::move(fresh);
}

std::vector<BaselineEntry> Sorted(std::vector<BaselineEntry> entries) {
  std::ranges::sort(entries, [](const auto& a, const auto& b) {
    return OrderOf(a) < OrderOf(b);
  });
  return entries;
}

std::vector<BaselineEntry> ValuesOf(
    const std::map<std::string, BaselineEntry>& entries) {
  std::vector<BaselineEntry> values;
  values.reserve(entries.size());
  for (const auto& [fingerprint, entry] : entries) values.push_back(entry);
  return values;
}

}  // namespace

Baseline::Baseline(std::vector<BaselineEntry> entries)
    : entries_(Sorted(std::move(entries))) {}

Baseline Baseline::Of(const Report& report, const std::string& today) {
  std::map<std::string, BaselineEntry> found;
  for (const Diagnostic& diagnostic : report.diagnostics) {
    if (diagnostic.is_suppressed()) continue;
    const auto [at, is_new] =
        found.emplace(diagnostic.fingerprint, EntryOf(diagnostic));
    if (!is_new) ++at->second.count;
    at->second.added = today;
  }
  return Baseline(ValuesOf(found));
}

Result<Baseline> Baseline::Parse(std::string_view text) {
  const auto document = ParseJson(text, {.max_bytes = kMaxBytes});
  if (!document) return document.error();
  const Node root = document->root();
  for (const auto& [key, value] : root.Members()) {
    if (std::ranges::find(kKeys, key) == kKeys.end()) {
      return Error{
          "unknown key \"" + std::string(key) + "\"" + DidYouMean(key, kKeys),
          ""};
    }
  }
  if (root["version"].Int() != kVersion) {
    return Error{"`version` must be 1: this is no baseline of this meshvet",
                 "/version"};
  }
  if (!root["findings"].IsArray()) {
    return Error{"must be a list", "/findings"};
  }
  std::vector<BaselineEntry> entries;
  std::set<std::string> seen;
  for (const Node node : root["findings"]) {
    auto entry = ReadEntry(node, entries.size());
    if (!entry) return entry.error();
    if (!seen.insert(entry->fingerprint).second) {
      return At(entries.size(), "the same fingerprint stands there twice");
    }
    entries.push_back(*std::move(entry));
  }
  return Baseline(std::move(entries));
}

std::string Baseline::Write() const {
  std::string text = "{\"version\": 1,\n\"findings\": [";
  const char* before = "\n";
  for (const BaselineEntry& entry : entries_) {
    text.append(before).append(Line(entry));
    before = ",\n";
  }
  return text + (entries_.empty() ? "]}\n" : "\n]}\n");
}

void Baseline::Apply(Report& report, const std::string& root) const {
  Matcher matcher(entries_);
  const std::set<std::string> read(report.files.begin(), report.files.end());
  const std::set<std::string> gone = Gone(entries_, read, root);
  Sift(report, [&](const Diagnostic& diagnostic) {
    return matcher.Take(diagnostic.fingerprint);
  });
  if (!gone.empty()) {
    Sift(report, [&](const Diagnostic& diagnostic) {
      return matcher.TakeMoved(EntryOf(diagnostic), gone);
    });
  }
  CountDiagnostics(report);
  for (const auto& [fingerprint, entry] : matcher.left()) {
    const bool was_looked_at =
        read.contains(entry.file) || gone.contains(entry.file);
    if (entry.count > 0 && was_looked_at) report.stale.push_back(entry);
  }
  report.stale = Sorted(std::move(report.stale));
}

Baseline Baseline::MergedWith(const Baseline& more) const {
  std::map<std::string, BaselineEntry> merged;
  for (const BaselineEntry& entry : entries_) {
    merged.emplace(entry.fingerprint, entry);
  }
  for (const BaselineEntry& entry : more.entries_) {
    const auto [at, is_new] = merged.emplace(entry.fingerprint, entry);
    if (!is_new) at->second.count = std::max(at->second.count, entry.count);
  }
  return Baseline(ValuesOf(merged));
}

Baseline Baseline::Without(const std::vector<BaselineEntry>& stale) const {
  std::map<std::string, size_t> fewer;
  for (const BaselineEntry& entry : stale) {
    fewer[entry.fingerprint] = entry.count;
  }
  std::vector<BaselineEntry> entries;
  for (BaselineEntry entry : entries_) {
    const auto found = fewer.find(entry.fingerprint);
    if (found != fewer.end())
      entry.count -= std::min(entry.count, found->second);
    if (entry.count > 0) entries.push_back(std::move(entry));
  }
  return Baseline(std::move(entries));
}

Result<Baseline> ReadBaseline(const std::string& path) {
  const Result<std::string> text = ReadText(path, kMaxBytes);
  if (!text) return text.error();
  Result<Baseline> baseline = Baseline::Parse(*text);
  if (!baseline) return InFile(path, baseline.error());
  return baseline;
}

}  // namespace meshvet::lint

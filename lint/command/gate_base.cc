#include "lint/command/gate_base.h"

#include <filesystem>
#include <map>
#include <utility>

#include "lint/input/git_tree.h"
#include "lint/input/source_file.h"
#include "lint/linter.h"
#include "mesh/document.h"

namespace meshvet::lint {
namespace {

namespace fs = std::filesystem;

constexpr size_t kMaxReport = 256 << 20;
constexpr size_t kMaxValues = 20'000'000;

// Paths of the repository, as they were in a tree.
class Moved {
 public:
  Moved(const std::string& repository, const fs::path& tree)
      : repository_(Absolute(repository)), tree_(tree) {}

  // Nothing for a path outside the repository. Globs stay globs.
  std::optional<std::string> Of(const std::string& path) const {
    const fs::path relative =
        Absolute(path.empty() ? "." : path).lexically_relative(repository_);
    if (relative.empty() || *relative.begin() == "..") return std::nullopt;
    return (tree_ / relative).lexically_normal().string();
  }

 private:
  static fs::path Absolute(const std::string& path) {
    std::error_code error;
    fs::path absolute = fs::absolute(path, error).lexically_normal();
    // "deploy/" has an empty last part.
    return absolute.has_filename() ? absolute : absolute.parent_path();
  }

  const fs::path repository_;
  const fs::path tree_;
};

// Those of `paths` that were in the tree.
std::vector<std::string> ThatWereThere(const std::vector<std::string>& paths,
                                       const Moved& moved,
                                       const InputOptions& options) {
  std::vector<std::string> there;
  for (const std::string& path : paths) {
    const auto before = moved.Of(path);
    if (before && FindInputFiles({*before}, options)) there.push_back(*before);
  }
  return there;
}

Error Outside(const std::string& path) {
  return {"is outside the repository: it has no --base there", path};
}

Result<LintRequest> RequestBefore(const LintSetup& setup, const Moved& moved) {
  LintRequest request = setup.request;
  for (const std::string& path : request.paths) {
    if (path == kStdin || !moved.Of(path)) return Outside(path);
  }
  const auto root = moved.Of(request.root_directory);
  if (!root) return Outside(request.root_directory);
  request.root_directory = *root;
  for (PathFilter& filter : request.inputs.filters) {
    filter.base = moved.Of(filter.base).value_or(filter.base);
  }
  request.paths = ThatWereThere(request.paths, moved, request.inputs);
  std::vector<std::string> outside;
  for (const std::string& path : request.context) {
    if (!moved.Of(path)) outside.push_back(path);
  }
  request.context = ThatWereThere(request.context, moved, {});
  request.context.insert(request.context.end(), outside.begin(), outside.end());
  return request;
}

Error NoReport(std::string message, size_t index) {
  return {std::move(message), "/findings/" + std::to_string(index)};
}

}  // namespace

Result<GateBase> GateBase::OfCommit(const LintSetup& setup,
                                    const std::string& revision) {
  Result<GitTree> tree =
      GitTree::CheckOut(setup.repository, revision, setup.request.stop);
  if (!tree) return tree.error();
  const Moved moved(setup.repository, tree->directory());
  Result<LintRequest> request = RequestBefore(setup, moved);
  if (!request) return request.error();
  GateBase base;
  base.commit_ = tree->commit();
  if (request->paths.empty()) return base;
  const Result<Report> report = Lint(*request);
  if (!report) return report.error();
  if (!report->failures.empty()) return report->failures.front();
  base.found_ = Baseline::Of(*report, {});
  for (const Diagnostic& diagnostic : report->diagnostics) {
    if (diagnostic.is_suppressed()) {
      base.suppressed_.insert(diagnostic.fingerprint);
    }
  }
  return base;
}

Result<GateBase> GateBase::OfReport(const std::string& path) {
  const Result<std::string> text = ReadText(path, kMaxReport);
  if (!text) return text.error();
  Result<GateBase> base = Parse(*text);
  if (!base) return InFile(path, base.error());
  return base;
}

Result<GateBase> GateBase::Parse(std::string_view json) {
  const auto document =
      ParseJson(json, {.max_bytes = kMaxReport, .max_values = kMaxValues});
  if (!document) return document.error();
  const Node root = document->root();
  if (root["version"].Int() != 1 || root["tool"]["name"].Str() != "meshvet" ||
      !root["findings"].IsArray()) {
    return Error{"is no report of `meshvet lint -o json`", ""};
  }
  GateBase base;
  std::map<std::string, BaselineEntry> found;
  size_t index = 0;
  for (const Node finding : root["findings"]) {
    const std::string fingerprint(finding["fingerprint"].Str());
    if (fingerprint.empty()) return NoReport("has no fingerprint", index);
    ++index;
    if (finding["suppressed"].exists()) {
      base.suppressed_.insert(fingerprint);
      continue;
    }
    BaselineEntry entry;
    entry.fingerprint = fingerprint;
    entry.rule = finding["rule"].Str();
    entry.file = finding["file"].Str();
    const auto [at, is_new] = found.emplace(fingerprint, std::move(entry));
    if (!is_new) ++at->second.count;
  }
  std::vector<BaselineEntry> entries;
  entries.reserve(found.size());
  for (auto& [fingerprint, entry] : found) entries.push_back(std::move(entry));
  base.found_ = Baseline(std::move(entries));
  return base;
}

void GateBase::Compare(Report& report, const std::string& root) const {
  // That something is mended is no reproach.
  std::vector<BaselineEntry> stale = std::move(report.stale);
  found_.Apply(report, root);
  report.stale = std::move(stale);
}

std::vector<const Diagnostic*> GateBase::NewlySuppressed(
    const Report& report) const {
  std::vector<const Diagnostic*> fresh;
  for (const Diagnostic& diagnostic : report.diagnostics) {
    if (diagnostic.is_suppressed() &&
        !suppressed_.contains(diagnostic.fingerprint)) {
      fresh.push_back(&diagnostic);
    }
  }
  return fresh;
}

}  // namespace meshvet::lint

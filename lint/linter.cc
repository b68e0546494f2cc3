#include "lint/linter.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

#include "lint/input/loader_rules.h"
#include "lint/input/parallel.h"
#include "lint/input/snapshot.h"
#include "lint/judge.h"
#include "lint/manifest.h"
#include "lint/report/fingerprint.h"
#include "lint/suppressions.h"
#include "lint/view.h"
#include "rules/engine.h"

namespace meshvet::lint {
namespace {

using Clock = std::chrono::steady_clock;

std::string RenderCommand(const RenderedElsewhere& place) {
  const bool is_chart = place.kind == RenderedElsewhere::Kind::kHelm;
  return std::string(is_chart ? "helm template " : "kubectl kustomize ") +
         place.directory + " | meshvet lint -";
}

Diagnostic RenderedNotice(const RenderedElsewhere& place) {
  const bool is_chart = place.kind == RenderedElsewhere::Kind::kHelm;
  const rules::Rule& rule = is_chart ? kHelmChart : kKustomization;
  Diagnostic diagnostic;
  diagnostic.finding.rule = rule.id;
  diagnostic.finding.severity = rule.severity;
  diagnostic.finding.message =
      std::string(is_chart ? "a Helm chart is not read"
                           : "patches and prefixes are not seen here") +
      "; lint what it renders: " + RenderCommand(place);
  diagnostic.finding.about = place.directory;
  diagnostic.path = place.marker;
  return diagnostic;
}

// Everything of one run, from paths to diagnostics.
class Run {
 public:
  explicit Run(const LintRequest& request) : request_(request) {}

  Result<Report> Go() {
    const auto start = Clock::now();
    Result<InputFiles> inputs = FindInputFiles(request_.paths, request_.inputs);
    if (!inputs) return inputs.error();
    InputOptions all = request_.inputs;
    all.filters.clear();
    Result<InputFiles> context = FindInputFiles(request_.context, all);
    if (!context) return context.error();
    Load(*inputs, *context);
    if (auto error = FindSnapshot()) return *std::move(error);
    Judge();
    Finish();
    report_.summary.elapsed_ms =
        std::chrono::duration<double, std::milli>(Clock::now() - start).count();
    return std::move(report_);
  }

 private:
  void Load(InputFiles& inputs, const InputFiles& context) {
    for (const RenderedElsewhere& place : inputs.rendered_elsewhere) {
      report_.diagnostics.push_back(RenderedNotice(place));
    }
    report_.skipped_files = std::move(inputs.skipped);
    for (const SkippedFile& skipped : context.skipped) {
      report_.skipped_files.push_back(
          {skipped.path, "context: " + skipped.reason});
    }
    report_.failures = std::move(inputs.failures);
    report_.failures.insert(report_.failures.end(), context.failures.begin(),
                            context.failures.end());
    for (const ContextText& given : request_.context_texts) {
      files_.push_back(Parsed(given.name, given.text, true, request_.jobs));
    }
    const std::set<std::string> linted(inputs.paths.begin(),
                                       inputs.paths.end());
    context_paths_.insert(context.paths.begin(), context.paths.end());
    std::vector<std::pair<std::string, bool>> paths;
    for (const std::string& path : inputs.paths)
      paths.emplace_back(path, false);
    for (const std::string& path : context.paths) {
      if (!linted.contains(path)) paths.emplace_back(path, true);
    }
    ReadAll(paths);
  }

  void ReadAll(const std::vector<std::pair<std::string, bool>>& paths) {
    std::vector<Result<Loaded>> loaded(paths.size(), Error{});
    const size_t jobs_each =
        std::max<size_t>(1, request_.jobs / std::max<size_t>(1, paths.size()));
    Progress* progress = request_.progress;
    if (progress != nullptr) progress->Begin("files read", paths.size());
    ParallelFor(paths.size(), request_.jobs, [&](size_t i) {
      if (request_.is_stopped()) return;
      loaded[i] = Read(paths[i].first, paths[i].second, jobs_each);
      // The signal cuts off reads, also at the other end of a pipe: what looks
      // like a failure or an end may be neither.
      if (request_.is_stopped()) loaded[i] = Error{};
      if (progress != nullptr) progress->Advance();
    });
    is_all_read_ = !request_.is_stopped();
    for (size_t i = 0; i < paths.size(); ++i) {
      if (loaded[i]) {
        files_.push_back(*std::move(loaded[i]));
      } else if (!loaded[i].error().message.empty()) {
        report_.failures.push_back(loaded[i].error());
      } else {
        report_.skipped_files.push_back({paths[i].first, kNotReadInTime});
      }
    }
  }

  Result<Loaded> Read(const std::string& path, bool is_context,
                      size_t jobs) const {
    const auto given = request_.texts.find(path);
    Result<std::string> text =
        given == request_.texts.end()
            ? ReadText(
                  path,
                  [&](std::string_view read) {
                    return LimitsFor(read, is_context).max_bytes;
                  },
                  request_.stop)
            : Result<std::string>(given->second);
    if (!text) return text.error();
    const std::string name = path == kStdin ? request_.stdin_filename : path;
    return Parsed(name, *std::move(text), is_context, jobs);
  }

  yaml::Limits LimitsFor(std::string_view text, bool is_context) const {
    return is_context ? ContextLimits(text, request_.limits) : request_.limits;
  }

  Loaded Parsed(const std::string& name, std::string text, bool is_context,
                size_t jobs) const {
    auto file = std::make_shared<SourceFile>(name, std::move(text));
    file->Parse(jobs, LimitsFor(file->text(), is_context));
    Loaded loaded{file, root_paths_.Of(name), {}, is_context};
    loaded.manifest = ReadManifest(loaded.file, request_.default_namespace,
                                   request_.policy->istio_release);
    if (!is_context && !loaded.manifest.is_template) {
      const auto& rules =
          request_.rules.empty() ? rules::AllRules() : request_.rules;
      loaded.ignores =
          ReadIgnoreComments(*file, *request_.policy, rules, request_.limits);
    }
    return loaded;
  }

  // A snapshot is none of the user's manifests, wherever it lies.
  void SetSnapshotsAside() {
    std::erase_if(files_, [&](Loaded& file) {
      if (file.is_context || !file.manifest.IsSnapshot()) return false;
      file.is_context = context_paths_.contains(file.file->name());
      if (file.is_context) return false;
      report_.skipped_files.push_back(
          {file.file->name(), "a snapshot: give it as --context"});
      return true;
    });
  }

  // One mesh is one cluster's: of two snapshots nobody could say which holds.
  std::optional<Error> FindSnapshot() {
    SetSnapshotsAside();
    const Loaded* first = nullptr;
    for (const Loaded& file : files_) {
      const Manifest& manifest = file.manifest;
      if (!manifest.snapshot_errors.empty()) {
        return manifest.snapshot_errors.front();
      }
      if (!manifest.snapshot) continue;
      if (first != nullptr) {
        return Error{"is a snapshot, as " + first->file->name() +
                         " is: one at most can be the mesh",
                     file.file->name()};
      }
      first = &file;
    }
    if (first != nullptr) Believe(*first);
    return std::nullopt;
  }

  void Believe(const Loaded& file) {
    snapshot_ = *file.manifest.snapshot;
    for (const Snapshot::Unknown& gap : snapshot_->Gaps()) {
      report_.skipped_files.push_back(
          {file.file->name(), "context: nothing is known of kind " + gap.kind +
                                  ": " + gap.reason});
    }
  }

  Coverage Covered() const {
    const Coverage& configured = request_.policy->coverage;
    return snapshot_ ? snapshot_->Covers(configured) : configured;
  }

  MeshConfig Mesh() const {
    MeshConfig mesh = request_.policy->mesh;
    if (snapshot_) {
      mesh = snapshot_->Mesh(std::move(mesh),
                             {.on_settings = !request_.believes_config_map});
    }
    if (!request_.root_namespace.empty()) {
      mesh.root_namespace = request_.root_namespace;
    }
    if (request_.believes_config_map) BelieveConfigMap(mesh);
    if (!request_.root_namespace.empty()) {
      mesh.root_namespace = request_.root_namespace;
    }
    return mesh;
  }

  void BelieveConfigMap(MeshConfig& mesh) const {
    const std::string root = mesh.root_namespace;
    for (const Loaded& file : files_) {
      for (const auto& [ns, text] : file.manifest.mesh_texts) {
        if (ns != root) continue;
        const yaml::Stream stream = yaml::Parse(text, request_.limits);
        if (stream.documents.empty()) continue;
        mesh = ReadMeshConfig(stream.documents.front().root(), mesh);
      }
    }
  }

  // What was not read may hold what a rule looks for.
  Coverage CoverageOfWhatWasRead() const {
    Coverage coverage = Covered();
    const bool has_gaps =
        !report_.failures.empty() ||
        std::ranges::any_of(files_, [](const Loaded& file) {
          return std::ranges::any_of(
              file.file->problems(), [](const yaml::Problem& problem) {
                return problem.kind != yaml::Problem::Kind::kDuplicateKey;
              });
        });
    if (!has_gaps) return coverage;
    return {.assumed_hosts = std::move(coverage.assumed_hosts)};
  }

  void Judge() {
    for (const Loaded& file : files_) CollectManifest(file);
    if (is_all_read_) JudgeObjects();
    DropSwitchedOff();
    if (!request_.is_stopped()) return;
    report_.files.clear();
    report_.failures.push_back({is_all_read_
                                    ? "interrupted before everything was judged"
                                    : "interrupted before everything was read",
                                FirstPath()});
  }

  // There is none where nothing has changed.
  std::string FirstPath() const {
    return request_.paths.empty() ? std::string() : request_.paths.front();
  }

  void JudgeObjects() {
    const rules::Engine engine(request_.policy, {}, request_.rules);
    Suppressions suppressions(request_, files_, engine);
    const MeshConfig mesh = Mesh();
    const Coverage coverage = CoverageOfWhatWasRead();
    for (auto& group : Group(files_, request_.policy->sets)) {
      const View view(std::move(group), mesh, coverage);
      Collect(ReportDuplicates(view));
      for (Verdict& verdict : JudgeAll(view, engine, request_)) {
        suppressions.Note(verdict);
        Collect(std::move(verdict.diagnostics));
        for (const rules::NotRun& not_run : verdict.not_run) {
          ++not_run_[{not_run.rule, not_run.reason}];
        }
      }
    }
    DropSwitchedOff();
    suppressions.Apply(report_.diagnostics);
    // Unused is what silenced nothing although all was judged.
    if (!request_.is_stopped()) Collect(suppressions.Audit());
  }

  void Collect(std::vector<Diagnostic> diagnostics) {
    std::ranges::move(diagnostics, std::back_inserter(report_.diagnostics));
  }

  void CollectManifest(const Loaded& file) {
    if (file.is_context) {
      if (!file.manifest.diagnostics.empty()) {
        const Diagnostic& first = file.manifest.diagnostics.front();
        report_.skipped_files.push_back(
            {file.file->name(),
             "context, not read in full: " + first.finding.message});
      }
      return;
    }
    const Manifest& manifest = file.manifest;
    Summary& summary = report_.summary;
    ++summary.files;
    report_.files.push_back(file.key);
    summary.objects += manifest.items.size() + manifest.unknown_kinds;
    summary.empty_documents += manifest.empty_documents;
    Collect(manifest.diagnostics);
    if (request_.lists_objects) ListObjects(manifest);
    report_.skipped_documents.insert(report_.skipped_documents.end(),
                                     manifest.skipped.begin(),
                                     manifest.skipped.end());
    if (manifest.is_template) {
      report_.skipped_files.push_back({file.file->name(), "template"});
    }
  }

  void ListObjects(const Manifest& manifest) {
    for (const Item& item : manifest.items) {
      report_.objects.push_back(
          {item.file->name(), ObjectName::Of(*item.object)});
    }
  }

  // What the policy says of a loader's finding, as the engine does of a rule's.
  // The webhook never sees a file, so it does nothing about it.
  bool SettleLoaderFinding(rules::Finding& finding) const {
    finding.action = rules::Action::kOff;
    const auto settings = request_.policy->rules.find(finding.rule);
    if (settings == request_.policy->rules.end()) return true;
    if (IsUnsuppressible(finding.rule)) return true;
    finding.severity = settings->second.severity.value_or(finding.severity);
    return settings->second.enabled.value_or(true);
  }

  void DropSwitchedOff() {
    std::erase_if(report_.diagnostics, [&](Diagnostic& diagnostic) {
      const bool is_loaders =
          std::ranges::find(LoaderRules(), diagnostic.finding.rule,
                            &rules::Rule::id) != LoaderRules().end();
      return is_loaders && !SettleLoaderFinding(diagnostic.finding);
    });
  }

  void Finish() {
    std::vector<Diagnostic>& all = report_.diagnostics;
    Sort(all);
    for (Diagnostic& diagnostic : all) NameFingerprint(diagnostic);
    CountDiagnostics(report_);
    for (const auto& [key, objects] : not_run_) {
      report_.not_run.push_back({std::string(key.first), key.second, objects});
    }
  }

  static auto KeyOf(const Diagnostic& d) {
    return std::tie(d.path, d.range.start.line, d.range.start.column,
                    d.finding.rule, d.finding.message, d.finding.pointer,
                    d.document);
  }

  // A file that is in several sets is judged in each: one finding is enough.
  static void Sort(std::vector<Diagnostic>& all) {
    std::ranges::stable_sort(
        all, [](const auto& a, const auto& b) { return KeyOf(a) < KeyOf(b); });
    const auto same = [](const Diagnostic& a, const Diagnostic& b) {
      return KeyOf(a) == KeyOf(b);
    };
    // Not std::ranges::unique: clang 14 cannot compile libstdc++'s.
    all.erase(std::unique(all.begin(), all.end(), same), all.end());
  }

  // The configuration is the same one on both sides of a change.
  const RelativePaths& PathsOf(const Diagnostic& diagnostic) const {
    const bool is_policy = std::ranges::any_of(
        request_.policy_files,
        [&](const auto& file) { return file.second == diagnostic.file; });
    return is_policy && diagnostic.file != nullptr ? policy_paths_
                                                   : root_paths_;
  }

  void NameFingerprint(Diagnostic& diagnostic) {
    const ObjectName& object = diagnostic.object;
    const std::string group(GroupOf(object.api_version));
    std::string& key = keys_[diagnostic.path];
    if (key.empty()) {
      key = PathsOf(diagnostic).Of(diagnostic.path);
    }
    diagnostic.key = key;
    diagnostic.fingerprint =
        Fingerprint({diagnostic.finding.rule, key, group, object.kind,
                     object.ns, object.name, diagnostic.finding.about});
  }

  const LintRequest& request_;
  const RelativePaths root_paths_{request_.root_directory};
  const RelativePaths policy_paths_{request_.policy_directory};
  std::vector<Loaded> files_;
  std::set<std::string> context_paths_;
  std::optional<Snapshot> snapshot_;
  bool is_all_read_ = true;
  std::map<std::pair<std::string_view, std::string>, size_t> not_run_;
  std::map<std::string, std::string> keys_;  // of paths
  Report report_;
};

}  // namespace

Result<Report> Lint(const LintRequest& request) { return Run(request).Go(); }

}  // namespace meshvet::lint

#include "ruletest/verdict.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <optional>
#include <tuple>
#include <utility>

#include "lint/fix/fixer.h"
#include "lint/static_mesh.h"
#include "webhook/admission_handler.h"

namespace meshvet::ruletest {
namespace {

// As `meshvet review` waits.
constexpr std::chrono::seconds kTimeout{10};
constexpr int kBadRequest = 400;
constexpr int kOk = 200;

bool IsBefore(const Found& a, const Found& b) {
  const auto key = [](const Found& found) {
    return std::tie(found.place.at.line, found.place.at.column,
                    found.finding.rule, found.finding.pointer,
                    found.finding.message);
  };
  return key(a) < key(b);
}

void AddFindings(const rules::Evaluation& evaluation,
                 const ReviewRequest& request, Verdict& verdict) {
  for (const rules::Finding& finding : evaluation.findings) {
    if (!finding.suppressed.empty()) continue;
    verdict.findings.push_back({finding, request.PlaceOf(finding.pointer)});
  }
  for (const rules::NotRun& not_run : evaluation.not_run) {
    auto& all = verdict.not_run;
    if (std::ranges::find(all, not_run) == all.end()) all.push_back(not_run);
  }
}

// Configurations as they are read: with what is wrong, place by place.
using ReadPolicy = std::variant<lint::Configuration, SetUpErrors>;

ReadPolicy Named(const Source& config) {
  std::error_code ignored;
  if (!std::filesystem::exists(config.path, ignored)) {
    return SetUpErrors{
        false, {ErrorAt(config.place, config.path + " does not exist")}};
  }
  auto read = lint::ReadConfiguration(config.path);
  if (auto* errors = std::get_if<std::vector<Error>>(&read)) {
    return SetUpErrors{false, std::move(*errors)};
  }
  return std::get<lint::Configuration>(std::move(read));
}

// The mapping as a document of its own, with the head it need not repeat.
std::shared_ptr<const Document> DocumentOf(Node config) {
  std::string json = config.ToJson();
  std::string head;
  if (!config["apiVersion"].exists()) {
    head += R"("apiVersion":"meshvet.dev/v1alpha1",)";
  }
  if (!config["kind"].exists()) head += R"("kind":"Config",)";
  if (config.empty() && !head.empty()) head.pop_back();
  json.insert(1, head);
  Result<Document> document = ParseJson(json, {});
  if (!document) return nullptr;
  return std::make_shared<const Document>(*std::move(document));
}

// `where` is a pointer into the mapping, or names an extended file.
Error Locate(const RuleTest& test, const Source& config, const Error& error) {
  const bool is_ours = error.where.empty() || error.where.starts_with('/');
  if (!is_ours) return error;
  const auto at = test.document->Anchor(config.pointer + error.where).start;
  return ErrorAt({test.file->name(), at}, error.message);
}

ReadPolicy Inline(const RuleTest& test, const Source& config) {
  const auto document = DocumentOf(config.value);
  if (document == nullptr) {
    return SetUpErrors{false, {ErrorAt(config.place, "cannot be read")}};
  }
  auto read = rules::ReadPolicy(document, [&](std::string_view path) {
    return lint::ReadOneDocument(
        (std::filesystem::path(test.directory) / path).string());
  });
  if (auto* errors = std::get_if<rules::PolicyErrors>(&read)) {
    SetUpErrors located;
    for (const Error& error : errors->errors) {
      located.errors.push_back(Locate(test, config, error));
    }
    return located;
  }
  return lint::Configuration{
      std::get<rules::Policy>(std::move(read)), "", test.directory, {}};
}

ReadPolicy PolicyOf(const RuleTest& test) {
  if (!test.config) {
    return lint::Configuration{
        rules::RecommendedPolicy(), "", test.directory, {}};
  }
  return test.config->is_file() ? Named(*test.config)
                                : Inline(test, *test.config);
}

SetUpErrors Of(CaseError error) {
  return {error.is_unfinished, {std::move(error.error)}};
}

// Where the test, or its configuration, names a file of the mesh.
std::vector<Source> ContextOf(const RuleTest& test,
                              const lint::Configuration& configuration) {
  std::vector<Source> context = test.context;
  const Place place = test.config ? test.config->place : test.place;
  for (const std::string& path : configuration.policy.context_paths) {
    const auto full = std::filesystem::path(configuration.directory) / path;
    context.push_back({place, full.lexically_normal().string(), {}, {}});
  }
  return context;
}

// Said at the place that names it, which a file alone would not tell.
std::optional<SetUpErrors> FindMissing(const std::vector<Source>& context) {
  std::error_code ignored;
  for (const Source& source : context) {
    if (std::filesystem::exists(source.path, ignored)) continue;
    return SetUpErrors{
        false, {ErrorAt(source.place, source.path + " does not exist")}};
  }
  return std::nullopt;
}

std::vector<std::string> PathsOf(const std::vector<Source>& context) {
  std::vector<std::string> paths;
  paths.reserve(context.size());
  for (const Source& source : context) paths.push_back(source.path);
  return paths;
}

}  // namespace

TestBench::TestBench(lint::Configuration configuration,
                     std::vector<std::string> context,
                     std::shared_ptr<const Inventory> inventory)
    : configuration_(std::move(configuration)),
      context_(std::move(context)),
      inventory_(std::move(inventory)),
      policies_(std::make_shared<webhook::PolicySource>(
          configuration_.policy, webhook::PolicySource::Read{})) {}

std::variant<Verdict, CaseError> TestBench::JudgeOne(
    const ReviewRequest& request, bool wants_patch) const {
  Verdict verdict;
  const webhook::AdmissionHandler handler(
      {[&] { return policies_->Current(); }, [&] { return inventory_; }},
      [&](const webhook::AdmissionRecord& record) {
        if (record.evaluation != nullptr) {
          AddFindings(*record.evaluation, request, verdict);
        }
        if (record.mutation != nullptr) verdict.patch = record.mutation->patch;
        verdict.allowed &= record.outcome != webhook::Outcome::kDenied;
      });
  for (const char* path : {"/validate", "/mutate"}) {
    if (!wants_patch && std::string_view(path) == "/mutate") break;
    const webhook::HttpResponse response = handler.Handle(
        {path, request.body, std::chrono::steady_clock::now() + kTimeout});
    if (response.status == kOk) continue;
    return CaseError{
        response.status != kBadRequest,
        ErrorAt(request.PlaceOf(""), "no verdict: " + response.body)};
  }
  return verdict;
}

std::variant<Verdict, CaseError> TestBench::Judge(
    const std::vector<ReviewRequest>& requests, bool wants_patch) const {
  Verdict all;
  for (const ReviewRequest& request : requests) {
    auto judged = JudgeOne(request, wants_patch);
    if (auto* error = std::get_if<CaseError>(&judged)) {
      return std::move(*error);
    }
    auto& verdict = std::get<Verdict>(judged);
    all.allowed &= verdict.allowed;
    std::ranges::move(verdict.findings, std::back_inserter(all.findings));
    for (const rules::NotRun& not_run : verdict.not_run) {
      if (std::ranges::find(all.not_run, not_run) != all.not_run.end())
        continue;
      all.not_run.push_back(not_run);
    }
    all.patch = std::move(verdict.patch);
  }
  std::ranges::stable_sort(all.findings, IsBefore);
  return all;
}

std::variant<std::string, CaseError> TestBench::Fix(const Source& input,
                                                    lint::StopFlag stop) const {
  const auto failed = [&](bool is_unfinished, const Error& error) {
    const std::string where = error.where.empty() ? "" : error.where + ": ";
    return CaseError{is_unfinished,
                     ErrorAt(input.place, where + error.message)};
  };
  const Result<std::string> before = ReadInputText(input.path, stop);
  if (!before) return FileError(input.place, before.error());
  lint::FixRequest request;
  request.lint.paths = {input.path};
  request.lint.texts = {{input.path, *before}};
  request.lint.context = context_;
  request.lint.policy =
      std::make_shared<const rules::Policy>(configuration_.policy);
  request.lint.root_directory = configuration_.directory;
  request.lint.believes_config_map = !configuration_.policy.mesh_config_file;
  request.unsafe = configuration_.policy.fix_unsafe;
  const Result<lint::FixRun> run = lint::Fix(request);
  if (!run) return failed(false, run.error());
  if (!run->left.failures.empty()) {
    return failed(true, run->left.failures.front());
  }
  return run->files.empty() ? *before : run->files.front().after;
}

std::variant<TestBench, SetUpErrors> SetUp(const RuleTest& test) {
  ReadPolicy read = PolicyOf(test);
  if (auto* errors = std::get_if<SetUpErrors>(&read)) return std::move(*errors);
  auto configuration = std::get<lint::Configuration>(std::move(read));
  const Result<MeshConfig> mesh = lint::ReadMeshSettings(configuration, "", "");
  if (!mesh) return SetUpErrors{false, {mesh.error()}};
  configuration.policy.mesh = *mesh;
  const std::vector<Source> context = ContextOf(test, configuration);
  if (auto missing = FindMissing(context)) return *std::move(missing);
  auto loaded = lint::LoadStaticMesh(
      PathsOf(context), *mesh, configuration.policy.coverage,
      {.on_settings = configuration.policy.mesh_config_file.has_value()});
  if (!loaded) return Of(FileError(test.place, loaded.error()));
  if (!loaded->problems.empty()) {
    return SetUpErrors{false, std::move(loaded->problems)};
  }
  return TestBench(std::move(configuration), PathsOf(context),
                   std::move(loaded->inventory));
}

}  // namespace meshvet::ruletest

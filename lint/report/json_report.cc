#include "lint/report/json_report.h"

#include <cmath>
#include <nlohmann/json.hpp>

#include "lint/input/loader_rules.h"
#include "lint/report/machine_text.h"
#include "lint/report/rule_text.h"
#include "lint/report/text_edit.h"
#include "rules/engine.h"

namespace meshvet::lint {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kIndent = 2;
constexpr std::string_view kFindings = "\"findings\": []";

Json PositionJson(const yaml::Position& at) {
  return {{"line", at.line}, {"column", at.column}, {"offset", at.offset}};
}

Json RangeJson(const yaml::Range& range) {
  return {{"start", PositionJson(range.start)},
          {"end", PositionJson(range.end)}};
}

Json OptionalRange(const std::optional<yaml::Range>& range) {
  return range ? RangeJson(*range) : Json(nullptr);
}

Json TextOrNull(const std::string& text) {
  return text.empty() ? Json(nullptr) : Json(text);
}

Json ObjectJson(const ObjectName& object) {
  if (object.kind.empty()) return nullptr;
  return {{"apiVersion", object.api_version},
          {"kind", object.kind},
          {"namespace", object.ns},
          {"name", object.name}};
}

Json OperationJson(const PatchOperation& operation) {
  Json json = {{"op", operation.op}, {"path", operation.path}};
  if (!operation.value.empty()) {
    json["value"] = Json::parse(operation.value, nullptr, false);
  }
  if (!operation.from.empty()) json["from"] = operation.from;
  return json;
}

Json EditsJson(const Diagnostic& diagnostic) {
  Json edits = Json::array();
  for (const TextEdit& edit : EditsOf(diagnostic)) {
    edits.push_back({{"range", RangeJson(edit.range)}, {"text", edit.text}});
  }
  return edits;
}

Json FixesJson(const Diagnostic& diagnostic) {
  Json fixes = Json::array();
  const rules::Finding& finding = diagnostic.finding;
  if (!diagnostic.has_fix()) return fixes;
  Json operations = Json::array();
  for (const PatchOperation& operation : finding.fix) {
    operations.push_back(OperationJson(operation));
  }
  const bool safe = finding.fix_safety == rules::Safety::kSafe;
  fixes.push_back({{"applicability", safe ? "safe" : "unsafe"},
                   {"message", finding.fix_title},
                   {"edits", EditsJson(diagnostic)},
                   {"operations", std::move(operations)},
                   {"range", OptionalRange(diagnostic.fix_range)}});
  return fixes;
}

Json RelatedJson(const std::vector<RelatedPlace>& related) {
  Json list = Json::array();
  for (const RelatedPlace& place : related) {
    list.push_back({{"message", place.message},
                    {"file", TextOrNull(place.file)},
                    {"range", OptionalRange(place.range)},
                    {"object", ObjectJson(place.object)},
                    {"pointer", place.pointer}});
  }
  return list;
}

std::string_view FormOf(rules::SilencedBy by) {
  switch (by) {
    case rules::SilencedBy::kComment:
      return "comment";
    case rules::SilencedBy::kAnnotation:
      return "annotation";
    case rules::SilencedBy::kIstioAnnotation:
      return "istio-annotation";
    case rules::SilencedBy::kPolicy:
    case rules::SilencedBy::kNothing:
      break;
  }
  return "config";
}

Json SuppressedJson(const Diagnostic& diagnostic) {
  if (!diagnostic.is_suppressed()) return nullptr;
  const rules::Finding& finding = diagnostic.finding;
  const bool has_place = diagnostic.silencing_file != nullptr;
  return {{"form", FormOf(finding.silence.by)},
          {"reason", rules::GivesReason(finding) ? Json(finding.suppressed)
                                                 : Json(nullptr)},
          {"file",
           has_place ? Json(diagnostic.silencing_file->name()) : Json(nullptr)},
          {"range", OptionalRange(diagnostic.silencing_range)}};
}

Json AliasesJson(std::string_view id) {
  Json aliases = Json::array();
  const rules::Rule* rule = FindAnyRule(id);
  if (rule == nullptr) return aliases;
  for (const std::string_view alias : rule->aliases) aliases.push_back(alias);
  return aliases;
}

Json FindingJson(const Diagnostic& diagnostic) {
  const rules::Finding& finding = diagnostic.finding;
  return {{"rule", finding.rule},
          {"aliases", AliasesJson(finding.rule)},
          {"severity", rules::ToString(finding.severity)},
          {"action", rules::ToString(finding.action)},
          {"message", finding.message},
          {"notes", finding.notes},
          {"file", diagnostic.path},
          {"range", RangeJson(diagnostic.range)},
          {"document", diagnostic.document},
          {"object", ObjectJson(diagnostic.object)},
          {"pointer", finding.pointer},
          {"source", TextOrNull(diagnostic.source)},
          {"fixes", FixesJson(diagnostic)},
          {"related", RelatedJson(diagnostic.related)},
          {"url", "docs/rules/" + std::string(finding.rule) + ".md"},
          {"fingerprint", diagnostic.fingerprint},
          {"suppressed", SuppressedJson(diagnostic)}};
}

Json SkippedJson(const Report& report) {
  Json files = Json::array();
  for (const SkippedFile& file : report.skipped_files) {
    files.push_back({{"file", file.path}, {"reason", file.reason}});
  }
  Json documents = Json::array();
  for (const SkippedDocument& document : report.skipped_documents) {
    documents.push_back({{"file", document.file},
                         {"document", document.document},
                         {"line", document.line},
                         {"reason", document.reason}});
  }
  Json rules = Json::array();
  for (const RuleNotRun& rule : report.not_run) {
    rules.push_back({{"rule", rule.rule},
                     {"reason", rule.reason},
                     {"objects", rule.objects}});
  }
  return {{"files", std::move(files)},
          {"documents", std::move(documents)},
          {"rules", std::move(rules)}};
}

Json FailuresJson(const std::vector<Error>& failures) {
  Json list = Json::array();
  for (const Error& failure : failures) {
    list.push_back({{"file", failure.where}, {"message", failure.message}});
  }
  return list;
}

Json SummaryJson(const Report& report) {
  const Summary& summary = report.summary;
  return {{"files", summary.files},
          {"objects", summary.objects},
          {"empty_documents", summary.empty_documents},
          {"error", summary.errors()},
          {"warning", summary.warnings()},
          {"info", summary.infos()},
          {"suppressed", summary.suppressed},
          {"baselined", report.baselined.size()},
          {"fixable", summary.fixable},
          {"fixable_unsafely", summary.fixable_unsafely},
          {"not_shown", report.not_shown},
          {"elapsed_ms", std::round(summary.elapsed_ms * 10) / 10}};
}

// In ASCII, so that whoever prints the file is not fooled by its text.
std::string Dump(const Json& json) {
  return WithoutLogCommands(
      json.dump(kIndent, ' ', true, Json::error_handler_t::replace),
      kJsonNumberSign);
}

// Appends `text` with all lines but the first as deep as an element of
// "findings" is.
void AppendElement(std::string_view text, std::string& to) {
  for (size_t at = 0;;) {
    const size_t end = text.find('\n', at);
    to.append(text.substr(at, end - at));
    if (end == text.npos) return;
    to.append("\n    ");
    at = end + 1;
  }
}

// What stands in the array. One finding at a time: the tree of all of them
// would take five times what their text takes.
std::string FindingsText(const Report& report) {
  std::string text;
  for (const Diagnostic& diagnostic : report.diagnostics) {
    text.append(text.empty() ? "\n    " : ",\n    ");
    AppendElement(Dump(FindingJson(diagnostic)), text);
  }
  return text.append("\n  ");
}

}  // namespace

std::string WriteJson(const Report& report) {
  const Json json = {{"version", 1},
                     {"tool",
                      {{"name", "meshvet"},
                       {"version", MESHVET_VERSION},
                       {"rules", RulesHash()}}},
                     {"findings", Json::array()},
                     {"skipped", SkippedJson(report)},
                     {"failures", FailuresJson(report.failures)},
                     {"summary", SummaryJson(report)},
                     {"exit_code", report.exit_code}};
  std::string text = Dump(json) + "\n";
  if (report.diagnostics.empty()) return text;
  // Nothing before it is foreign.
  const size_t inside = text.find(kFindings) + kFindings.size() - 1;
  return text.insert(inside, FindingsText(report));
}

}  // namespace meshvet::lint

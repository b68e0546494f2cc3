#include "lint/report/sarif_report.h"

#include <algorithm>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string_view>

#include "lint/input/loader_rules.h"
#include "lint/report/columns.h"
#include "lint/report/line_hash.h"
#include "lint/report/machine_text.h"
#include "lint/report/printable.h"
#include "lint/report/repository_paths.h"
#include "lint/report/rule_text.h"
#include "lint/report/text_edit.h"
#include "rules/tags.h"

namespace meshvet::lint {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kSchema =
    "https://json.schemastore.org/sarif-2.1.0.json";
// GitHub refuses a run with more.
constexpr size_t kMaxResults = 25'000;
// GitHub's limits of a rule.
constexpr size_t kMaxDescription = 1'024;
constexpr size_t kMaxTags = 10;

// In ASCII, so that whoever prints the file is not fooled by its text.
std::string Dump(const Json& json) {
  return WithoutLogCommands(
      json.dump(-1, ' ', true, Json::error_handler_t::replace),
      kJsonNumberSign);
}

std::string_view LevelOf(rules::Severity severity) {
  if (severity == rules::Severity::kError) return "error";
  return severity == rules::Severity::kWarning ? "warning" : "note";
}

std::string_view ProblemSeverity(rules::Severity severity) {
  if (severity == rules::Severity::kInfo) return "recommendation";
  return rules::ToString(severity);
}

// A viewer makes a link of "[text](target)".
std::string Text(std::string_view foreign) {
  std::string text = Printable(foreign);
  for (size_t at = text.find("]("); at != text.npos; at = text.find("](", at)) {
    text.insert(at + 1, " ");
  }
  return text;
}

Json Message(std::string_view foreign) { return {{"text", Text(foreign)}}; }

Json TagsJson(const rules::Rule& rule) {
  Json tags = {"istio", "kubernetes"};
  for (const std::string_view tag : rules::TagsOf(rule)) tags.push_back(tag);
  for (const std::string_view alias : rule.aliases) {
    if (tags.size() < kMaxTags) tags.push_back(alias);
  }
  return tags;
}

Json RuleJson(std::string_view id) {
  const rules::Rule* rule = FindAnyRule(id);
  // Only a test brings rules that are nowhere else.
  if (rule == nullptr) return {{"id", id}};
  const std::string why = FirstSentence(rule->rationale);
  return {
      {"id", id},
      {"shortDescription", {{"text", rule->title.substr(0, kMaxDescription)}}},
      {"fullDescription", {{"text", why.substr(0, kMaxDescription)}}},
      {"helpUri", RuleUrl(id)},
      {"help",
       {{"text", WriteRule(*rule, DocFormat::kText)},
        {"markdown", WriteRule(*rule, DocFormat::kMarkdown)}}},
      {"defaultConfiguration", {{"level", LevelOf(rule->severity)}}},
      {"properties",
       {{"tags", TagsJson(*rule)},
        {"problem.severity", ProblemSeverity(rule->severity)}}}};
}

// "networking.istio.io/v1/Gateway/shop/shop-gw/spec/servers/0".
std::string QualifiedName(const Diagnostic& diagnostic) {
  const ObjectName& object = diagnostic.object;
  std::string name = object.api_version + "/" + object.kind;
  if (!object.ns.empty()) name += "/" + object.ns;
  return Printable(name + "/" + object.name + diagnostic.finding.pointer);
}

Json Notification(std::string_view level, const std::string& text) {
  return {{"level", level}, {"message", Message(text)}};
}

class Writer {
 public:
  Writer(const Report& report, const SarifStyle& style)
      : report_(report), style_(style), paths_(report.repository) {}

  std::string Write() {
    const Diagnostics chosen = Chosen();
    std::vector<std::string> results;
    results.reserve(chosen.size());
    for (const Diagnostic* diagnostic : chosen) {
      results.push_back(Dump(ResultJson(*diagnostic)));
    }
    std::string text = R"({"$schema":")" + std::string(kSchema) +
                       "\",\n\"version\":\"2.1.0\",\n\"runs\":[{\n\"tool\":" +
                       Dump({{"driver", DriverJson()}});
    text += ",\n\"automationDetails\":" + Dump({{"id", Category()}});
    text += ",\n\"invocations\":[" + Dump(InvocationJson()) + "]";
    text += ",\n\"columnKind\":\"utf16CodeUnits\"";
    return text + ",\n\"results\":" + JsonArray(results) + "\n}]}\n";
  }

 private:
  // The worst of them if there are too many, in the order of the report.
  Diagnostics Chosen() {
    Diagnostics all;
    for (const Diagnostic& diagnostic : report_.diagnostics) {
      const bool is_wanted =
          style_.include_suppressed || !diagnostic.is_suppressed();
      if (is_wanted) all.push_back(&diagnostic);
    }
    for (const Diagnostic& diagnostic : report_.baselined) {
      if (style_.include_suppressed) all.push_back(&diagnostic);
    }
    if (all.size() <= kMaxResults) return all;
    left_out_ = all.size() - kMaxResults;
    Diagnostics worst = all;
    std::ranges::stable_sort(
        worst, std::ranges::greater(),
        [](const Diagnostic* one) { return one->finding.severity; });
    const std::set<const Diagnostic*> kept(worst.begin(),
                                           worst.begin() + kMaxResults);
    std::erase_if(all,
                  [&](const Diagnostic* one) { return !kept.contains(one); });
    return all;
  }

  // GitHub takes what stands before the last slash for the category.
  std::string Category() const {
    if (style_.category.empty()) return "meshvet/";
    return "meshvet/" + Printable(style_.category) + "/";
  }

  Json DriverJson() const {
    Json rules = Json::array();
    for (const std::string_view id : rule_ids_) rules.push_back(RuleJson(id));
    return {{"name", "meshvet"},
            {"semanticVersion", MESHVET_VERSION},
            {"informationUri", "https://meshvet.dev"},
            {"rules", std::move(rules)}};
  }

  size_t IndexOf(std::string_view rule) {
    const auto [entry, is_new] = indexes_.try_emplace(rule, rule_ids_.size());
    if (is_new) rule_ids_.push_back(rule);
    return entry->second;
  }

  Json InvocationJson() const {
    Json notes = Json::array();
    for (const Error& failure : report_.failures) {
      notes.push_back(
          Notification("error", failure.where + ": " + failure.message));
    }
    if (left_out_ > 0) {
      notes.push_back(Notification(
          "warning", std::to_string(left_out_) +
                         " results left out: GitHub takes 25000 at most"));
    }
    if (report_.not_shown > 0) {
      notes.push_back(Notification(
          "note", std::to_string(report_.not_shown) + " findings not shown"));
    }
    AddSkipped(notes);
    return {{"executionSuccessful", report_.failures.empty()},
            {"exitCode", report_.exit_code},
            {"toolExecutionNotifications", std::move(notes)}};
  }

  void AddSkipped(Json& notes) const {
    for (const SkippedFile& file : report_.skipped_files) {
      notes.push_back(
          Notification("note", "skipped " + file.path + ": " + file.reason));
    }
    for (const SkippedDocument& document : report_.skipped_documents) {
      notes.push_back(Notification("note", "skipped " + document.file + ":" +
                                               std::to_string(document.line) +
                                               ": " + document.reason));
    }
    for (const RuleNotRun& rule : report_.not_run) {
      notes.push_back(Notification(
          "note", "rule not run: " + rule.rule + " (" + rule.reason + ")"));
    }
  }

  Json RegionJson(const std::shared_ptr<const SourceFile>& file,
                  const yaml::Range& range) {
    const Columns& columns = columns_.Of(file);
    return {{"startLine", range.start.line},
            {"startColumn", columns.Utf16(range.start)},
            {"endLine", range.end.line},
            {"endColumn", columns.Utf16(range.end)}};
  }

  // GitHub refuses absolute URIs without a root, so files outside have none.
  Json ArtifactJson(const std::string& path) {
    const std::string uri = paths_.UriOf(path);
    Json artifact = {{"uri", uri}};
    if (!uri.starts_with("file:")) artifact["uriBaseId"] = "%SRCROOT%";
    return artifact;
  }

  Json PlaceJson(const std::string& path,
                 const std::shared_ptr<const SourceFile>& file,
                 const yaml::Range& range) {
    return {{"artifactLocation", ArtifactJson(path)},
            {"region", RegionJson(file, range)}};
  }

  Json LocationJson(const Diagnostic& diagnostic) {
    Json location = {
        {"physicalLocation",
         PlaceJson(diagnostic.path, diagnostic.file, diagnostic.range)}};
    if (!diagnostic.object.kind.empty()) {
      location["logicalLocations"] = {
          {{"fullyQualifiedName", QualifiedName(diagnostic)},
           {"kind", "object"}}};
    }
    return location;
  }

  // What is in no file is said in the message.
  Json RelatedJson(const Diagnostic& diagnostic) {
    Json related = Json::array();
    for (const RelatedPlace& place : diagnostic.related) {
      if (!place.range) continue;
      related.push_back({{"id", related.size() + 1},
                         {"message", Message(place.message)},
                         {"physicalLocation",
                          PlaceJson(place.file, place.source, *place.range)}});
    }
    return related;
  }

  static std::string MessageOf(const Diagnostic& diagnostic) {
    std::string text = Text(diagnostic.finding.message);
    for (const std::string& note : diagnostic.finding.notes) {
      text += "\n" + Text(note);
    }
    for (const RelatedPlace& place : diagnostic.related) {
      if (place.range) continue;
      text += "\n" + Text(place.message + " (" + place.object.Title() + ")");
    }
    return text;
  }

  Json FixJson(const Diagnostic& diagnostic,
               const std::vector<TextEdit>& edits) {
    Json replacements = Json::array();
    for (const TextEdit& edit : edits) {
      replacements.push_back(
          {{"deletedRegion", RegionJson(diagnostic.file, edit.range)},
           {"insertedContent", {{"text", edit.text}}}});
    }
    Json change = {{"artifactLocation", ArtifactJson(diagnostic.path)},
                   {"replacements", std::move(replacements)}};
    return {{"description", Message(diagnostic.finding.fix_title)},
            {"artifactChanges", Json::array({std::move(change)})}};
  }

  // The files come one after the other, so one is kept.
  const LineHashes& HashesOf(const std::shared_ptr<const SourceFile>& file) {
    if (file != hashed_) hashes_ = LineHashes(file->text());
    hashed_ = file;
    return hashes_;
  }

  Json FingerprintsJson(const Diagnostic& diagnostic) {
    Json prints = {{"meshvet/v1", diagnostic.fingerprint}};
    if (diagnostic.file == nullptr) return prints;
    const std::string hash =
        HashesOf(diagnostic.file).Of(diagnostic.range.start.line);
    if (!hash.empty()) prints["primaryLocationLineHash"] = hash;
    return prints;
  }

  Json SuppressionJson(const Diagnostic& diagnostic) {
    const rules::Finding& finding = diagnostic.finding;
    const bool is_policy = finding.silence.by == rules::SilencedBy::kPolicy ||
                           finding.silence.by == rules::SilencedBy::kNothing;
    Json json = {{"kind", is_policy ? "external" : "inSource"},
                 {"justification", Printable(finding.suppressed)}};
    if (diagnostic.silencing_file != nullptr && diagnostic.silencing_range) {
      json["location"] = {
          {"physicalLocation",
           PlaceJson(diagnostic.silencing_file->name(),
                     diagnostic.silencing_file, *diagnostic.silencing_range)}};
    }
    return json;
  }

  bool IsBaselined(const Diagnostic& diagnostic) const {
    const auto& known = report_.baselined;
    const std::less<> before;
    return !known.empty() && !before(&diagnostic, known.data()) &&
           before(&diagnostic, known.data() + known.size());
  }

  Json ResultJson(const Diagnostic& diagnostic) {
    const rules::Finding& finding = diagnostic.finding;
    Json result = {{"ruleId", finding.rule},
                   {"ruleIndex", IndexOf(finding.rule)},
                   {"level", LevelOf(finding.severity)},
                   {"message", {{"text", MessageOf(diagnostic)}}},
                   {"locations", Json::array({LocationJson(diagnostic)})},
                   {"partialFingerprints", FingerprintsJson(diagnostic)}};
    if (Json related = RelatedJson(diagnostic); !related.empty()) {
      result["relatedLocations"] = std::move(related);
    }
    if (const auto edits = EditsOf(diagnostic); !edits.empty()) {
      result["fixes"] = Json::array({FixJson(diagnostic, edits)});
    }
    if (diagnostic.is_suppressed()) {
      result["suppressions"] = Json::array({SuppressionJson(diagnostic)});
    }
    if (IsBaselined(diagnostic)) {
      result["suppressions"] = Json::array(
          {{{"kind", "external"}, {"justification", "known before"}}});
    }
    return result;
  }

  const Report& report_;
  const SarifStyle& style_;
  RepositoryPaths paths_;
  ColumnsOfFiles columns_;
  std::shared_ptr<const SourceFile> hashed_;
  LineHashes hashes_;
  std::map<std::string_view, size_t> indexes_;
  std::vector<std::string_view> rule_ids_;
  size_t left_out_ = 0;
};

}  // namespace

std::string WriteSarif(const Report& report, const SarifStyle& style) {
  return Writer(report, style).Write();
}

}  // namespace meshvet::lint

#include "lint/report/policyreport_report.h"

#include <algorithm>
#include <array>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>
#include <vector>

#include "lint/report/machine_text.h"
#include "lint/report/printable.h"
#include "lint/report/repository_paths.h"

namespace meshvet::lint {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kApiVersion = "wgpolicyk8s.io/v1alpha2";
// Of ReportSummary.
constexpr std::array<std::string_view, 5> kOutcomes = {"pass", "fail", "warn",
                                                       "error", "skip"};

std::string_view SeverityOf(rules::Severity severity) {
  if (severity == rules::Severity::kError) return "high";
  return severity == rules::Severity::kWarning ? "medium" : "low";
}

// RFC 1123: what a namespace may be called; the API server refuses a report in
// any other.
bool IsNamespace(std::string_view name) {
  const auto is_alphanumeric = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
  };
  return !name.empty() && name.size() <= 63 && is_alphanumeric(name.front()) &&
         is_alphanumeric(name.back()) && std::ranges::all_of(name, [&](char c) {
           return is_alphanumeric(c) || c == '-';
         });
}

class Writer {
 public:
  explicit Writer(const Report& report)
      : report_(report), paths_(report.repository) {}

  std::string Write() {
    for (const Error& failure : report_.failures) AddFailure(failure);
    for (const Diagnostic& diagnostic : report_.diagnostics) Add(diagnostic);
    for (const ReadObject& object : report_.objects) AddIfClean(object);
    for (const RuleNotRun& rule : report_.not_run) AddNotRun(rule);
    std::vector<std::string> items;
    items.reserve(by_namespace_.size());
    for (const auto& [ns, results] : by_namespace_) {
      items.push_back(ReportText(ns, results));
    }
    return R"({"apiVersion":"v1","kind":"List","items":)" + JsonArray(items) +
           "}\n";
  }

 private:
  struct Results {
    std::vector<std::string> lines;
    std::map<std::string_view, size_t> summary;
  };

  static std::string Dump(const Json& json) {
    return WithoutLogCommands(
        json.dump(-1, ' ', true, Json::error_handler_t::replace),
        kJsonNumberSign);
  }

  void AddResult(const std::string& ns, std::string_view outcome,
                 const Json& result) {
    Results& results = by_namespace_[IsNamespace(ns) ? ns : std::string()];
    results.lines.push_back(Dump(result));
    ++results.summary[outcome];
  }

  static Json ResultJson(std::string_view policy, std::string_view outcome,
                         std::string_view message) {
    return {{"source", "meshvet"},
            {"policy", policy},
            {"result", outcome},
            {"message", Printable(message)}};
  }

  static Json ResourcesJson(const ObjectName& object) {
    Json resource = {{"apiVersion", Printable(object.api_version)},
                     {"kind", Printable(object.kind)},
                     {"name", Printable(object.name)}};
    if (!object.ns.empty()) resource["namespace"] = Printable(object.ns);
    return Json::array({std::move(resource)});
  }

  void Add(const Diagnostic& diagnostic) {
    const rules::Finding& finding = diagnostic.finding;
    std::string_view outcome =
        finding.severity == rules::Severity::kError ? "fail" : "warn";
    if (diagnostic.is_suppressed()) outcome = "skip";
    Json result = ResultJson(finding.rule, outcome, finding.message);
    result["severity"] = SeverityOf(finding.severity);
    if (!diagnostic.object.kind.empty()) {
      result["resources"] = ResourcesJson(diagnostic.object);
    }
    result["properties"] = PropertiesJson(diagnostic);
    AddResult(diagnostic.object.ns, outcome, result);
    if (!diagnostic.is_suppressed()) {
      flawed_.emplace(diagnostic.path, diagnostic.object.Title());
    }
  }

  // All of them strings: the API knows no others here.
  Json PropertiesJson(const Diagnostic& diagnostic) {
    Json properties = {
        {"file", Printable(paths_.Of(diagnostic.path))},
        {"line", std::to_string(diagnostic.range.start.line)},
        {"column", std::to_string(diagnostic.range.start.column)}};
    if (!diagnostic.finding.pointer.empty()) {
      properties["pointer"] = Printable(diagnostic.finding.pointer);
    }
    if (diagnostic.is_suppressed()) {
      properties["suppressed"] = Printable(diagnostic.finding.suppressed);
    }
    return properties;
  }

  void AddIfClean(const ReadObject& object) {
    if (flawed_.contains({object.path, object.object.Title()})) return;
    Json result = ResultJson("meshvet", "pass", "nothing found");
    result["resources"] = ResourcesJson(object.object);
    AddResult(object.object.ns, "pass", result);
  }

  void AddFailure(const Error& failure) {
    Json result = ResultJson("meshvet", "error", failure.message);
    result["properties"] = {{"file", Printable(paths_.Of(failure.where))}};
    AddResult({}, "error", result);
  }

  void AddNotRun(const RuleNotRun& rule) {
    AddResult({}, "skip", ResultJson(rule.rule, "skip", rule.reason));
  }

  static std::string ReportText(const std::string& ns, const Results& results) {
    Json metadata = {{"name", "meshvet"}};
    if (!ns.empty()) metadata["namespace"] = ns;
    Json summary = Json::object();
    for (const std::string_view outcome : kOutcomes) {
      const auto found = results.summary.find(outcome);
      summary[std::string(outcome)] =
          found == results.summary.end() ? 0 : found->second;
    }
    return "{\"apiVersion\":" + Dump(kApiVersion) + ",\"kind\":" +
           Dump(ns.empty() ? "ClusterPolicyReport" : "PolicyReport") +
           ",\"metadata\":" + Dump(metadata) + ",\"summary\":" + Dump(summary) +
           ",\n\"results\":" + JsonArray(results.lines) + "}";
  }

  const Report& report_;
  RepositoryPaths paths_;
  std::map<std::string, Results> by_namespace_;           // "" is the cluster
  std::set<std::pair<std::string, std::string>> flawed_;  // path and title
};

}  // namespace

std::string WritePolicyReport(const Report& report) {
  return Writer(report).Write();
}

}  // namespace meshvet::lint

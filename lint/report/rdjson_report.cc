#include "lint/report/rdjson_report.h"

#include <nlohmann/json.hpp>

#include "lint/report/columns.h"
#include "lint/report/machine_text.h"
#include "lint/report/printable.h"
#include "lint/report/repository_paths.h"
#include "lint/report/text_edit.h"

namespace meshvet::lint {
namespace {

using Json = nlohmann::ordered_json;

std::string_view SeverityOf(rules::Severity severity) {
  if (severity == rules::Severity::kError) return "ERROR";
  return severity == rules::Severity::kWarning ? "WARNING" : "INFO";
}

class Writer {
 public:
  explicit Writer(const Report& report)
      : report_(report), paths_(report.repository) {}

  std::string Write() {
    std::vector<std::string> diagnostics;
    for (const Error& failure : report_.failures) {
      diagnostics.push_back(Dump(FailureJson(failure)));
    }
    for (const Diagnostic* diagnostic : Shown(report_)) {
      diagnostics.push_back(Dump(DiagnosticJson(*diagnostic)));
    }
    const Json source = {{"name", "meshvet"}, {"url", "https://meshvet.dev"}};
    return "{\"source\":" + Dump(source) +
           ",\n\"diagnostics\":" + JsonArray(diagnostics) + "}\n";
  }

 private:
  static std::string Dump(const Json& json) {
    return WithoutLogCommands(
        json.dump(-1, ' ', true, Json::error_handler_t::replace),
        kJsonNumberSign);
  }

  static Json PositionJson(const Columns& columns, const yaml::Position& at) {
    return {{"line", at.line}, {"column", columns.Utf8(at)}};
  }

  Json RangeJson(const Diagnostic& diagnostic, const yaml::Range& range) {
    const Columns& columns = columns_.Of(diagnostic.file);
    return {{"start", PositionJson(columns, range.start)},
            {"end", PositionJson(columns, range.end)}};
  }

  Json FailureJson(const Error& failure) {
    return {{"message", Printable(failure.message)},
            {"location", {{"path", paths_.Of(failure.where)}}},
            {"severity", "ERROR"}};
  }

  static std::string MessageOf(const Diagnostic& diagnostic) {
    std::string message = Printable(diagnostic.finding.message);
    for (const std::string& note : diagnostic.finding.notes) {
      message += "\n" + Printable(note);
    }
    return message;
  }

  Json DiagnosticJson(const Diagnostic& diagnostic) {
    const rules::Finding& finding = diagnostic.finding;
    Json json = {
        {"message", MessageOf(diagnostic)},
        {"location",
         {{"path", paths_.Of(diagnostic.path)},
          {"range", RangeJson(diagnostic, diagnostic.range)}}},
        {"severity", SeverityOf(finding.severity)},
        {"code", {{"value", finding.rule}, {"url", RuleUrl(finding.rule)}}}};
    // Each suggestion is a whole fix.
    if (const auto edit = OneEditOf(diagnostic)) {
      const Json suggestion = {{"range", RangeJson(diagnostic, edit->range)},
                               {"text", edit->text}};
      json["suggestions"] = Json::array({suggestion});
    }
    return json;
  }

  const Report& report_;
  RepositoryPaths paths_;
  ColumnsOfFiles columns_;
};

}  // namespace

std::string WriteRdjson(const Report& report) { return Writer(report).Write(); }

}  // namespace meshvet::lint

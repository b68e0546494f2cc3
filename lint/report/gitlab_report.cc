#include "lint/report/gitlab_report.h"

#include <map>
#include <nlohmann/json.hpp>

#include "lint/report/fingerprint.h"
#include "lint/report/machine_text.h"
#include "lint/report/printable.h"
#include "lint/report/repository_paths.h"

namespace meshvet::lint {
namespace {

using Json = nlohmann::ordered_json;

std::string_view SeverityOf(rules::Severity severity) {
  if (severity == rules::Severity::kError) return "major";
  return severity == rules::Severity::kWarning ? "minor" : "info";
}

class Writer {
 public:
  explicit Writer(const Report& report)
      : report_(report), paths_(report.repository) {}

  std::string Write() {
    for (const Error& failure : report_.failures) {
      Add(failure.message, "unreadable", "major", paths_.Of(failure.where), 1,
          Fingerprint({"unreadable", paths_.Of(failure.where)}));
    }
    for (const Diagnostic* diagnostic : Shown(report_)) {
      const rules::Finding& finding = diagnostic->finding;
      Add(finding.message, finding.rule, SeverityOf(finding.severity),
          paths_.Of(diagnostic->path), diagnostic->range.start.line,
          diagnostic->fingerprint);
    }
    return JsonArray(entries_) + "\n";
  }

 private:
  void Add(std::string_view message, std::string_view rule,
           std::string_view severity, const std::string& path, uint32_t line,
           const std::string& fingerprint) {
    const Json entry = {
        {"description", Printable(message)},
        {"check_name", rule},
        {"fingerprint", Unique(fingerprint)},
        {"severity", severity},
        {"location", {{"path", path}, {"lines", {{"begin", line}}}}}};
    entries_.push_back(WithoutLogCommands(
        entry.dump(-1, ' ', true, Json::error_handler_t::replace),
        kJsonNumberSign));
  }

  // The second problem of one kind in one object is counted, so that it is
  // shown, and still has the same name in the next run.
  std::string Unique(const std::string& fingerprint) {
    const int ordinal = ++seen_[fingerprint];
    if (ordinal == 1) return fingerprint;
    return Fingerprint({fingerprint, std::to_string(ordinal)});
  }

  const Report& report_;
  RepositoryPaths paths_;
  std::map<std::string, int> seen_;
  std::vector<std::string> entries_;
};

}  // namespace

std::string WriteGitlab(const Report& report) { return Writer(report).Write(); }

}  // namespace meshvet::lint

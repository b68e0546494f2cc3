#include "lint/report/report.h"

#include <utility>

namespace meshvet::lint {

ObjectName ObjectName::Of(const Object& object) {
  std::string name(object.name());
  if (name.empty() && object.metadata()["generateName"]) {
    name = std::string(object.metadata()["generateName"].Str()) + "*";
  }
  return {std::string(object.api_version()), std::string(object.kind().kind),
          std::string(object.ns()), std::move(name)};
}

std::string ObjectName::Title() const {
  if (kind.empty()) return {};
  return kind + " " + (ns.empty() ? name : ns + "/" + name);
}

void CountDiagnostics(Report& report) {
  Summary& summary = report.summary;
  summary.by_severity = {};
  summary.suppressed = 0;
  summary.fixable = 0;
  summary.fixable_unsafely = 0;
  for (const Diagnostic& diagnostic : report.diagnostics) {
    if (diagnostic.is_suppressed()) {
      ++summary.suppressed;
      continue;
    }
    ++summary.by_severity[static_cast<size_t>(diagnostic.finding.severity)];
    if (!diagnostic.has_fix()) continue;
    const bool safe = diagnostic.finding.fix_safety == rules::Safety::kSafe;
    ++(safe ? summary.fixable : summary.fixable_unsafely);
  }
}

}  // namespace meshvet::lint

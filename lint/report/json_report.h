// File: lint/report/json_report.h
//
// The format for programs: everything the run knows, as one JSON document,
// described by docs/report.schema.json, which ReportSchema() returns.

#ifndef MESHVET_LINT_REPORT_JSON_REPORT_H_
#define MESHVET_LINT_REPORT_JSON_REPORT_H_

#include <string>
#include <string_view>

#include "lint/report/report.h"

namespace meshvet::lint {

// Suppressed findings included, with the reason.
std::string WriteJson(const Report& report);

// The JSON Schema (draft 2020-12) of what WriteJson writes.
std::string_view ReportSchema();

}  // namespace meshvet::lint

#endif  // MESHVET_LINT_REPORT_JSON_REPORT_H_

// File: lint/report/rdjson_report.h
//
// rdjson, the format of reviewdog (proto/rdf/reviewdog.proto), which comments
// on the lines of a change and offers fixes as suggestions. Its columns are
// bytes of UTF-8, its ends are exclusive.

#ifndef MESHVET_LINT_REPORT_RDJSON_REPORT_H_
#define MESHVET_LINT_REPORT_RDJSON_REPORT_H_

#include <string>

#include "lint/report/report.h"

namespace meshvet::lint {

std::string WriteRdjson(const Report& report);

}  // namespace meshvet::lint

#endif  // MESHVET_LINT_REPORT_RDJSON_REPORT_H_

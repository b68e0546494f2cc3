// File: test/support/report_readers.h
//
// Each format of a report, read as its readers read it, and held against the
// report it was written from: nothing is lost, nothing is added, and what a
// stranger wrote stays in its field.
//
//   ReadReport("junit", report, FindFormat("junit")->write(report, {}));

#ifndef MESHVET_TEST_SUPPORT_REPORT_READERS_H_
#define MESHVET_TEST_SUPPORT_REPORT_READERS_H_

#include <string>
#include <string_view>

#include "lint/report/report.h"

namespace meshvet::test {

// Throws an exception that says what is wrong.
void ReadReport(std::string_view format, const lint::Report& report,
                const std::string& text);

}  // namespace meshvet::test

#endif  // MESHVET_TEST_SUPPORT_REPORT_READERS_H_

// File: lint/report/report_format.h
//
// ReportFormat: the formats a report can be written in: the one table that
// flags, messages and documentation are made of.
//
//   const ReportFormat* sarif = FindFormat("sarif");
//   const std::string text = sarif->write(report, style);

#ifndef MESHVET_LINT_REPORT_REPORT_FORMAT_H_
#define MESHVET_LINT_REPORT_REPORT_FORMAT_H_

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lint/report/report.h"
#include "lint/report/sarif_report.h"
#include "lint/report/text_report.h"

namespace meshvet::lint {

struct ReportStyle {
  TextStyle text;
  SarifStyle sarif;
};

struct ReportFormat {
  std::string_view name;
  // Who reads it, in Markdown: a row of the table in docs/formats.md.
  std::string_view reader;
  // Lines for people, in which a stranger's words could pass for a command to
  // the machine that keeps the log.
  bool is_text = false;
  // Whether it names the objects nothing was found about (Report::objects).
  bool lists_objects = false;
  // Whether it shows fixes as edits of the files (Diagnostic::edits).
  bool shows_edits = false;
  std::string (*write)(const Report& report, const ReportStyle& style);
};

// The first is the default.
std::span<const ReportFormat> ReportFormats();

// Null if there is none of that name.
const ReportFormat* FindFormat(std::string_view name);

std::vector<std::string_view> FormatNames();
// "full, concise, json and sarif".
std::string FormatList();
// The table of docs/formats.md.
std::string WriteFormatTable();

}  // namespace meshvet::lint

#endif  // MESHVET_LINT_REPORT_REPORT_FORMAT_H_

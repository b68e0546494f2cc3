#include "test/support/report_readers.h"

#include <algorithm>
#include <array>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <stdexcept>
#include <utility>
#include <vector>

#include "lint/report/machine_text.h"
#include "lint/report/printable.h"
#include "lint/report/repository_paths.h"
#include "mesh/utf8.h"
#include "test/support/workflow_command.h"
#include "test/support/xml_reader.h"

namespace meshvet::test {
namespace {

using lint::Diagnostic;
using lint::Diagnostics;
using lint::Printable;
using lint::Report;
using lint::RepositoryPaths;
using nlohmann::json;

void Expect(bool condition, const std::string& what) {
  if (!condition) throw std::runtime_error(what);
}

std::vector<std::string> LinesOf(const std::string& text) {
  Expect(text.empty() || text.back() == '\n', "the last line has no end");
  std::vector<std::string> lines;
  for (size_t at = 0; at < text.size();) {
    const size_t end = text.find('\n', at);
    lines.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return lines;
}

// No terminal obeys it and no reader of UTF-8 refuses it.
void ExpectHarmless(const std::string& text) {
  Expect(FindInvalidUtf8(text) == text.size(), "not UTF-8");
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    Expect((byte >= 0x20 && byte != 0x7F) || c == '\n', "a control character");
  }
}

// "a.yaml:3:7: error[unknown-kind]: no kind X".
std::string FirstLine(const Diagnostic& one) {
  const yaml::Position& at = one.range.start;
  return Printable(one.path) + ":" + std::to_string(at.line) + ":" +
         std::to_string(at.column) + ": " +
         std::string(rules::ToString(one.finding.severity)) + "[" +
         std::string(one.finding.rule) + "]: " + Printable(one.finding.message);
}

void ReadConcise(const Report& report, const std::string& text) {
  const Diagnostics shown = lint::Shown(report);
  const std::vector<std::string> lines = LinesOf(text);
  Expect(lines.size() == shown.size(), "not a line for each finding");
  for (size_t i = 0; i < lines.size(); ++i) {
    Expect(lines[i].starts_with(FirstLine(*shown[i])), "line: " + lines[i]);
  }
}

// Other lines may stand between, but none is missing.
void ReadFull(const Report& report, const std::string& text) {
  const std::vector<std::string> lines = LinesOf(text);
  size_t line = 0;
  for (const Diagnostic* one : lint::Shown(report)) {
    const std::string first = FirstLine(*one);
    while (line < lines.size() && !lines[line].starts_with(first)) ++line;
    Expect(line < lines.size(), "no line: " + first);
    ++line;
  }
}

// What is no UTF-8 is shown as something else.
void ExpectText(const json& got, const std::string& written) {
  if (FindInvalidUtf8(written) != written.size()) return;
  Expect(got == written, "text: " + got.dump());
}

void ReadJson(const Report& report, const std::string& text) {
  const json read = json::parse(text);
  const json& findings = read.at("findings");
  Expect(findings.size() == report.diagnostics.size(), "number of findings");
  for (size_t i = 0; i < findings.size(); ++i) {
    const Diagnostic& one = report.diagnostics[i];
    ExpectText(findings[i].at("message"), one.finding.message);
    ExpectText(findings[i].at("file"), one.path);
    ExpectText(findings[i].at("pointer"), one.finding.pointer);
    Expect(findings[i].at("suppressed").is_null() != one.is_suppressed(),
           "suppressed");
  }
  Expect(read.at("failures").size() == report.failures.size(), "failures");
  const json& skipped = read.at("skipped");
  Expect(
      skipped.at("files").size() == report.skipped_files.size() &&
          skipped.at("documents").size() == report.skipped_documents.size() &&
          skipped.at("rules").size() == report.not_run.size(),
      "skipped");
}

// RFC 3986: the characters of a path.
bool IsUri(const std::string& uri) {
  return uri.find_first_not_of(
             "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
             "-._~/%:") == uri.npos;
}

void ReadSarifPlace(const json& place) {
  const std::string uri = place.at("artifactLocation").at("uri");
  Expect(!uri.empty() && IsUri(uri), "URI: " + uri);
  const json& region = place.at("region");
  Expect(region.at("startLine") >= 1 && region.at("startColumn") >= 1,
         "region");
  Expect(region.at("endLine") > region.at("startLine") ||
             (region.at("endLine") == region.at("startLine") &&
              region.at("endColumn") >= region.at("startColumn")),
         "a region that ends before it starts");
}

void ReadSarif(const Report& report, const std::string& text) {
  const json read = json::parse(text);
  const json& run = read.at("runs").at(0);
  const json& rules = run.at("tool").at("driver").at("rules");
  const json& results = run.at("results");
  const Diagnostics shown = lint::Shown(report);
  Expect(results.size() == shown.size(), "number of results");
  for (size_t i = 0; i < results.size(); ++i) {
    const json& one = results[i];
    Expect(one.at("ruleId") == shown[i]->finding.rule, "rule");
    Expect(rules.at(one.at("ruleIndex").get<size_t>()).at("id") ==
               one.at("ruleId"),
           "index of the rule");
    Expect(!one.at("message").at("text").get<std::string>().empty(), "text");
    const std::string message = one.at("message").at("text");
    Expect(message.find("](") == message.npos, "a link: " + message);
    ReadSarifPlace(one.at("locations").at(0).at("physicalLocation"));
    for (const json& fix : one.value("fixes", json::array())) {
      const json& change = fix.at("artifactChanges").at(0);
      Expect(change.at("replacements").size() == 1, "replacements");
    }
    for (const json& place : one.value("relatedLocations", json::array())) {
      ReadSarifPlace(place.at("physicalLocation"));
    }
  }
}

void ExpectCount(const XmlElement& of, const char* name, size_t counted) {
  Expect(of.attributes.at(name) == std::to_string(counted),
         std::string(name) + " of " + of.name);
}

// The counts of one suite: tests, failures, errors, skipped.
using JunitCounts = std::array<size_t, 4>;
constexpr std::array<const char*, 4> kCounts = {"tests", "failures", "errors",
                                                "skipped"};
constexpr std::array<const char*, 4> kOutcomes = {"", "failure", "error",
                                                  "skipped"};

JunitCounts ReadSuite(const XmlElement& suite) {
  std::set<std::string> names;
  JunitCounts counts{};
  for (const XmlElement* one : suite.All("testcase")) {
    Expect(names.insert(one->attributes.at("name")).second,
           "two cases of one name: " + one->attributes.at("name"));
    ++counts[0];
    for (size_t i = 1; i < kOutcomes.size(); ++i) {
      counts.at(i) += one->All(kOutcomes.at(i)).size();
    }
  }
  Expect(counts[0] > 0, "a suite without a case");
  for (size_t i = 0; i < kCounts.size(); ++i) {
    ExpectCount(suite, kCounts.at(i), counts.at(i));
  }
  return counts;
}

// XML has no U+FFFE and no U+FFFF; U+FFFD stands for them.
std::string InXml(std::string text) {
  for (const std::string_view lost : {"\xEF\xBF\xBE", "\xEF\xBF\xBF"}) {
    for (size_t at = text.find(lost); at != text.npos; at = text.find(lost)) {
      text.replace(at, lost.size(), "\xEF\xBF\xBD");
    }
  }
  return text;
}

void ReadJunit(const Report& report, const std::string& text) {
  const XmlElement root = ReadXml(text);
  JunitCounts all{};
  std::multiset<std::string> messages;
  for (const XmlElement* suite : root.All("testsuite")) {
    const JunitCounts counts = ReadSuite(*suite);
    for (size_t i = 0; i < all.size(); ++i) all.at(i) += counts.at(i);
    for (const XmlElement* one : suite->All("testcase")) {
      for (const XmlElement* failure : one->All("failure")) {
        messages.insert(failure->attributes.at("message"));
      }
    }
  }
  // Jenkins' schema has none of the skipped for the root.
  for (size_t i = 0; i + 1 < kCounts.size(); ++i) {
    ExpectCount(root, kCounts.at(i), all.at(i));
  }
  const Diagnostics shown = lint::Shown(report);
  Expect(all[0] >= shown.size() + report.failures.size(), "lost cases");
  Expect(all[1] + all[2] >= report.failures.size(), "lost errors");
  for (const Diagnostic* one : shown) {
    const auto message = messages.find(InXml(Printable(one->finding.message)));
    if (message != messages.end()) messages.erase(message);
  }
  Expect(messages.empty(), "a failure nobody found");
}

// As the runner shows it: in one line that is no command of another agent's.
std::string InALog(std::string_view foreign) {
  return lint::WithoutLogCommands(Printable(foreign), lint::kSpacedNumberSign);
}

void ReadGithub(const Report& report, const std::string& text) {
  Expect(text.find("##[") == text.npos && text.find("##vso[") == text.npos,
         "a command of another agent");
  RepositoryPaths paths(report.repository);
  std::set<std::pair<std::string, std::string>> written;  // place and message
  for (const Diagnostic* one : lint::Shown(report)) {
    written.emplace(InALog(paths.Of(one->path)) + ":" +
                        std::to_string(one->range.start.line),
                    InALog(one->finding.message));
  }
  std::map<std::string, size_t> of_level;
  for (const std::string& line : LinesOf(text)) {
    const auto command = lint::ReadCommand(line);
    Expect(command.has_value(), "no command: " + line);
    const bool is_level = command->name == "error" ||
                          command->name == "warning" ||
                          command->name == "notice";
    Expect(is_level, "command: " + command->name);
    ++of_level[command->name];
    const auto& properties = command->properties;
    if (!properties.contains("line")) continue;  // unreadable, or "7 more"
    const std::string message =
        command->data.substr(0, command->data.find('\n'));
    Expect(written.contains(
               {properties.at("file") + ":" + properties.at("line"), message}),
           "says what was not written: " + line);
  }
  for (const auto& [level, count] : of_level) {
    Expect(count <= std::max<size_t>(11, report.failures.size() + 1),
           "too many of " + level);
  }
}

void ReadGitlab(const Report& report, const std::string& text) {
  static const std::set<std::string> kSeverities = {"info", "minor", "major",
                                                    "critical", "blocker"};
  const json read = json::parse(text);
  Expect(read.size() == lint::Shown(report).size() + report.failures.size(),
         "number of entries");
  std::set<std::string> fingerprints;
  for (const json& one : read) {
    Expect(one.at("description").is_string(), "description");
    Expect(!one.at("check_name").get<std::string>().empty(), "check_name");
    Expect(fingerprints.insert(one.at("fingerprint")).second, "fingerprint");
    Expect(kSeverities.contains(one.at("severity")), "severity");
    const std::string path = one.at("location").at("path");
    Expect(!path.empty() && !path.starts_with("./"), "path: " + path);
    Expect(one.at("location").at("lines").at("begin") >= 1, "line");
  }
}

void ReadRdjson(const Report& report, const std::string& text) {
  const json read = json::parse(text);
  const json& diagnostics = read.at("diagnostics");
  Expect(
      diagnostics.size() == lint::Shown(report).size() + report.failures.size(),
      "number of diagnostics");
  for (const json& one : diagnostics) {
    Expect(one.at("message").is_string(), "message");
    Expect(!one.at("location").at("path").get<std::string>().empty(), "path");
    if (!one.at("location").contains("range")) continue;
    const json& range = one.at("location").at("range");
    Expect(range.at("start").at("line") >= 1 &&
               range.at("start").at("column") >= 1,
           "range");
  }
}

// `text` without a rule's link and the sign that keeps a mention apart, and "?"
// for each reference ("&#64;").
std::string WithoutReferences(std::string text, const std::string& link) {
  if (const size_t at = text.find(link); at != text.npos) {
    text.erase(at, link.size());
  }
  constexpr std::string_view kApart = "<!-- -->";
  for (size_t at = text.find(kApart); at != text.npos; at = text.find(kApart)) {
    text.erase(at, kApart.size());
  }
  for (size_t at = text.find("&#"); at != text.npos; at = text.find("&#")) {
    const size_t end = text.find(';', at);
    Expect(end != text.npos, "an open reference: " + text);
    text.replace(at, end + 1 - at, "?");
  }
  return text;
}

void ReadRow(const Diagnostic& one, const std::string& row) {
  Expect(std::ranges::count(row, '|') == 6, "cells: " + row);
  const std::string rule(one.finding.rule);
  const std::string link = "[" + rule + "](" + lint::RuleUrl(rule) + ")";
  Expect(row.find(link) != row.npos, "no link: " + row);
  const std::string rest = WithoutReferences(row, link);
  Expect(rest.find_first_of("&<>\\`*_[]~$!#@") == rest.npos, "markup: " + row);
  Expect(rest.find("www.") == rest.npos, "a link: " + row);
}

void ReadMarkdown(const Report& report, const std::string& text) {
  Expect(text.size() < 1 << 20, "larger than GitHub takes");
  const Diagnostics shown = lint::WorstFirst(report);
  size_t rows = 0;
  for (const std::string& line : LinesOf(text)) {
    const bool is_head =
        line.starts_with("| severity |") || line.starts_with("|---");
    if (!line.starts_with('|') || is_head) {
      Expect(line.starts_with("###") || line.find('@') == line.npos,
             "a mention: " + line);
      continue;
    }
    Expect(rows < shown.size(), "a row too many: " + line);
    ReadRow(*shown[rows++], line);
  }
  constexpr size_t kWhole = 800'000;
  Expect(rows == shown.size() || text.size() > kWhole, "rows are missing");
}

std::string Tally(const json& results) {
  std::map<std::string, size_t> counts = {
      {"pass", 0}, {"fail", 0}, {"warn", 0}, {"error", 0}, {"skip", 0}};
  for (const json& one : results) {
    ++counts.at(one.at("result"));
    for (const json& property : one.value("properties", json::object())) {
      Expect(property.is_string(), "a property that is no string");
    }
  }
  return json(counts).dump();
}

void ReadPolicyReport(const Report& report, const std::string& text) {
  const json read = json::parse(text);
  size_t results = 0;
  for (const json& item : read.at("items")) {
    Expect(Tally(item.at("results")) == json(item.at("summary")).dump(),
           "summary: " + item.at("summary").dump());
    const bool is_cluster = item.at("kind") == "ClusterPolicyReport";
    Expect(is_cluster != item.at("metadata").contains("namespace"),
           "namespace");
    results += item.at("results").size();
  }
  const size_t least = report.diagnostics.size() + report.failures.size() +
                       report.not_run.size();
  Expect(results >= least && results <= least + report.objects.size(),
         "number of results");
}

using Reader = void (*)(const Report& report, const std::string& text);
constexpr std::array<std::pair<std::string_view, Reader>, 10> kReaders = {{
    {"full", ReadFull},
    {"concise", ReadConcise},
    {"json", ReadJson},
    {"sarif", ReadSarif},
    {"junit", ReadJunit},
    {"github", ReadGithub},
    {"gitlab", ReadGitlab},
    {"rdjson", ReadRdjson},
    {"markdown", ReadMarkdown},
    {"policyreport", ReadPolicyReport},
}};

}  // namespace

void ReadReport(std::string_view format, const Report& report,
                const std::string& text) {
  const auto reader = std::ranges::find(kReaders, format,
                                        &decltype(kReaders)::value_type::first);
  Expect(reader != kReaders.end(), "nobody reads " + std::string(format));
  try {
    ExpectHarmless(text);
    reader->second(report, text);
  } catch (const std::exception& error) {
    throw std::runtime_error(std::string(format) + ": " + error.what());
  }
}

}  // namespace meshvet::test

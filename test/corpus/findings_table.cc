#include "test/corpus/findings_table.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <stdexcept>

#include "test/support/run_binary.h"

namespace meshvet::test {
namespace {

using nlohmann::json;

std::string Finding(const std::string& file, size_t line,
                    const std::string& severity, const std::string& rule) {
  return file + ":" + std::to_string(line) + " " + severity + " " + rule;
}

Findings ReadReport(const std::string& text) {
  const json report = json::parse(text);
  Findings findings;
  for (const json& one : report.at("findings")) {
    findings.insert(Finding(one.at("file"),
                            one.at("range").at("start").at("line"),
                            one.at("severity"), one.at("rule")));
  }
  return findings;
}

// 1 where an error is among them, as --fail-on is `error` by default.
int ExitCode(const Findings& findings) {
  return std::ranges::any_of(findings, [](const std::string& finding) {
    return finding.find(" error ") != finding.npos;
  });
}

}  // namespace

Findings ReadFindings(const std::filesystem::path& file,
                      std::string_view name) {
  Findings findings;
  std::ifstream input(file);
  const std::string wanted = "[" + std::string(name) + "]";
  bool is_wanted = false;
  bool is_there = false;
  size_t number = 0;
  for (std::string text; std::getline(input, text);) {
    ++number;
    if (text.empty() || text.front() == '#') continue;
    if (text.front() == '[') {
      is_wanted = text.find(wanted) != text.npos;
      is_there = is_there || is_wanted;
      continue;
    }
    if (!is_wanted) continue;
    std::istringstream words(text);
    std::string path;
    size_t line = 0;
    std::string severity;
    std::string rule;
    std::string why;
    if (!(words >> path >> line >> severity >> rule >> why)) {
      throw std::runtime_error(
          file.string() + ":" + std::to_string(number) +
          ": expected file, line, severity, rule and a reason");
    }
    findings.insert(Finding(path, line, severity, rule));
  }
  if (!is_there) {
    throw std::runtime_error(file.string() + ": no part " + wanted);
  }
  return findings;
}

void ExpectNothingToLint(const std::filesystem::path& folder,
                         const std::string& arguments) {
  const Ran ran = RunBinary(folder, "lint " + arguments);
  EXPECT_EQ(ran.exit_code, 2) << arguments << ": " << ran.out;
  EXPECT_EQ(ran.out, "") << arguments;
  EXPECT_NE(ran.err, "") << arguments;
}

Findings Below(const Findings& findings, std::string_view folder) {
  Findings below;
  std::ranges::copy_if(
      findings, std::inserter(below, below.end()),
      [&](const std::string& finding) { return finding.starts_with(folder); });
  return below;
}

void ExpectFindings(const std::filesystem::path& folder,
                    const std::string& arguments, const Findings& expected) {
  SCOPED_TRACE("meshvet lint " + arguments);
  const Ran ran = RunBinary(folder, "lint -o json " + arguments);
  EXPECT_EQ(ran.exit_code, ExitCode(expected)) << ran.err;
  ASSERT_TRUE(json::accept(ran.out)) << ran.out << ran.err;
  const Findings actual = ReadReport(ran.out);
  Findings missed;
  Findings alarms;
  std::ranges::set_difference(expected, actual,
                              std::inserter(missed, missed.end()));
  std::ranges::set_difference(actual, expected,
                              std::inserter(alarms, alarms.end()));
  for (const std::string& finding : missed) {
    ADD_FAILURE() << "expected and not found: " << finding;
  }
  for (const std::string& finding : alarms) {
    ADD_FAILURE() << "found and not expected: " << finding;
  }
}

}  // namespace meshvet::test

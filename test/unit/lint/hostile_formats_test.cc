// Names that a stranger chose never leave their field, in any format.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>

#include "lint/report/printable.h"
#include "lint/report/report_format.h"
#include "test/support/workflow_command.h"
#include "test/support/xml_reader.h"
#include "test/unit/lint/a_report.h"

namespace meshvet::lint {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::Not;

// As a double-quoted YAML scalar, and what it stands for. No '/', for it is
// part of a file's name, too.
struct Name {
  const char* yaml;
  std::string text;
};

const std::array<Name, 16>& Names() {
  static const std::array<Name, 16> kNames = {{
      {R"("::error::owned")", "::error::owned"},
      {R"("x\n::error file=a::owned")", "x\n::error file=a::owned"},
      {R"("x\r\n::set-output name=a::b")", "x\r\n::set-output name=a::b"},
      {R"("##[error]owned")", "##[error]owned"},
      {R"("###[add-mask]x")", "###[add-mask]x"},
      {R"("##vso[task.complete result=Failed;]")",
       "##vso[task.complete result=Failed;]"},
      {R"("]]><failure/>")", "]]><failure/>"},
      {R"("'\"&lt;<!--")", "'\"&lt;<!--"},
      {R"("\e[2J\e]0;owned\a")", "\x1b[2J\x1b]0;owned\x07"},
      {R"("\x9b31m")",
       "\xC2\x9B"
       "31m"},
      {R"("a\u202egpj.\u2066b")",
       "a\xE2\x80\xAEgpj.\xE2\x81\xA6"
       "b"},
      {R"("\u2028|\u0085|\ufeff")", "\xE2\x80\xA8|\xC2\x85|\xEF\xBB\xBF"},
      {R"y("a | b `c` | [d](javascript:e)")y", "a | b `c` | [d](javascript:e)"},
      {R"("<img src=x> @org #1 $x$ www.a.b")",
       "<img src=x> @org #1 $x$ www.a.b"},
      {R"("%0A%3A%2C,title=x:y%")", "%0A%3A%2C,title=x:y%"},
      {R"("a\\\"}],\"x\":[{")", "a\\\"}],\"x\":[{"},
  }};
  return kNames;
}

// The name is an object's, a kind's (so a message quotes it) and a file's.
AReport& Fill(AReport& report, const Name& name) {
  std::string file = name.text;
  std::erase(file, '/');
  return report.File(file + ".yaml", UnknownKind(name.yaml, name.yaml));
}

// Bytes that a terminal obeys or that turn the text around it.
void CheckBytes(const std::string& text, const std::string& about) {
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    EXPECT_TRUE((byte >= 0x20 && byte != 0x7F) || c == '\n')
        << about << ": byte " << int{byte};
  }
  for (const char* hidden : {"\xC2\x9B", "\xC2\x85", "\xE2\x80\xAE",
                             "\xE2\x81\xA6", "\xE2\x80\xA8", "\xEF\xBB\xBF"}) {
    EXPECT_THAT(text, Not(HasSubstr(hidden))) << about;
  }
}

// Text for people is fenced where a runner listens, so all lines of it count.
void CheckLines(const ReportFormat& format, const std::string& text,
                const std::string& about) {
  if (format.is_text) return;
  EXPECT_THAT(text, Not(HasSubstr("##["))) << about;
  EXPECT_THAT(text, Not(HasSubstr("##vso["))) << about;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    const auto command = ReadCommand(line);
    EXPECT_EQ(command.has_value(), format.name == "github")
        << about << ": " << line;
    if (!command) continue;
    EXPECT_EQ(command->name, "error") << about;
    EXPECT_EQ(command->properties.size(), 6U) << about;
    EXPECT_EQ(command->properties.at("title"), "unknown-kind") << about;
  }
}

// The messages of a report, by whoever reads it.
std::string MessageIn(std::string_view format, const std::string& text) {
  if (format == "junit") {
    const test::XmlElement root = test::ReadXml(text);
    const test::XmlElement& one = root.children.at(0).children.at(0);
    return one.children.at(0).attributes.at("message");
  }
  if (format == "github") {
    const std::string data = ReadCommand(text)->data;
    return data.substr(0, data.find('\n'));
  }
  const json report = json::parse(text);
  if (format == "json") return report["findings"][0]["message"];
  if (format == "sarif") {
    return report["runs"][0]["results"][0]["message"]["text"];
  }
  if (format == "gitlab") return report[0]["description"];
  if (format == "rdjson") return report["diagnostics"][0]["message"];
  return report["items"][0]["results"][0]["message"];
}

// What the reader must get: the name as it can be shown, with the few changes
// that a format's own reader makes necessary.
std::string Expected(std::string_view format, const Name& name) {
  if (format == "json") return name.text;
  std::string shown = Printable(name.text);
  const auto replace = [&shown](std::string_view from, std::string_view to) {
    for (size_t at = shown.find(from); at != shown.npos;
         at = shown.find(from, at + to.size())) {
      shown.replace(at, from.size(), to);
    }
  };
  if (format == "sarif") replace("](", "] (");
  if (format == "github") {
    replace("##[", "# #[");
    replace("##vso[", "# #vso[");
  }
  return shown;
}

TEST(HostileNames, StayInTheirFieldInEveryFormat) {
  for (const Name& name : Names()) {
    AReport report;
    Fill(report, name);
    for (const ReportFormat& format : ReportFormats()) {
      const std::string about =
          std::string(format.name) + " of " + Printable(name.text);
      ReportStyle style;
      style.sarif.category = name.text;
      const std::string text = report.As(format.name, style);
      CheckBytes(text, about);
      CheckLines(format, text, about);
      if (format.is_text) continue;
      EXPECT_THAT(MessageIn(format.name, text),
                  HasSubstr("has no kind " + Expected(format.name, name)))
          << about;
    }
  }
}

// A row of a table has its five cells, and nothing in them is markup.
TEST(HostileNames, StayInTheirCellInMarkdown) {
  for (const Name& name : Names()) {
    AReport report;
    const std::string text = Fill(report, name).As("markdown");
    const size_t start = text.find("| error |");
    ASSERT_NE(start, text.npos) << text;
    std::string row = text.substr(start, text.find('\n', start) - start);
    EXPECT_EQ(std::ranges::count(row, '|'), 6) << row;
    const std::string link =
        "[unknown-kind](https://meshvet.dev/docs/rules/unknown-kind.md)";
    ASSERT_THAT(row, HasSubstr(link));
    row.erase(row.find(link), link.size());
    for (size_t at = row.find("<!-- -->"); at != row.npos;
         at = row.find("<!-- -->")) {
      row.erase(at, 8);
    }
    EXPECT_EQ(row.find_first_of("<>`[]\\*_@~$!"), row.npos) << row;
    EXPECT_EQ(row.find("www."), row.npos) << row;
  }
}

}  // namespace
}  // namespace meshvet::lint

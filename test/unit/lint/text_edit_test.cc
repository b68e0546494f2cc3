// Fixes as edits of their files: whoever applies what a report says, by its own
// way of counting, gets the file that `meshvet fix` would write.

#include "lint/report/text_edit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lint/report/report_format.h"
#include "mesh/json_patch.h"
#include "test/unit/lint/a_report.h"
#include "yaml/edit.h"
#include "yaml/parse.h"

namespace meshvet::lint {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

const std::string kEntry =
    "apiVersion: networking.istio.io/v1\n"
    "kind: WorkloadEntry\n"
    "metadata: {name: vm, namespace: shop}  # \xC3\xA9 \xF0\x9F\x9A\x80\n"
    "spec:\n"
    "  address: 10.0.0.1\n"
    "  labels:\n"
    "    service.istio.io/canonical-name: vm  # its name\n"
    "    service.istio.io/canonical-revision: v1  # which one\n";

// A service whose port speaks TLS, and a rule that speaks it once more.
const std::string kTwice =
    "apiVersion: v1\nkind: Service\nmetadata: {name: pay, namespace: shop}\n"
    "spec:\n  ports: [{name: https, port: 443}]\n---\n"
    "apiVersion: networking.istio.io/v1\nkind: DestinationRule\n"
    "metadata: {name: pay, namespace: shop}\nspec:\n"
    "  host: pay.shop.svc.cluster.local\n"
    "  trafficPolicy:\n    tls: {mode: SIMPLE, sni: pay}\n";

std::string Replace(std::string text, std::string_view from,
                    std::string_view to) {
  for (size_t at = 0; (at = text.find(from, at)) != text.npos; at += to.size())
    text.replace(at, from.size(), to);
  return text;
}

std::string Indented(const std::string& text) {
  return "  " + Replace(text.substr(0, text.size() - 1), "\n", "\n  ") + "\n";
}

std::string InAList(const std::string& object) {
  std::string item = Indented(object);
  item.replace(0, 2, "- ");
  return "apiVersion: v1\nkind: List\nitems:\n" + item;
}

yaml::TextEdit Bytes(size_t begin, size_t end, std::string text) {
  return {begin, end - begin, std::move(text)};
}

// The byte of a place as an editor finds it: `width` says how many columns the
// character has that a byte begins.
template <typename Width>
size_t ByteAt(const std::string& text, size_t line, size_t column,
              const Width& width) {
  size_t at = text.starts_with("\xEF\xBB\xBF") ? 3 : 0;
  while (line > 1) {
    at = text.find('\n', at) + 1;
    --line;
  }
  for (size_t seen = 1; seen < column; ++at) seen += width(text[at]);
  // In the middle of a character no edit begins.
  while (at < text.size() && (text[at] & 0xC0) == 0x80) ++at;
  return at;
}

size_t Utf8Width(char) { return 1; }

size_t Utf16Width(char byte) {
  const auto value = static_cast<uint8_t>(byte);
  if ((value & 0xC0U) == 0x80U) return 0;
  return value >= 0xF0U ? 2 : 1;
}

std::string ByRdjson(const std::string& text, const json& diagnostic) {
  const json& suggestion = diagnostic["suggestions"][0];
  const auto byte = [&](const char* end) {
    const json& at = suggestion["range"][end];
    return ByteAt(text, at["line"], at["column"], Utf8Width);
  };
  return yaml::Apply(text,
                     {Bytes(byte("start"), byte("end"), suggestion["text"])});
}

std::string BySarif(const std::string& text, const json& result) {
  std::vector<yaml::TextEdit> edits;
  for (const json& replacement :
       result["fixes"][0]["artifactChanges"][0]["replacements"]) {
    const json& at = replacement["deletedRegion"];
    const size_t start_line = at["startLine"];
    edits.push_back(
        Bytes(ByteAt(text, start_line, at["startColumn"], Utf16Width),
              ByteAt(text, at.value("endLine", start_line), at["endColumn"],
                     Utf16Width),
              replacement["insertedContent"]["text"]));
  }
  return yaml::Apply(text, edits);
}

std::string ByJson(const std::string& text, const json& finding) {
  std::vector<yaml::TextEdit> edits;
  for (const json& edit : finding["fixes"][0]["edits"]) {
    edits.push_back(Bytes(edit["range"]["start"]["offset"],
                          edit["range"]["end"]["offset"], edit["text"]));
  }
  return yaml::Apply(text, edits);
}

json As(const Report& report, std::string_view format) {
  return json::parse(FindFormat(format)->write(report, {}));
}

// How many fixes of `text` were applied, each by three readers.
size_t ApplyAll(const std::string& text) {
  SCOPED_TRACE(text);
  AReport files;
  files.File("a.yaml", text);
  const Report report = files.Make();
  const json findings = As(report, "json")["findings"];
  const json results = As(report, "sarif")["runs"][0]["results"];
  const json diagnostics = As(report, "rdjson")["diagnostics"];
  const yaml::Stream before = yaml::Parse(text, {});
  size_t applied = 0;
  for (size_t i = 0; i < report.diagnostics.size(); ++i) {
    const Diagnostic& one = report.diagnostics[i];
    if (one.finding.fix.empty()) continue;
    ++applied;
    const std::string edited = ByJson(text, findings[i]);
    const auto wanted =
        ApplyPatch(before.documents[one.document].root(), DocumentPatch(one));
    const yaml::Stream after = yaml::Parse(edited, {});
    EXPECT_TRUE(wanted && after.documents.size() == before.documents.size());
    EXPECT_TRUE(after.documents[one.document].root() == wanted->root())
        << edited;
    EXPECT_EQ(ByRdjson(text, diagnostics[i]), edited);
    EXPECT_EQ(BySarif(text, results[i]), edited);
  }
  return applied;
}

TEST(FindEdits, AreWhatEveryReaderAppliesAlike) {
  const std::string both = kEntry + "---\n" + kTwice;
  for (const std::string& text :
       {both, Replace(both, "\n", "\r\n"), "\xEF\xBB\xBF" + both,
        both.substr(0, both.size() - 1), InAList(kEntry) + "---\n" + kTwice}) {
    EXPECT_GE(ApplyAll(text), 3U);
  }
}

const Diagnostic& FindingOf(const Report& report, std::string_view rule) {
  return *std::ranges::find_if(report.diagnostics, [&](const Diagnostic& one) {
    return one.finding.rule == rule;
  });
}

TEST(FindEdits, LeaveEverythingElseAsItIs) {
  AReport files;
  files.File("a.yaml", kEntry);
  const Report report = files.Make();
  const Diagnostic& missing = FindingOf(report, "workload-entry-missing-label");
  ASSERT_THAT(EditsOf(missing), Not(IsEmpty()));
  const TextEdit edit = *OneEditOf(missing);
  EXPECT_EQ(edit.range.start, edit.range.end);
  EXPECT_EQ(edit.text, "\n    app: vm");
}

TEST(FindEdits, AreNoneWhereTheTextIsShared) {
  const std::string shared =
      "apiVersion: networking.istio.io/v1\nkind: WorkloadEntry\n"
      "metadata:\n  name: vm\n  namespace: shop\n"
      "  labels: &l {service.istio.io/canonical-name: vm}\n"
      "spec: {address: 10.0.0.1, labels: *l}\n";
  AReport files;
  files.File("a.yaml", shared);
  const Report report = files.Make();
  const Diagnostic& missing = FindingOf(report, "workload-entry-missing-label");
  EXPECT_THAT(missing.finding.fix, Not(IsEmpty()));
  EXPECT_THAT(EditsOf(missing), IsEmpty());
  EXPECT_FALSE(OneEditOf(missing));
  const json finding = As(report, "json")["findings"];
  EXPECT_THAT(finding.dump(), HasSubstr("\"edits\":[]"));
}

// Each edit reads all of a list, so their work would be the square of it.
TEST(FindEdits, ComeToAnEndInHugeDocuments) {
  std::string text = "apiVersion: v1\nkind: List\nitems:\n";
  const std::string item =
      "- apiVersion: networking.istio.io/v1\n"
      "  kind: VirtualServce\n"
      "  metadata: {name: a, namespace: shop}\n"
      "  spec: " +
      std::string(3000, 'x') + "\n";
  for (int i = 0; i < 300; ++i) text += item;
  AReport files;
  files.File("a.yaml", text);
  const Report report = files.Make();
  ASSERT_GE(report.diagnostics.size(), 300U);
  EXPECT_THAT(EditsOf(report.diagnostics.front()),
              ElementsAre(Field(&TextEdit::text, "VirtualService")));
  EXPECT_THAT(EditsOf(report.diagnostics.back()),
              ElementsAre(Field(&TextEdit::text, "\"VirtualService\"")));
}

TEST(OneEditOf, HoldsWhatStandsBetween) {
  auto file = std::make_shared<SourceFile>("a.yaml", "abcdefgh");
  const auto at = [](size_t begin, size_t end) {
    return yaml::Range{{1, static_cast<uint32_t>(begin + 1), begin},
                       {1, static_cast<uint32_t>(end + 1), end}};
  };
  Diagnostic one;
  one.file = file;
  one.edits = {{at(1, 2), "B"}, {at(3, 3), "-"}, {at(6, 7), ""}};
  const auto edit = OneEditOf(one);
  ASSERT_TRUE(edit);
  EXPECT_EQ(edit->range, at(1, 7));
  EXPECT_EQ(edit->text, "Bc-def");
  one.text_fix = TextEdit{at(0, 1), "A"};
  EXPECT_EQ(OneEditOf(one)->text, "A");
}

}  // namespace
}  // namespace meshvet::lint

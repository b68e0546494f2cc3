// SARIF, GitLab's Code Quality, rdjson and PolicyReports: what their readers
// ask for. That SARIF fits its schema is `make formats-check`.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "lint/report/gitlab_report.h"
#include "lint/report/policyreport_report.h"
#include "lint/report/rdjson_report.h"
#include "lint/report/sarif_report.h"
#include "test/unit/lint/a_report.h"

namespace meshvet::lint {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::Not;

// The kind stands after characters of two, three and four bytes.
constexpr const char* kBeyondAscii =
    "{\"\xC3\xA9\xE6\x97\xA5\xF0\x9F\x98\x80\": 1, "
    "apiVersion: networking.istio.io/v1, kind: Gatway, "
    "metadata: {name: a, namespace: shop}}\n";

json Parsed(const AReport& report, std::string_view format,
            const ReportStyle& style = {}) {
  return json::parse(report.As(format, style));
}

json SarifRun(const AReport& report, const SarifStyle& style = {}) {
  return Parsed(report, "sarif", {{}, style})["runs"][0];
}

TEST(Sarif, HasWhatCodeScanningAsksFor) {
  AReport report;
  report.File("deploy/a b.yaml", UnknownKind("Gatway", "a"));
  const json run = SarifRun(report);
  EXPECT_EQ(run["columnKind"], "utf16CodeUnits");
  EXPECT_EQ(run["automationDetails"]["id"], "meshvet/");
  const json& result = run["results"][0];
  const json& place = result["locations"][0]["physicalLocation"];
  EXPECT_EQ(place["artifactLocation"]["uri"], "deploy/a%20b.yaml");
  EXPECT_EQ(place["region"], json::parse(R"({"startLine": 2, "startColumn": 7,
                                     "endLine": 2, "endColumn": 13})"));
  EXPECT_EQ(result["level"], "error");
  EXPECT_FALSE(result.contains("suppressions"));
  const json& prints = result["partialFingerprints"];
  EXPECT_EQ(prints["meshvet/v1"].get<std::string>().size(), 32U);
  EXPECT_THAT(prints["primaryLocationLineHash"].get<std::string>(),
              ::testing::MatchesRegex("[0-9a-f]+:1"));
  const json& rule =
      run["tool"]["driver"]["rules"][result["ruleIndex"].get<size_t>()];
  EXPECT_EQ(rule["id"], "unknown-kind");
  for (const char* text : {"shortDescription", "fullDescription", "help"}) {
    EXPECT_FALSE(rule[text]["text"].get<std::string>().empty()) << text;
  }
  EXPECT_THAT(rule["help"]["markdown"].get<std::string>(),
              HasSubstr("## Wrong"));
  EXPECT_EQ(rule["helpUri"], "https://meshvet.dev/docs/rules/unknown-kind.md");
}

TEST(Sarif, OfACleanRunStillHasResults) {
  AReport report;
  report.File("a.yaml", Service("s"));
  const json run = SarifRun(report);
  EXPECT_EQ(run["results"], json::array());
  EXPECT_EQ(run["tool"]["driver"]["rules"], json::array());
  EXPECT_EQ(run["invocations"][0]["executionSuccessful"], true);
}

TEST(Sarif, CountsColumnsInUtf16AndOffersTheFix) {
  AReport report;
  report.File("a.yaml", kBeyondAscii);
  const json result = SarifRun(report)["results"][0];
  const json& region = result["locations"][0]["physicalLocation"]["region"];
  EXPECT_EQ(region["startColumn"], 55);  // 54 characters, one of them a pair
  const json& replacement =
      result["fixes"][0]["artifactChanges"][0]["replacements"][0];
  EXPECT_EQ(replacement["deletedRegion"], region);
  EXPECT_EQ(replacement["insertedContent"]["text"], "Gateway");
}

TEST(Sarif, WritesSuppressedFindingsWhenAskedTo) {
  AReport report;
  report.File("a.yaml", UnknownKind("Gatway", "a"));
  Report made = report.Make();
  made.diagnostics[0].finding.suppressed = "agreed\x1b[2J";
  const auto results = [&](bool include) {
    const SarifStyle style{include, "nightly"};
    return json::parse(WriteSarif(made, style))["runs"][0];
  };
  EXPECT_EQ(results(false)["results"].size(), 0U);
  const json run = results(true);
  EXPECT_EQ(run["automationDetails"]["id"], "meshvet/nightly/");
  EXPECT_EQ(run["results"][0]["suppressions"][0]["justification"],
            "agreed\\x1b[2J");
}

TEST(Sarif, SaysWhoSilencesAFinding) {
  AReport report;
  report.File("a.yaml", "# meshvet:ignore unknown-kind -- old\n" +
                            UnknownKind("Gatway", "a"));
  report.File("b.yaml", UnknownKind("Gatway", "b"));
  Report made = report.Make();
  ASSERT_EQ(made.diagnostics.size(), 2U);
  made.baselined.push_back(made.diagnostics[1]);
  made.diagnostics.pop_back();
  const json run =
      json::parse(WriteSarif(made, SarifStyle{true, ""}))["runs"][0];
  ASSERT_EQ(run["results"].size(), 2U);
  const json& comment = run["results"][0]["suppressions"][0];
  EXPECT_EQ(comment["kind"], "inSource");
  EXPECT_EQ(comment["justification"], "old");
  EXPECT_EQ(comment["location"]["physicalLocation"]["region"]["startLine"], 1);
  const json& known = run["results"][1]["suppressions"][0];
  EXPECT_EQ(known["kind"], "external");
  made.diagnostics.clear();
  EXPECT_EQ(
      json::parse(WriteSarif(made, SarifStyle{}))["runs"][0]["results"].size(),
      0U);
}

TEST(Sarif, SaysWhatWasNotReadOrJudged) {
  AReport report;
  report.File("a.yaml", "a: 1\n").File("b.yaml", Service("s"));
  report.Path("/proc/self/mem");
  const json invocation = SarifRun(report)["invocations"][0];
  EXPECT_EQ(invocation["executionSuccessful"], false);
  std::string all;
  for (const json& note : invocation["toolExecutionNotifications"]) {
    all += note["level"].get<std::string>() + " " +
           note["message"]["text"].get<std::string>() + "\n";
  }
  EXPECT_THAT(all, HasSubstr("error /proc/self/mem: Input/output error\n"));
  EXPECT_THAT(all, HasSubstr("note skipped "));
}

TEST(Sarif, HoldsNoMoreResultsThanGitHubTakesAndThoseAreTheWorst) {
  AReport report;
  report.File("a.yaml", Service("s"));
  Report made = report.Make();
  Diagnostic one;
  one.finding.rule = "unknown-kind";
  one.path = "a.yaml";
  one.finding.severity = rules::Severity::kInfo;
  made.diagnostics.assign(25'001, one);
  made.diagnostics.back().finding.severity = rules::Severity::kError;
  const json run = json::parse(WriteSarif(made, {}))["runs"][0];
  EXPECT_EQ(run["results"].size(), 25'000U);
  EXPECT_EQ(run["results"].back()["level"], "error");
  EXPECT_THAT(run["invocations"].dump(), HasSubstr("1 results left out"));
}

TEST(Sarif, PointsAtTheOtherPlace) {
  AReport report;
  report.File("a.yaml", Service("s"))
      .File("b.yaml", "# \xF0\x9F\x98\x80\n" + Service("s"));
  const json related = SarifRun(report)["results"][0]["relatedLocations"][0];
  EXPECT_EQ(related["id"], 1);
  EXPECT_EQ(related["message"]["text"], "first defined here");
  EXPECT_EQ(related["physicalLocation"]["artifactLocation"]["uri"], "a.yaml");
}

TEST(GitLab, EveryEntryHasEveryFieldAndAFingerprintOfItsOwn) {
  AReport report;
  const std::string gateway = UnknownKind("Gatway", "a");
  report.File("b.yaml", gateway + "---\n" + gateway).Path("/proc/self/mem");
  const json entries = Parsed(report, "gitlab");
  EXPECT_GE(entries.size(), 3U);
  const std::set<std::string> severities = {"info", "minor", "major",
                                            "critical", "blocker"};
  std::set<std::string> fingerprints;
  for (const json& entry : entries) {
    EXPECT_FALSE(entry["description"].get<std::string>().empty());
    EXPECT_FALSE(entry["check_name"].get<std::string>().empty());
    EXPECT_TRUE(severities.contains(entry["severity"].get<std::string>()));
    EXPECT_THAT(entry["location"]["path"].get<std::string>(),
                Not(::testing::StartsWith("./")));
    EXPECT_GE(entry["location"]["lines"]["begin"].get<int>(), 1);
    EXPECT_TRUE(
        fingerprints.insert(entry["fingerprint"].get<std::string>()).second)
        << entry;
  }
}

TEST(GitLab, FingerprintsDoNotMoveWithTheLine) {
  AReport here;
  here.File("a.yaml", UnknownKind("Gatway", "a"));
  AReport lower;
  lower.File("a.yaml", "\n\n" + UnknownKind("Gatway", "a"));
  const json first = Parsed(here, "gitlab")[0];
  const json second = Parsed(lower, "gitlab")[0];
  EXPECT_EQ(first["fingerprint"], second["fingerprint"]);
  EXPECT_NE(first["location"]["lines"], second["location"]["lines"]);
}

TEST(GitLab, OfACleanRunIsAnEmptyArray) {
  AReport report;
  report.File("a.yaml", Service("s"));
  EXPECT_EQ(report.As("gitlab"), "[]\n");
}

TEST(Rdjson, CountsColumnsInBytesAndSuggestsTheFix) {
  AReport report;
  report.File("a.yaml", kBeyondAscii);
  const json one = Parsed(report, "rdjson")["diagnostics"][0];
  const int column =
      1 + static_cast<int>(std::string(kBeyondAscii).find("Gatway"));
  EXPECT_EQ(one["location"]["path"], "a.yaml");
  EXPECT_EQ(one["location"]["range"]["start"],
            json({{"line", 1}, {"column", column}}));
  EXPECT_EQ(one["location"]["range"]["end"],
            json({{"line", 1}, {"column", column + 6}}));
  EXPECT_EQ(one["severity"], "ERROR");
  EXPECT_EQ(one["code"]["value"], "unknown-kind");
  EXPECT_EQ(one["suggestions"][0]["range"], one["location"]["range"]);
  EXPECT_EQ(one["suggestions"][0]["text"], "Gateway");
}

TEST(PolicyReport, IsOneForEachNamespaceAndItsSummaryAddsUp) {
  AReport report;
  report.File("a.yaml", UnknownKind("Gatway", "a") + "---\n" + Service("s"))
      .File("b.yaml",
            "apiVersion: v1\nkind: Service\nmetadata: {name: t, "
            "namespace: \"No Namespace\"}\n")
      .Path("/proc/self/mem");
  const json list = Parsed(report, "policyreport");
  EXPECT_EQ(list["kind"], "List");
  ASSERT_EQ(list["items"].size(), 2U);
  EXPECT_EQ(list["items"][0]["kind"], "ClusterPolicyReport");
  EXPECT_EQ(list["items"][1]["kind"], "PolicyReport");
  EXPECT_EQ(list["items"][1]["metadata"]["namespace"], "shop");
  for (const json& one : list["items"]) {
    std::map<std::string, int> counted;
    for (const json& result : one["results"]) {
      ++counted[result["result"].get<std::string>()];
      EXPECT_FALSE(result["policy"].get<std::string>().empty());
      for (const auto& property : result.value("properties", json::object())) {
        EXPECT_TRUE(property.is_string()) << result;
      }
    }
    for (const auto& [outcome, number] : one["summary"].items()) {
      EXPECT_EQ(counted[outcome], number) << outcome << " of " << one;
    }
  }
  EXPECT_EQ(list["items"][1]["summary"]["fail"], 1);
  EXPECT_EQ(list["items"][1]["summary"]["pass"], 1);
  EXPECT_EQ(list["items"][0]["summary"]["error"], 1);
}

}  // namespace
}  // namespace meshvet::lint

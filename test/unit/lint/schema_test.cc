// Reports are what their schema says.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "lint/linter.h"
#include "lint/report/json_report.h"
#include "test/support/schema_validator.h"
#include "test/support/temp_folder.h"

namespace meshvet::lint {
namespace {

using test::TempFolder;
using Validator = test::SchemaValidator;

using nlohmann::json;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

json MakeReport() {
  const TempFolder folder;
  folder.Put("a.yaml",
             "apiVersion: networking.istio.io/v1\nkind: Gatway\n"
             "metadata: {name: \"\xE6\x97\xA5\"}\n---\na: [\n---\nb: 1\n");
  folder.Put("b.yaml",
             "apiVersion: v1\nkind: Service\nmetadata: {name: s}\n---\n"
             "apiVersion: v1\nkind: Service\nmetadata: {name: s}\n---\n"
             "apiVersion: networking.istio.io/v1\nkind: VirtualService\n"
             "metadata: {name: v, namespace: x}\nspec: {hosts: [h.y], http: "
             "[{route: [{destination: {host: h.y.svc.cluster.local}}]}]}\n");
  folder.Put("c.yaml",
             "# meshvet:ignore-file unknown-kind, duplicate-key -- why\n"
             "apiVersion: networking.istio.io/v1\nkind: Gatway\n"
             "metadata: {name: a}\n");
  folder.Put(".hidden.yaml", "");
  LintRequest request;
  request.paths = {folder.path(), "/proc/self/mem"};
  request.policy =
      std::make_shared<const rules::Policy>(rules::RecommendedPolicy());
  const Result<Report> report = Lint(request);
  EXPECT_TRUE(report.ok());
  return json::parse(WriteJson(*report));
}

TEST(Schema, AReportWithEverythingInItFits) {
  const json schema = json::parse(ReportSchema());
  const json report = MakeReport();
  EXPECT_THAT(Validator(schema).Check(report), IsEmpty());
  EXPECT_FALSE(report["findings"].empty());
  EXPECT_THAT(
      report["findings"].dump(),
      AllOf(HasSubstr("\"form\":\"comment\""), HasSubstr("\"operations\":[]")));
  EXPECT_FALSE(report["skipped"]["files"].empty());
  EXPECT_FALSE(report["skipped"]["documents"].empty());
  EXPECT_FALSE(report["failures"].empty());
}

TEST(Schema, RefusesWhatIsNoReport) {
  const json schema = json::parse(ReportSchema());
  json report = MakeReport();
  report["findings"][0]["severity"] = "grave";
  report["findings"][0]["range"]["start"]["line"] = 0;
  report["extra"] = 1;
  report.erase("summary");
  const auto complaints = Validator(schema).Check(report);
  EXPECT_THAT(complaints, Contains(HasSubstr("enum")));
  EXPECT_THAT(complaints, Contains(HasSubstr("minimum")));
  EXPECT_THAT(complaints, Contains(HasSubstr("unknown extra")));
  EXPECT_THAT(complaints, Contains(HasSubstr("lacks \"summary\"")));
}

}  // namespace
}  // namespace meshvet::lint

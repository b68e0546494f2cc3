// Reports are what their schema says: a validator for the keywords the schema
// uses, and for no others.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "lint/json_report.h"
#include "lint/linter.h"
#include "test/support/temp_folder.h"

namespace meshvet::lint {
namespace {

using test::TempFolder;

using nlohmann::json;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class Validator {
 public:
  explicit Validator(const json& schema) : schema_(schema) {}

  std::vector<std::string> Check(const json& value) {
    Check(value, schema_, "");
    return complaints_;
  }

 private:
  void Complain(const std::string& at, const std::string& what) {
    complaints_.push_back(at + ": " + what);
  }

  static bool HasType(const json& value, const std::string& type) {
    if (type == "object") return value.is_object();
    if (type == "array") return value.is_array();
    if (type == "string") return value.is_string();
    if (type == "integer") return value.is_number_integer();
    if (type == "number") return value.is_number();
    return type == "null" && value.is_null();
  }

  void CheckType(const json& value, const json& type, const std::string& at) {
    bool fits = false;
    for (const json& one : type.is_array() ? type : json::array({type})) {
      fits |= HasType(value, one.get<std::string>());
    }
    if (!fits) Complain(at, "is no " + type.dump());
  }

  void CheckAnyOf(const json& value, const json& options,
                  const std::string& at) {
    for (const json& option : options) {
      Validator one(schema_);
      one.Check(value, option, at);
      if (one.complaints_.empty()) return;
    }
    Complain(at, "fits none of anyOf");
  }

  void CheckObject(const json& value, const json& schema,
                   const std::string& at) {
    if (!value.is_object()) return;
    for (const json& key : schema.value("required", json::array())) {
      if (!value.contains(key.get<std::string>())) {
        Complain(at, "lacks " + key.dump());
      }
    }
    const json properties = schema.value("properties", json::object());
    for (const auto& [key, member] : value.items()) {
      if (properties.contains(key)) {
        Check(member, properties[key], at + "/" + key);
      } else if (!schema.value("additionalProperties", true)) {
        Complain(at, "has an unknown " + key);
      }
    }
  }

  void CheckKeyword(const std::string& keyword, const json& wanted,
                    const json& value, const std::string& at) {
    if (keyword == "type") return CheckType(value, wanted, at);
    if (keyword == "anyOf") return CheckAnyOf(value, wanted, at);
    if (keyword == "const" && value != wanted) Complain(at, "const");
    if (keyword == "enum" && !std::ranges::count(wanted, value)) {
      Complain(at, value.dump() + " is not in enum");
    }
    if (keyword == "minimum" && value < wanted) Complain(at, "minimum");
    if (keyword == "minItems" && value.size() < wanted)
      Complain(at, "minItems");
    if (keyword == "pattern" && value.is_string() &&
        !std::regex_search(value.get<std::string>(),
                           std::regex(wanted.get<std::string>()))) {
      Complain(at, value.dump() + " does not match");
    }
    if (keyword == "items") {
      size_t index = 0;
      for (const json& item : value) {
        Check(item, wanted, at + "/" + std::to_string(index++));
      }
    }
    if (keyword == "$ref") {
      const std::string name = wanted.get<std::string>().substr(8);  // #/$defs/
      Check(value, schema_["$defs"][name], at);
    }
  }

  void Check(const json& value, const json& schema, const std::string& at) {
    static const std::set<std::string> kKnown = {
        "$schema",    "$id",
        "$defs",      "$ref",
        "title",      "description",
        "type",       "required",
        "properties", "additionalProperties",
        "items",      "const",
        "enum",       "minimum",
        "minItems",   "pattern",
        "anyOf"};
    for (const auto& [keyword, wanted] : schema.items()) {
      if (!kKnown.contains(keyword)) Complain(at, "unknown keyword " + keyword);
      CheckKeyword(keyword, wanted, value, at);
    }
    CheckObject(value, schema, at);
  }

  const json& schema_;
  std::vector<std::string> complaints_;
};

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

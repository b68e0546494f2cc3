// File: test/support/schema_validator.h
//
// A validator for the keywords of JSON Schema that our schemas use, and for no
// others.

#ifndef MESHVET_TEST_SUPPORT_SCHEMA_VALIDATOR_H_
#define MESHVET_TEST_SUPPORT_SCHEMA_VALIDATOR_H_

#include <algorithm>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>
#include <string>
#include <vector>

namespace meshvet::test {

class SchemaValidator {
 public:
  explicit SchemaValidator(const nlohmann::json& schema) : schema_(schema) {}

  std::vector<std::string> Check(const nlohmann::json& value) {
    Check(value, schema_, "");
    return complaints_;
  }

 private:
  void Complain(const std::string& at, const std::string& what) {
    complaints_.push_back(at + ": " + what);
  }

  static bool HasType(const nlohmann::json& value, const std::string& type) {
    if (type == "object") return value.is_object();
    if (type == "array") return value.is_array();
    if (type == "string") return value.is_string();
    if (type == "integer") return value.is_number_integer();
    if (type == "number") return value.is_number();
    if (type == "boolean") return value.is_boolean();
    return type == "null" && value.is_null();
  }

  void CheckType(const nlohmann::json& value, const nlohmann::json& type,
                 const std::string& at) {
    bool fits = false;
    for (const nlohmann::json& one :
         type.is_array() ? type : nlohmann::json::array({type})) {
      fits |= HasType(value, one.get<std::string>());
    }
    if (!fits) Complain(at, "is no " + type.dump());
  }

  void CheckAnyOf(const nlohmann::json& value, const nlohmann::json& options,
                  const std::string& at) {
    for (const nlohmann::json& option : options) {
      SchemaValidator one(schema_);
      one.Check(value, option, at);
      if (one.complaints_.empty()) return;
    }
    Complain(at, "fits none of anyOf");
  }

  void CheckObject(const nlohmann::json& value, const nlohmann::json& schema,
                   const std::string& at) {
    if (!value.is_object()) return;
    for (const nlohmann::json& key :
         schema.value("required", nlohmann::json::array())) {
      if (!value.contains(key.get<std::string>())) {
        Complain(at, "lacks " + key.dump());
      }
    }
    const nlohmann::json properties =
        schema.value("properties", nlohmann::json::object());
    for (const auto& [key, member] : value.items()) {
      if (properties.contains(key)) {
        Check(member, properties[key], at + "/" + key);
      } else if (const auto others = schema.find("additionalProperties");
                 others != schema.end()) {
        CheckOther(member, *others, at, key);
      }
    }
  }

  // A member that `properties` does not name.
  void CheckOther(const nlohmann::json& member, const nlohmann::json& others,
                  const std::string& at, const std::string& key) {
    if (others.is_object()) return Check(member, others, at + "/" + key);
    if (!others) Complain(at, "has an unknown " + key);
  }

  void CheckKeyword(const std::string& keyword, const nlohmann::json& wanted,
                    const nlohmann::json& value, const std::string& at) {
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
    if (keyword == "items" && value.is_array()) {
      size_t index = 0;
      for (const nlohmann::json& item : value) {
        Check(item, wanted, at + "/" + std::to_string(index++));
      }
    }
    if (keyword == "$ref") {
      const std::string name = wanted.get<std::string>().substr(8);  // #/$defs/
      Check(value, schema_["$defs"][name], at);
    }
  }

  void Check(const nlohmann::json& value, const nlohmann::json& schema,
             const std::string& at) {
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

  const nlohmann::json& schema_;
  std::vector<std::string> complaints_;
};

}  // namespace meshvet::test

#endif  // MESHVET_TEST_SUPPORT_SCHEMA_VALIDATOR_H_

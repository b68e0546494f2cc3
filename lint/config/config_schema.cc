#include "lint/config/config_schema.h"

#include <algorithm>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "rules/policy.h"
#include "rules/policy_keys.h"
#include "rules/presets.h"
#include "rules/tags.h"

namespace meshvet::lint {
namespace {

using json = nlohmann::ordered_json;
using Words = std::span<const std::string_view>;

json Text(std::string_view meaning) {
  return {{"type", "string"}, {"description", meaning}};
}

json Bool(std::string_view meaning) {
  return {{"type", "boolean"}, {"description", meaning}};
}

json ListOf(json items, std::string_view meaning) {
  return {
      {"type", "array"}, {"description", meaning}, {"items", std::move(items)}};
}

json Texts(std::string_view meaning) {
  return ListOf({{"type", "string"}}, meaning);
}

json Reference(const std::string& name, std::string_view meaning) {
  return {{"description", meaning}, {"$ref", "#/$defs/" + name}};
}

// One of `words`; YAML 1.1 reads a bare `off` as false.
json OneOf(Words words, std::string_view meaning) {
  json values = words;
  for (const std::string_view word : words) {
    if (word == "off") values.push_back(false);
  }
  return {{"description", meaning}, {"enum", std::move(values)}};
}

// Exactly `keys`, each as `members` has it: a key the reader knows and
// `members` does not is an exception, which a test would see.
json Mapping(Words keys, const json& members, std::string_view meaning) {
  json properties = json::object();
  for (const std::string_view key : keys) {
    properties[std::string(key)] = members.at(std::string(key));
  }
  return {{"type", "object"},
          {"description", meaning},
          {"additionalProperties", false},
          {"properties", std::move(properties)}};
}

json Required(json schema, std::initializer_list<std::string_view> keys) {
  schema["required"] = std::vector<std::string_view>(keys);
  return schema;
}

json Globs() {
  return {{"anyOf",
           {json{{"type", "string"}},
            json{{"type", "array"}, {"items", {{"type", "string"}}}}}}};
}

json ConsentSchema() {
  return Required(
      Mapping(
          rules::kConsentKeys,
          {{"from", Reference("globs", "namespaces that may")},
           {"to", Reference("globs", "namespaces whose hosts they may use")},
           {"hosts", Reference("globs", "only these hosts")}},
          "an agreed route between namespaces"),
      {"from", "to"});
}

json RequiredLabelSchema() {
  json described =
      Required(Mapping(rules::kRequiredLabelKeys,
                       {{"key", {{"type", "string"}, {"pattern", "."}}},
                        {"pattern", Text("what its value has to match")}},
                       "a label and its form"),
               {"key"});
  return {{"anyOf",
           {json{{"type", "string"}, {"pattern", "."}}, std::move(described)}}};
}

json OptionSchema(const rules::Option& option) {
  const std::string meaning = std::string(option.meaning) + " (default " +
                              std::string(option.default_text) + ")";
  using rules::OptionType;
  switch (option.type) {
    case OptionType::kBool:
      return Bool(meaning);
    case OptionType::kStrings:
      return Texts(meaning);
    case OptionType::kGlobs:
      return Reference("globs", meaning);
    case OptionType::kGlobsByNamespace:
      return {{"type", "object"},
              {"description", meaning},
              {"additionalProperties", {{"$ref", "#/$defs/globs"}}}};
    case OptionType::kRequiredLabels:
      return ListOf({{"$ref", "#/$defs/requiredLabel"}}, meaning);
    case OptionType::kConsents:
      return ListOf({{"$ref", "#/$defs/consent"}}, meaning);
  }
  return {};
}

json OptionsSchema(const rules::Rule& rule) {
  json properties = json::object();
  for (const rules::Option& option : rule.options) {
    properties[std::string(option.name)] = OptionSchema(option);
  }
  return {{"type", "object"},
          {"description", "the rule's own settings"},
          {"additionalProperties", false},
          {"properties", std::move(properties)}};
}

json Settings(json options, std::string_view meaning) {
  json settings =
      Mapping(rules::kRuleKeys,
              {{"severity", {{"$ref", "#/$defs/severity"}}},
               {"action", OneOf(rules::kActionWords, "what the webhook does")},
               {"fix", OneOf(rules::kFixWords,
                             "whether /mutate applies the rule's safe fixes")},
               {"options", std::move(options)}},
              meaning);
  return {{"description", meaning},
          {"anyOf", {json{{"$ref", "#/$defs/severity"}}, std::move(settings)}}};
}

// Of a code or a tag that several rules share: what options there are, differs.
json SharedSettings(const std::string& meaning) {
  return Settings({{"type", "object"}}, meaning);
}

json RulesSchema() {
  json properties = json::object();
  json aliases = json::object();
  for (const rules::Rule* rule : rules::AllRules()) {
    properties[std::string(rule->id)] =
        Settings(OptionsSchema(*rule), rule->title);
    for (const std::string_view alias : rule->aliases) {
      aliases[std::string(alias)] =
          SharedSettings("every rule known as " + std::string(alias));
    }
  }
  properties.update(aliases);
  for (const rules::Tag& tag : rules::AllTags()) {
    properties[std::string(rules::kTagPrefix).append(tag.name)] =
        SharedSettings("every rule about " + std::string(tag.meaning));
  }
  return {{"type", "object"},
          {"additionalProperties", false},
          {"properties", std::move(properties)}};
}

json RuleName() {
  std::vector<std::string> names;
  for (const rules::Rule* rule : rules::AllRules()) {
    names.emplace_back(rule->id);
    for (const std::string_view alias : rule->aliases) {
      if (std::ranges::find(names, alias) == names.end()) {
        names.emplace_back(alias);
      }
    }
  }
  for (const std::string_view tag : rules::TagNames()) {
    names.push_back(std::string(rules::kTagPrefix).append(tag));
  }
  return {{"description", "a rule, or all that share a code or a tag"},
          {"enum", names}};
}

json OverrideSchema() {
  json match =
      Mapping(rules::kMatchKeys,
              {{"files", Texts("globs of the file's path")},
               {"namespaces", Texts("globs of the object's namespace")},
               {"kinds", Texts("globs of its kind")},
               {"names", Texts("globs of its name")},
               {"selector",
                {{"type", "object"},
                 {"description", "labels it must have, with these values"},
                 {"additionalProperties", {{"type", "string"}}}}}},
              "all that is given has to fit");
  return Required(
      Mapping(rules::kOverrideKeys,
              {{"match", std::move(match)},
               {"rules", Reference("rules", "what holds for these objects")}},
              "other settings for some objects"),
      {"match"});
}

json SuppressionSchema() {
  json entry =
      Required(Mapping(rules::kSuppressionKeys,
                       {{"rule", {{"$ref", "#/$defs/rule"}}},
                        {"object", Text("glob of Kind/namespace/name")},
                        {"file", Text("glob of the file's path")},
                        {"reason", Text("why; shown in reports")},
                        {"until",
                         {{"type", "string"},
                          {"description", "the last day it holds, UTC"},
                          {"pattern", "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}}},
                        {"ticket", Text("for people; not looked at")}},
                       "an agreed exception"),
               {"rule"});
  entry["anyOf"] = {json{{"required", {"object"}}},
                    json{{"required", {"file"}}}};
  return entry;
}

json SuppressionsSchema() {
  return Mapping(
      rules::kSuppressionsKeys,
      {{"requireReason", Bool("an entry without a reason is a mistake")},
       {"locked",
        ListOf({{"$ref", "#/$defs/rule"}}, "rules that no object may silence")},
       {"istCompat",
        Bool("whether `galley.istio.io/analyze-suppress` silences the rules "
             "that have a code of Istio's (default true)")},
       {"entries", ListOf(SuppressionSchema(), "agreed exceptions")}},
      "agreed exceptions");
}

json Release() {
  json release = Text("the release of Istio the mesh runs, in quotes");
  release["pattern"] = R"(^[0-9]+\.[0-9]+([.-].*)?$)";
  return release;
}

json IstioSchema() {
  return Mapping(rules::kIstioKeys,
                 {{"version", Release()},
                  {"domain", Text("istiod's --domain (default cluster.local)")},
                  {"trustDomain", Text("of the mesh's identities (default "
                                       "cluster.local)")},
                  {"rootNamespace", Text("where mesh-wide settings live "
                                         "(default istio-system)")},
                  {"meshConfig", Text("istiod's mesh.yaml, or the ConfigMap "
                                      "that holds it")}},
                 "what cannot be read off the objects");
}

json ContextSchema() {
  return Mapping(
      rules::kContextKeys,
      {{"paths", Texts("files and folders whose objects are known but not "
                       "judged")},
       {"assumeHosts", Texts("globs of hosts that exist although nothing here "
                             "defines them")},
       {"closedNamespaces",
        Texts("globs of namespaces of which everything is in the files")}},
      "what else is known of the mesh");
}

json ExtendsSchema() {
  std::vector<std::string> presets;
  for (const std::string_view name : rules::PresetNames()) {
    presets.push_back("preset:" + std::string(name));
  }
  return ListOf({{"anyOf",
                  {json{{"enum", presets}},
                   json{{"type", "string"}, {"pattern", "^(?!preset:)"}}}}},
                "what this builds on, weakest first: presets, and paths of "
                "other configurations");
}

json OutputSchema() {
  return Mapping(
      rules::kOutputKeys,
      {{"formats",
        ListOf(OneOf(rules::kReportFormats, "a format of reports"), "as -o")},
       {"failOn", OneOf(rules::kFailOnWords, "exit 1 from this severity on")}},
      "how lint reports");
}

json Members() {
  return {
      {"apiVersion", {{"const", rules::kConfigApiVersion}}},
      {"kind", {{"const", rules::kConfigKind}}},
      {"metadata", {{"description", "not looked at"}}},
      {"extends", ExtendsSchema()},
      {"istio", IstioSchema()},
      {"files", Mapping(rules::kFilesKeys,
                        {{"include", Texts("globs; empty for all")},
                         {"exclude", Texts("globs")}},
                        "which files lint reads below folders")},
      {"context", ContextSchema()},
      {"sets",
       {{"type", "object"},
        {"description", "environments that define the same objects on purpose"},
        {"additionalProperties", Texts("folders and files of the set")}}},
      {"rules", Reference("rules",
                          "settings by rule id, by a code such as IST0101, "
                          "or by tag:NAME")},
      {"overrides", ListOf(OverrideSchema(), "later ones win")},
      {"suppressions", SuppressionsSchema()},
      {"baseline", Text("file of findings that are agreed to be mended later")},
      {"output", OutputSchema()},
      {"fix", Mapping(rules::kFixKeys,
                      {{"unsafe", Bool("as --unsafe")},
                       {"disable", ListOf({{"$ref", "#/$defs/rule"}},
                                          "rules that are never mended")}},
                      "how meshvet fix mends")}};
}

}  // namespace

std::string ConfigSchema() {
  json schema = {{"$schema", "https://json-schema.org/draft/2020-12/schema"},
                 {"$id", "https://meshvet.dev/schemas/config/v1alpha1.json"},
                 {"title", "meshvet configuration"}};
  schema.update(Required(Mapping(rules::kRootKeys, Members(),
                                 "What a team decided about the rules."),
                         {"apiVersion", "kind"}));
  schema["$defs"] = {
      {"severity", OneOf(rules::kSeverityWords,
                         "how bad it is; off switches the rule off")},
      {"rule", RuleName()},
      {"rules", RulesSchema()},
      {"globs", Globs()},
      {"consent", ConsentSchema()},
      {"requiredLabel", RequiredLabelSchema()}};
  return schema.dump(2) + "\n";
}

}  // namespace meshvet::lint

#include "lint/command/config_command.h"

#include <filesystem>
#include <map>
#include <optional>
#include <utility>
#include <variant>

#include "lint/command/exit_code.h"
#include "lint/config/rule_selection.h"
#include "lint/report/printable.h"
#include "mesh/json_pointer.h"
#include "rules/presets.h"
#include "rules/tags.h"

namespace meshvet::lint {
namespace {

constexpr std::string_view kHead =
    "apiVersion: meshvet.dev/v1alpha1\nkind: Config\n";
constexpr const char* kDefault = "default";

// A value as one line of YAML, which JSON is, and where it comes from.
struct Value {
  std::string text;
  std::string origin;
};

std::string Quoted(std::string_view text) { return rules::Quote(text); }

std::string List(const std::vector<std::string>& texts) {
  std::string list;
  for (const std::string& text : texts) {
    list += (list.empty() ? "" : ", ") + Quoted(text);
  }
  return "[" + list + "]";
}

// Lays the documents over each other as rules::ReadPolicy does, and keeps the
// origin of what is on top.
class Resolver {
 public:
  explicit Resolver(const Configuration& configuration)
      : configuration_(configuration) {
    StartFromDefaults();
    Lay("");
  }

  std::string Write() const {
    std::string text(kHead);
    for (const char* section : {"istio", "files", "context", "sets"}) {
      WriteSection(section, text);
    }
    text += "rules:\n";
    for (const auto& [id, settings] : rules_) {
      text += "  " + id + ":\n";
      for (const auto& [key, value] : settings) {
        text += Line("    " + key + ": ", value);
      }
    }
    WriteList("overrides", overrides_, "", text);
    if (!suppression_settings_.empty() || !suppressions_.empty()) {
      text += "suppressions:\n";
      for (const auto& [key, value] : suppression_settings_) {
        text += Line("  " + key + ": ", value);
      }
      WriteList("entries", suppressions_, "  ", text);
    }
    if (baseline_) text += Line("baseline: ", *baseline_);
    for (const char* section : {"output", "fix"}) WriteSection(section, text);
    return text;
  }

 private:
  using Section = std::map<std::string, Value>;

  // A file behind the position of `pointer` in it.
  struct Place {
    const SourceFile& file;
    const SourceDocument& document() const { return file.documents().front(); }
    std::string Of(const std::string& pointer) const {
      const uint32_t line = document().Anchor(pointer).start.line;
      return file.name() + ":" + std::to_string(line);
    }
    Value Take(const std::string& pointer) const {
      return {Resolve(document().root(), pointer).ToJson(), Of(pointer)};
    }
  };

  static std::string Line(const std::string& key, const Value& value) {
    return key + value.text + "  # " + Printable(value.origin) + "\n";
  }

  void WriteSection(const std::string& name, std::string& text) const {
    const auto section = sections_.find(name);
    if (section == sections_.end() || section->second.empty()) return;
    text += name + ":\n";
    for (const auto& [key, value] : section->second) {
      text += Line("  " + Quoted(key) + ": ", value);
    }
  }

  static void WriteList(const std::string& name,
                        const std::vector<Value>& values,
                        const std::string& indent, std::string& text) {
    if (values.empty()) return;
    text += indent + name + ":\n";
    for (const Value& value : values) text += Line(indent + "  - ", value);
  }

  void StartFromDefaults() {
    const MeshConfig mesh;
    sections_["istio"] = {
        {"domain", {Quoted(mesh.domain), kDefault}},
        {"rootNamespace", {Quoted(mesh.root_namespace), kDefault}},
        {"trustDomain", {Quoted(mesh.trust_domain), kDefault}}};
    sections_["output"] = {{"failOn", {Quoted("error"), kDefault}},
                           {"formats", {List({"full"}), kDefault}}};
    for (const rules::Rule* rule : rules::AllRules()) {
      Section& settings = rules_[std::string(rule->id)];
      const std::string_view severity =
          rule->off_by_default ? "off" : rules::ToString(rule->severity);
      settings["severity"] = {Quoted(severity), kDefault};
      settings["fix"] = {Quoted(rule->auto_fix ? "auto" : "off"), kDefault};
    }
  }

  // The document `name`, what it extends first.
  void Lay(const std::string& name) {
    const auto source = configuration_.sources.find(name);
    if (source == configuration_.sources.end()) return;
    const Place place{*source->second};
    const Node root = place.document().root();
    size_t index = 0;
    for (const Node extended : root["extends"]) {
      const std::string pointer = "/extends/" + std::to_string(index++);
      LayExtended(name, std::string(extended.Str()), place.Of(pointer));
    }
    for (const char* section : {"istio", "context", "sets", "output", "fix"}) {
      LayMembers(root[section], std::string("/") + section, place,
                 sections_[section]);
    }
    if (root["files"]) sections_["files"].clear();
    LayMembers(root["files"], "/files", place, sections_["files"]);
    LayRules(root["rules"], place);
    Append(root["overrides"], "/overrides", place, overrides_);
    LaySuppressions(root["suppressions"], place);
    if (root["baseline"]) baseline_ = place.Take("/baseline");
  }

  void LayExtended(const std::string& from, const std::string& name,
                   const std::string& origin) {
    constexpr std::string_view kPreset = "preset:";
    if (!name.starts_with(kPreset)) {
      const std::string beside = from.substr(0, from.rfind('/') + 1) + name;
      return Lay(configuration_.sources.contains(beside) ? beside : name);
    }
    const auto preset = rules::Preset(name.substr(kPreset.size()));
    if (!preset) return;
    for (const auto& [id, settings] : *preset) {
      LayPreset(*rules::FindRule(id), settings, name + ", " + origin);
    }
  }

  void LayPreset(const rules::Rule& rule, const rules::RuleSettings& settings,
                 const std::string& origin) {
    Section& section = rules_[std::string(rule.id)];
    if (settings.enabled == true) TurnOn(rule, origin);
    if (settings.enabled == false) section["severity"] = {"\"off\"", origin};
    if (settings.severity) {
      section["severity"] = {Quoted(rules::ToString(*settings.severity)),
                             origin};
    }
    if (settings.action) {
      section["action"] = {Quoted(rules::ToString(*settings.action)), origin};
    }
  }

  void TurnOn(const rules::Rule& rule, const std::string& origin) {
    Value& severity = rules_[std::string(rule.id)]["severity"];
    if (severity.text != "\"off\"") return;
    severity = {Quoted(rules::ToString(rule.severity)), origin};
  }

  // Lists of several files are joined where the reader joins them.
  static void LayMembers(Node node, const std::string& pointer,
                         const Place& place, Section& section) {
    for (const auto& [key, value] : node.Members()) {
      const std::string at = pointer + "/" + EscapePointerToken(key);
      Value& slot = section[std::string(key)];
      const bool joins =
          value.IsArray() && slot.origin != kDefault && !slot.text.empty() &&
          (pointer == "/context" || pointer == "/output" || pointer == "/fix");
      Value next = place.Take(at);
      slot = joins ? Joined(slot, next) : next;
    }
  }

  static Value Joined(const Value& first, const Value& second) {
    if (first.text == "[]" || second.text == "[]") {
      return first.text == "[]" ? second : first;
    }
    return {first.text.substr(0, first.text.size() - 1) + "," +
                second.text.substr(1),
            first.origin + ", " + second.origin};
  }

  void LayRules(Node node, const Place& place) {
    std::multimap<rules::Closeness, std::string_view> names;
    for (const auto& [name, value] : node.Members()) {
      names.emplace(rules::ClosenessOf(name), name);
    }
    for (const auto& [closeness, name] : names) {
      const auto named = RulesNamed(name);
      if (!named) continue;
      const std::string at = "/rules/" + EscapePointerToken(name);
      for (const rules::Rule* rule : *named) {
        LayRule(*rule, node[name], at, place);
      }
    }
  }

  void LayRule(const rules::Rule& rule, Node value, const std::string& at,
               const Place& place) {
    TurnOn(rule, place.Of(at));  // by being mentioned
    Section& settings = rules_[std::string(rule.id)];
    if (value.IsObject()) {
      LayMembers(value, at, place, settings);
    } else {
      settings["severity"] = place.Take(at);
    }
    // YAML reads a bare `off` as false.
    for (auto& [key, setting] : settings) {
      if (setting.text == "false") setting.text = "\"off\"";
    }
  }

  static void Append(Node list, const std::string& pointer, const Place& place,
                     std::vector<Value>& into) {
    for (size_t i = 0; i < list.size(); ++i) {
      into.push_back(place.Take(pointer + "/" + std::to_string(i)));
    }
  }

  void LaySuppressions(Node node, const Place& place) {
    constexpr std::string_view kEntries = "entries";
    Append(node[kEntries], "/suppressions/entries", place, suppressions_);
    for (const char* key : {"requireReason", "locked", "istCompat"}) {
      if (!node[key]) continue;
      const Value next = place.Take(std::string("/suppressions/") + key);
      Value& slot = suppression_settings_[key];
      const bool joins = node[key].IsArray() && !slot.text.empty();
      slot = joins ? Joined(slot, next) : next;
    }
  }

  const Configuration& configuration_;
  std::map<std::string, Section> sections_;
  std::map<std::string, Section> rules_;
  std::vector<Value> overrides_;
  std::vector<Value> suppressions_;
  Section suppression_settings_;
  std::optional<Value> baseline_;
};

// The configuration of the options, or the outcome that says why there is none.
std::variant<Configuration, LintOutcome> Find(const ConfigOptions& options) {
  std::string file = options.config;
  std::error_code error;
  if (file.empty() && !options.no_config) {
    if (!std::filesystem::exists(options.path, error)) {
      return LintOutcome{
          kExitUsage,
          {},
          "meshvet: " + Printable(options.path) + ": no such file\n"};
    }
    file = FindConfiguration({options.path});
  }
  if (file.empty()) {
    return Configuration{rules::RecommendedPolicy(), "", ".", {}};
  }
  auto read = ReadConfiguration(file);
  if (auto* configuration = std::get_if<Configuration>(&read)) {
    return std::move(*configuration);
  }
  std::string text;
  for (const Error& mistake : std::get<std::vector<Error>>(read)) {
    text += "meshvet: " + Printable(mistake.where) + ": " +
            Printable(mistake.message) + "\n";
  }
  return LintOutcome{kExitUsage, {}, std::move(text)};
}

}  // namespace

LintOutcome RunConfigValidate(const ConfigOptions& options) {
  const auto found = Find(options);
  if (const auto* refusal = std::get_if<LintOutcome>(&found)) return *refusal;
  const std::string& file = std::get<Configuration>(found).file;
  if (file.empty()) {
    return {kExitUsage,
            {},
            "meshvet: no .meshvet.yaml in " + Printable(options.path) +
                " or above it\n"};
  }
  return {0, Printable(file) + ": valid\n", {}};
}

LintOutcome RunConfigShow(const ConfigOptions& options) {
  const auto found = Find(options);
  if (const auto* refusal = std::get_if<LintOutcome>(&found)) return *refusal;
  return {0, WriteConfiguration(std::get<Configuration>(found)), {}};
}

std::string WriteConfiguration(const Configuration& configuration) {
  return Resolver(configuration).Write();
}

}  // namespace meshvet::lint

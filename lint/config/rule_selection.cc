#include "lint/config/rule_selection.h"

#include <algorithm>
#include <cctype>
#include <map>
#include <utility>

#include "lint/input/loader_rules.h"
#include "mesh/glob.h"
#include "mesh/suggestion.h"
#include "rules/tags.h"

namespace meshvet::lint {
namespace {

using rules::Rule;
using Settings = std::map<std::string_view, rules::RuleSettings>;

std::string UpperCase(std::string_view text) {
  std::string upper;
  for (const char c : text) {
    upper += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  return upper;
}

// By glob, in any case of letters; a word without `*` and `?` names itself.
bool GlobNames(std::string_view glob, const Rule& rule) {
  const std::string upper = UpperCase(glob);
  if (GlobMatch(upper, UpperCase(rule.id))) return true;
  return std::ranges::any_of(rule.aliases, [&](std::string_view alias) {
    return GlobMatch(upper, alias);
  });
}

Error UnknownRule(std::string_view name) {
  std::vector<std::string_view> names;
  for (const Rule* rule : EveryRule()) {
    names.push_back(rule->id);
    names.insert(names.end(), rule->aliases.begin(), rule->aliases.end());
  }
  return {"unknown rule \"" + std::string(name) + "\"" +
          DidYouMean(name, names)};
}

// Calls `use` for every rule that `names` stand for.
template <typename Use>
std::optional<Error> ForEachNamed(const std::vector<std::string>& names,
                                  const char* flag, const Use& use) {
  for (const std::string& name : names) {
    const auto rules = RulesNamed(name);
    if (!rules) return Error{rules.error().message, flag};
    for (const Rule* rule : *rules) use(*rule);
  }
  return std::nullopt;
}

std::optional<Error> Enable(const std::vector<std::string>& names,
                            const char* flag, Settings& settings) {
  return ForEachNamed(
      names, flag, [&](const Rule& rule) { settings[rule.id].enabled = true; });
}

std::optional<Error> SelectOnly(const std::vector<std::string>& names,
                                Settings& settings) {
  if (names.empty()) return std::nullopt;
  for (const Rule* rule : EveryRule()) settings[rule->id].enabled = false;
  return Enable(names, "--select", settings);
}

std::optional<Error> Ignore(const std::vector<std::string>& names,
                            Settings& settings) {
  std::optional<Error> refusal;
  auto error = ForEachNamed(names, "--ignore", [&](const Rule& rule) {
    const bool is_named = std::ranges::find(names, rule.id) != names.end();
    if (IsUnsuppressible(rule.id) && is_named) {
      refusal = Error{std::string(rule.id) +
                          " cannot be ignored: the document was not read",
                      "--ignore"};
    }
    settings[rule.id].enabled = false;
  });
  return error ? error : refusal;
}

std::optional<Error> SetSeverity(const std::string& assignment,
                                 Settings& settings) {
  const size_t equals = assignment.find('=');
  if (equals == assignment.npos) {
    return Error{"\"" + assignment + "\" is not of the form ID=error",
                 "--severity"};
  }
  const auto severity = ParseSeverity(assignment.substr(equals + 1));
  if (!severity) {
    return Error{"unknown severity \"" + assignment.substr(equals + 1) +
                     "\"; there are error, warning and info",
                 "--severity"};
  }
  return ForEachNamed(
      {assignment.substr(0, equals)}, "--severity",
      [&](const Rule& rule) { settings[rule.id].severity = severity; });
}

}  // namespace

Result<std::vector<const Rule*>> RulesNamed(std::string_view name) {
  if (name == "all") return EveryRule();
  if (name.starts_with(rules::kTagPrefix)) {
    return rules::FindTagged(name.substr(rules::kTagPrefix.size()));
  }
  std::vector<const Rule*> named;
  for (const Rule* rule : EveryRule()) {
    if (GlobNames(name, *rule)) named.push_back(rule);
  }
  if (named.empty()) return UnknownRule(name);
  return named;
}

std::optional<Error> Apply(const RuleSelection& selection,
                           rules::Policy& policy) {
  Settings settings;
  if (auto error = SelectOnly(selection.select, settings)) return error;
  if (auto error =
          Enable(selection.extend_select, "--extend-select", settings)) {
    return error;
  }
  if (auto error = Ignore(selection.ignore, settings)) return error;
  for (const std::string& assignment : selection.severity) {
    if (auto error = SetSeverity(assignment, settings)) return error;
  }
  if (settings.empty()) return std::nullopt;
  for (const auto& [id, setting] : settings) policy.rules[id].Merge(setting);
  // Overrides come after the rules, so a flag must come after the overrides.
  if (!policy.overrides.empty()) policy.overrides.push_back({{}, settings});
  return std::nullopt;
}

std::optional<rules::Severity> ParseSeverity(std::string_view name) {
  for (const auto severity : {rules::Severity::kInfo, rules::Severity::kWarning,
                              rules::Severity::kError}) {
    if (rules::ToString(severity) == name) return severity;
  }
  return std::nullopt;
}

}  // namespace meshvet::lint

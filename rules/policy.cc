#include "rules/policy.h"

#include <algorithm>

#include "mesh/glob.h"

namespace meshvet::rules {
namespace {

bool AnyGlobMatches(const std::vector<std::string>& globs,
                    std::string_view text) {
  return globs.empty() || std::ranges::any_of(globs, [&](const auto& glob) {
           return GlobMatch(glob, text);
         });
}

bool HasLabels(const Object& object, Node selector) {
  for (const auto& [key, value] : selector.Members()) {
    const Node label = object.labels()[key];
    if (!label.exists() || label.Text() != value.Text()) return false;
  }
  return true;
}

}  // namespace

void RuleSettings::Merge(const RuleSettings& stronger) {
  if (stronger.enabled) enabled = stronger.enabled;
  if (stronger.severity) severity = stronger.severity;
  if (stronger.action) action = stronger.action;
  if (stronger.auto_fix) auto_fix = stronger.auto_fix;
  if (stronger.options) options = stronger.options;
}

bool ObjectMatch::Matches(const Object& object, std::string_view file) const {
  return AnyGlobMatches(files, file) &&
         AnyGlobMatches(namespaces, object.ns()) &&
         AnyGlobMatches(kinds, object.kind().kind) &&
         AnyGlobMatches(names, object.name()) && HasLabels(object, selector);
}

bool Suppression::Matches(const Rule& of, const Object& of_object,
                          std::string_view in_file) const {
  if (rule != of.id) return false;
  if (!file.empty() && !GlobMatch(file, in_file)) return false;
  if (object.empty()) return true;
  const std::string key = std::string(of_object.kind().kind)
                              .append("/")
                              .append(of_object.ns())
                              .append("/")
                              .append(of_object.name());
  return GlobMatch(object, key);
}

RuleSettings Policy::For(const Rule& rule, const Object& object,
                         std::string_view file) const {
  RuleSettings settings;
  if (const auto own = rules.find(rule.id); own != rules.end()) {
    settings = own->second;
  }
  for (const Override& exception : overrides) {
    const auto own = exception.rules.find(rule.id);
    if (own == exception.rules.end()) continue;
    if (exception.match.Matches(object, file)) settings.Merge(own->second);
  }
  return settings;
}

bool Policy::IsLocked(const Rule& rule) const {
  return rule.locked || std::ranges::find(locked, rule.id) != locked.end();
}

}  // namespace meshvet::rules

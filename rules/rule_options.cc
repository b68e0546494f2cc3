#include "rules/rule_options.h"

#include <string>
#include <vector>

#include "mesh/suggestion.h"
#include "rules/pattern.h"
#include "rules/policy_keys.h"

namespace meshvet::rules {
namespace {

// A glob or a list of globs.
void CheckGlobs(const Scope& globs) {
  if (globs.node().IsString()) return;
  if (!globs.node().IsArray()) {
    globs.Fail("expected a glob or a list of globs");
    return;
  }
  globs.Texts();
}

void CheckConsent(const Scope& consent) {
  if (!consent.IsObjectOf(kConsentKeys)) return;
  for (const std::string_view key : {"from", "to"}) {
    if (consent[key].exists()) {
      CheckGlobs(consent[key]);
    } else {
      consent.Fail("\"" + std::string(key) + "\" is required");
    }
  }
  if (consent["hosts"].exists()) CheckGlobs(consent["hosts"]);
}

void CheckRequiredLabel(const Scope& label) {
  if (label.node().IsString()) {
    if (label.node().Str().empty()) label.Fail("a label key is required");
    return;
  }
  if (!label.IsObjectOf(kRequiredLabelKeys)) return;
  if (label["key"].Text().value_or("").empty()) {
    label.Fail("\"key\" is required");
  }
  if (const auto pattern = label["pattern"].Text()) {
    if (const auto compiled = Pattern::Compile(*pattern); !compiled) {
      label["pattern"].Fail(compiled.error().message);
    }
  }
}

void CheckElements(const Scope& list, void (*check)(const Scope&)) {
  if (!list.IsArray()) return;
  for (const Scope& element : list.Elements()) check(element);
}

void CheckOption(const Option& option, const Scope& value) {
  switch (option.type) {
    case OptionType::kBool:
      value.Bool();
      return;
    case OptionType::kStrings:
      value.Texts();
      return;
    case OptionType::kGlobs:
      CheckGlobs(value);
      return;
    case OptionType::kGlobsByNamespace:
      if (!value.IsObject()) return;
      for (const auto& [ns, globs] : value.Members()) CheckGlobs(globs);
      return;
    case OptionType::kRequiredLabels:
      CheckElements(value, CheckRequiredLabel);
      return;
    case OptionType::kConsents:
      CheckElements(value, CheckConsent);
      return;
  }
}

}  // namespace

void CheckOptions(const Rule& rule, const Scope& options) {
  if (!options.exists() || !options.IsObject()) return;
  std::vector<std::string_view> names;
  for (const Option& option : rule.options) names.push_back(option.name);
  for (const auto& [name, value] : options.Members()) {
    const Option* known = nullptr;
    for (const Option& option : rule.options) {
      if (option.name == name) known = &option;
    }
    if (known != nullptr) {
      CheckOption(*known, value);
    } else {
      value.Fail("rule " + std::string(rule.id) + " has no option \"" +
                 std::string(name) + "\"" + DidYouMean(name, names));
    }
  }
}

}  // namespace meshvet::rules

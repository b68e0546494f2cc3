#include "rules/presets.h"

#include <algorithm>
#include <array>

#include "rules/rule.h"

namespace meshvet::rules {
namespace {

using Settings = std::map<std::string_view, RuleSettings>;

constexpr std::array<std::string_view, 4> kNames = {"recommended", "strict",
                                                    "ist-compat", "ambient"};

// Rules about TLS that sidecars start or expect; ztunnel does neither.
constexpr std::array<std::string_view, 2> kSidecarMtls = {
    "destination-rule-mtls-mismatch",
    "destination-rule-port-tls-not-inherited"};

Settings Strict() {
  Settings settings;
  for (const Rule* rule : AllRules()) {
    settings[rule->id].enabled = true;
    if (rule->severity >= Severity::kWarning) {
      settings[rule->id].action = Action::kDeny;
    }
  }
  return settings;
}

bool HasIstioCode(const Rule& rule) {
  return std::ranges::any_of(rule.aliases, [](std::string_view alias) {
    return alias.starts_with("IST");
  });
}

Settings IstCompat() {
  Settings settings;
  for (const Rule* rule : AllRules()) {
    settings[rule->id].enabled = HasIstioCode(*rule);
  }
  return settings;
}

Settings Ambient() {
  Settings settings;
  for (const std::string_view id : kSidecarMtls) settings[id].enabled = false;
  return settings;
}

}  // namespace

std::span<const std::string_view> PresetNames() { return kNames; }

std::optional<Settings> Preset(std::string_view name) {
  if (name == "recommended") return Settings();
  if (name == "strict") return Strict();
  if (name == "ist-compat") return IstCompat();
  if (name == "ambient") return Ambient();
  return std::nullopt;
}

}  // namespace meshvet::rules

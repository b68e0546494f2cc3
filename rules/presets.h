// File: rules/presets.h
//
// The ready-made policies that `extends: [preset:…]` names.

#ifndef MESHVET_RULES_PRESETS_H_
#define MESHVET_RULES_PRESETS_H_

#include <map>
#include <optional>
#include <span>
#include <string_view>

#include "rules/policy.h"

namespace meshvet::rules {

std::span<const std::string_view> PresetNames();

// The settings of a preset; nothing for an unknown name.
//   recommended  every rule as its own head says
//   strict       every rule on, and warnings deny
//   ist-compat   only rules that istioctl analyze has a code for
//   ambient      without the rules about mTLS between sidecars, which ztunnel
//                decides instead
std::optional<std::map<std::string_view, RuleSettings>> Preset(
    std::string_view name);

}  // namespace meshvet::rules

#endif  // MESHVET_RULES_PRESETS_H_

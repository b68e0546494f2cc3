// File: rules/foreign_annotations.h
//
// The annotations by which an object's author silences other programs, and so
// the rules that know what those call the same finding.
//
//   metadata:
//     annotations:
//       galley.istio.io/analyze-suppress: "IST0101, IST0118"  # istioctl
//       kiali.io/ignore-validations: "KIA1107"                # Kiali
//
// Both look at the object's own metadata. All codes are "*" to istioctl
// (https://istio.io/latest/docs/reference/config/annotations/) and an empty
// text to Kiali (https://kiali.io/docs/features/validations/).

#ifndef MESHVET_RULES_FOREIGN_ANNOTATIONS_H_
#define MESHVET_RULES_FOREIGN_ANNOTATIONS_H_

#include <algorithm>
#include <string_view>

#include "mesh/comma_list.h"
#include "rules/rule.h"

namespace meshvet::rules {

inline constexpr std::string_view kKialiIgnore = "kiali.io/ignore-validations";

// Whether `codes`, the text of the annotation `key`, stand for all there are.
inline bool NamesEveryCode(std::string_view key, std::string_view codes) {
  if (key == kKialiIgnore) return TrimBlanks(codes).empty();
  return AnyInCommaList(codes,
                        [](std::string_view code) { return code == "*"; });
}

// Whether they name `rule` by a code it has of that program.
inline bool NamesRule(std::string_view key, std::string_view codes,
                      const Rule& rule) {
  const std::string_view program = key == kKialiIgnore ? "KIA" : "IST";
  const bool is_every_code = NamesEveryCode(key, codes);
  return std::ranges::any_of(rule.aliases, [&](std::string_view alias) {
    const auto is_it = [&](std::string_view code) { return code == alias; };
    return alias.starts_with(program) &&
           (is_every_code || AnyInCommaList(codes, is_it));
  });
}

}  // namespace meshvet::rules

#endif  // MESHVET_RULES_FOREIGN_ANNOTATIONS_H_

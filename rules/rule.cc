#include "rules/rule.h"

#include <algorithm>
#include <cctype>

namespace meshvet::rules {
namespace {

bool EqualInAnyCase(std::string_view a, std::string_view b) {
  const auto lower = [](char c) {
    return std::tolower(static_cast<unsigned char>(c));
  };
  return std::ranges::equal(
      a, b, [&](char x, char y) { return lower(x) == lower(y); });
}

}  // namespace

const Rule* FindRule(std::string_view id_or_alias) {
  for (const Rule* rule : AllRules()) {
    if (EqualInAnyCase(rule->id, id_or_alias)) return rule;
  }
  for (const Rule* rule : AllRules()) {
    for (const std::string_view alias : rule->aliases) {
      if (EqualInAnyCase(alias, id_or_alias)) return rule;
    }
  }
  return nullptr;
}

}  // namespace meshvet::rules

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

bool HasId(const Rule& rule, std::string_view id) {
  return EqualInAnyCase(rule.id, id);
}

bool IsNamed(const Rule& rule, std::string_view id_or_alias) {
  return HasId(rule, id_or_alias) ||
         std::ranges::any_of(rule.aliases, [&](std::string_view alias) {
           return EqualInAnyCase(alias, id_or_alias);
         });
}

std::vector<const Rule*> FindRules(std::string_view id_or_alias) {
  std::vector<const Rule*> found;
  for (const Rule* rule : AllRules()) {
    if (HasId(*rule, id_or_alias)) return {rule};
    if (IsNamed(*rule, id_or_alias)) found.push_back(rule);
  }
  return found;
}

const Rule* FindRule(std::string_view id_or_alias) {
  const auto found = FindRules(id_or_alias);
  return found.empty() ? nullptr : found.front();
}

}  // namespace meshvet::rules

// File: mesh/comma_list.h
//
// Comma lists, as annotations hold them: "shop, team-*".

#ifndef MESHVET_MESH_COMMA_LIST_H_
#define MESHVET_MESH_COMMA_LIST_H_

#include <algorithm>
#include <string_view>

namespace meshvet {

// The text without blanks at either end (Go's strings.TrimSpace, for ASCII).
inline std::string_view TrimBlanks(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r\n\v\f";
  const size_t first = text.find_first_not_of(kBlank);
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

// Whether `holds` is true of some entry, each without the blanks around it. The
// entries after that one are not asked. Nothing stands behind a last comma.
template <typename Predicate>
bool AnyInCommaList(std::string_view list, const Predicate& holds) {
  while (!list.empty()) {
    const size_t comma = std::min(list.find(','), list.size());
    if (holds(TrimBlanks(list.substr(0, comma)))) return true;
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
  return false;
}

}  // namespace meshvet

#endif  // MESHVET_MESH_COMMA_LIST_H_

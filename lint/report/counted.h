// File: lint/report/counted.h
//
//   Counted(2, "entry")  // "2 entries"

#ifndef MESHVET_LINT_REPORT_COUNTED_H_
#define MESHVET_LINT_REPORT_COUNTED_H_

#include <cstddef>
#include <string>

namespace meshvet::lint {

inline std::string Counted(size_t number, const std::string& noun) {
  const bool takes_ies = noun.ends_with('y');
  const std::string many =
      takes_ies ? noun.substr(0, noun.size() - 1) + "ies" : noun + "s";
  return std::to_string(number) + " " + (number == 1 ? noun : many);
}

}  // namespace meshvet::lint

#endif  // MESHVET_LINT_REPORT_COUNTED_H_

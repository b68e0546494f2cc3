// File: lint/report/destination.h
//
// Destination: where what is written in one format goes, as a flag says it:
// FORMAT for standard output, or FORMAT=FILE.
//
//   const auto wanted = ParseDestinations({"text", "junit=a.xml"}, formats);

#ifndef MESHVET_LINT_REPORT_DESTINATION_H_
#define MESHVET_LINT_REPORT_DESTINATION_H_

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "mesh/result.h"

namespace meshvet::lint {

struct Destination {
  std::string format;
  std::string file;  // empty for standard output
};

// One for each text, or the first format where there is none. At most one goes
// to standard output, and no two to one file. The error's `where` is --output.
Result<std::vector<Destination>> ParseDestinations(
    const std::vector<std::string>& texts,
    std::span<const std::string_view> formats);

// "text, junit and json".
std::string ListOfFormats(std::span<const std::string_view> formats);

}  // namespace meshvet::lint

#endif  // MESHVET_LINT_REPORT_DESTINATION_H_

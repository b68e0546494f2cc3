#include "lint/report/destination.h"

#include <algorithm>
#include <utility>

#include "mesh/suggestion.h"

namespace meshvet::lint {
namespace {

constexpr const char* kFlag = "--output";

using Formats = std::span<const std::string_view>;

Result<Destination> ParseDestination(const std::string& text, Formats formats) {
  const size_t equals = std::min(text.find('='), text.size());
  Destination destination{text.substr(0, equals), {}};
  const std::string& format = destination.format;
  if (std::ranges::find(formats, format) == formats.end()) {
    return Error{"unknown format \"" + format + "\"" +
                     DidYouMean(format, formats) + "; there are " +
                     ListOfFormats(formats),
                 kFlag};
  }
  if (equals == text.size()) return destination;
  destination.file = text.substr(equals + 1);
  if (destination.file.empty()) {
    return Error{"no file after \"" + format + "=\"", kFlag};
  }
  return destination;
}

}  // namespace

Result<std::vector<Destination>> ParseDestinations(
    const std::vector<std::string>& texts, Formats formats) {
  if (texts.empty()) {
    return std::vector<Destination>{{std::string(formats.front()), {}}};
  }
  std::vector<Destination> destinations;
  for (const std::string& text : texts) {
    Result<Destination> destination = ParseDestination(text, formats);
    if (!destination) return destination.error();
    const bool is_taken =
        std::ranges::any_of(destinations, [&](const Destination& earlier) {
          return earlier.file == destination->file;
        });
    if (is_taken && destination->file.empty()) {
      return Error{
          "only one format can go to standard output; "
          "name a file for the others, as in json=report.json",
          kFlag};
    }
    if (is_taken) {
      return Error{"two formats cannot go to one file, " + destination->file,
                   kFlag};
    }
    destinations.push_back(*std::move(destination));
  }
  return destinations;
}

std::string ListOfFormats(Formats formats) {
  std::string list;
  for (const std::string_view& format : formats) {
    const bool is_last = &format == &formats.back();
    if (!list.empty()) list += is_last ? " and " : ", ";
    list += format;
  }
  return list;
}

}  // namespace meshvet::lint

#include "cli/durations.h"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <cstdint>

#include "cli/value.h"

namespace meshvet::cli {

std::map<std::string, double> Seconds() {
  return {{"ms", 0.001}, {"s", 1}, {"m", 60}};
}

void TakeDuration(CLI::Option* option) {
  option->type_name(kTime)->transform(
      CLI::AsNumberWithUnit(Seconds(), CLI::AsNumberWithUnit::CASE_SENSITIVE)
          .description(""));
}

std::chrono::milliseconds ToMilliseconds(double seconds) {
  return std::chrono::milliseconds(static_cast<int64_t>(seconds * 1'000));
}

}  // namespace meshvet::cli

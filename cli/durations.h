// File: cli/durations.h
//
// Durations on the command line: "500ms", "10s", "1m". A flag keeps seconds.

#ifndef MESHVET_CLI_DURATIONS_H_
#define MESHVET_CLI_DURATIONS_H_

#include <chrono>
#include <map>
#include <string>

namespace CLI {
class Option;
}  // namespace CLI

namespace meshvet::cli {

// What each unit is in seconds.
std::map<std::string, double> Seconds();

// Makes `option`, which fills a number of seconds, take a duration.
void TakeDuration(CLI::Option* option);

std::chrono::milliseconds ToMilliseconds(double seconds);

}  // namespace meshvet::cli

#endif  // MESHVET_CLI_DURATIONS_H_

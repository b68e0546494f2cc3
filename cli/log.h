// File: cli/log.h
//
// What the program itself says on standard error: text, or with --log-format
// json one object a line, of the fields that the log of `serve` has.
//
//   ChooseLogFormat(arguments);
//   if (!PrintLog("meshvet: a.yaml: no such file\n", kExitUsage)) …
//
//   {"time":"…","level":"error","event":"lint","message":"a.yaml: no such
//   file"}
//
// The event is the command. A line that starts with "meshvet: " is an error
// where the exit code is 2 or 3, a warning where it goes on with "warning: ";
// all else is for information. Lines that are indented belong to the one above.

#ifndef MESHVET_CLI_LOG_H_
#define MESHVET_CLI_LOG_H_

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace CLI {
class App;
}  // namespace CLI

namespace meshvet::cli {

// By the flag or its environment form, for all that follows: before the flags
// are parsed, for mistakes in them are told in this format too. Another value
// than text and json is for the parser to refuse.
void ChooseLogFormat(const std::vector<std::string>& arguments);
bool IsLogJson();

// --log-format for every command below `app`, or for itself where it has none.
void AddLogFormat(CLI::App& app);

// `text`, whose lines are ended, as it is to be said at `time`.
std::string LogText(std::string_view text, int exit_code,
                    std::chrono::system_clock::time_point time =
                        std::chrono::system_clock::now());

// Says it. False when standard error does not take it all.
[[nodiscard]] bool PrintLog(std::string_view text, int exit_code);

}  // namespace meshvet::cli

#endif  // MESHVET_CLI_LOG_H_

#include "cli/log.h"

#include <unistd.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>

#include "cli/print.h"
#include "cli/value.h"
#include "lint/command/exit_code.h"
#include "lint/report/terminal.h"
#include "webhook/json_log.h"

namespace meshvet::cli {
namespace {

using webhook::JsonLog;

constexpr std::string_view kFlag = "--log-format";
constexpr std::string_view kJson = "json";
constexpr std::string_view kOurs = "meshvet: ";
constexpr std::string_view kWarning = "warning: ";

// One process, one standard error.
struct LogChoice {
  bool is_json = false;
  std::string event = "meshvet";
};

LogChoice& Choice() {
  static LogChoice choice;
  return choice;
}

std::string FormatOf(const std::vector<std::string>& arguments) {
  std::string format = lint::ProcessEnvironment("MESHVET_LOG_FORMAT");
  for (size_t i = 0; i < arguments.size() && arguments[i] != "--"; ++i) {
    const std::string& argument = arguments[i];
    if (!argument.starts_with(kFlag)) continue;
    if (argument.size() == kFlag.size()) {
      if (i + 1 < arguments.size()) format = arguments[i + 1];
    } else if (argument[kFlag.size()] == '=') {
      format = argument.substr(kFlag.size() + 1);
    }
  }
  return format;
}

bool TakeHead(std::string_view head, std::string_view& text) {
  if (!text.starts_with(head)) return false;
  text.remove_prefix(head.size());
  return true;
}

std::string Line(std::string_view message, int exit_code,
                 std::chrono::system_clock::time_point time) {
  JsonLog::Level level = JsonLog::Level::kInfo;
  if (TakeHead(kOurs, message)) {
    if (TakeHead(kWarning, message)) {
      level = JsonLog::Level::kWarning;
    } else if (exit_code > lint::kExitNo) {
      level = JsonLog::Level::kError;
    }
  }
  return JsonLog::Line(level, Choice().event, {{"message", message}}, time);
}

// Takes one line, and those indented below it, off the head of `text`.
std::string_view TakeMessage(std::string_view& text) {
  size_t end = 0;
  do {
    end = std::min(text.find('\n', end), text.size() - 1) + 1;
  } while (end < text.size() && text[end] == ' ');
  std::string_view message = text.substr(0, end);
  text.remove_prefix(end);
  if (message.ends_with('\n')) message.remove_suffix(1);
  return message;
}

}  // namespace

void ChooseLogFormat(const std::vector<std::string>& arguments) {
  Choice().is_json = FormatOf(arguments) == kJson;
  if (!arguments.empty() && !arguments.front().starts_with('-')) {
    Choice().event = arguments.front();
  }
}

bool IsLogJson() { return Choice().is_json; }

void AddLogFormat(CLI::App& app) {
  const std::vector<CLI::App*> commands =
      app.get_subcommands([](CLI::App*) { return true; });
  for (CLI::App* command : commands) AddLogFormat(*command);
  if (!commands.empty()) return;
  // What it says was taken before.
  TakeOneOf(app.add_option_function<std::string>(
                std::string(kFlag), [](const std::string&) {},
                "of what is said on standard error besides reports (default "
                "text)"),
            {"text", "json"});
}

std::string LogText(std::string_view text, int exit_code,
                    std::chrono::system_clock::time_point time) {
  if (!IsLogJson()) return std::string(text);
  std::string lines;
  while (!text.empty()) {
    const std::string_view message = TakeMessage(text);
    // A command to the runner of GitHub works only as it is.
    const bool is_command = message.starts_with("::");
    lines += is_command ? std::string(message) : Line(message, exit_code, time);
    lines += '\n';
  }
  return lines;
}

bool PrintLog(std::string_view text, int exit_code) {
  return Print(STDERR_FILENO, LogText(text, exit_code));
}

}  // namespace meshvet::cli

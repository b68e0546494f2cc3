#include "lint/report/terminal.h"

#include <cctype>
#include <cstdlib>

namespace meshvet::lint {
namespace {

bool IsSetAndNotZero(const std::string& value) {
  return !value.empty() && value != "0";
}

}  // namespace

std::string ProcessEnvironment(const char* name) {
  // Read before any thread is started and never written.
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe)
  return value == nullptr ? std::string() : std::string(value);
}

bool UseColor(ColorChoice choice, const Environment& environment,
              bool is_terminal) {
  if (choice != ColorChoice::kAuto) return choice == ColorChoice::kAlways;
  if (!environment("NO_COLOR").empty()) return false;
  if (IsSetAndNotZero(environment("FORCE_COLOR"))) return true;
  if (IsSetAndNotZero(environment("CLICOLOR_FORCE"))) return true;
  if (environment("TERM") == "dumb") return false;
  return is_terminal;
}

bool IsUtf8Locale(const Environment& environment) {
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const std::string locale = environment(name);
    if (locale.empty()) continue;
    std::string letters;
    for (const char c : locale) {
      const auto byte = static_cast<unsigned char>(c);
      if (c != '-') letters += static_cast<char>(std::tolower(byte));
    }
    return letters.find("utf8") != letters.npos;
  }
  return false;
}

}  // namespace meshvet::lint

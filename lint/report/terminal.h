// File: lint/report/terminal.h
//
// What the place we write to can show, from the environment alone.

#ifndef MESHVET_LINT_REPORT_TERMINAL_H_
#define MESHVET_LINT_REPORT_TERMINAL_H_

#include <functional>
#include <string>

namespace meshvet::lint {

// A variable's value; empty when it is not set.
using Environment = std::function<std::string(const char*)>;

std::string ProcessEnvironment(const char* name);

enum class ColorChoice { kAuto, kAlways, kNever };

// The choice, then NO_COLOR, FORCE_COLOR or CLICOLOR_FORCE, TERM=dumb, and
// last whether the stream is a terminal.
bool UseColor(ColorChoice choice, const Environment& environment,
              bool is_terminal);

// Whether LC_ALL, LC_CTYPE or LANG, the first that is set, names UTF-8.
bool IsUtf8Locale(const Environment& environment);

}  // namespace meshvet::lint

#endif  // MESHVET_LINT_REPORT_TERMINAL_H_

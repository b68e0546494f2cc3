// File: lint/report/colors.h
//
// The colours of text for people, as SGR sequences (ECMA-48). Whether there
// are to be any is for UseColor (lint/report/terminal.h) to say.

#ifndef MESHVET_LINT_REPORT_COLORS_H_
#define MESHVET_LINT_REPORT_COLORS_H_

#include <string>
#include <string_view>

namespace meshvet::lint {

inline constexpr std::string_view kResetColor = "\x1b[0m";
inline constexpr std::string_view kBold = "\x1b[1m";
inline constexpr std::string_view kRed = "\x1b[1;31m";
inline constexpr std::string_view kGreen = "\x1b[1;32m";
inline constexpr std::string_view kYellow = "\x1b[1;33m";
inline constexpr std::string_view kCyan = "\x1b[1;36m";

inline std::string Colored(std::string_view color, std::string_view text) {
  return std::string(color).append(text).append(kResetColor);
}

}  // namespace meshvet::lint

#endif  // MESHVET_LINT_REPORT_COLORS_H_

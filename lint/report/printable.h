// File: lint/report/printable.h
//
// Foreign text made safe to show. A manifest comes from a stranger: a name may
// hold escape sequences that repaint the terminal, or characters that turn the
// direction of writing so that a line reads as something else.
//
//   Printable("a\x1b[2Kb")  // "a\\x1b[2Kb"

#ifndef MESHVET_LINT_REPORT_PRINTABLE_H_
#define MESHVET_LINT_REPORT_PRINTABLE_H_

#include <cstddef>
#include <string>
#include <string_view>

namespace meshvet::lint {

// One character as it is shown.
struct Glyph {
  std::string shown;
  size_t width;  // columns on a terminal
  size_t bytes;  // of the text it stands for
};

// The character at the front of `text`, which is not empty. Control characters
// and bytes that are no UTF-8 become "\x1b"; what turns the direction of
// writing or is invisible becomes "\u{202e}"; a tab becomes four spaces.
Glyph FirstGlyph(std::string_view text);

std::string Printable(std::string_view text);

// Columns that printable `text` takes.
size_t WidthOf(std::string_view text);

}  // namespace meshvet::lint

#endif  // MESHVET_LINT_REPORT_PRINTABLE_H_

// File: lint/report/excerpt.h
//
// Excerpt: the lines of a file around a finding, with what is wrong underlined.
//
//   14 │         credentialName: shop-cert
//   15 │         minProtocolVersion: TLSV1_0   # legacy POS terminals
//      │                             ^^^^^^^ set TLSV1_2 or remove the field
//
// Everything shown went through Printable; lines longer than `max_width` are
// cut around the underlined part.

#ifndef MESHVET_LINT_REPORT_EXCERPT_H_
#define MESHVET_LINT_REPORT_EXCERPT_H_

#include <cstddef>
#include <string>
#include <string_view>

#include "yaml/position.h"

namespace meshvet::lint {

struct ExcerptStyle {
  bool unicode = true;
  std::string_view start_mark = {};  // before and after the carets: colours
  std::string_view end_mark = {};
  size_t max_width = 120;
};

struct Excerpt {
  std::string text;   // with newlines; empty if there is nothing to show
  size_t gutter = 2;  // columns of the line numbers
};

// The line `range` starts on, the one before it unless it is blank, and the
// underline with `label` (printable) behind it.
Excerpt MakeExcerpt(std::string_view text, const yaml::Range& range,
                    std::string_view label, const ExcerptStyle& style);

// Whether an excerpt around `offset` may show a Secret, of which nothing is to
// be shown. A guess from the text, for it must hold for broken documents too.
bool MayShowSecret(std::string_view text, size_t offset);

}  // namespace meshvet::lint

#endif  // MESHVET_LINT_REPORT_EXCERPT_H_

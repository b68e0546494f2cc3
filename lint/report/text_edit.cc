#include "lint/report/text_edit.h"

namespace meshvet::lint {

std::optional<TextEdit> EditOf(const Diagnostic& diagnostic) {
  if (diagnostic.text_fix) return diagnostic.text_fix;
  const auto& fix = diagnostic.finding.fix;
  if (!diagnostic.fix_range || fix.size() != 1 || fix[0].op != "replace") {
    return std::nullopt;
  }
  return TextEdit{*diagnostic.fix_range, fix[0].value};
}

}  // namespace meshvet::lint

#include "yaml/template.h"

#include <cstddef>

namespace meshvet::yaml {
namespace {

bool IsBlank(char c) { return c == ' ' || c == '\t'; }

// Walks a text line by line, knowing only as much YAML as tells text from
// structure.
class TemplateScanner {
 public:
  explicit TemplateScanner(std::string_view text) : text_(text) {}

  bool FindsDirective() {
    while (at_ < text_.size()) {
      if (quote_ == '\0' && SkipBlockScalarLine()) continue;
      if (ScanLine()) return true;
    }
    return false;
  }

 private:
  char Peek(size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\n';
  }
  static bool IsBreak(char c) { return c == '\n' || c == '\r'; }

  void SkipLine() {
    while (at_ < text_.size() && !IsBreak(text_[at_])) ++at_;
    ++at_;
  }

  // Lines of a block scalar are blank or deeper than what it belongs to.
  bool SkipBlockScalarLine() {
    if (!in_block_scalar_) return false;
    size_t indent = 0;
    while (Peek(indent) == ' ') ++indent;
    if (!IsBreak(Peek(indent)) &&
        static_cast<std::ptrdiff_t>(indent) <= block_parent_) {
      in_block_scalar_ = false;
      return false;
    }
    SkipLine();
    return true;
  }

  // True if the rest of this line has a directive outside of text.
  bool ScanLine() {
    const size_t line = at_;
    parent_ = -1;
    value_may_start_ = true;
    while (at_ < text_.size() && !IsBreak(text_[at_])) {
      if (quote_ != '\0') {
        SkipQuoted();
      } else if (ScanToken(line)) {
        return true;
      }
    }
    ++at_;
    return false;
  }

  bool ScanToken(size_t line) {
    const char c = text_[at_];
    const bool after_blank = at_ == line || IsBlank(text_[at_ - 1]);
    if (c == '{' && Peek(1) == '{') return true;
    if (c == '#' && after_blank) {
      while (!IsBreak(Peek())) ++at_;
      return false;
    }
    if (value_may_start_ && !IsBlank(c) && c != '|' && c != '>') {
      parent_ = static_cast<std::ptrdiff_t>(at_ - line);
    }
    if (value_may_start_ && (c == '"' || c == '\'')) {
      quote_ = c;
      ++at_;
    } else if (value_may_start_ && (c == '|' || c == '>')) {
      in_block_scalar_ = true;
      block_parent_ = parent_;
      ++at_;
    } else if (value_may_start_ && (c == '!' || c == '&')) {
      while (!IsBreak(Peek()) && !IsBlank(Peek())) ++at_;
    } else {
      Advance(c, line);
    }
    return false;
  }

  // One character of structure or of a plain scalar.
  void Advance(char c, size_t line) {
    const bool ends_word = IsBlank(Peek(1)) || IsBreak(Peek(1));
    const bool list_entry = value_may_start_ && c == '-' && ends_word;
    if (text_.substr(line, 3) == "---" && at_ < line + 3) {
      parent_ = -1;
      value_may_start_ = true;
    } else if (list_entry || (c == ':' && ends_word) || c == '[' || c == '{' ||
               c == ',' || (value_may_start_ && c == '?')) {
      value_may_start_ = true;
    } else if (!IsBlank(c)) {
      value_may_start_ = false;
    }
    ++at_;
  }

  void SkipQuoted() {
    const char c = text_[at_];
    if (quote_ == '"' && c == '\\' && !IsBreak(Peek(1))) {
      at_ += 2;
      return;
    }
    if (c == quote_ && quote_ == '\'' && Peek(1) == '\'') {
      at_ += 2;
      return;
    }
    if (c == quote_) {
      quote_ = '\0';
      value_may_start_ = false;
    }
    ++at_;
  }

  std::string_view text_;
  size_t at_ = 0;
  char quote_ = '\0';  // the open quote, which may span lines
  bool in_block_scalar_ = false;
  std::ptrdiff_t block_parent_ = -1;
  std::ptrdiff_t parent_ = -1;  // column of what a value on this line is in
  bool value_may_start_ = true;
};

}  // namespace

bool LooksLikeTemplate(std::string_view text) {
  return TemplateScanner(text).FindsDirective();
}

}  // namespace meshvet::yaml

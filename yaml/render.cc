#include "yaml/render.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdint>
#include <variant>

#include "yaml/scalar.h"

namespace meshvet::yaml {
namespace {

bool IsAlnum(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0;
}

// Dates, times and numbers of other readers: 2001-12-14, 1:30, 1_000.
bool LooksLikeNumber(std::string_view text) {
  return text.find_first_of("0123456789") != text.npos &&
         text.find_first_not_of("0123456789-+:._TZxo") == text.npos;
}

// Far fewer texts than YAML allows, but surely these.
bool IsSafeWithoutQuotes(std::string_view text, bool in_flow) {
  constexpr std::string_view kInside = "_-./+@=~()";
  if (text.empty() ||
      (!IsAlnum(text.front()) && text.front() != '_' && text.front() != '/')) {
    return false;
  }
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (IsAlnum(c) || kInside.find(c) != kInside.npos) continue;
    const bool is_last = i + 1 == text.size();
    const bool ends_word = is_last || text[i + 1] == ' ';
    if (c == ':' && !in_flow && !ends_word) continue;
    if (c == ' ' && !ends_word) continue;
    return false;
  }
  if (LooksLikeNumber(text)) return false;
  const auto value = ResolveScalar(text, Tag::kNone, true);
  return value && std::holds_alternative<std::string_view>(*value);
}

// The bytes of the UTF-8 sequence that starts with `lead`.
size_t LengthOf(unsigned char lead) {
  if (lead < 0x80) return 1;
  if (lead < 0xE0) return 2;
  return lead < 0xF0 ? 3 : 4;
}

uint32_t Decode(std::string_view sequence) {
  constexpr std::array<unsigned, 5> kLeadBits = {0, 0x7F, 0x1F, 0x0F, 0x07};
  uint32_t code =
      static_cast<unsigned char>(sequence[0]) & kLeadBits[sequence.size()];
  for (const char c : sequence.substr(1)) {
    code = code << 6U | (static_cast<unsigned char>(c) & 0x3FU);
  }
  return code;
}

// What YAML's readers refuse to see, or take for a line end.
bool MustEscape(uint32_t code) {
  return code < 0x20 || (code >= 0x7F && code < 0xA0) || code == 0x2028 ||
         code == 0x2029 || code == 0xFEFF || code == 0xFFFE || code == 0xFFFF;
}

// An escape that JSON knows as well.
std::string Escape(uint32_t code) {
  if (code == '\n') return "\\n";
  if (code == '\t') return "\\t";
  if (code == '\r') return "\\r";
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text = "\\u";
  for (int shift = 12; shift >= 0; shift -= 4) {
    text += kDigits[code >> static_cast<unsigned>(shift) & 0xFU];
  }
  return text;
}

std::string DoubleQuoted(std::string_view text) {
  std::string quoted = "\"";
  while (!text.empty()) {
    const auto lead = static_cast<unsigned char>(text.front());
    const std::string_view one =
        text.substr(0, std::min(LengthOf(lead), text.size()));
    const uint32_t code = Decode(one);
    if (MustEscape(code)) {
      quoted += Escape(code);
    } else {
      if (code == '"' || code == '\\') quoted += '\\';
      quoted += one;
    }
    text.remove_prefix(one.size());
  }
  return quoted += '"';
}

bool IsSafeInSingleQuotes(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return c >= 0x20 && c < 0x7F;
  });
}

std::string SingleQuoted(std::string_view text) {
  std::string quoted = "'";
  for (const char c : text) {
    quoted += c;
    if (c == '\'') quoted += c;
  }
  return quoted += '\'';
}

std::string Spaces(size_t count) { return std::string(count, ' '); }

std::string RenderText(std::string_view text, Quotes quotes, bool in_flow) {
  if (quotes == Quotes::kNone && IsSafeWithoutQuotes(text, in_flow)) {
    return std::string(text);
  }
  if (quotes == Quotes::kSingle && IsSafeInSingleQuotes(text)) {
    return SingleQuoted(text);
  }
  return DoubleQuoted(text);
}

// Entries between brackets.
class FlowList {
 public:
  FlowList(std::string_view brackets, const FlowStyle& style,
           const std::string& indent)
      : brackets_(brackets), style_(style), indent_(indent) {}

  std::string inner_indent() const {
    return style_.is_multiline ? indent_ + style_.step : indent_;
  }

  void Add(const std::string& entry) {
    if (style_.is_multiline) {
      text_ += (text_.empty() ? "" : ",") + style_.newline + inner_indent();
    } else if (!text_.empty()) {
      text_ += style_.comma;
    }
    text_ += entry;
  }

  std::string Close() const {
    const std::string end =
        style_.is_multiline ? style_.newline + indent_ : std::string();
    return brackets_.front() + text_ + end + brackets_.back();
  }

 private:
  std::string_view brackets_;
  const FlowStyle& style_;
  const std::string& indent_;
  std::string text_;
};

}  // namespace

bool IsBlock(Node value) {
  return (value.IsObject() || value.IsArray()) && !value.empty();
}

std::string RenderScalar(Node value, Quotes quotes, bool in_flow) {
  if (value.IsString()) return RenderText(value.Str(), quotes, in_flow);
  return value.ToJson();
}

std::string RenderKey(std::string_view key, bool quoted, bool in_flow) {
  return RenderText(key, quoted ? Quotes::kDouble : Quotes::kNone, in_flow);
}

std::string RenderMember(std::string_view key, Node value, size_t column,
                         const BlockStyle& style) {
  const std::string head = RenderKey(key, false, false) + ":";
  if (!IsBlock(value)) {
    return head + " " + RenderScalar(value, Quotes::kNone, false);
  }
  const size_t inner =
      column + (value.IsArray() ? style.sequence_step : style.step);
  return head + style.newline + Spaces(inner) +
         RenderBlock(value, inner, style);
}

std::string RenderElement(Node value, size_t column, const BlockStyle& style) {
  constexpr size_t kDash = 2;
  return "- " + (IsBlock(value) ? RenderBlock(value, column + kDash, style)
                                : RenderScalar(value, Quotes::kNone, false));
}

std::string RenderBlock(Node value, size_t column, const BlockStyle& style) {
  std::string text;
  const auto add = [&](const std::string& entry) {
    if (!text.empty()) text += style.newline + Spaces(column);
    text += entry;
  };
  for (const Node element : value) {
    add(RenderElement(element, column, style));
  }
  for (const auto& [key, member] : value.Members()) {
    add(RenderMember(key, member, column, style));
  }
  return text;
}

std::string RenderFlow(Node value, const FlowStyle& style,
                       const std::string& indent) {
  const Quotes quotes = style.quotes_all ? Quotes::kDouble : Quotes::kNone;
  if (!IsBlock(value)) return RenderScalar(value, quotes, true);
  FlowList list(value.IsArray() ? "[]" : "{}", style, indent);
  for (const Node element : value) {
    list.Add(RenderFlow(element, style, list.inner_indent()));
  }
  for (const auto& [key, member] : value.Members()) {
    list.Add(RenderKey(key, style.quotes_all, true) + style.colon +
             RenderFlow(member, style, list.inner_indent()));
  }
  return list.Close();
}

}  // namespace meshvet::yaml

#include "lint/report/xml_text.h"

#include "lint/report/machine_text.h"

namespace meshvet::lint {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

// How the character at the front of `text` is written; empty for "as it is".
std::string_view ReferenceFor(std::string_view text) {
  switch (text.front()) {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '"':
      return "&quot;";
    case '\'':
      return "&apos;";
    case '\r':
      return "&#13;";
    case '\n':
    case '\t':
      return {};
    default:
      return static_cast<uint8_t>(text.front()) < 0x20 ? kReplacement
                                                       : std::string_view();
  }
}

// U+FFFE and U+FFFF.
bool IsNoCharacter(std::string_view text) {
  return text.starts_with("\xEF\xBF\xBE") || text.starts_with("\xEF\xBF\xBF");
}

}  // namespace

std::string XmlText(std::string_view text) {
  std::string xml;
  xml.reserve(text.size());
  while (!text.empty()) {
    const std::string_view reference = ReferenceFor(text);
    if (IsNoCharacter(text)) {
      xml += kReplacement;
      text.remove_prefix(3);
      continue;
    }
    xml += reference.empty() ? text.substr(0, 1) : reference;
    text.remove_prefix(1);
  }
  return WithoutLogCommands(xml, kXmlNumberSign);
}

std::string XmlAttribute(std::string_view text) {
  std::string attribute;
  for (const char c : XmlText(text)) {
    if (c == '\n') {
      attribute += "&#10;";
    } else if (c == '\t') {
      attribute += "&#9;";
    } else {
      attribute += c;
    }
  }
  return attribute;
}

}  // namespace meshvet::lint

// File: lint/report/xml_text.h
//
// Text for XML 1.0, where some characters are not allowed even when escaped.
//
//   XmlText("a < b ]]>")  // "a &lt; b ]]&gt;"

#ifndef MESHVET_LINT_REPORT_XML_TEXT_H_
#define MESHVET_LINT_REPORT_XML_TEXT_H_

#include <string>
#include <string_view>

namespace meshvet::lint {

// Between tags, and between quotes of either kind: there a line end would come
// back as a space, so it is written as a reference. What XML does not allow
// becomes U+FFFD.
std::string XmlText(std::string_view text);
std::string XmlAttribute(std::string_view text);

}  // namespace meshvet::lint

#endif  // MESHVET_LINT_REPORT_XML_TEXT_H_

// File: test/support/xml_reader.h
//
// XML as a parser that is not ours reads it (expat): what it refuses is not
// well-formed, and what it hands on is what a reader of the report gets, line
// ends in attributes included.
//
//   const XmlElement root = ReadXml(text);

#ifndef MESHVET_TEST_SUPPORT_XML_READER_H_
#define MESHVET_TEST_SUPPORT_XML_READER_H_

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace meshvet::test {

struct XmlElement {
  std::string name;
  std::map<std::string, std::string> attributes;
  std::string text;
  std::vector<XmlElement> children;

  std::vector<const XmlElement*> All(std::string_view child) const;
};

// Throws std::runtime_error where the document is not well-formed.
XmlElement ReadXml(std::string_view text);

}  // namespace meshvet::test

#endif  // MESHVET_TEST_SUPPORT_XML_READER_H_

#include "test/support/xml_reader.h"

#include <expat.h>

#include <memory>
#include <stdexcept>
#include <type_traits>
#include <utility>

namespace meshvet::test {
namespace {

// The elements that are open, outermost first, below one that holds the root.
struct Reading {
  std::vector<XmlElement> open = std::vector<XmlElement>(1);
};

void OnStart(void* user, const XML_Char* name, const XML_Char** attributes) {
  XmlElement element;
  element.name = name;
  for (; *attributes != nullptr; attributes += 2) {
    element.attributes.emplace(attributes[0], attributes[1]);
  }
  static_cast<Reading*>(user)->open.push_back(std::move(element));
}

void OnEnd(void* user, const XML_Char* /*name*/) {
  auto& open = static_cast<Reading*>(user)->open;
  XmlElement done = std::move(open.back());
  open.pop_back();
  open.back().children.push_back(std::move(done));
}

void OnText(void* user, const XML_Char* text, int size) {
  static_cast<Reading*>(user)->open.back().text.append(
      text, static_cast<size_t>(size));
}

struct ParserFree {
  void operator()(XML_Parser parser) const { XML_ParserFree(parser); }
};
using Parser = std::unique_ptr<std::remove_pointer_t<XML_Parser>, ParserFree>;

}  // namespace

std::vector<const XmlElement*> XmlElement::All(std::string_view child) const {
  std::vector<const XmlElement*> found;
  for (const XmlElement& one : children) {
    if (one.name == child) found.push_back(&one);
  }
  return found;
}

XmlElement ReadXml(std::string_view text) {
  const Parser parser(XML_ParserCreate(nullptr));
  Reading reading;
  XML_SetUserData(parser.get(), &reading);
  XML_SetElementHandler(parser.get(), OnStart, OnEnd);
  XML_SetCharacterDataHandler(parser.get(), OnText);
  if (XML_Parse(parser.get(), text.data(), static_cast<int>(text.size()),
                XML_TRUE) != XML_STATUS_OK) {
    throw std::runtime_error(
        std::string(XML_ErrorString(XML_GetErrorCode(parser.get()))) +
        " in line " + std::to_string(XML_GetCurrentLineNumber(parser.get())));
  }
  return std::move(reading.open.front().children.front());
}

}  // namespace meshvet::test

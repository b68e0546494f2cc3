// A strict reader for the XML our reports are made of: elements, attributes in
// double quotes, text, the five entities and decimal references. Anything else
// is a mistake.

#ifndef MESHVET_TEST_SUPPORT_XML_READER_H_
#define MESHVET_TEST_SUPPORT_XML_READER_H_

#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace meshvet::test {

struct XmlElement {
  std::string name;
  std::map<std::string, std::string> attributes;
  std::string text;
  std::vector<XmlElement> children;

  std::vector<const XmlElement*> All(std::string_view child) const {
    std::vector<const XmlElement*> found;
    for (const XmlElement& one : children) {
      if (one.name == child) found.push_back(&one);
    }
    return found;
  }
};

class XmlReader {
 public:
  explicit XmlReader(std::string_view text) : rest_(text) {}

  // Throws std::runtime_error where the document is not well-formed.
  XmlElement Read() {
    Expect("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    XmlElement root = Element();
    Expect("\n");
    if (!rest_.empty()) Fail("something after the end");
    return root;
  }

 private:
  [[noreturn]] void Fail(const std::string& what) const {
    throw std::runtime_error(what + " at: " + std::string(rest_.substr(0, 60)));
  }

  bool Take(std::string_view expected) {
    if (!rest_.starts_with(expected)) return false;
    rest_.remove_prefix(expected.size());
    return true;
  }

  void Expect(std::string_view expected) {
    if (!Take(expected)) Fail("no " + std::string(expected));
  }

  std::string Name() {
    const size_t end = rest_.find_first_not_of(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-");
    if (end == 0 || end == rest_.npos) Fail("no name");
    std::string name(rest_.substr(0, end));
    rest_.remove_prefix(end);
    return name;
  }

  char Reference() {
    const size_t end = rest_.find(';');
    const std::string name(rest_.substr(0, end));
    static const std::map<std::string, char> kNamed = {
        {"amp", '&'}, {"lt", '<'}, {"gt", '>'}, {"quot", '"'}, {"apos", '\''}};
    if (end == rest_.npos) Fail("no end of a reference");
    rest_.remove_prefix(end + 1);
    if (name.starts_with('#')) {
      return static_cast<char>(std::stoi(name.substr(1)));
    }
    const auto found = kNamed.find(name);
    if (found == kNamed.end()) Fail("unknown reference " + name);
    return found->second;
  }

  std::string Text(char end) {
    std::string text;
    while (!rest_.empty() && rest_.front() != end) {
      const char c = rest_.front();
      const bool is_control = static_cast<unsigned char>(c) < 0x20;
      if (c == '<' || c == '>' || (is_control && c != '\n' && c != '\t')) {
        Fail("a character that is not allowed");
      }
      rest_.remove_prefix(1);
      text += c == '&' ? Reference() : c;
    }
    return text;
  }

  XmlElement Element() {
    Expect("<");
    XmlElement element;
    element.name = Name();
    while (Take(" ")) {
      const std::string name = Name();
      Expect("=\"");
      if (!element.attributes.emplace(name, Text('"')).second) {
        Fail("attribute " + name + " twice");
      }
      Expect("\"");
    }
    if (Take("/>")) return element;
    Expect(">");
    while (!rest_.starts_with("</")) {
      if (rest_.empty()) Fail("no end of " + element.name);
      if (rest_.starts_with('<')) {
        element.children.push_back(Element());
      } else {
        element.text += Text('<');
      }
    }
    Expect("</" + element.name + ">");
    return element;
  }

  std::string_view rest_;
};

}  // namespace meshvet::test

#endif  // MESHVET_TEST_SUPPORT_XML_READER_H_

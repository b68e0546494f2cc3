// JUnit as Jenkins and GitLab read it: the traps of both readers. test/formats/
// asks Jenkins' schema itself.

#include "lint/report/junit_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "lint/report/xml_text.h"
#include "test/support/xml_reader.h"
#include "test/unit/lint/a_report.h"

namespace meshvet::lint {
namespace {

using test::ReadXml;
using test::XmlElement;

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

// How many of its cases have a child of that name.
size_t With(const XmlElement& suite, std::string_view child) {
  size_t count = 0;
  for (const XmlElement* one : suite.All("testcase")) {
    count += one->All(child).size();
  }
  return count;
}

size_t Number(const XmlElement& element, const std::string& name) {
  return std::stoul(element.attributes.at(name));
}

void CheckAttributes(const XmlElement& element,
                     const std::set<std::string>& required,
                     const std::set<std::string>& optional = {}) {
  for (const std::string& name : required) {
    EXPECT_TRUE(element.attributes.contains(name))
        << element.name << " lacks " << name;
  }
  for (const auto& [name, value] : element.attributes) {
    EXPECT_TRUE(required.contains(name) || optional.contains(name))
        << element.name << " has " << name;
  }
}

// GitLab's XML library casts an element by its `type`, and dies of some.
const std::set<std::string>& TypesThatCast() {
  static const std::set<std::string> kTypes = {
      "yaml",    "symbol", "integer", "boolean", "file", "array",   "date",
      "decimal", "float",  "double",  "binary",  "hash", "dateTime"};
  return kTypes;
}

void CheckCase(const XmlElement& one) {
  CheckAttributes(one, {"classname", "name", "time"}, {"file"});
  EXPECT_THAT(one.attributes.at("name"), Not(IsEmpty()));
  EXPECT_LE(one.children.size(), 1U);
  const std::string& class_name = one.attributes.at("classname");
  EXPECT_EQ(class_name.rfind('.'), std::string("meshvet").size()) << class_name;
  for (const XmlElement& child : one.children) {
    if (child.name == "system-out") {
      CheckAttributes(child, {});
    } else if (child.name == "skipped") {
      CheckAttributes(child, {});
      EXPECT_THAT(child.text, Not(IsEmpty()));
    } else {
      EXPECT_TRUE(child.name == "failure" || child.name == "error");
      CheckAttributes(child, {"message", "type"});
      EXPECT_FALSE(TypesThatCast().contains(child.attributes.at("type")));
      EXPECT_THAT(child.text, HasSubstr(child.attributes.at("message")))
          << "GitLab shows the text alone";
    }
  }
}

void CheckSuite(const XmlElement& suite) {
  CheckAttributes(suite,
                  {"name", "tests", "failures", "errors", "skipped", "time"});
  EXPECT_THAT(suite.children, Not(IsEmpty())) << "Jenkins passes it over";
  EXPECT_EQ(Number(suite, "tests"), suite.All("testcase").size());
  EXPECT_EQ(Number(suite, "failures"), With(suite, "failure"));
  EXPECT_EQ(Number(suite, "errors"), With(suite, "error"));
  EXPECT_EQ(Number(suite, "skipped"), With(suite, "skipped"));
  std::set<std::string> names;
  for (const XmlElement* one : suite.All("testcase")) {
    CheckCase(*one);
    EXPECT_TRUE(names.insert(one->attributes.at("name")).second)
        << "two cases of one name are one to the readers";
  }
}

XmlElement Checked(const std::string& text) {
  EXPECT_THAT(text, StartsWith("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"));
  XmlElement root = ReadXml(text);
  EXPECT_EQ(root.name, "testsuites");
  CheckAttributes(root, {"name", "tests", "failures", "errors", "time"});
  EXPECT_EQ(root.All("testsuite").size(), root.children.size());
  for (const char* count : {"tests", "failures", "errors"}) {
    size_t sum = 0;
    for (const XmlElement* suite : root.All("testsuite")) {
      sum += Number(*suite, count);
    }
    EXPECT_EQ(Number(root, count), sum) << count;
  }
  for (const XmlElement* suite : root.All("testsuite")) CheckSuite(*suite);
  return root;
}

TEST(Junit, HoldsEveryOutcome) {
  AReport report;
  report.File("a.yaml", UnknownKind("Gatway", "a"))
      .File("deploy/b.v1.yaml", Service("s") + "---\n" + Service("s"))
      .File("c.yaml", "a: [\n")
      .File("d.yaml", Service("clean"))
      .Path("/proc/self/mem");
  const XmlElement root = Checked(report.As("junit"));
  EXPECT_EQ(Number(root, "failures"), 1U);
  EXPECT_EQ(Number(root, "errors"), 2U);
  std::set<std::string> classes;
  for (const XmlElement* suite : root.All("testsuite")) {
    classes.insert(suite->All("testcase").front()->attributes.at("classname"));
  }
  EXPECT_TRUE(classes.contains("meshvet.deploy/b_v1_yaml"));
  EXPECT_TRUE(classes.contains("meshvet.d_yaml"));
}

TEST(Junit, AFindingBelowTheThresholdHasPassed) {
  AReport report;
  report.File("a.yaml", Service("s") + "---\n" + Service("s"));
  const XmlElement passed = Checked(report.As("junit"));
  EXPECT_EQ(Number(passed, "failures"), 0U);
  EXPECT_EQ(With(passed.children[0], "system-out"), 1U);
  report.Threshold(rules::Severity::kInfo);
  EXPECT_EQ(Number(Checked(report.As("junit")), "failures"), 1U);
  report.Threshold(std::nullopt);
  EXPECT_EQ(Number(Checked(report.As("junit")), "failures"), 0U);
}

TEST(Junit, NamesHoldNoLineSoThatRunsCompare) {
  AReport here;
  here.File("a.yaml", UnknownKind("Gatway", "a"));
  AReport lower;
  lower.File("a.yaml", "# moved\n\n\n" + UnknownKind("Gatway", "a"));
  const auto name = [](const AReport& report) {
    return Checked(report.As("junit"))
        .children[0]
        .children[0]
        .attributes.at("name");
  };
  EXPECT_EQ(name(here), "unknown-kind Gatway shop/a /kind");
  EXPECT_EQ(name(lower), name(here));
}

TEST(Junit, AnEmptyRunHasACaseAllTheSame) {
  Report nothing;
  EXPECT_EQ(Number(Checked(WriteJunit(nothing)), "tests"), 1U);
  nothing.exit_code = 2;
  EXPECT_EQ(Number(Checked(WriteJunit(nothing)), "errors"), 1U);
}

TEST(XmlText, EscapesAndReplaces) {
  EXPECT_EQ(XmlText("a<b>&\"'c"), "a&lt;b&gt;&amp;&quot;&apos;c");
  EXPECT_EQ(XmlText("]]>"), "]]&gt;");
  EXPECT_EQ(XmlText(std::string("\x00\x1b\x0b", 3)),
            "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");
  EXPECT_EQ(XmlText("\xEF\xBF\xBE\xEF\xBF\xBF\xEF\xBF\xBD"),
            "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");
  EXPECT_EQ(XmlText("a\n\tb\r"), "a\n\tb&#13;");
  EXPECT_EQ(XmlAttribute("a\n\tb\r"), "a&#10;&#9;b&#13;");
  EXPECT_EQ(XmlText("##[error]x"), "&#35;#[error]x");
}

}  // namespace
}  // namespace meshvet::lint

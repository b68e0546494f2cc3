#include "lint/report/github_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <vector>

#include "test/support/workflow_command.h"
#include "test/unit/lint/a_report.h"

namespace meshvet::lint {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;
using ::testing::SizeIs;
using ::testing::StartsWith;
using ::testing::UnorderedElementsAre;

std::vector<WorkflowCommand> Commands(const std::string& text) {
  std::vector<WorkflowCommand> commands;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    const auto command = ReadCommand(line);
    EXPECT_TRUE(command) << line;
    if (command) commands.push_back(*command);
  }
  return commands;
}

TEST(GitHub, WhatIsEscapedComesBack) {
  for (const std::string text :
       {"plain", "100%", "%25", "%0A", "a\r\nb", "a:b,c=d", "%3A%2C", "::x::y",
        "%%%", "\xE6\x97\xA5,\xC3\xA9"}) {
    const std::string property = EscapeCommandProperty(text);
    EXPECT_EQ(UnescapeCommand(property, true), text);
    EXPECT_EQ(property.find_first_of(":,\r\n"), property.npos) << property;
    const std::string data = EscapeCommandData(text);
    EXPECT_EQ(UnescapeCommand(data, false), text);
    EXPECT_EQ(data.find_first_of("\r\n"), data.npos) << data;
  }
}

TEST(GitHub, AnAnnotationSaysWhereAndWhat) {
  const auto commands =
      Commands(AReport()
                   .File("deploy/50%,a:b.yaml", UnknownKind("Gatway", "a"))
                   .As("github"));
  ASSERT_THAT(commands, SizeIs(1));
  EXPECT_EQ(commands[0].name, "error");
  EXPECT_THAT(commands[0].properties,
              UnorderedElementsAre(Pair("file", "deploy/50%,a:b.yaml"),
                                   Pair("line", "2"), Pair("endLine", "2"),
                                   Pair("col", "7"), Pair("endColumn", "13"),
                                   Pair("title", "unknown-kind")));
  EXPECT_EQ(commands[0].data,
            "networking.istio.io has no kind Gatway (did you mean "
            "\"Gateway\"?)\nGatway shop/a");
}

TEST(GitHub, ALevelHasTenAnnotationsAndTheTenthCountsTheRest) {
  AReport report;
  for (int i = 0; i < 12; ++i) {
    report.File("a" + std::to_string(i) + ".yaml",
                UnknownKind("Gatway", "a" + std::to_string(i)));
  }
  report.File("twice.yaml", Service("s") + "---\n" + Service("s"));
  const auto commands = Commands(report.As("github"));
  ASSERT_THAT(commands, SizeIs(11));
  for (size_t i = 0; i < 10; ++i) EXPECT_EQ(commands[i].name, "error");
  EXPECT_EQ(commands[9].data, "3 more errors");
  EXPECT_EQ(commands[10].name, "notice");
}

TEST(GitHub, TenFitAsTheyAre) {
  AReport report;
  for (int i = 0; i < 10; ++i) {
    report.File("a" + std::to_string(i) + ".yaml",
                UnknownKind("Gatway", "a" + std::to_string(i)));
  }
  const auto commands = Commands(report.As("github"));
  ASSERT_THAT(commands, SizeIs(10));
  EXPECT_THAT(commands[9].data, StartsWith("networking.istio.io has no kind"));
}

TEST(GitHub, AFileThatCannotBeReadIsAnError) {
  const auto commands = Commands(AReport()
                                     .File("a.yaml", Service("s"))
                                     .Path("/proc/self/mem")
                                     .As("github"));
  ASSERT_THAT(commands, SizeIs(1));
  EXPECT_EQ(commands[0].properties.at("file"), "/proc/self/mem");
  EXPECT_THAT(commands[0].data, HasSubstr("Input/output error"));
}

}  // namespace
}  // namespace meshvet::lint

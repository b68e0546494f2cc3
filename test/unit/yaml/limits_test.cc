#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "yaml/parse.h"

namespace meshvet::yaml {
namespace {

using ::testing::HasSubstr;

std::string Repeat(const std::string& text, size_t times) {
  std::string all;
  for (size_t i = 0; i < times; ++i) all += text;
  return all;
}

void ExpectOneLimit(const Stream& stream, const char* message) {
  ASSERT_EQ(stream.problems.size(), 1U);
  EXPECT_EQ(stream.problems[0].kind, Problem::Kind::kLimit);
  EXPECT_THAT(stream.problems[0].message, HasSubstr(message));
}

TEST(LimitsTest, DepthStopsAtTheValueThatIsTooDeep) {
  for (const char* opening : {"[", "{a: ", "- ", "? ", "[{a: "}) {
    SCOPED_TRACE(opening);
    const Stream stream = Parse(Repeat(opening, 250'000), {});
    ExpectOneLimit(stream, "nested too deeply");
    EXPECT_TRUE(stream.documents.empty());
  }
}

TEST(LimitsTest, DepthIsAllowedUpToTheLimit) {
  const std::string fits = Repeat("[", 256) + Repeat("]", 256);
  EXPECT_EQ(Parse(fits, {}).documents.size(), 1U);
  ExpectOneLimit(Parse("[" + fits + "]", {}), "nested too deeply");
}

TEST(LimitsTest, DepthByIndentation) {
  std::string text;
  for (size_t i = 0; i < 1'000; ++i) text += std::string(i, ' ') + "a:\n";
  const Stream stream = Parse(text + "---\nok: 1\n", {});
  ExpectOneLimit(stream, "reading goes on at line 1001");
  EXPECT_EQ(stream.problems[0].range.start.line, 257U);
  EXPECT_EQ(stream.documents.size(), 1U);
}

TEST(LimitsTest, DepthCountsWhatAliasesAdd) {
  const std::string text = "a: &a {b: {c: d}}\ne: {f: *a}\n";
  EXPECT_TRUE(Parse(text, {.max_depth = 4}).problems.empty());
  ExpectOneLimit(Parse(text, {.max_depth = 3}), "nested too deeply");
}

TEST(LimitsTest, AliasBombIsOneProblem) {
  std::string text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 30; ++i) {
    const std::string alias = "*a" + std::to_string(i - 1) + ", ";
    const std::string name = "a" + std::to_string(i);
    text.append(name).append(": &").append(name).append(" [");
    text.append(Repeat(alias, 9)).append("]\n");
  }
  ExpectOneLimit(Parse(text + "---\nok: 1\n", {}), "aliases repeat too much");
  EXPECT_EQ(Parse(text + "---\nok: 1\n", {}).documents.size(), 1U);
}

TEST(LimitsTest, AliasesOfLongTextsAreCounted) {
  const std::string text =
      "[&a " + std::string(1 << 20, 'x') + Repeat(", *a", 10'000) + "]";
  ExpectOneLimit(Parse(text, {}), "aliases repeat too much");
}

TEST(LimitsTest, MergeBombIsOneProblem) {
  std::string text = "- &m0 {k: 1}\n";
  for (int i = 1; i < 2'000; ++i) {
    const std::string last = "*m" + std::to_string(i - 1);
    text.append("- &m").append(std::to_string(i)).append(" {<<: [");
    text.append(last).append(", ").append(last).append("]}\n");
  }
  const Stream stream = Parse(text, {.max_depth = 1'000});
  ASSERT_EQ(stream.problems.size(), 1U);
  EXPECT_EQ(stream.problems[0].kind, Problem::Kind::kLimit);
}

TEST(LimitsTest, BytesNodesScalarsAndDocuments) {
  ExpectOneLimit(Parse("a: 12345\n", {.max_bytes = 8}), "larger than 8 bytes");
  ExpectOneLimit(Parse("[1, 2, 3]\n", {.max_nodes = 3}), "too many nodes");
  EXPECT_TRUE(Parse("[1, 2, 3]\n", {.max_nodes = 4}).problems.empty());
  ExpectOneLimit(Parse("a: 'xxxxx'\n", {.max_scalar = 4}), "too long");
  const Stream many = Parse(Repeat("--- a\n", 6), {.max_documents = 3});
  ExpectOneLimit(many, "more than 3 documents; the rest");
  EXPECT_EQ(many.documents.size(), 3U);
  EXPECT_EQ(many.problems[0].range.start.line, 4U);
}

TEST(LimitsTest, NodesAreCountedOverTheWholeFile) {
  const Stream stream = Parse(Repeat("--- [1, 2]\n", 10), {.max_nodes = 8});
  EXPECT_EQ(stream.documents.size(), 2U);
  ExpectOneLimit(stream, "whatever follows it in the file");
}

TEST(LimitsTest, ProblemsEndTheReading) {
  const Stream broken = Parse(Repeat("]\n---\n", 50), {.max_problems = 10});
  ASSERT_EQ(broken.problems.size(), 11U);
  EXPECT_THAT(broken.problems[10].message, HasSubstr("too many problems"));
  const Stream bad = Parse(Repeat("\xFF\n---\n", 50), {.max_problems = 10});
  EXPECT_EQ(bad.problems.size(), 11U);
  const Stream twice =
      Parse("{" + Repeat("a: 1, ", 50) + "}", {.max_problems = 10});
  EXPECT_EQ(twice.problems.size(), 11U);
}

TEST(LimitsTest, TagDirectives) {
  const Stream stream = Parse(Repeat("%TAG !a! x\n", 101) + "--- a\n", {});
  ExpectOneLimit(stream, "too many %TAG directives");
}

}  // namespace
}  // namespace meshvet::yaml

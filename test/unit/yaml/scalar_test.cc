#include "yaml/scalar.h"

#include <gtest/gtest.h>

#include <string>

#include "mesh/document.h"
#include "yaml/parse.h"

namespace meshvet::yaml {
namespace {

struct ScalarCase {
  const char* yaml;
  const char* json;  // null: no JSON value
};

// kubectl 1.32 prints the same for each, but for two on purpose: it rounds
// 18446744073709551615 to a double, and replaces the byte of `!!binary /w==`.
constexpr ScalarCase kScalars[] = {
    {"text", R"("text")"},
    {"yes", "true"},
    {"y", "true"},
    {"Y", "true"},
    {"On", "true"},
    {"TRUE", "true"},
    {"no", "false"},
    {"n", "false"},
    {"OFF", "false"},
    {"False", "false"},
    {"truE", R"("truE")"},
    {"Yes", "true"},
    {"YES", "true"},
    {"true", "true"},
    {"True", "true"},
    {"on", "true"},
    {"ON", "true"},
    {"N", "false"},
    {"No", "false"},
    {"NO", "false"},
    {"false", "false"},
    {"FALSE", "false"},
    {"off", "false"},
    {"Off", "false"},
    {"Null", "null"},
    {"yesterday", R"("yesterday")"},
    {"name", R"("name")"},
    {"nope", R"("nope")"},
    {"to", R"("to")"},
    {"from", R"("from")"},
    {"of", R"("of")"},
    {"~a", R"("~a")"},
    {"~", "null"},
    {"null", "null"},
    {"NULL", "null"},
    {"nUll", R"("nUll")"},
    {"0", "0"},
    {"-0", "0"},
    {"+1", "1"},
    {"-17", "-17"},
    {"017", "15"},
    {"0o17", "15"},
    {"-017", "-15"},
    {"0O17", "15"},
    {"0x1F", "31"},
    {"-0x1f", "-31"},
    {"0b11", "3"},
    {"+0b11", "3"},
    {"1_000", "1000"},
    {"0x_F", "15"},
    {"_1", R"("_1")"},
    {"08", "8"},
    {"0o8", R"("0o8")"},
    {"0x", R"("0x")"},
    {"0b2", R"("0b2")"},
    {"9223372036854775807", "9223372036854775807"},
    {"-9223372036854775808", "-9223372036854775808"},
    {"18446744073709551615", "18446744073709551615"},
    {"0xFFFFFFFFFFFFFFFFFF", R"("0xFFFFFFFFFFFFFFFFFF")"},
    {"1.5", "1.5"},
    {".5", "0.5"},
    {"+.5", "0.5"},
    {"-.5", "-0.5"},
    {".5_0", "0.5"},
    {".5__0", R"(".5__0")"},
    {"._5", R"("._5")"},
    {".", R"(".")"},
    {"1.0", "1"},
    {"1e3", "1000"},
    {"1.5E3", "1500"},
    {"1e-7", "1e-7"},
    {"1e-400", "0"},
    {"1e400", R"("1e400")"},
    {"1e", R"("1e")"},
    {"0x1p4", R"("0x1p4")"},
    {"1:30", R"("1:30")"},
    {"190:20:30", R"("190:20:30")"},
    {"2001-12-14", R"("2001-12-14")"},
    {"1.2.3", R"("1.2.3")"},
    {"5s", R"("5s")"},
    {"=", R"("=")"},
    {".inf", nullptr},
    {"-.Inf", nullptr},
    {".nan", nullptr},
    {".inF", R"(".inF")"},
    {R"("5")", R"("5")"},
    {"'yes'", R"("yes")"},
    {R"("")", R"("")"},
    {"!!str 5", R"("5")"},
    {"!!str", R"("")"},
    {"! 5", R"("5")"},
    {"!own 5", R"("5")"},
    {"!!unknown 5", R"("5")"},
    {R"(!!int "5")", "5"},
    {"!!int 5.0", nullptr},
    {"!!int abc", nullptr},
    {R"(!!bool "yes")", "true"},
    {"!!bool 1", nullptr},
    {R"(!!null "")", "null"},
    {"!!null a", nullptr},
    {"!!float 5", "5"},
    {R"(!!float "5.5")", "5.5"},
    {"!!float abc", nullptr},
    {"!!timestamp 2001-12-14", R"("2001-12-14")"},
    {"!<tag:yaml.org,2002:int> 7", "7"},
    {"!!binary aGVsbG8=", R"("hello")"},
    {"!!binary aGVsbG8", nullptr},
    {R"(!!binary "@@")", nullptr},
    {"!!binary /w==", nullptr},
};

TEST(ScalarTest, IsWhatKubectlMakesOfIt) {
  for (const ScalarCase& test : kScalars) {
    SCOPED_TRACE(test.yaml);
    const Stream stream = Parse(std::string("v: ") + test.yaml + "\n", {});
    if (test.json == nullptr) {
      EXPECT_TRUE(stream.documents.empty());
      ASSERT_EQ(stream.problems.size(), 1U);
      EXPECT_EQ(stream.problems[0].kind, Problem::Kind::kValue);
      EXPECT_EQ(stream.problems[0].range.start.column, 4U);
      continue;
    }
    EXPECT_TRUE(stream.problems.empty());
    ASSERT_EQ(stream.documents.size(), 1U);
    const Node value = stream.documents[0].root()["v"];
    ASSERT_NE(value.value(), nullptr);
    EXPECT_EQ(value.ToJson(), test.json);
  }
}

struct KeyCase {
  const char* yaml;
  const char* key;  // null: no key in JSON
};

constexpr KeyCase kKeys[] = {
    {"a", "a"},
    {"1", "1"},
    {"0x10", "16"},
    {"yes", "true"},
    {"Off", "false"},
    {"!!str 5", "5"},
    {R"("")", ""},
    {"1.5", "1.5"},
    {"1e3", "1000"},
    {"999999.0", "999999"},
    {"1234567.0", "1.234567e+06"},
    {"1e-5", "1e-05"},
    {"0.0001", "0.0001"},
    {"3.141592653589", "3.1415927"},
    {"-0.0", "-0"},
    {".inf", ".inf"},
    {"2001-12-14", "2001-12-14"},
    {"!!binary aGVsbG8=", "hello"},
    {"~", nullptr},
    {"18446744073709551615", nullptr},
    {"? [x]", nullptr},
    {"? {x: y}", nullptr},
};

TEST(ScalarTest, KeysBecomeStringsAsKubectlMakesThem) {
  for (const KeyCase& test : kKeys) {
    SCOPED_TRACE(test.yaml);
    const Stream stream = Parse(std::string("{") + test.yaml + " : v}", {});
    if (test.key == nullptr) {
      EXPECT_TRUE(stream.documents.empty());
      ASSERT_EQ(stream.problems.size(), 1U);
      EXPECT_EQ(stream.problems[0].kind, Problem::Kind::kValue);
      continue;
    }
    EXPECT_TRUE(stream.problems.empty());
    ASSERT_EQ(stream.documents.size(), 1U);
    EXPECT_EQ(stream.documents[0].root()[test.key].Str(), "v");
  }
}

}  // namespace
}  // namespace meshvet::yaml

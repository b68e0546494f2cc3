// The fast reader against the thorough one: it takes what is common, and what
// it takes is what the other reads.

#include "mesh/json_reader.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mesh/document_tree.h"
#include "test/support/same_tree.h"

namespace meshvet {
namespace {

using namespace std::string_view_literals;

// Whether the fast reader took `text`, which must then be the same for both.
bool IsTakenAndSame(std::string_view text, const JsonLimits& limits = {}) {
  const auto fast = ReadFast(text, limits);
  if (fast == nullptr) return false;
  const auto thorough = ReadThoroughly(text, limits);
  EXPECT_TRUE(thorough) << text << ": " << thorough.error().message;
  if (!thorough) return true;
  EXPECT_TRUE(IsSameTree(fast->document, *thorough->root().value())) << text;
  EXPECT_TRUE(Node(&fast->document) == thorough->root()) << text;
  return true;
}

TEST(ReadFast, TakesWhatIsCommon) {
  constexpr std::string_view kTexts[] = {
      "{}",
      "[]",
      "\"\"",
      " \"a\\n\xC3\xA9\" ",
      " \n\r\t[ \n\r\t] \n\r\t",
      " { \"a\" : [ 1 , { } , [ ] ] , \"b\" : null } ",
      R"([null,true,false,"",{"":""}])",
      "[0,-0,1,-1,9,10,-2147483648,2147483647,2147483648,4294967295]",
      "[4294967296,999999999,1000000000,-999999999,-1000000000]",
      "[12345678901234567,-12345678901234567]",
      "[0.0,-0.0,1.0,0.1,-2.5,3.14159265358979,100000.00000001]",
      R"(["a\"b","\\","\/","\b\f\n\r\t","\u0041\u00e9\u20AC\ud83d\ude00"])",
      R"(["\u0000","a\u0000b",{"\u0061\n":1}])",
      "[\"\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80 plain \\n \xC3\xA9\"]",
      "[\"\x7F\"]",
      R"({"a":{"a":{"a":1}},"b":[{"a":1},{"a":1}]})",
  };
  for (const std::string_view text : kTexts) {
    EXPECT_TRUE(IsTakenAndSame(text)) << text;
  }
}

TEST(ReadFast, LeavesTheRest) {
  constexpr std::string_view kTexts[] = {
      // No object, array or string.
      "",
      " ",
      "1",
      "null",
      "\xEF\xBB\xBF{}",
      // Rare numbers.
      "[1e1]",
      "[1.5E-3]",
      "[1e400]",
      "[123456789012345678]",
      "[9223372036854775807]",
      "[9223372036854775808]",
      "[-9223372036854775808]",
      "[18446744073709551615]",
      "[18446744073709551616]",
      "[0.30000000000000004]",
      // Wrong ones.
      "[01]",
      "[-]",
      "[-01]",
      "[+1]",
      "[1.]",
      "[.5]",
      "[-.5]",
      "[1.5.5]",
      "[1x]",
      "[1\x01]",
      "[NaN]",
      // Wrong literals.
      "[tru]",
      "[truex]",
      "[nul",
      "[falsey]",
      // Wrong structure.
      "{",
      "[",
      "[1",
      "[1,",
      "[1,]",
      "[,1]",
      "[1 2]",
      "[1}",
      "{\"a\"}",
      "{\"a\":}",
      "{\"a\":1,}",
      "{\"a\":1]",
      "{\"a\" 1}",
      "{a:1}",
      "{1:1}",
      "{,}",
      "{} {}",
      "{},",
      "[]\0"sv,
      "\0[]"sv,
      "[\0]"sv,
      "[1]\0 "sv,
      // Wrong strings.
      "[\"",
      "[\"a",
      "[\"a\\",
      "[\"a\\\"",
      "\"",
      "\"a\" 1",
      "\"a\",",
      "\"a\"\0"sv,
      "[\"\\x\"]",
      "[\"\\u12g4\"]",
      "[\"\\u123",
      "[\"\\u-123\"]",
      "[\"\\u+123\"]",
      "[\"\\u 123\"]",
      "[\"\\u0x41\"]",
      R"(["\udddd"])",
      R"(["\ud800"])",
      R"(["\ud800\u0041"])",
      R"(["\ud800\ud800"])",
      R"(["\ud800\n"])",
      "[\"\\ud800\\u",
      "[\"\n\"]",
      "[\"\0\"]"sv,
      "[\"\\n\x1F\"]",
      "[\"\xFF\"]",
      "[\"\xC0\xAF\"]",
      "[\"\xED\xA0\x80\"]",
      "[\"\xF4\x90\x80\x80\"]",
      "[\"\xC3\"]",
      "[\"\xC3",
      "[\xC3\xA9]",
      // Equal keys.
      R"({"a":1,"a":2})",
      R"({"a":1,"\u0061":2})",
      R"({"":1,"":2})",
      R"({"b":[{"a":1,"c":2,"a":3}]})",
  };
  for (const std::string_view text : kTexts) {
    EXPECT_EQ(ReadFast(text, {}), nullptr) << text;
  }
}

TEST(ReadFast, KeepsTheLimits) {
  EXPECT_TRUE(IsTakenAndSame("[[],[],{}]", {.max_depth = 2}));
  EXPECT_FALSE(IsTakenAndSame(R"([{"a":[]}])", {.max_depth = 2}));
  EXPECT_FALSE(IsTakenAndSame("[]", {.max_depth = 0}));
  EXPECT_TRUE(IsTakenAndSame(R"({"a":[1,2]})", {.max_values = 4}));
  EXPECT_FALSE(IsTakenAndSame(R"({"a":[1,2]})", {.max_values = 3}));
  EXPECT_FALSE(IsTakenAndSame("[]", {.max_values = 0}));
  EXPECT_TRUE(IsTakenAndSame("\"a\"", {.max_depth = 0, .max_values = 1}));
  EXPECT_FALSE(IsTakenAndSame("\"a\"", {.max_values = 0}));
}

// Just below, at and above what is compared key by key.
TEST(ReadFast, FindsEqualKeysAmongAnyNumber) {
  std::string members;
  for (int count = 1; count < 200; ++count) {
    members += "\"k" + std::to_string(count) + "\":0,";
    EXPECT_TRUE(IsTakenAndSame("{" + members + "\"x\":0}"));
    for (const int twin : {1, (count + 1) / 2, count}) {
      const std::string again = "\"k" + std::to_string(twin) + "\":0}";
      EXPECT_FALSE(IsTakenAndSame("{" + members + again)) << count;
    }
  }
}

// The room for values that await the end of their array is reckoned from the
// length of the text: the densest texts of each length.
TEST(ReadFast, HasRoomForTheDensestTexts) {
  for (const size_t count : {1U, 2U, 255U, 256U, 15'000U, 17'000U, 40'000U}) {
    std::string flat = "[1";
    std::string strings = "[\"\"";
    std::string keys = "{\"k\":{}";
    for (size_t i = 1; i < count; ++i) {
      flat += ",1";
      strings += ",\"\"";
      keys += ",\"" + std::to_string(i) + "\":{}";
    }
    EXPECT_TRUE(IsTakenAndSame(flat + "]"));
    EXPECT_TRUE(IsTakenAndSame(strings + "]"));
    EXPECT_TRUE(IsTakenAndSame(keys + "}"));
    EXPECT_FALSE(IsTakenAndSame(flat));
  }
  const std::string nested = std::string(256, '[') + std::string(256, ']');
  EXPECT_TRUE(IsTakenAndSame(nested));
}

// The scan looks at sixteen bytes at a time, the last ones behind the text.
TEST(ReadFast, ReadsStringsOfEveryLengthAtEveryPlace) {
  for (size_t before = 0; before < 20; ++before) {
    for (size_t length = 0; length < 40; ++length) {
      const std::string start = std::string(before, ' ') + "[\"";
      const std::string string(length, 'x');
      EXPECT_TRUE(IsTakenAndSame(start + string + "\"]"));
      EXPECT_TRUE(IsTakenAndSame(start + string + "\xC3\xA9" + string + "\"]"));
      EXPECT_TRUE(IsTakenAndSame(start + string + "\\n" + string + "\"]"));
      EXPECT_FALSE(IsTakenAndSame(start + string));
    }
  }
}

std::vector<std::string> TextsBelow(std::string_view folder) {
  std::vector<std::string> texts;
  const std::filesystem::path root = MESHVET_SOURCE_DIR;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(root / folder)) {
    if (entry.path().extension() != ".json") continue;
    std::ifstream in(entry.path(), std::ios::binary);
    texts.emplace_back(std::istreambuf_iterator<char>(in),
                       std::istreambuf_iterator<char>());
  }
  return texts;
}

TEST(ReadFast, TakesEveryReview) {
  size_t count = 0;
  for (const char* folder : {"test/reviews", "examples/reviews"}) {
    for (const std::string& text : TextsBelow(folder)) {
      EXPECT_TRUE(IsTakenAndSame(text)) << text;
      ++count;
    }
  }
  EXPECT_GT(count, 20U);
}

// Changes a text in a few places, as JSON's own characters would.
class Mutator {
 public:
  std::string Change(std::string text) {
    for (size_t left = Below(3) + 1; left > 0; --left) ChangeOnce(text);
    return text;
  }

 private:
  size_t Below(size_t limit) { return random_() % limit; }

  char AnyCharacter() {
    constexpr std::string_view kTelling =
        "{}[]\",:\\ \n\t\r019.-+eEtfnu\0\x1F\x7F\x80\xC3\xA9\xED\xEF\xF4"sv;
    return kTelling[Below(kTelling.size())];
  }

  void ChangeOnce(std::string& text) {
    const size_t at = Below(text.size() + 1);
    const size_t length = Below(12);
    switch (Below(5)) {
      case 0:
        text.insert(at, 1, AnyCharacter());
        break;
      case 1:
        text.erase(at, length);
        break;
      case 2:
        text.insert(Below(text.size() + 1), text.substr(at, length));
        break;
      case 3:
        text.resize(at);
        break;
      default:
        if (at < text.size()) text[at] = AnyCharacter();
    }
  }

  std::mt19937 random_{20'240'613};
};

TEST(ReadFast, AgreesOnMutatedTexts) {
  Mutator mutator;
  size_t taken = 0;
  size_t left = 0;
  for (const char* folder : {"test/fuzz/corpus", "test/reviews"}) {
    for (const std::string& text : TextsBelow(folder)) {
      for (int i = 0; i < 200; ++i) {
        ++(IsTakenAndSame(mutator.Change(text)) ? taken : left);
      }
    }
  }
  EXPECT_GT(taken, 1'000U);
  EXPECT_GT(left, 1'000U);
}

}  // namespace
}  // namespace meshvet

// Lists cut into items, wherever their bytes are cut.

#include "cluster/list_splitter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace meshvet::cluster {
namespace {

using ::testing::ElementsAreArray;

struct Split {
  std::vector<std::string> items;
  std::string version;
  std::string error;
};

Split SplitIn(std::string_view text, size_t piece, size_t max_item = 100) {
  Split split;
  ListSplitter splitter(max_item, [&](std::string_view item) {
    split.items.emplace_back(item);
    return std::optional<Error>();
  });
  for (size_t at = 0; at < text.size(); at += piece) {
    if (const auto error = splitter.Take(text.substr(at, piece))) {
      split.error = error->message;
      return split;
    }
  }
  const Result<Document> around = splitter.Finish();
  if (around) {
    split.version = around->root()["metadata"]["resourceVersion"].Str();
  } else {
    split.error = around.error().message;
  }
  return split;
}

TEST(ListSplitter, FindsItemsWhereverItIsCut) {
  const struct {
    std::string text;
    std::vector<std::string> items;
  } cases[] = {
      {R"({"metadata":{"resourceVersion":"9"},"items":[{"a":1},{"b":[{}]}]})",
       {R"({"a":1})", R"({"b":[{}]})"}},
      // As of custom resources: keys are sorted.
      {R"({"items":[{"a":"}"}],"metadata":{"resourceVersion":"9"}})",
       {R"({"a":"}"})"}},
      {"{ \"items\" :\n[ {} ,\t{\"a\": \"\\\"]\\\\\"} ]\r\n,\"metadata\":"
       "{\"resourceVersion\":\"9\"}}\n",
       {"{}", "{\"a\": \"\\\"]\\\\\"}"}},
      {R"({"metadata":{"resourceVersion":"9","items":[{"a":1}]},"items":[]})",
       {}},
      {R"({"metadata":{"resourceVersion":"9"},"items":null})", {}},
      {R"({"an\"items":[{"a":1}],"metadata":{"resourceVersion":"9"}})", {}},
      {R"({"others":[{"items":[{"a":1}]}],"metadata":{"resourceVersion":"9"}})",
       {}},
  };
  for (const auto& c : cases) {
    for (size_t piece = 1; piece <= c.text.size(); ++piece) {
      const Split split = SplitIn(c.text, piece);
      EXPECT_EQ(split.error, "") << c.text;
      EXPECT_THAT(split.items, ElementsAreArray(c.items)) << c.text;
      EXPECT_EQ(split.version, "9") << c.text;
    }
  }
}

TEST(ListSplitter, RefusesWhatIsNoList) {
  constexpr const char* kNoObjects = "its items are no objects";
  constexpr const char* kTooLarge = "one object is larger than 9 bytes";
  const struct {
    std::string text;
    std::string error;
  } cases[] = {
      {R"({"items":[7]})", kNoObjects},
      {R"({"items":[[]]})", kNoObjects},
      {R"({"items":[,]})", kNoObjects},
      {R"({"items":[{},]})", kNoObjects},
      {R"({"items":[{}{}]})", kNoObjects},
      {R"({"items":[{"a":1})", "it ends amid its items"},
      {R"({"items":[{"a":)", "it ends amid its items"},
      {R"({"items":[{"a":1234}]})", kTooLarge},
      {R"({"items":[{"a":"}]}]})", kTooLarge},
  };
  for (const auto& c : cases) {
    for (size_t piece = 1; piece <= c.text.size(); ++piece) {
      EXPECT_EQ(SplitIn(c.text, piece, 9).error, c.error) << c.text;
    }
  }
  for (const std::string text : {"", "{", "]]]]", R"({"items":[]]})"}) {
    EXPECT_NE(SplitIn(text, 1).error, "") << text;
  }
}

TEST(ListSplitter, BoundsWhatIsAroundTheItems) {
  const std::string endless = R"({"a":")" + std::string(1 << 20, 'x');
  EXPECT_EQ(SplitIn(endless, 4096).error,
            "it is larger than 1048576 bytes, but for its items");
}

TEST(ListSplitter, StopsAtAnItemThatIsNotTaken) {
  size_t taken = 0;
  ListSplitter splitter(100, [&](std::string_view) {
    ++taken;
    return std::optional(Error{"an item has no name"});
  });
  const auto error = splitter.Take(R"({"items":[{},{}]})");
  ASSERT_TRUE(error.has_value());
  EXPECT_EQ(error->message, "an item has no name");
  EXPECT_EQ(taken, 1U);
}

}  // namespace
}  // namespace meshvet::cluster

#include "mesh/json_pointer.h"

#include <gtest/gtest.h>

#include "mesh/document.h"

namespace meshvet {
namespace {

TEST(PointerIndexTest, FindsTheWayBackToEveryNode) {
  const auto document = ParseJson(R"({"a": [1, {"b/c": [true]}]})", {});
  ASSERT_TRUE(document);
  const PointerIndex index(document->root());
  EXPECT_EQ(index.Of(document->root()), "");
  EXPECT_EQ(index.Of(document->root()["a"][0]), "/a/0");
  EXPECT_EQ(index.Of(document->root()["a"][1]["b/c"][0]), "/a/1/b~1c/0");
}

TEST(PointerIndexTest, NamesThePlaceAMissingNodeWouldHave) {
  const auto document = ParseJson(R"({"a": {}})", {});
  ASSERT_TRUE(document);
  const PointerIndex index(document->root());
  const Node missing = document->root()["a"]["tls"]["mode"];
  EXPECT_EQ(index.Of(missing), "/a/tls/mode");
  EXPECT_EQ(index.OfNearest(missing), "/a");
}

}  // namespace
}  // namespace meshvet

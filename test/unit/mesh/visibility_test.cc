#include "mesh/visibility.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "mesh/document.h"

namespace meshvet {
namespace {

const char* const kPublicDefault = R"(["*"])";

std::vector<std::string> Words(const Node list) {
  std::vector<std::string> words;
  for (const Node word : list) words.emplace_back(word.Str());
  return words;
}

// Seen from the own namespace "shop", from "web", and from "other".
struct SeenBy {
  bool shop;
  bool web;
  bool other;

  friend bool operator==(const SeenBy&, const SeenBy&) = default;
  friend void PrintTo(const SeenBy& seen, std::ostream* out) {
    *out << seen.shop << seen.web << seen.other;
  }
};

SeenBy Seen(const ExportTo& exported) {
  return {exported.VisibleTo("shop", "shop"), exported.VisibleTo("web", "shop"),
          exported.VisibleTo("other", "shop")};
}

struct ExportCase {
  const char* value;
  const char* mesh_default;
  SeenBy seen;
};

TEST(ExportToTest, ReadsAList) {
  const ExportCase cases[] = {
      {"null", kPublicDefault, {true, true, true}},
      {"[]", kPublicDefault, {true, true, true}},
      {"[]", R"(["."])", {true, false, false}},
      {"[]", R"(["~"])", {false, false, false}},
      {R"(["*"])", R"(["."])", {true, true, true}},
      {R"(["."])", kPublicDefault, {true, false, false}},
      {R"(["~"])", kPublicDefault, {false, false, false}},
      {R"(["web"])", kPublicDefault, {false, true, false}},
      {R"([".", "web"])", kPublicDefault, {true, true, false}},
      {R"(["shop"])", kPublicDefault, {true, false, false}},
      {R"(["~", "web"])", kPublicDefault, {false, false, false}},
      {R"(["~", "."])", kPublicDefault, {false, false, false}},
      {R"(["~", "*"])", kPublicDefault, {true, true, true}},
      {R"(["web", "*"])", kPublicDefault, {true, true, true}},
      {R"(["WEB"])", kPublicDefault, {false, false, false}},
      {R"([""])", kPublicDefault, {false, false, false}},
      {R"([7, null])", kPublicDefault, {false, false, false}},
  };
  for (const ExportCase& test : cases) {
    const auto value = ParseJson(test.value, {});
    const auto fallback = ParseJson(test.mesh_default, {});
    ASSERT_TRUE(value && fallback);
    EXPECT_EQ(Seen(ExportTo(value->root(), Words(fallback->root()))), test.seen)
        << test.value;
  }
}

TEST(ExportToTest, ReadsTheAnnotationOfAService) {
  const ExportCase cases[] = {
      {"null", kPublicDefault, {true, true, true}},
      {R"("")", kPublicDefault, {true, true, true}},
      {R"("")", R"(["."])", {true, false, false}},
      {R"("*")", R"(["."])", {true, true, true}},
      {R"(".")", kPublicDefault, {true, false, false}},
      {R"("~")", kPublicDefault, {false, false, false}},
      {R"("web")", kPublicDefault, {false, true, false}},
      {R"(" . ,\tweb\n")", kPublicDefault, {true, true, false}},
      {R"("web\u000b,\f.")", kPublicDefault, {true, true, false}},
      {R"("web,~")", kPublicDefault, {false, false, false}},
      {R"("~,*")", kPublicDefault, {true, true, true}},
      // z15: blanks are an entry, and no namespace has that name.
      {R"(" ")", kPublicDefault, {false, false, false}},
      {R"(",")", kPublicDefault, {false, false, false}},
      {R"("web,,")", kPublicDefault, {false, true, false}},
      {R"("we b")", kPublicDefault, {false, false, false}},
  };
  for (const ExportCase& test : cases) {
    const auto value = ParseJson(test.value, {});
    const auto fallback = ParseJson(test.mesh_default, {});
    ASSERT_TRUE(value && fallback);
    EXPECT_EQ(
        Seen(ExportTo::FromAnnotation(value->root(), Words(fallback->root()))),
        test.seen)
        << test.value;
  }
}

ExportTo List(const std::string& json) {
  const auto list = ParseJson(json, {});
  EXPECT_TRUE(list);
  return {list->root(), {"*"}};
}

TEST(ExportToTest, NobodyIsNoNamespace) {
  EXPECT_FALSE(List(R"(["", "web"])").VisibleTo("", "shop"));
}

TEST(ExportToTest, KnowsWhetherAnyoneOutsideSeesIt) {
  EXPECT_TRUE(List(R"(["*"])").ReachesBeyond("shop"));
  EXPECT_TRUE(List(R"([".", "web"])").ReachesBeyond("shop"));
  EXPECT_FALSE(List(R"(["."])").ReachesBeyond("shop"));
  EXPECT_FALSE(List(R"(["shop", "."])").ReachesBeyond("shop"));
  EXPECT_FALSE(List(R"(["~", "web"])").ReachesBeyond("shop"));
}

TEST(ExportToTest, KnowsItsNames) {
  const ExportTo exported = List(R"(["web", "*", "api", "web"])");
  EXPECT_TRUE(exported.IsPublic());
  EXPECT_TRUE(exported.Names("web"));
  EXPECT_TRUE(exported.Names("api"));
  EXPECT_FALSE(exported.Names("*"));
  EXPECT_FALSE(exported.Names("shop"));
  EXPECT_FALSE(List(R"(["web"])").IsPublic());
}

TEST(ExportToTest, EqualsAsASet) {
  EXPECT_EQ(List(R"(["a", "b", "."])"), List(R"([".", "b", "a", "b"])"));
  EXPECT_FALSE(List(R"(["a"])") == List(R"(["b"])"));
  EXPECT_FALSE(List(R"(["a"])") == List(R"(["a", "."])"));
  EXPECT_FALSE(List(R"(["a"])") == List(R"(["a", "*"])"));
}

TEST(ExportToTest, TheDefaultAloneSaysTheSame) {
  const std::vector<std::vector<std::string>> defaults = {
      {},         {"*"},        {"."},        {"~"},
      {"web"},    {""},         {"shop"},     {".", "web"},
      {"~", "."}, {"~", "web"}, {"web", "*"}, {"~", "*"}};
  for (const auto& words : defaults) {
    const ExportTo exported(Node(), words);
    for (const std::string client : {"shop", "web", "other", ""}) {
      EXPECT_EQ(IsVisibleByDefault(words, client, "shop"),
                exported.VisibleTo(client, "shop"))
          << client << " and " << testing::PrintToString(words);
    }
  }
}

}  // namespace
}  // namespace meshvet

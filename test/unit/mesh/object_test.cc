#include "mesh/object.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>

#include "mesh/document.h"
#include "mesh/kinds.h"

namespace meshvet {
namespace {

Object Read(std::string_view json, std::string_view default_namespace = {}) {
  Result<Document> parsed = ParseJson(json, {});
  if (!parsed) throw std::runtime_error(parsed.error().message);
  auto document = std::make_shared<const Document>(std::move(*parsed));
  const Node root = document->root();
  return Object(root, std::move(document), default_namespace);
}

TEST(ObjectTest, TheGroupIsWhatStandsBeforeTheSlash) {
  EXPECT_EQ(GroupOf("networking.istio.io/v1"), "networking.istio.io");
  EXPECT_EQ(GroupOf("v1"), "");
  EXPECT_EQ(GroupOf(""), "");
  EXPECT_EQ(GroupOf("/v1"), "");
  EXPECT_EQ(VersionOf("networking.istio.io/v1"), "v1");
  EXPECT_EQ(VersionOf("v1"), "v1");
  EXPECT_EQ(VersionOf("a/"), "");
}

TEST(ObjectTest, TheVersionDoesNotMatter) {
  for (const char* version : {"v1", "v1beta1", "v1alpha3"}) {
    EXPECT_EQ(Read(R"({"apiVersion": "networking.istio.io/)" +
                   std::string(version) + R"(", "kind": "Sidecar"})")
                  .kind(),
              kSidecar);
  }
}

struct NamespaceCase {
  const char* json;
  const char* wanted;
};

TEST(ObjectTest, KnowsItsNamespace) {
  const NamespaceCase cases[] = {
      {R"({"apiVersion": "v1", "kind": "Service",
           "metadata": {"namespace": "shop"}})",
       "shop"},
      {R"({"apiVersion": "v1", "kind": "Service"})", "default"},
      {R"({"apiVersion": "v1", "kind": "Service",
           "metadata": {"namespace": 7}})",
       "default"},
      {R"({"apiVersion": "v1", "kind": "Service",
           "metadata": {"namespace": ""}})",
       "default"},
      {R"({"apiVersion": "v1", "kind": "Namespace",
           "metadata": {"name": "shop", "namespace": "x"}})",
       ""},
  };
  for (const NamespaceCase& c : cases) {
    EXPECT_EQ(Read(c.json, "default").ns(), c.wanted) << c.json;
  }
}

TEST(ObjectTest, IsCalledByKindNamespaceAndName) {
  EXPECT_EQ(Read(R"({"apiVersion": "v1", "kind": "Service",
                     "metadata": {"name": "a", "namespace": "shop"}})")
                .Title(),
            "Service shop/a");
  EXPECT_EQ(Read(R"({"apiVersion": "v1", "kind": "Namespace",
                     "metadata": {"name": "shop"}})")
                .Title(),
            "Namespace shop");
  EXPECT_EQ(Read(R"({"apiVersion": "v1", "kind": "Pod", "metadata":
                     {"generateName": "a-", "namespace": "shop"}})")
                .Title(),
            "Pod shop/a-*");
  EXPECT_EQ(Read("{}").Title(), "object *");
}

TEST(ObjectTest, IsTheSameByKindNamespaceAndName) {
  const Object a = Read(R"({"apiVersion": "v1", "kind": "Pod", "metadata":
                            {"name": "a", "namespace": "shop"}})");
  const Object newer = Read(R"({"apiVersion": "v2", "kind": "Pod", "metadata":
                            {"name": "a", "namespace": "shop"}, "spec": {}})");
  const Object elsewhere = Read(R"({"apiVersion": "v1", "kind": "Pod",
                            "metadata": {"name": "a", "namespace": "web"}})");
  const Object service = Read(R"({"apiVersion": "v1", "kind": "Service",
                            "metadata": {"name": "a", "namespace": "shop"}})");
  const Object nameless = Read(R"({"apiVersion": "v1", "kind": "Pod",
                            "metadata": {"generateName": "a"}})");
  EXPECT_TRUE(a.SameIdentity(newer));
  EXPECT_FALSE(a.SameIdentity(elsewhere));
  EXPECT_FALSE(a.SameIdentity(service));
  EXPECT_FALSE(nameless.SameIdentity(nameless));
}

TEST(ObjectTest, AnswersWhateverTheInputHolds) {
  for (const char* json : {"null", "7", "[]", "{}", R"({"metadata": []})",
                           R"({"apiVersion": 1, "kind": {}, "spec": "x"})"}) {
    const Object object = Read(json);
    EXPECT_EQ(object.kind(), GroupKind()) << json;
    EXPECT_EQ(object.name(), "") << json;
    EXPECT_EQ(object.ns(), "") << json;
    EXPECT_EQ(object.created(), "") << json;
    EXPECT_FALSE(object.labels()["app"].exists()) << json;
    EXPECT_FALSE(object.spec()["hosts"][size_t{0}].exists()) << json;
  }
}

}  // namespace
}  // namespace meshvet

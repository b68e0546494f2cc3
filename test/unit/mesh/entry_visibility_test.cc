#include "mesh/entry_visibility.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "mesh/document.h"
#include "mesh/mesh_config.h"
#include "mesh/mesh_view.h"
#include "mesh/registry.h"
#include "test/support/scene.h"

namespace meshvet {
namespace {

MeshConfig Config(const std::string& setting) {
  const Result<Document> parsed =
      ParseJson(R"({"serviceEntryVisibility": )" + setting + "}", {});
  if (!parsed) throw std::runtime_error(parsed.error().message);
  return ReadMeshConfig(parsed->root());
}

std::string_view ToString(std::optional<EntryVisibility::Reach> reach) {
  if (!reach) return "unknown";
  switch (*reach) {
    case EntryVisibility::Reach::kEveryone:
      return "public";
    case EntryVisibility::Reach::kOwnNamespace:
      return "namespace";
    case EntryVisibility::Reach::kNobody:
      return "none";
  }
  return "?";
}

std::string_view ReachOf(const std::string& setting, std::string_view ns,
                         const Node* labels) {
  return ToString(Config(setting).entry_visibility.Of(ns, labels));
}

// A policy that makes public what `selector` matches; all else is of its
// namespace.
std::string PublicFor(const std::string& selector) {
  return R"({"applyToSidecars": true, "defaultVisibility": "NAMESPACE",
             "policies": [{"visibility": "PUBLIC", "matchingRules": [
               {"namespaceSelector": )" +
         selector + "}]}]}";
}

TEST(EntryVisibilityTest, CountsForSidecarsOnlyWhenItSaysSo) {
  EXPECT_EQ(ReachOf("null", "shop", nullptr), "public");
  EXPECT_EQ(ReachOf(R"({"defaultVisibility": "NONE"})", "shop", nullptr),
            "public");
  EXPECT_EQ(ReachOf(R"({"defaultVisibility": "NONE", "applyToSidecars": true})",
                    "shop", nullptr),
            "none");
  EXPECT_EQ(ReachOf(R"({"applyToSidecars": true})", "shop", nullptr), "public");
}

struct SelectorCase {
  const char* selector;
  const char* with_labels;     // of shop, {"trusted": "yes"}
  const char* without_labels;  // when the Namespace is not known
};

TEST(EntryVisibilityTest, APolicyAppliesToNamespacesByTheirLabels) {
  const Result<Document> labels = ParseJson(R"({"trusted": "yes"})", {});
  ASSERT_TRUE(labels);
  const Node known = labels->root();
  const SelectorCase cases[] = {
      {"{}", "public", "public"},
      {"null", "namespace", "namespace"},
      {R"({"matchLabels": {"kubernetes.io/metadata.name": "shop"}})", "public",
       "public"},
      {R"({"matchLabels": {"kubernetes.io/metadata.name": "web"}})",
       "namespace", "namespace"},
      {R"({"matchLabels": {"trusted": "yes"}})", "public", "unknown"},
      {R"({"matchLabels": {"trusted": "no"}})", "namespace", "unknown"},
      {R"({"matchLabels": {"trusted": "yes", "other": "x"}})", "namespace",
       "unknown"},
      {R"({"matchExpressions": [
             {"key": "trusted", "operator": "In", "values": ["yes", "y"]}]})",
       "public", "unknown"},
      {R"({"matchExpressions": [
             {"key": "trusted", "operator": "NotIn", "values": ["yes"]}]})",
       "namespace", "unknown"},
      {R"({"matchExpressions": [
             {"key": "other", "operator": "NotIn", "values": ["yes"]}]})",
       "public", "unknown"},
      {R"({"matchExpressions": [{"key": "trusted", "operator": "Exists"}]})",
       "public", "unknown"},
      {R"({"matchExpressions": [
             {"key": "trusted", "operator": "DoesNotExist"}]})",
       "namespace", "unknown"},
      {R"({"matchExpressions": [
             {"key": "trusted", "operator": "Like", "values": ["yes"]}]})",
       "namespace", "unknown"},
      {R"({"matchLabels": {"trusted": "yes"}, "matchExpressions": [
             {"key": "other", "operator": "Exists"}]})",
       "namespace", "unknown"},
  };
  for (const SelectorCase& c : cases) {
    const std::string setting = PublicFor(c.selector);
    EXPECT_EQ(ReachOf(setting, "shop", &known), c.with_labels) << c.selector;
    EXPECT_EQ(ReachOf(setting, "shop", nullptr), c.without_labels)
        << c.selector;
  }
}

TEST(EntryVisibilityTest, TheFirstPolicyThatMatchesDecides) {
  constexpr const char* kSetting = R"({
    "applyToSidecars": true,
    "policies": [
      {"visibility": "NONE", "matchingRules": [
        {"namespaceSelector": {"matchLabels":
          {"kubernetes.io/metadata.name": "bad"}}}]},
      {"visibility": "PUBLIC", "matchingRules": [
        {"namespaceSelector": {"matchLabels":
          {"kubernetes.io/metadata.name": "root"}}},
        {"namespaceSelector": {}}]},
      {"visibility": "NAMESPACE"},
      {"visibility": "PUBLIC"}]})";
  EXPECT_EQ(ReachOf(kSetting, "bad", nullptr), "none");
  EXPECT_EQ(ReachOf(kSetting, "root", nullptr), "public");
  EXPECT_EQ(ReachOf(kSetting, "shop", nullptr), "namespace");
}

TEST(EntryVisibilityTest, IsComparedByWhatItSays) {
  const std::string setting = PublicFor("{}");
  EXPECT_EQ(Config(setting), Config(setting));
  EXPECT_NE(Config(setting), MeshConfig());
  EXPECT_NE(Config(setting), Config(PublicFor("null")));
  EXPECT_EQ(Config(R"({"defaultVisibility": "NONE"})"), MeshConfig());
}

constexpr std::string_view kMesh = R"(
apiVersion: v1
kind: Namespace
metadata: {name: trusted, labels: {trusted: "yes"}}
---
apiVersion: v1
kind: Namespace
metadata: {name: shop}
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: e, namespace: shop}
spec: {hosts: [shop.example]}
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: e, namespace: trusted}
spec: {hosts: [trusted.example]}
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: e, namespace: nameless}
spec: {hosts: [nameless.example]}
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: named, namespace: shop}
spec: {hosts: [named.example], exportTo: [web]}
---
apiVersion: v1
kind: Service
metadata: {name: s, namespace: shop}
)";

TEST(EntryVisibilityTest, LimitsWhatTheRegistryShows) {
  InventoryBuilder builder(
      Config(PublicFor(R"({"matchLabels": {"trusted": "yes"}})")),
      {.complete = true});
  for (auto& object : test::ReadObjects(kMesh)) builder.Put(object);
  const auto inventory = builder.Snapshot();
  const MeshView mesh(*inventory, nullptr);
  const auto look = [&](std::string_view host, std::string_view client) {
    return FindHost(mesh, host, client).presence;
  };
  EXPECT_EQ(look("shop.example", "shop"), Presence::kFound);
  EXPECT_EQ(look("shop.example", "web"), Presence::kMissing);
  EXPECT_EQ(look("trusted.example", "web"), Presence::kFound);
  // It narrows exportTo and never widens it.
  EXPECT_EQ(look("named.example", "web"), Presence::kMissing);
  EXPECT_EQ(look("named.example", "shop"), Presence::kMissing);
  // The labels of that namespace are not known, nor is who sees its entries.
  EXPECT_EQ(look("nameless.example", "web"), Presence::kUnknown);
  // Services are not its business.
  EXPECT_EQ(look("s.shop.svc.cluster.local", "web"), Presence::kFound);
}

}  // namespace
}  // namespace meshvet

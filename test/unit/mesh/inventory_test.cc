#include "mesh/inventory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "mesh/kinds.h"
#include "test/support/scene.h"

namespace meshvet {
namespace {

using test::ReadObjects;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::shared_ptr<const Object> Read(std::string_view yaml) {
  return ReadObjects(yaml).front();
}

std::vector<std::string> Titles(Inventory::Objects objects) {
  std::vector<std::string> titles;
  for (const Object* object : objects) titles.push_back(object->Title());
  return titles;
}

InventoryBuilder BuilderOf(std::string_view yaml, Coverage coverage = {},
                           MeshConfig config = {}) {
  InventoryBuilder builder(std::move(config), std::move(coverage));
  for (auto& object : ReadObjects(yaml)) {
    if (!builder.Put(object)) throw std::runtime_error(object->Title());
  }
  return builder;
}

constexpr std::string_view kShop = R"(
{apiVersion: v1, kind: Namespace, metadata: {name: shop}}
---
apiVersion: v1
kind: Service
metadata: {name: reviews, namespace: shop}
---
apiVersion: v1
kind: Service
metadata: {name: ratings, namespace: shop}
---
apiVersion: v1
kind: Service
metadata: {name: reviews, namespace: web}
---
apiVersion: v1
kind: Pod
metadata: {name: reviews-1, namespace: shop, labels: {app: reviews, tier: a}}
---
apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata: {name: vm, namespace: shop, labels: {app: reviews}}
spec: {labels: {app: hidden, zone: north}}
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: partners, namespace: web}
spec: {hosts: [api.partner.example, "*.partner.example"]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: reviews, namespace: shop}
spec:
  hosts: [reviews]
  gateways: [web/public]
  http:
  - route: [{destination: {host: reviews}}, {destination: {host: reviews}}]
    mirror: {host: api.partner.example}
)";

TEST(InventoryTest, FindsByIdentity) {
  const auto inventory = BuilderOf(kShop).Snapshot();
  EXPECT_EQ(inventory->size(), 8);
  const Lookup found = inventory->Find(kService, "web", "reviews");
  EXPECT_EQ(found.presence, Presence::kFound);
  EXPECT_EQ(found.object->Title(), "Service web/reviews");
  EXPECT_EQ(inventory->Find(kService, "web", "ratings").object, nullptr);
  EXPECT_EQ(inventory->Find(kService, "web", "Reviews").object, nullptr);
  EXPECT_EQ(inventory->Find(kPod, "web", "reviews").object, nullptr);
  EXPECT_EQ(inventory->Find(kNamespace, "", "shop").object->Title(),
            "Namespace shop");
}

TEST(InventoryTest, EveryIndexAnswers) {
  const auto inventory = BuilderOf(kShop).Snapshot();
  EXPECT_THAT(Titles(inventory->List(kService, "shop")),
              ElementsAre("Service shop/reviews", "Service shop/ratings"));
  EXPECT_THAT(Titles(inventory->List(kService, "")), IsEmpty());
  EXPECT_THAT(Titles(inventory->List(kNamespace, "")),
              ElementsAre("Namespace shop"));
  EXPECT_THAT(Titles(inventory->Named(kService, "reviews")),
              ElementsAre("Service shop/reviews", "Service web/reviews"));
  for (const char* host : {"api.partner.example", "*.partner.example"}) {
    EXPECT_THAT(Titles(inventory->At(host).entries),
                ElementsAre("ServiceEntry web/partners"));
  }
  // A wildcard stands for itself, and hosts are compared with case.
  EXPECT_THAT(Titles(inventory->At("x.partner.example").entries), IsEmpty());
  EXPECT_THAT(Titles(inventory->At("API.partner.example").entries), IsEmpty());
  EXPECT_THAT(inventory->namespaces(), ElementsAre("shop", "web"));
}

TEST(InventoryTest, FindsWorkloadsByTheLabelsThatCount) {
  const auto inventory = BuilderOf(kShop).Snapshot();
  const auto with = [&](std::string_view key, std::string_view value) {
    return Titles(inventory->WorkloadsWithLabel("shop", key, value));
  };
  EXPECT_THAT(with("app", "reviews"),
              ElementsAre("Pod shop/reviews-1", "WorkloadEntry shop/vm"));
  EXPECT_THAT(with("app", "hidden"), IsEmpty());
  EXPECT_THAT(with("zone", "north"), ElementsAre("WorkloadEntry shop/vm"));
  EXPECT_THAT(with("tier", "b"), IsEmpty());
  EXPECT_THAT(Titles(inventory->WorkloadsWithLabel("web", "app", "reviews")),
              IsEmpty());
}

TEST(InventoryTest, FindsWhoRefersToWhat) {
  const auto inventory = BuilderOf(kShop).Snapshot();
  const auto referrers = [&](const GroupKind& kind, std::string_view target) {
    return Titles(inventory->Referrers(kVirtualService, kind, target));
  };
  // Once, although it names the host twice.
  EXPECT_THAT(referrers(kService, "reviews.shop.svc.cluster.local"),
              ElementsAre("VirtualService shop/reviews"));
  EXPECT_THAT(referrers(kService, "api.partner.example"),
              ElementsAre("VirtualService shop/reviews"));
  EXPECT_THAT(referrers(kGateway, "web/public"),
              ElementsAre("VirtualService shop/reviews"));
  EXPECT_THAT(referrers(kService, "reviews.web.svc.cluster.local"), IsEmpty());
}

TEST(InventoryTest, KnowsWhatIsUnderOneHost) {
  const auto inventory = BuilderOf(std::string(kShop) + R"(
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: reviews, namespace: shop}
spec: {host: reviews}
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: shadow, namespace: web}
spec: {hosts: [reviews.shop.svc.cluster.local]}
)")
                             .Snapshot();
  const HostRecord& host = inventory->At("reviews.shop.svc.cluster.local");
  EXPECT_THAT(Titles(host.services), ElementsAre("Service shop/reviews"));
  EXPECT_THAT(Titles(host.entries), ElementsAre("ServiceEntry web/shadow"));
  EXPECT_THAT(Titles(host.rules), ElementsAre("DestinationRule shop/reviews"));
  EXPECT_EQ(inventory->FindService("shop", host).object,
            inventory->Find(kService, "shop", "reviews").object);
  EXPECT_EQ(Titles(inventory->Referrers(kDestinationRule, kService,
                                        "reviews.shop.svc.cluster.local")),
            Titles(host.rules));
  EXPECT_TRUE(inventory->At("nobody.shop.svc.cluster.local").empty());
}

// No list of one kind grows with what others refer to.
TEST(InventoryTest, ListsReferrersOfOneKindOnly) {
  const auto inventory = BuilderOf(kShop).Snapshot();
  EXPECT_THAT(inventory->Referrers(kSidecar, kService,
                                   "reviews.shop.svc.cluster.local"),
              IsEmpty());
  EXPECT_THAT(inventory->At("reviews.shop.svc.cluster.local").rules, IsEmpty());
}

TEST(InventoryTest, ResolvesReferencesInTheDomainOfTheMesh) {
  MeshConfig config;
  config.domain = "corp.example";
  const auto inventory = BuilderOf(kShop, {}, config).Snapshot();
  EXPECT_EQ(inventory->mesh_config(), config);
  EXPECT_THAT(Titles(inventory->Referrers(kVirtualService, kService,
                                          "reviews.shop.svc.corp.example")),
              ElementsAre("VirtualService shop/reviews"));
}

TEST(InventoryTest, PutReplacesTheSameIdentityInEveryIndex) {
  InventoryBuilder builder = BuilderOf(R"(
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: partner, namespace: shop}
spec: {hosts: [old.example]}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: rule, namespace: shop}
spec: {host: old.example}
---
apiVersion: v1
kind: Pod
metadata: {name: pod, namespace: shop, labels: {app: old}}
)");
  for (const auto& object : ReadObjects(R"(
apiVersion: networking.istio.io/v1beta1
kind: ServiceEntry
metadata: {name: partner, namespace: shop}
spec: {hosts: [new.example]}
---
apiVersion: networking.istio.io/v1alpha3
kind: DestinationRule
metadata: {name: rule, namespace: shop}
spec: {host: new.example}
---
apiVersion: v1
kind: Pod
metadata: {name: pod, namespace: shop, labels: {app: new}}
)")) {
    EXPECT_TRUE(builder.Put(object));
  }
  const auto inventory = builder.Snapshot();
  EXPECT_EQ(inventory->size(), 3);
  EXPECT_THAT(inventory->List(kServiceEntry, "shop"), testing::SizeIs(1));
  EXPECT_THAT(inventory->Named(kServiceEntry, "partner"), testing::SizeIs(1));
  EXPECT_THAT(inventory->At("old.example").entries, IsEmpty());
  EXPECT_THAT(inventory->At("new.example").entries, testing::SizeIs(1));
  EXPECT_THAT(inventory->At("old.example").rules, IsEmpty());
  EXPECT_THAT(inventory->At("new.example").rules, testing::SizeIs(1));
  EXPECT_THAT(inventory->WorkloadsWithLabel("shop", "app", "old"), IsEmpty());
  EXPECT_THAT(inventory->WorkloadsWithLabel("shop", "app", "new"),
              testing::SizeIs(1));
}

TEST(InventoryTest, RemoveLeavesNothingBehind) {
  InventoryBuilder builder = BuilderOf(kShop);
  EXPECT_FALSE(builder.Remove(kService, "shop", "nobody"));
  EXPECT_FALSE(builder.Remove(kPod, "shop", "reviews"));
  for (const auto& object : ReadObjects(kShop)) {
    EXPECT_TRUE(builder.Remove(object->kind(), object->ns(), object->name()));
    EXPECT_FALSE(builder.Remove(object->kind(), object->ns(), object->name()));
  }
  const auto inventory = builder.Snapshot();
  EXPECT_EQ(inventory->size(), 0);
  EXPECT_THAT(inventory->List(kService, "shop"), IsEmpty());
  EXPECT_THAT(inventory->Named(kService, "reviews"), IsEmpty());
  EXPECT_THAT(inventory->At("*.partner.example").entries, IsEmpty());
  EXPECT_THAT(inventory->WorkloadsWithLabel("shop", "app", "reviews"),
              IsEmpty());
  EXPECT_THAT(inventory->Referrers(kVirtualService, kGateway, "web/public"),
              IsEmpty());
  EXPECT_THAT(inventory->namespaces(), IsEmpty());
}

TEST(InventoryTest, ANamespaceIsKnownAsLongAsSomethingIsInIt) {
  InventoryBuilder builder = BuilderOf(kShop);
  builder.Remove(kService, "web", "reviews");
  EXPECT_THAT(builder.Snapshot()->namespaces(), ElementsAre("shop", "web"));
  const auto before = builder.Snapshot();
  builder.Remove(kServiceEntry, "web", "partners");
  EXPECT_THAT(builder.Snapshot()->namespaces(), ElementsAre("shop"));
  EXPECT_THAT(before->namespaces(), ElementsAre("shop", "web"));
}

TEST(InventoryTest, RemovesByTheNamesOfTheObjectItself) {
  InventoryBuilder builder = BuilderOf(kShop);
  const Object* object =
      builder.Snapshot()->Find(kServiceEntry, "web", "partners").object;
  EXPECT_TRUE(builder.Remove(object->kind(), object->ns(), object->name()));
}

TEST(InventoryTest, RefusesWhatNoRuleAsksForAndWhatHasNoName) {
  InventoryBuilder builder;
  for (const char* yaml : {
           "{apiVersion: v1, kind: Secret, metadata: {name: a}}",
           "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}",
           "{apiVersion: apps/v1, kind: Service, metadata: {name: a}}",
           "{apiVersion: v1, kind: service, metadata: {name: a}}",
           "{kind: VirtualService, metadata: {name: a}}",
           "{apiVersion: v1, kind: Pod, metadata: {generateName: a-}}",
           "{apiVersion: v1, kind: Pod, metadata: {name: ''}}",
           "{apiVersion: v1, kind: Pod, metadata: {name: 7}}",
           R"({apiVersion: v1, kind: Pod, metadata: {name: "a\nb"}})",
           R"({apiVersion: v1, kind: Pod,
               metadata: {name: a, namespace: "b\nc"}})",
           "{apiVersion: v1, kind: Pod}",
           "{}",
       }) {
    EXPECT_FALSE(builder.Put(Read(yaml))) << yaml;
  }
  EXPECT_EQ(builder.Snapshot()->size(), 0);
}

// What one side may hold, nobody else's key can imitate.
TEST(InventoryTest, TextWithLineBreaksFindsNothing) {
  const auto inventory = BuilderOf(R"(
apiVersion: v1
kind: Service
metadata: {name: b, namespace: a}
)")
                             .Snapshot();
  EXPECT_EQ(inventory->Find(kService, "a\nb", "").object, nullptr);
  EXPECT_EQ(inventory->Find(kService, "", "a\nb").object, nullptr);
  EXPECT_THAT(inventory->List({"", "Service\na"}, ""), IsEmpty());
  EXPECT_THAT(inventory->Named({"\nService", "b"}, ""), IsEmpty());
}

TEST(InventoryTest, KeysOfAnyLengthWork) {
  const std::string name(253, 'n');
  const std::string ns(63, 's');
  const auto inventory =
      BuilderOf("{apiVersion: v1, kind: Service, metadata: {name: " + name +
                ", namespace: " + ns + "}}")
          .Snapshot();
  EXPECT_NE(inventory->Find(kService, ns, name).object, nullptr);
  EXPECT_EQ(inventory->Find(kService, ns, name + "n").object, nullptr);
}

TEST(InventoryTest, ASnapshotStaysWhileTheBuilderGoesOn) {
  InventoryBuilder builder = BuilderOf(kShop);
  const auto before = builder.Snapshot();
  builder.Put(Read(R"(
apiVersion: v1
kind: Service
metadata: {name: reviews, namespace: shop, labels: {version: new}}
)"));
  builder.Remove(kService, "shop", "ratings");
  builder.SetCoverage({.complete = true});
  const auto after = builder.Snapshot();
  const Object* old = before->Find(kService, "shop", "reviews").object;
  EXPECT_FALSE(old->labels()["version"].exists());
  EXPECT_EQ(after->Find(kService, "shop", "reviews")
                .object->labels()["version"]
                .Str(),
            "new");
  EXPECT_EQ(before->size(), 8);
  EXPECT_EQ(after->size(), 7);
  EXPECT_THAT(Titles(before->List(kService, "shop")),
              ElementsAre("Service shop/reviews", "Service shop/ratings"));
  EXPECT_THAT(Titles(after->List(kService, "shop")),
              ElementsAre("Service shop/reviews"));
  EXPECT_FALSE(before->coverage().complete);
  EXPECT_TRUE(after->coverage().complete);
}

TEST(InventoryTest, ASnapshotOutlivesItsBuilder) {
  std::shared_ptr<const Inventory> inventory;
  {
    InventoryBuilder builder = BuilderOf(kShop);
    inventory = builder.Snapshot();
    for (const auto& object : ReadObjects(kShop)) {
      builder.Remove(object->kind(), object->ns(), object->name());
    }
  }
  EXPECT_EQ(inventory->List(kPod, "shop").front()->labels()["app"].Str(),
            "reviews");
}

TEST(InventoryTest, AChangeCopiesFewOfTheListsOfALargeMesh) {
  constexpr int kNamespaces = 2'000;
  const auto service_in = [](int ns, std::string_view label) {
    return Read("{apiVersion: v1, kind: Service, metadata: {name: a, " +
                ("namespace: ns-" + std::to_string(ns)) +
                ", labels: {v: " + std::string(label) + "}}}");
  };
  InventoryBuilder builder;
  for (int i = 0; i < kNamespaces; ++i) builder.Put(service_in(i, "old"));
  const auto before = builder.Snapshot();
  builder.Put(service_in(7, "new"));
  const auto after = builder.Snapshot();
  int moved = 0;
  for (int i = 0; i < kNamespaces; ++i) {
    const std::string ns = "ns-" + std::to_string(i);
    const bool same =
        before->List(kService, ns).data() == after->List(kService, ns).data();
    moved += same ? 0 : 1;
    // What did not change is the very same object.
    EXPECT_EQ(
        before->List(kService, ns).front() == after->List(kService, ns).front(),
        i != 7);
  }
  EXPECT_GE(moved, 1);
  EXPECT_LE(moved, 40);
}

struct CoverageCase {
  const char* what;
  Coverage coverage;
  GroupKind kind;
  const char* ns;
  const char* name;
  Presence wanted;
};

TEST(InventoryTest, WhatIsNotHereIsMissingOnlyWhereEverythingIsKnown) {
  using P = Presence;
  const Coverage closed{.closed_namespaces = {"shop", "team-*"}};
  const Coverage services{.complete_kinds = {kService, kNamespace}};
  const CoverageCase cases[] = {
      {"nothing is known", {}, kService, "shop", "x", P::kUnknown},
      {"everything", {.complete = true}, kService, "shop", "x", P::kMissing},
      {"a closed namespace", closed, kService, "shop", "x", P::kMissing},
      {"a glob of them", closed, kGateway, "team-a", "x", P::kMissing},
      {"another one", closed, kService, "web", "x", P::kUnknown},
      {"its prefix", closed, kService, "shopping", "x", P::kUnknown},
      {"a complete kind", services, kService, "any", "x", P::kMissing},
      {"another kind", services, kPod, "any", "x", P::kUnknown},
      {"a namespace by its name", closed, kNamespace, "", "shop", P::kMissing},
      {"a namespace not closed", closed, kNamespace, "", "web", P::kUnknown},
      {"the kind Namespace", services, kNamespace, "", "web", P::kMissing},
      {"no namespace", closed, kService, "", "x", P::kUnknown},
      {"a host that is assumed",
       {.assumed_hosts = {"*"}},
       kService,
       "shop",
       "x",
       P::kUnknown},
  };
  for (const CoverageCase& c : cases) {
    InventoryBuilder builder({}, c.coverage);
    const Lookup found = builder.Snapshot()->Find(c.kind, c.ns, c.name);
    EXPECT_EQ(found.presence, c.wanted) << c.what;
    EXPECT_EQ(found.object, nullptr) << c.what;
  }
}

TEST(InventoryTest, WhatIsHereIsFoundWhateverIsCovered) {
  EXPECT_EQ(
      BuilderOf(kShop).Snapshot()->Find(kService, "web", "reviews").presence,
      Presence::kFound);
}

TEST(CoverageTest, AllNamespacesTogetherNeedMoreThanSome) {
  const Coverage all_closed{.closed_namespaces = {"*"}};
  EXPECT_FALSE(all_closed.Covers(kServiceEntry, ""));
  EXPECT_TRUE(all_closed.Covers(kServiceEntry, "any"));
  EXPECT_TRUE((Coverage{.complete = true}).Covers(kServiceEntry, ""));
  EXPECT_TRUE(
      (Coverage{.complete_kinds = {kServiceEntry}}).Covers(kServiceEntry, ""));
}

}  // namespace
}  // namespace meshvet

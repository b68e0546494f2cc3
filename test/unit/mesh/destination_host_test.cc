#include "mesh/destination_host.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>

#include "mesh/inventory.h"
#include "test/support/scene.h"

namespace meshvet {
namespace {

using test::ReadObjects;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::string_view kMesh = R"(
{apiVersion: v1, kind: Namespace, metadata: {name: io}}
---
{apiVersion: v1, kind: Service, metadata: {name: reviews, namespace: shop}}
---
{apiVersion: v1, kind: Service, metadata: {name: ratings, namespace: prod}}
---
apiVersion: v1
kind: Service
metadata: {name: alias, namespace: shop}
spec: {type: ExternalName, externalName: ratings.prod.svc.cluster.local}
---
apiVersion: v1
kind: Service
metadata: {name: chain, namespace: shop}
spec: {type: ExternalName, externalName: alias.shop.svc.cluster.local}
---
apiVersion: v1
kind: Service
metadata: {name: empty, namespace: shop}
spec: {type: ExternalName}
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: e, namespace: web}
spec: {hosts: [api.prod, mysql, legacy.prod.svc]}
)";

std::shared_ptr<const Inventory> Mesh(std::string_view yaml,
                                      Coverage coverage = {.complete = true},
                                      MeshConfig config = {}) {
  InventoryBuilder builder(std::move(config), std::move(coverage));
  for (auto& object : ReadObjects(yaml)) builder.Put(object);
  return builder.Snapshot();
}

// "resolved -> target (alias) means name.ns presence".
std::string Say(const DestinationHost& host) {
  std::string text(host.resolved);
  if (host.target != host.resolved) {
    text.append(" -> ").append(host.target);
  }
  if (host.alias != nullptr) text += " by " + host.alias->Title();
  if (!host.intended) return text;
  text += " means " + host.intended->name + " in " + host.intended->ns;
  if (host.intended_presence == Presence::kMissing) text += ", missing";
  if (host.intended_presence == Presence::kUnknown) text += ", unknown";
  return text;
}

struct HostCase {
  const char* written;
  const char* wanted;
};

TEST(DestinationHostTest, IsWhatIstiodMakesOfIt) {
  const HostCase cases[] = {
      // A short name is a Service of the configuration's own namespace.
      {"reviews", "reviews.shop.svc.cluster.local"},
      {"nobody", "nobody.shop.svc.cluster.local"},
      {"Reviews", "Reviews.shop.svc.cluster.local"},
      // An entry's host is not resolved, and so never meant by a short name.
      {"mysql", "mysql.shop.svc.cluster.local"},
      {"", ""},
      {"*", "*"},
      {"10.0.0.1", "10.0.0.1"},
      {"::1", "::1"},
      // A dot anywhere: taken as it is.
      {"reviews.shop.svc.cluster.local", "reviews.shop.svc.cluster.local"},
      {"*.prod.svc.cluster.local", "*.prod.svc.cluster.local"},
      {"*.example.com", "*.example.com"},
      {"www.example.com", "www.example.com"},
      {"ratings.prod.svc.other.domain", "ratings.prod.svc.other.domain"},
      // And yet meant as a Service.
      {"ratings.prod", "ratings.prod means ratings in prod"},
      {"ratings.prod.svc", "ratings.prod.svc means ratings in prod"},
      {"ratings.prod.svc.cluster.local.",
       "ratings.prod.svc.cluster.local. means ratings in prod"},
      {"gone.prod", "gone.prod means gone in prod, missing"},
      {"gone.nowhere", "gone.nowhere means gone in nowhere, missing"},
      {"gone.nowhere.svc", "gone.nowhere.svc means gone in nowhere, missing"},
      // Or as a name of the internet, unless a namespace is called so.
      {"example.com", "example.com"},
      {"example.de", "example.de"},
      {"github.io", "github.io means github in io, missing"},
      // An entry defines the literal name.
      {"api.prod", "api.prod"},
      {"legacy.prod.svc", "legacy.prod.svc"},
  };
  const auto inventory = Mesh(kMesh);
  const MeshView mesh(*inventory, nullptr);
  for (const HostCase& c : cases) {
    EXPECT_EQ(Say(ReadDestinationHost(mesh, c.written, "shop")), c.wanted);
  }
}

TEST(DestinationHostTest, AnExternalNameStandsForAnotherHostOnce) {
  const auto inventory = Mesh(kMesh);
  const MeshView mesh(*inventory, nullptr);
  const auto say = [&](std::string_view written, std::string_view ns) {
    return Say(ReadDestinationHost(mesh, written, ns));
  };
  EXPECT_EQ(say("alias", "shop"),
            "alias.shop.svc.cluster.local -> ratings.prod.svc.cluster.local by "
            "Service shop/alias");
  EXPECT_EQ(say("alias.shop.svc.cluster.local", "web"),
            "alias.shop.svc.cluster.local -> ratings.prod.svc.cluster.local by "
            "Service shop/alias");
  EXPECT_EQ(say("chain", "shop"),
            "chain.shop.svc.cluster.local -> alias.shop.svc.cluster.local by "
            "Service shop/chain");
  EXPECT_EQ(say("alias", "web"), "alias.web.svc.cluster.local");
  EXPECT_EQ(say("empty", "shop"), "empty.shop.svc.cluster.local");
}

TEST(DestinationHostTest, ResolvesInTheDomainOfTheMesh) {
  MeshConfig config;
  config.domain = "corp.example";
  const auto inventory = Mesh(kMesh, {.complete = true}, config);
  const MeshView mesh(*inventory, nullptr);
  EXPECT_EQ(Say(ReadDestinationHost(mesh, "reviews", "shop")),
            "reviews.shop.svc.corp.example");
  EXPECT_EQ(
      Say(ReadDestinationHost(mesh, "ratings.prod.svc.corp.example.", "shop")),
      "ratings.prod.svc.corp.example. means ratings in prod");
  EXPECT_EQ(
      Say(ReadDestinationHost(mesh, "ratings.prod.svc.cluster.local", "shop")),
      "ratings.prod.svc.cluster.local");
}

TEST(DestinationHostTest, WhatIsMeantMayBeUnknown) {
  const auto inventory = Mesh(kMesh, Coverage{});
  const MeshView mesh(*inventory, nullptr);
  EXPECT_EQ(Say(ReadDestinationHost(mesh, "ratings.prod", "shop")),
            "ratings.prod means ratings in prod");
  EXPECT_EQ(Say(ReadDestinationHost(mesh, "gone.prod", "shop")),
            "gone.prod means gone in prod, unknown");
}

TEST(DestinationHostTest, IsWorkedOutOnce) {
  const auto inventory = Mesh(kMesh);
  const MeshView mesh(*inventory, nullptr);
  const DestinationHost& first = ReadDestinationHost(mesh, "reviews", "shop");
  EXPECT_EQ(&ReadDestinationHost(mesh, "reviews", "shop"), &first);
  EXPECT_NE(&ReadDestinationHost(mesh, "reviews", "web"), &first);
}

constexpr std::string_view kEntries = R"(
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: a, namespace: one}
spec: {hosts: [both.example, own.example, "*.wild.example", x.b.svc.cluster.local]}
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: b, namespace: two}
spec: {hosts: [both.example, own.example]}
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: b2, namespace: two}
spec: {hosts: [both.example]}
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: c, namespace: shop}
spec: {hosts: [own.example]}
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: d, namespace: three}
spec: {hosts: [both.example, private.example], exportTo: [.]}
)";

TEST(FindOwnersTest, AServicesNameBelongsToItsNamespace) {
  const auto inventory = Mesh(kEntries);
  const MeshView mesh(*inventory, nullptr);
  for (const char* host : {"x.b.svc.cluster.local", "*.b.svc.cluster.local",
                           "unknown.B.svc.cluster.local"}) {
    const HostOwners owners = FindOwners(mesh, host, "shop");
    EXPECT_THAT(owners.namespaces, ElementsAre("b")) << host;
    EXPECT_FALSE(owners.through_entries) << host;
  }
}

TEST(FindOwnersTest, AnyOtherNameBelongsToWhoDefinesItVisibly) {
  const auto inventory = Mesh(kEntries);
  const MeshView mesh(*inventory, nullptr);
  const auto owners = [&](std::string_view host) {
    const HostOwners found = FindOwners(mesh, host, "shop");
    EXPECT_TRUE(found.through_entries) << host;
    return found.namespaces;
  };
  EXPECT_THAT(owners("both.example"), ElementsAre("one", "two"));
  EXPECT_THAT(owners("own.example"), ElementsAre("shop"));
  EXPECT_THAT(owners("*.wild.example"), ElementsAre("one"));
  EXPECT_THAT(owners("www.wild.example"), IsEmpty());
  EXPECT_THAT(owners("private.example"), IsEmpty());
  EXPECT_THAT(owners("x.b.svc.other.domain"), IsEmpty());
  EXPECT_THAT(owners("10.0.0.1"), IsEmpty());
}

}  // namespace
}  // namespace meshvet

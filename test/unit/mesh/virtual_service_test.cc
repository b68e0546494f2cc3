#include "mesh/virtual_service.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "mesh/mesh_view.h"
#include "mesh/routed_destination.h"
#include "test/support/scene.h"

namespace meshvet {
namespace {

using test::ReadObjects;
using test::Scene;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::shared_ptr<const Object> WithSpec(const std::string& spec) {
  return ReadObjects(
             "apiVersion: networking.istio.io/v1\nkind: "
             "VirtualService\nmetadata: {name: v, namespace: shop}\n"
             "spec:\n" +
             spec)
      .front();
}

std::string_view ToString(RouteProtocol protocol) {
  if (protocol == RouteProtocol::kHttp) return "http";
  return protocol == RouteProtocol::kTls ? "tls" : "tcp";
}

// "http a", with "mirror" and "silent" where they are so.
std::vector<std::string> Destinations(const Object& virtual_service) {
  std::vector<std::string> lines;
  ForEachDestination(virtual_service, [&](const Destination& to) {
    lines.push_back(
        std::string(ToString(to.protocol)) + (to.is_mirror ? " mirror " : " ") +
        std::string(to.node["host"].Str()) + (to.has_traffic ? "" : " silent"));
  });
  return lines;
}

TEST(VirtualServiceTest, EveryPlaceThatNamesADestinationIsVisited) {
  EXPECT_THAT(Destinations(*WithSpec(R"(
  http:
  - route: [{destination: {host: a}}, {destination: {host: b}}]
    mirror: {host: c}
    mirrors: [{destination: {host: d}}, {destination: {host: e}}]
  - route: [{destination: {host: f}}]
  - delegate: {name: other}
  - redirect: {authority: no.example}
  - directResponse: {status: 404}
  tls:
  - route: [{destination: {host: g}}]
    mirror: {host: no}
  tcp:
  - route: [{destination: {host: h}}]
)")),
              ElementsAre("http a", "http b", "http mirror c", "http mirror d",
                          "http mirror e", "http f", "tls g", "tcp h"));
}

TEST(VirtualServiceTest, WeightZeroIsSilentAmongSeveral) {
  EXPECT_THAT(
      Destinations(*WithSpec(R"(
  http:
  - route:
    - {destination: {host: none}, weight: 0}
    - {destination: {host: all}, weight: 100}
    - {destination: {host: unsaid}}
  - route: [{destination: {host: single}, weight: 0}]
  tcp:
  - route:
    - {destination: {host: none}, weight: 0}
    - {destination: {host: all}, weight: 1}
  tls:
  - route: [{destination: {host: single}, weight: 0}]
)")),
      ElementsAre("http none silent", "http all", "http unsaid", "http single",
                  "tls single", "tcp none silent", "tcp all"));
}

TEST(VirtualServiceTest, AMirrorOfZeroPercentIsSilent) {
  EXPECT_THAT(Destinations(*WithSpec(R"(
  http:
  - {mirror: {host: all}}
  - {mirror: {host: some}, mirrorPercentage: {value: 0.1}}
  - {mirror: {host: none}, mirrorPercentage: {value: 0.0}}
  - {mirror: {host: old}, mirrorPercent: 0}
  - mirrors:
    - {destination: {host: none}, percentage: {value: 0}}
    - {destination: {host: all}}
)")),
              ElementsAre("http mirror all", "http mirror some",
                          "http mirror none silent", "http mirror old silent",
                          "http mirror none silent", "http mirror all"));
}

TEST(VirtualServiceTest, EveryGatewayNameIsVisited) {
  std::vector<std::string> names;
  ForEachGatewayName(*WithSpec(R"(
  gateways: [a, mesh]
  http: [{match: [{gateways: [b]}, {uri: {exact: /}}, {gateways: [c, d]}]}]
  tls: [{match: [{gateways: [e]}]}]
  tcp: [{match: [{gateways: [f]}]}]
)"),
                     [&](Node name) { names.emplace_back(name.Str()); });
  EXPECT_THAT(names, ElementsAre("a", "mesh", "b", "c", "d", "e", "f"));
}

struct BoundCase {
  const char* gateways;
  const char* match;
  bool is_bound;
};

TEST(VirtualServiceTest, ARouteIsOfTheMeshByItsMatchesOrElseByTheWhole) {
  const BoundCase cases[] = {
      {"null", "null", true},
      {"[]", "[]", true},
      {"[mesh]", "null", true},
      {"[gw, mesh]", "null", true},
      {"[gw]", "null", false},
      {"[gw/mesh]", "null", false},
      {"[gw]", "[{uri: {exact: /}}]", false},
      {"[gw, mesh]", "[{gateways: [gw]}]", false},
      {"[gw, mesh]", "[{gateways: [gw]}, {gateways: [mesh]}]", true},
      {"[gw, mesh]", "[{gateways: [gw]}, {uri: {exact: /}}]", true},
      {"null", "[{gateways: [gw]}]", false},
      {"null", "[{gateways: []}]", true},
  };
  for (const BoundCase& c : cases) {
    const auto object =
        WithSpec("  gateways: " + std::string(c.gateways) +
                 "\n  http: [{match: " + std::string(c.match) + "}]");
    EXPECT_EQ(IsBoundToMesh(*object, object->spec()["http"][size_t{0}]),
              c.is_bound)
        << c.gateways << c.match;
  }
}

TEST(VirtualServiceTest, ADelegateIsOfTheSameNamespaceUnlessItSays) {
  const auto object = WithSpec(
      "  http: [{delegate: {name: a}}, {delegate: {name: a, namespace: web}},"
      " {delegate: {name: a, namespace: ''}}]");
  std::vector<std::string> targets;
  for (const Node route : object->spec()["http"]) {
    targets.push_back(DelegateTarget(*object, route["delegate"]));
  }
  EXPECT_THAT(targets, ElementsAre("shop/a", "web/a", "shop/a"));
}

constexpr std::string_view kRouted = R"(
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: v, namespace: shop}
spec:
  gateways: [mesh, gw]
  http:
  - route:
    - {destination: {host: reviews}}
    - {destination: {host: ''}}
    - {destination: {}}
    - {destination: {host: alias}}
  - match: [{gateways: [gw]}]
    route: [{destination: {host: shy}}]
  tcp:
  - route: [{destination: {host: shy}}]
  tls:
  - route: [{destination: {host: shy-alias}}]
---
{apiVersion: v1, kind: Service, metadata: {name: reviews, namespace: shop}}
---
apiVersion: v1
kind: Service
metadata: {name: alias, namespace: shop}
spec: {type: ExternalName, externalName: reviews.shop.svc.cluster.local}
---
apiVersion: v1
kind: Service
metadata: {name: shy, namespace: shop, annotations: {networking.istio.io/exportTo: web}}
---
apiVersion: v1
kind: Service
metadata: {name: shy-alias, namespace: shop}
spec: {type: ExternalName, externalName: shy.shop.svc.cluster.local}
)";

TEST(RoutedDestinationTest, IsResolvedAndLookedUp) {
  const Scene scene(kRouted);
  const MeshView mesh(scene.inventory(), &scene.subject());
  std::vector<std::string> lines;
  for (const RoutedDestination& to : DestinationsOf(scene.subject(), mesh)) {
    EXPECT_EQ(to.ns, "shop");
    lines.push_back(
        std::string(to.written) + " -> " + std::string(to.host->target) +
        (to.from_mesh ? " from mesh" : "") +
        (to.Lookup(mesh).presence == Presence::kFound ? " found" : " missing"));
  }
  // Sidecars import the Services of their own namespace that they are routed
  // to, exported to it or not; gateways do not, and nobody does by an alias.
  EXPECT_THAT(
      lines,
      ElementsAre("reviews -> reviews.shop.svc.cluster.local from mesh found",
                  "alias -> reviews.shop.svc.cluster.local from mesh found",
                  "shy -> shy.shop.svc.cluster.local missing",
                  "shy-alias -> shy.shop.svc.cluster.local from mesh missing",
                  "shy -> shy.shop.svc.cluster.local from mesh found"));
}

TEST(RoutedDestinationTest, IsWorkedOutOnceForEachVirtualService) {
  const Scene scene(kRouted);
  const MeshView mesh(scene.inventory(), &scene.subject());
  const auto& first = DestinationsOf(scene.subject(), mesh);
  EXPECT_EQ(&DestinationsOf(scene.subject(), mesh), &first);
  EXPECT_EQ(&first[0].Lookup(mesh), &first[0].Lookup(mesh));
  const auto other = WithSpec("  http: [{route: [{destination: {host: x}}]}]");
  EXPECT_THAT(DestinationsOf(*other, mesh), testing::SizeIs(1));
}

TEST(RoutedDestinationTest, ThereAreNoneInAnEmptyVirtualService) {
  const Scene scene(kRouted);
  const MeshView mesh(scene.inventory(), nullptr);
  EXPECT_THAT(DestinationsOf(*WithSpec("  {}"), mesh), IsEmpty());
}

}  // namespace
}  // namespace meshvet

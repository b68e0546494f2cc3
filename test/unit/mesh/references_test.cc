#include "mesh/references.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

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

// "Kind target @ place" of every reference, in order.
std::vector<std::string> References(std::string_view yaml,
                                    const MeshConfig& config = {}) {
  const auto object = ReadObjects(yaml).front();
  std::vector<std::string> references;
  ForEachReference(*object, config, [&](const Reference& reference) {
    std::string kind(reference.kind.kind);
    if (reference.kind == kKubernetesGateway) kind = "Kubernetes" + kind;
    references.push_back(kind + " " + reference.target + " @ " +
                         reference.place.ToJson());
  });
  return references;
}

TEST(ReferencesTest, OfAVirtualServiceAreWhatItRoutesToAndHangsOn) {
  EXPECT_THAT(
      References(R"(
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: v, namespace: shop}
spec:
  hosts: [captured.example]
  gateways: [mesh, gw]
  http:
  - match: [{gateways: [web/gw, mesh]}, {gateways: [./other]}]
    route:
    - destination: {host: a, subset: v1}
      weight: 0
    - destination: {host: b.example}
      weight: 100
    mirror: {host: c}
    mirrors: [{destination: {host: d}, percentage: {value: 0}}]
  - delegate: {name: one}
  - delegate: {name: two, namespace: web}
  - redirect: {authority: nobody.example}
    rewrite: {authority: nobody.example}
  tls: [{match: [{sniHosts: [sni.example]}], route: [{destination: {host: e}}]}]
  tcp: [{match: [{gateways: [gw.ns]}], route: [{destination: {host: f}}]}]
)"),
      testing::UnorderedElementsAre(
          R"(Service a.shop.svc.cluster.local @ "a")",
          R"(Service b.example @ "b.example")",
          R"(Service c.shop.svc.cluster.local @ "c")",
          R"(Service d.shop.svc.cluster.local @ "d")",
          R"(Service e.shop.svc.cluster.local @ "e")",
          R"(Service f.shop.svc.cluster.local @ "f")",
          R"(Gateway shop/gw @ "gw")", R"(Gateway web/gw @ "web/gw")",
          R"(Gateway shop/other @ "./other")", R"(Gateway ns/gw @ "gw.ns")",
          R"(VirtualService shop/one @ {"name":"one"})",
          R"(VirtualService web/two @ )"
          R"({"name":"two","namespace":"web"})"));
}

struct RuleCase {
  const char* host;
  std::vector<std::string> wanted;
};

TEST(ReferencesTest, OfADestinationRuleAreItsHost) {
  const RuleCase cases[] = {
      {"a", {R"(Service a.shop.svc.cluster.local @ "a")"}},
      {"a.web.svc.cluster.local",
       {R"(Service a.web.svc.cluster.local @ "a.web.svc.cluster.local")"}},
      {"a.web", {R"(Service a.web @ "a.web")"}},
      {"a.web.", {R"(Service a.web. @ "a.web.")"}},
      {"A", {R"(Service A.shop.svc.cluster.local @ "A")"}},
      {"'*.example'",
       {R"(Service *.example @ "*.example")", R"(Service *. @ "*.example")"}},
      {"'*'", {R"(Service * @ "*")", R"(Service *. @ "*")"}},
      {"10.0.0.1", {R"(Service 10.0.0.1 @ "10.0.0.1")"}},
      {"''", {}},
      {"7", {}},
      {"null", {}},
  };
  for (const RuleCase& c : cases) {
    EXPECT_EQ(References(R"(
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: r, namespace: shop}
spec: {host: )" + std::string(c.host) +
                         "}"),
              c.wanted)
        << c.host;
  }
}

TEST(ReferencesTest, UseTheDomainOfTheMesh) {
  MeshConfig config;
  config.domain = "corp.example";
  EXPECT_THAT(References(R"(
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: r, namespace: shop}
spec: {host: a}
)",
                         config),
              ElementsAre(R"(Service a.shop.svc.corp.example @ "a")"));
}

TEST(ReferencesTest, OfAnAliasAreWhatItStandsFor) {
  EXPECT_THAT(References(R"(
apiVersion: v1
kind: Service
metadata: {name: s}
spec: {type: ExternalName, externalName: a.web.svc.cluster.local}
)"),
              ElementsAre(R"(Service a.web.svc.cluster.local @ )"
                          R"("a.web.svc.cluster.local")"));
  EXPECT_THAT(References(R"(
apiVersion: v1
kind: Service
metadata: {name: s}
spec: {type: ClusterIP, externalName: a.example, selector: {app: a}}
)"),
              IsEmpty());
}

TEST(ReferencesTest, OfASidecarAreTheHostsItImportsByName) {
  EXPECT_THAT(References(R"(
apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: {name: s, namespace: shop}
spec:
  egress:
  - hosts: [web/a.web.svc.cluster.local, ./b.example, "*/c.example"]
  - hosts: ["shop/*", "*/*.example", "~/*", no-slash.example, shop/, 7]
)"),
              ElementsAre(R"(Service a.web.svc.cluster.local @ )"
                          R"("web/a.web.svc.cluster.local")",
                          R"(Service b.example @ "./b.example")",
                          R"(Service c.example @ "*/c.example")"));
}

TEST(ReferencesTest, OfAPolicyAreItsTargets) {
  for (const char* kind : {"AuthorizationPolicy", "RequestAuthentication"}) {
    EXPECT_THAT(
        References(
            "apiVersion: security.istio.io/v1\nkind: " + std::string(kind) + R"(
metadata: {name: p, namespace: shop}
spec:
  selector: {matchLabels: {app: a}}
  targetRef: {group: gateway.networking.k8s.io, kind: Gateway, name: old}
  targetRefs:
  - {group: gateway.networking.k8s.io, kind: Gateway, name: gw}
  - {group: networking.istio.io, kind: ServiceEntry, name: e}
  - {kind: Service, name: a}
  - {group: core, kind: Service, name: b}
  - {group: gateway.networking.k8s.io, kind: GatewayClass, name: c}
  - {group: networking.istio.io, kind: Gateway, name: d}
  - {kind: Service}
)"),
        ElementsAre(
            testing::StartsWith("KubernetesGateway shop/old @ "),
            testing::StartsWith("KubernetesGateway shop/gw @ "),
            testing::StartsWith("ServiceEntry shop/e @ "),
            testing::StartsWith("Service a.shop.svc.cluster.local @ "),
            testing::StartsWith("Service b.shop.svc.cluster.local @ ")));
  }
}

TEST(ReferencesTest, OtherKindsReferToNothingByName) {
  for (const GroupKind& kind : KnownKinds()) {
    if (kind == kVirtualService || kind == kDestinationRule ||
        kind == kAuthorizationPolicy || kind == kRequestAuthentication ||
        kind == kSidecar || kind == kService) {
      continue;
    }
    EXPECT_THAT(References("apiVersion: " + std::string(kind.group) +
                           "/v1\nkind: " + std::string(kind.kind) + R"(
metadata: {name: a, namespace: shop}
spec:
  host: a
  hosts: [a.example]
  gateways: [gw]
  externalName: a.example
  http: [{route: [{destination: {host: a}}]}]
  egress: [{hosts: [./a.example]}]
)"),
                IsEmpty())
        << kind.kind;
  }
}

TEST(ReferencesTest, SurviveAnyShape) {
  for (const char* spec :
       {"null", "7", "[]", "{http: 7, gateways: {}, host: [], egress: x}",
        "{http: [7, null, {route: 7, mirror: [], mirrors: 1, delegate: x}]}",
        "{http: [{route: [7, {destination: 7}, {destination: {host: 7}}]}]}",
        "{targetRefs: {}, targetRef: 7, egress: [{hosts: 7}, 7]}",
        "{type: ExternalName, externalName: {}}"}) {
    for (const GroupKind& kind : KnownKinds()) {
      EXPECT_THAT(References("apiVersion: " + std::string(kind.group) +
                             "/v1\nkind: " + std::string(kind.kind) +
                             "\nmetadata: {name: a}\nspec: " + spec),
                  IsEmpty())
          << kind.kind << spec;
    }
  }
}

struct GatewayCase {
  const char* written;
  const char* wanted;
};

TEST(GatewayNameTest, IsResolvedInAllItsForms) {
  const GatewayCase cases[] = {
      {"mesh", "mesh"},
      {"gw", "shop/gw"},
      {"web/gw", "web/gw"},
      {"./gw", "shop/gw"},
      {"gw.web", "web/gw"},
      {"gw.web.svc.cluster.local", "web/gw"},
      {"web/gw.v1", "web/gw.v1"},
      {"web/mesh", "web/mesh"},
      {"Mesh", "shop/Mesh"},
      {"a/b/c", "a/b/c"},
      {"gw.", "/gw"},
      {"/gw", "/gw"},
      {"", "shop/"},
  };
  for (const GatewayCase& c : cases) {
    EXPECT_EQ(ResolveGatewayName(c.written, "shop"), c.wanted) << c.written;
  }
}

}  // namespace
}  // namespace meshvet

// What a DestinationRule makes its clients send, as istiod combines it.

#include "mesh/client_tls.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "mesh/json_pointer.h"
#include "mesh/mesh_view.h"
#include "test/support/scene.h"

namespace meshvet {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::string Rule(const std::string& spec, const std::string& ns = "shop",
                 const std::string& name = "rule") {
  return "{kind: DestinationRule, apiVersion: networking.istio.io/v1, "
         "metadata: {namespace: " +
         ns + ", name: " + name + "}, spec: {" + spec + "}}\n---\n";
}

std::string Service(const std::string& name, const std::string& ports,
                    const std::string& ns = "shop") {
  return "{kind: Service, apiVersion: v1, metadata: {namespace: " + ns +
         ", name: " + name + "}, spec: {ports: [" + ports + "]}}\n---\n";
}

std::string Entry(const std::string& hosts, const std::string& ports) {
  return "{kind: ServiceEntry, apiVersion: networking.istio.io/v1, metadata: "
         "{namespace: shop, name: entry}, spec: {hosts: [" +
         hosts + "], ports: [" + ports + "], resolution: DNS}}\n---\n";
}

struct ModeCase {
  const char* tls;
  TlsMode mode;
};

TEST(ReadTlsModeTest, ReadsEveryShape) {
  const ModeCase cases[] = {
      {"null", TlsMode::kUnset},
      {"{}", TlsMode::kDisable},
      {"{sni: x}", TlsMode::kDisable},
      {"{mode: null}", TlsMode::kDisable},
      {"{mode: DISABLE}", TlsMode::kDisable},
      {"{mode: SIMPLE}", TlsMode::kSimple},
      {"{mode: MUTUAL}", TlsMode::kMutual},
      {"{mode: ISTIO_MUTUAL}", TlsMode::kIstioMutual},
      {"{mode: STRICT}", TlsMode::kUnknown},
      {"{mode: simple}", TlsMode::kUnknown},
      {"{mode: \"\"}", TlsMode::kUnknown},
      {"{mode: 1}", TlsMode::kUnknown},
      {"SIMPLE", TlsMode::kUnknown},
      {"[]", TlsMode::kUnknown},
  };
  for (const ModeCase& c : cases) {
    const test::Scene scene(
        Rule("trafficPolicy: {tls: " + std::string(c.tls) + "}"));
    EXPECT_EQ(ReadTlsMode(scene.subject().spec()["trafficPolicy"]["tls"]),
              c.mode)
        << c.tls;
  }
  EXPECT_EQ(ReadTlsMode(Node()), TlsMode::kUnset);
}

// Steps 1 and 2 of how istiod combines policies.
struct EffectiveCase {
  const char* rule;    // spec
  const char* subset;  // its name, or ""
  int64_t port;
  TlsMode mode;
  const char* place;
};

TEST(EffectiveTlsTest, CombinesPolicies) {
  const EffectiveCase cases[] = {
      {"host: a", "", 80, TlsMode::kUnset, ""},
      {"trafficPolicy: {tls: {mode: SIMPLE}}", "", 80, TlsMode::kSimple,
       "/spec/trafficPolicy/tls/mode"},
      {"trafficPolicy: {tls: {sni: x}}", "", 80, TlsMode::kDisable,
       "/spec/trafficPolicy/tls"},
      // An entry for the port replaces the policy, for that port alone.
      {"trafficPolicy: {tls: {mode: SIMPLE}, portLevelSettings: "
       "[{port: {number: 80}, tls: {mode: DISABLE}}]}",
       "", 80, TlsMode::kDisable,
       "/spec/trafficPolicy/portLevelSettings/0/tls/mode"},
      {"trafficPolicy: {tls: {mode: SIMPLE}, portLevelSettings: "
       "[{port: {number: 80}, tls: {mode: DISABLE}}]}",
       "", 81, TlsMode::kSimple, "/spec/trafficPolicy/tls/mode"},
      // What the entry leaves out is not inherited.
      {"trafficPolicy: {tls: {mode: SIMPLE}, portLevelSettings: "
       "[{port: {number: 80}, connectionPool: {}}]}",
       "", 80, TlsMode::kUnset, "/spec/trafficPolicy/portLevelSettings/0"},
      // Of two entries for one port the first counts.
      {"trafficPolicy: {portLevelSettings: "
       "[{port: {number: 80}, tls: {mode: MUTUAL}}, "
       "{port: {number: 80}, tls: {mode: DISABLE}}]}",
       "", 80, TlsMode::kMutual,
       "/spec/trafficPolicy/portLevelSettings/0/tls/mode"},
      // An entry without a port number is for none.
      {"trafficPolicy: {tls: {mode: SIMPLE}, portLevelSettings: "
       "[{tls: {mode: DISABLE}}, {port: {}, tls: {mode: DISABLE}}, "
       "{port: {number: \"80\"}, tls: {mode: DISABLE}}]}",
       "", 80, TlsMode::kSimple, "/spec/trafficPolicy/tls/mode"},
      // A subset inherits what it does not set …
      {"trafficPolicy: {tls: {mode: SIMPLE}}, subsets: [{name: v1}]", "v1", 80,
       TlsMode::kSimple, "/spec/trafficPolicy/tls/mode"},
      {"trafficPolicy: {tls: {mode: SIMPLE}}, "
       "subsets: [{name: v1, trafficPolicy: {connectionPool: {}}}]",
       "v1", 80, TlsMode::kSimple, "/spec/trafficPolicy/tls/mode"},
      // … also from the rule's entry for the port …
      {"trafficPolicy: {tls: {mode: SIMPLE}, portLevelSettings: "
       "[{port: {number: 80}, tls: {mode: MUTUAL}}]}, "
       "subsets: [{name: v1, trafficPolicy: {connectionPool: {}}}]",
       "v1", 80, TlsMode::kMutual,
       "/spec/trafficPolicy/portLevelSettings/0/tls/mode"},
      // … which its own policy overrides field by field …
      {"trafficPolicy: {portLevelSettings: "
       "[{port: {number: 80}, tls: {mode: MUTUAL}}]}, "
       "subsets: [{name: v1, trafficPolicy: {tls: {mode: DISABLE}}}]",
       "v1", 80, TlsMode::kDisable, "/spec/subsets/0/trafficPolicy/tls/mode"},
      {"trafficPolicy: {tls: {mode: SIMPLE}}, "
       "subsets: [{name: v1, trafficPolicy: {tls: {}}}]",
       "v1", 80, TlsMode::kDisable, "/spec/subsets/0/trafficPolicy/tls"},
      // … and its own entry for the port replaces whole.
      {"trafficPolicy: {tls: {mode: SIMPLE}}, subsets: [{name: v1, "
       "trafficPolicy: {tls: {mode: MUTUAL}, portLevelSettings: "
       "[{port: {number: 80}, tls: {mode: DISABLE}}]}}]",
       "v1", 80, TlsMode::kDisable,
       "/spec/subsets/0/trafficPolicy/portLevelSettings/0/tls/mode"},
      {"trafficPolicy: {tls: {mode: SIMPLE}}, subsets: [{name: v1, "
       "trafficPolicy: {tls: {mode: MUTUAL}, portLevelSettings: "
       "[{port: {number: 80}}]}}]",
       "v1", 80, TlsMode::kUnset,
       "/spec/subsets/0/trafficPolicy/portLevelSettings/0"},
      {"trafficPolicy: {portLevelSettings: "
       "[{port: {number: 80}, tls: {mode: SIMPLE}}]}, subsets: [{name: v1, "
       "trafficPolicy: {portLevelSettings: [{port: {number: 80}}]}}]",
       "v1", 80, TlsMode::kUnset,
       "/spec/subsets/0/trafficPolicy/portLevelSettings/0"},
      {"trafficPolicy: {tls: {mode: SIMPLE}}, subsets: [{name: v1, "
       "trafficPolicy: {portLevelSettings: [{port: {number: 81}}]}}]",
       "v1", 80, TlsMode::kSimple, "/spec/trafficPolicy/tls/mode"},
  };
  for (const EffectiveCase& c : cases) {
    const test::Scene scene(Rule(c.rule));
    const Node spec = scene.subject().spec();
    Node subset;
    for (const Node candidate : spec["subsets"]) {
      if (candidate["name"].Str() == c.subset) subset = candidate;
    }
    const ClientTls tls = EffectiveTls(spec["trafficPolicy"], subset, c.port);
    EXPECT_EQ(tls.mode, c.mode) << c.rule;
    if (*c.place == '\0') continue;
    EXPECT_EQ(PointerIndex(scene.subject().root()).OfNearest(tls.place()),
              c.place)
        << c.rule;
  }
}

TEST(EffectiveFieldTest, FollowsTheSameRules) {
  const test::Scene scene(
      Rule("trafficPolicy: {connectionPool: {a: 1}, loadBalancer: {b: 2}, "
           "portLevelSettings: [{port: {number: 81}, connectionPool: {c: 3}}]},"
           "subsets: [{name: v1, trafficPolicy: {loadBalancer: {d: 4}, "
           "portLevelSettings: [{port: {number: 82}}]}}]"));
  const Node spec = scene.subject().spec();
  const Node subset = spec["subsets"][0];
  const auto field = [&](Node of, int64_t port, std::string_view name) {
    return EffectiveField(spec["trafficPolicy"], of, port, name).ToJson();
  };
  EXPECT_EQ(field({}, 80, "connectionPool"), R"({"a":1})");
  EXPECT_EQ(field({}, 81, "connectionPool"), R"({"c":3})");
  EXPECT_EQ(field({}, 81, "loadBalancer"), "null");
  EXPECT_EQ(field(subset, 80, "connectionPool"), R"({"a":1})");
  EXPECT_EQ(field(subset, 80, "loadBalancer"), R"({"d":4})");
  EXPECT_EQ(field(subset, 82, "connectionPool"), "null");
}

// The clusters of a scene's first rule as "host:port subset MODE".
struct Clusters {
  std::vector<std::string> titles;
  std::string unknown;
};

Clusters ClustersOf(const std::string& yaml,
                    Coverage coverage = {.complete = true}) {
  const test::Scene scene(yaml, std::move(coverage));
  const MeshView mesh(scene.inventory(), &scene.subject());
  Clusters clusters;
  clusters.unknown =
      ForEachCluster(scene.subject(), mesh, [&](const Cluster& cluster) {
        clusters.titles.push_back(cluster.Title() + " " +
                                  std::string(ToString(cluster.tls.mode)));
      });
  return clusters;
}

TEST(ForEachClusterTest, VisitsEveryPortAndSubset) {
  const Clusters clusters = ClustersOf(
      Rule("host: cart, trafficPolicy: {tls: {mode: SIMPLE}}, subsets: "
           "[{name: v1, trafficPolicy: {tls: {mode: DISABLE}}}, {name: v2}, "
           "{name: v1, trafficPolicy: {tls: {mode: MUTUAL}}}]") +
      Service("cart",
              "{name: http, port: 80}, {name: dns, port: 53, protocol: UDP}, "
              "{name: grpc, port: 81}"));
  EXPECT_THAT(clusters.titles,
              ElementsAre("cart.shop.svc.cluster.local:80 SIMPLE",
                          "cart.shop.svc.cluster.local:80 subset v1 DISABLE",
                          "cart.shop.svc.cluster.local:80 subset v2 SIMPLE",
                          "cart.shop.svc.cluster.local:81 SIMPLE",
                          "cart.shop.svc.cluster.local:81 subset v1 DISABLE",
                          "cart.shop.svc.cluster.local:81 subset v2 SIMPLE"));
  EXPECT_EQ(clusters.unknown, "");
}

TEST(ForEachClusterTest, CoversServicesAndEntriesByWildcard) {
  EXPECT_THAT(
      ClustersOf(
          Rule("host: \"*.shop.svc.cluster.local\", trafficPolicy: {tls: {}}") +
          Rule("host: pay", "shop", "own") +
          Service("cart", "{name: http, port: 80}") +
          Service("pay", "{name: http, port: 80}") +
          Service("web", "{name: http, port: 80}", "web"))
          .titles,
      ElementsAre("cart.shop.svc.cluster.local:80 DISABLE"));
  EXPECT_THAT(
      ClustersOf(Rule("host: \"*.bank.example\", "
                      "trafficPolicy: {tls: {mode: SIMPLE}}") +
                 Entry("api.bank.example, bank.example, \"*.eu.bank.example\"",
                       "{number: 443, protocol: tls}"))
          .titles,
      ElementsAre("*.eu.bank.example:443 SIMPLE",
                  "api.bank.example:443 SIMPLE"));
  EXPECT_THAT(
      ClustersOf(Rule("host: \"*.bank.example\"") +
                 Entry("\"*.bank.example\"", "{number: 443, protocol: tls}"))
          .titles,
      ElementsAre("*.bank.example:443 unset"));
}

TEST(ForEachClusterTest, LeavesAliasesOut) {
  EXPECT_THAT(ClustersOf(Rule("host: cart") +
                         "{kind: Service, apiVersion: v1, metadata: {namespace:"
                         " shop, name: cart}, spec: {type: ExternalName, "
                         "externalName: a.example, ports: [{port: 80}]}}")
                  .titles,
              IsEmpty());
}

TEST(ForEachClusterTest, SaysWhatStaysUnknown) {
  EXPECT_EQ(ClustersOf(Rule("host: \"*\"")).unknown,
            "host \"*\" covers more than can be listed");
  EXPECT_EQ(ClustersOf(Rule("host: cart")).unknown, "");  // there is none
  EXPECT_EQ(ClustersOf(Rule("host: cart"), {}).unknown,
            "what serves \"cart.shop.svc.cluster.local\" is not known");
  EXPECT_EQ(ClustersOf(Rule("host: a.example"), {}).unknown,
            "what serves \"a.example\" is not known");
  EXPECT_EQ(ClustersOf(Rule("host: a.example"),
                       {.complete = true, .assumed_hosts = {"a.example"}})
                .unknown,
            "what serves \"a.example\" is not known");
  EXPECT_EQ(ClustersOf(Rule("host: cart") + Service("cart", "{port: 80}"), {})
                .unknown,
            "");
  const std::string wildcard = Rule("host: \"*.shop.svc.cluster.local\"");
  EXPECT_EQ(ClustersOf(wildcard + Service("cart", "{port: 80}"), {}).unknown,
            "not every service that \"*.shop.svc.cluster.local\" covers is "
            "known");
  EXPECT_EQ(ClustersOf(wildcard, {.closed_namespaces = {"shop"}}).unknown, "");
  EXPECT_EQ(
      ClustersOf(Rule("host: \"*.local\""), {.closed_namespaces = {"shop"}})
          .unknown,
      "not every service that \"*.local\" covers is known");
}

// Of rules merged into one, each cluster is that rule's whose policy decides.
TEST(ForEachClusterTest, SharesTheClustersOfMergedRules) {
  const std::string first = Rule(
      "host: cart, trafficPolicy: {tls: {mode: SIMPLE}}, subsets: "
      "[{name: v1}]",
      "shop", "a-first");
  const std::string second = Rule(
      "host: cart, trafficPolicy: {tls: {mode: DISABLE}}, subsets: "
      "[{name: v1, trafficPolicy: {tls: {mode: MUTUAL}}}, {name: v2}, "
      "{name: v3, trafficPolicy: {tls: {mode: ISTIO_MUTUAL}}}]",
      "shop", "b-second");
  const std::string service = Service("cart", "{name: http, port: 80}");
  EXPECT_THAT(ClustersOf(first + second + service).titles,
              ElementsAre("cart.shop.svc.cluster.local:80 SIMPLE",
                          "cart.shop.svc.cluster.local:80 subset v1 SIMPLE",
                          "cart.shop.svc.cluster.local:80 subset v2 SIMPLE"));
  EXPECT_THAT(
      ClustersOf(second + first + service).titles,
      ElementsAre("cart.shop.svc.cluster.local:80 subset v3 ISTIO_MUTUAL"));
}

// A rule that no client uses shapes nothing.
TEST(ForEachClusterTest, LeavesOutWhatOtherRulesDecide) {
  const std::string service = Service("cart", "{name: http, port: 80}");
  const std::string root_rule = Rule(
      "host: \"*.local\", trafficPolicy: {tls: {}}", "istio-system", "all");
  EXPECT_THAT(ClustersOf(root_rule + service).titles,
              ElementsAre("cart.shop.svc.cluster.local:80 DISABLE"));
  EXPECT_THAT(ClustersOf(root_rule + service + Rule("host: cart")).titles,
              IsEmpty());
  // A private rule of the service's namespace leaves other clients to it.
  EXPECT_THAT(
      ClustersOf(root_rule + service + Rule("host: cart, exportTo: [.]"))
          .titles,
      ElementsAre("cart.shop.svc.cluster.local:80 DISABLE"));
  // Two rules that are not merged: the newer one counts.
  const std::string older =
      Rule("host: cart, exportTo: [.], trafficPolicy: {tls: {}}", "shop", "a");
  const std::string newer =
      Rule("host: cart, trafficPolicy: {tls: {mode: SIMPLE}}", "shop", "b");
  EXPECT_THAT(ClustersOf(older + newer + service).titles, IsEmpty());
  EXPECT_THAT(ClustersOf(newer + older + service).titles,
              ElementsAre("cart.shop.svc.cluster.local:80 SIMPLE"));
}

// A rule for the clients of other namespaces alone.
TEST(ForEachClusterTest, SeesTheServiceAsItsClientsDo) {
  EXPECT_THAT(
      ClustersOf(Rule("host: cart, exportTo: [web], trafficPolicy: {tls: {}}") +
                 "{kind: Service, apiVersion: v1, metadata: {namespace: shop, "
                 "name: cart, annotations: {networking.istio.io/exportTo: "
                 "web}}, spec: {ports: [{name: http, port: 80}]}}")
          .titles,
      ElementsAre("cart.shop.svc.cluster.local:80 DISABLE"));
}

}  // namespace
}  // namespace meshvet

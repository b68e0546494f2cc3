// What a VirtualService names must exist: hosts, gateways, delegates.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "test/support/scene.h"
#include "test/unit/rules/mesh_yaml.h"

namespace meshvet::rules {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr std::string_view kHost = "virtual-service-unknown-host";
constexpr std::string_view kNotQualified = "virtual-service-host-not-qualified";
constexpr std::string_view kCrossNamespace =
    "virtual-service-cross-namespace-host";
constexpr std::string_view kNotAllowed = "virtual-service-host-not-allowed";
constexpr std::string_view kGatewayRule = "virtual-service-unknown-gateway";
constexpr std::string_view kDelegate = "virtual-service-unknown-delegate";

std::vector<std::string> Says(std::string_view rule, const std::string& yaml,
                              std::string_view options = "") {
  return test::Lines(test::Judge(rule, test::Scene(yaml), options));
}

const std::string kAt = "error /spec/http/0/route/0/destination/host: ";

struct HostCase {
  std::string what;
  std::string scene;
  std::string why;  // of the message; empty for no finding
};

class UnknownHosts : public ::testing::TestWithParam<HostCase> {};

TEST_P(UnknownHosts, AreThoseThatLeadNowhere) {
  const auto said = Says(kHost, GetParam().scene);
  if (GetParam().why.empty()) {
    EXPECT_THAT(said, IsEmpty()) << GetParam().what;
  } else {
    EXPECT_THAT(said, ElementsAre(kAt + "host " + GetParam().why +
                                  ": calls to it end in a 503"))
        << GetParam().what;
  }
}

const std::string kLedger = "ledger.pay.svc.cluster.local";
const std::string kNeither = " is neither a Service nor a ServiceEntry host";

INSTANTIATE_TEST_SUITE_P(
    Services, UnknownHosts,
    ::testing::Values(
        HostCase{"short", RouteTo("ledger") + Service("ledger", "shop"), ""},
        HostCase{
            "short, of another namespace",
            RouteTo("ledger") + Service("ledger", "pay"),
            "\"ledger\"" + kNeither + " (did you mean \"" + kLedger + "\"?)"},
        HostCase{"misspelt", RouteTo("legder") + Service("ledger", "shop"),
                 "\"legder\"" + kNeither +
                     " (did you mean \"ledger.shop.svc.cluster.local\"?)"},
        HostCase{"in full", RouteTo(kLedger) + Service("ledger", "pay"), ""},
        HostCase{"in full, not there", RouteTo(kLedger),
                 "\"" + kLedger + "\"" + kNeither},
        HostCase{"with capitals", RouteTo("Ledger") + Service("ledger", "shop"),
                 "\"Ledger\"" + kNeither +
                     " (did you mean \"ledger.shop.svc.cluster.local\"?)"},
        HostCase{
            "another domain",
            RouteTo("ledger.pay.svc.other.domain") + Service("ledger", "pay"),
            "\"ledger.pay.svc.other.domain\"" + kNeither},
        HostCase{"an address", RouteTo("10.0.0.1"), "\"10.0.0.1\"" + kNeither},
        HostCase{"all of a namespace",
                 RouteTo("*.pay.svc.cluster.local") + Service("ledger", "pay"),
                 "\"*.pay.svc.cluster.local\"" + kNeither},
        HostCase{"half-qualified is another rule's matter",
                 RouteTo("ledger.pay"), ""},
        HostCase{"so is a trailing dot", RouteTo(kLedger + "."), ""},
        HostCase{"and one after a short name",
                 RouteTo("ledger.") + Service("ledger", "shop"), ""}));

const std::string kOnlyAtHome = "networking.istio.io/exportTo: \".\"";

INSTANTIATE_TEST_SUITE_P(
    Visibility, UnknownHosts,
    ::testing::Values(
        HostCase{"not exported",
                 RouteTo(kLedger) + Service("ledger", "pay",
                                            "ports: [{port: 80}]", kOnlyAtHome),
                 "\"" + kLedger +
                     "\" exists in namespace pay but is not exported to shop"},
        HostCase{"exported by name",
                 RouteTo(kLedger) +
                     Service("ledger", "pay", "ports: [{port: 80}]",
                             "networking.istio.io/exportTo: \"web, shop\""),
                 ""},
        HostCase{
            "exported to another",
            RouteTo(kLedger) + Service("ledger", "pay", "ports: [{port: 80}]",
                                       "networking.istio.io/exportTo: web"),
            "\"" + kLedger +
                "\" exists in namespace pay but is not exported to shop"},
        HostCase{
            "its own stays its own",
            RouteTo("ledger") +
                Service("ledger", "shop", "ports: [{port: 80}]", kOnlyAtHome),
            ""},
        HostCase{
            "a sidecar takes its own namespace's unseen",
            RouteTo("ledger") + Service("ledger", "shop", "ports: [{port: 80}]",
                                        "networking.istio.io/exportTo: web"),
            ""},
        HostCase{"a gateway does not",
                 VirtualService("hosts: [a.example], gateways: [edge], http: "
                                "[{route: [{destination: {host: ledger}}]}]") +
                     Service("ledger", "shop", "ports: [{port: 80}]",
                             "networking.istio.io/exportTo: web"),
                 "\"ledger\" exists in namespace shop but is not exported to "
                 "shop"},
        HostCase{"an entry that is not exported",
                 RouteTo("bank.example") +
                     Entry("pay", "bank.example", ", exportTo: [\".\"]"),
                 "\"bank.example\" exists in namespace pay but is not exported "
                 "to shop"},
        HostCase{
            "an entry in its place",
            RouteTo(kLedger) +
                Service("ledger", "pay", "ports: [{port: 80}]", kOnlyAtHome) +
                Entry("shop", kLedger),
            ""}));

INSTANTIATE_TEST_SUITE_P(
    Entries, UnknownHosts,
    ::testing::Values(
        HostCase{"by its name",
                 RouteTo("bank.example") + Entry("pay", "bank.example"), ""},
        HostCase{"misspelt",
                 RouteTo("bnak.example") + Entry("shop", "bank.example"),
                 "\"bnak.example\"" + kNeither +
                     " (did you mean \"bank.example\"?)"},
        HostCase{"a wildcard serves no name",
                 RouteTo("api.bank.example") + Entry("pay", "*.bank.example"),
                 "\"api.bank.example\"" + kNeither},
        HostCase{"the wildcard itself",
                 RouteTo("*.bank.example") + Entry("pay", "*.bank.example"),
                 ""},
        HostCase{"a bare name in an entry is not the Service of that name",
                 RouteTo("mysql") + Entry("shop", "mysql"),
                 "\"mysql\"" + kNeither},
        HostCase{"a half-qualified name that an entry defines",
                 RouteTo("db.corp") + Entry("pay", "db.corp"), ""}));

INSTANTIATE_TEST_SUITE_P(
    Aliases, UnknownHosts,
    ::testing::Values(
        HostCase{"to a Service",
                 RouteTo("tunnel") + Alias("tunnel", "shop", kLedger) +
                     Service("ledger", "pay"),
                 ""},
        HostCase{"to an entry",
                 RouteTo("tunnel") + Alias("tunnel", "shop", "bank.example") +
                     Entry("pay", "bank.example"),
                 ""},
        HostCase{"out of the mesh",
                 RouteTo("tunnel") + Alias("tunnel", "shop", "api.example"),
                 "\"tunnel\" is a Service that stands for \"api.example\", "
                 "which the mesh does not know"}));

TEST(UnknownHosts, AreWarnedOfWhereNoTrafficGoes) {
  const auto severity = [&](const std::string& route) {
    const Evaluation judged =
        test::Judge(kHost, test::Scene(Shop("http: [" + route + "]") +
                                       Service("checkout", "shop")));
    EXPECT_THAT(judged.findings, SizeIs(1)) << route;
    return judged.findings.empty() ? Severity::kInfo
                                   : judged.findings[0].severity;
  };
  EXPECT_EQ(severity("{route: [{destination: {host: checkout}}, {destination: "
                     "{host: gone}, weight: 0}]}"),
            Severity::kWarning);
  EXPECT_EQ(severity("{route: [{destination: {host: checkout}}, {destination: "
                     "{host: gone}, weight: 10}]}"),
            Severity::kError);
  // The only destination gets everything whatever its weight.
  EXPECT_EQ(severity("{route: [{destination: {host: gone}, weight: 0}]}"),
            Severity::kError);
  EXPECT_EQ(severity("{route: [{destination: {host: checkout}}], mirror: "
                     "{host: gone}, mirrorPercentage: {value: 0}}"),
            Severity::kWarning);
  EXPECT_EQ(severity("{route: [{destination: {host: checkout}}], mirrors: "
                     "[{destination: {host: gone}}]}"),
            Severity::kError);
}

TEST(UnknownHosts, AreClaimedOnlyWhereAllIsKnown) {
  const auto judge = [](const std::string& host, Coverage coverage) {
    return test::Judge(kHost, test::Scene(RouteTo(host), std::move(coverage)));
  };
  EXPECT_THAT(judge("ledger", {}).findings, IsEmpty());
  EXPECT_THAT(judge("ledger", {}).not_run, SizeIs(1));
  EXPECT_THAT(judge("ledger", {.closed_namespaces = {"shop"}}).findings,
              SizeIs(1));
  EXPECT_THAT(judge(kLedger, {.closed_namespaces = {"shop"}}).findings,
              IsEmpty());
  EXPECT_THAT(judge("api.example", {.closed_namespaces = {"shop"}}).not_run,
              SizeIs(1));
  EXPECT_THAT(
      judge("api.example", {.complete_kinds = {kServiceEntry}}).findings,
      SizeIs(1));
  EXPECT_THAT(
      judge("api.example", {.complete = true, .assumed_hosts = {"*.example"}})
          .findings,
      IsEmpty());
  EXPECT_THAT(judge("10.0.0.1", {}).findings, SizeIs(1));
}

// It may be on its way: GitOps applies in any order.
TEST(UnknownHosts, DenyNothingByThemselves) {
  EXPECT_EQ(test::Judge(kHost, test::Scene(RouteTo("gone"))).strictest(),
            Action::kWarn);
}

struct Half {
  std::string what;
  std::string scene;
  std::string full;  // what it should be; empty for no finding
  bool is_safe = false;
};

class HalfQualified : public ::testing::TestWithParam<Half> {};

TEST_P(HalfQualified, AreToBeWrittenInFull) {
  const Half& half = GetParam();
  const Evaluation judged = test::Judge(kNotQualified, test::Scene(half.scene));
  if (half.full.empty()) {
    EXPECT_THAT(test::Lines(judged), IsEmpty()) << half.what;
    return;
  }
  ASSERT_THAT(judged.findings, SizeIs(1)) << half.what;
  const Finding& finding = judged.findings[0];
  EXPECT_EQ(finding.pointer, "/spec/http/0/route/0/destination/host");
  EXPECT_EQ(finding.severity, Severity::kError);
  EXPECT_EQ(finding.action, Action::kWarn);
  EXPECT_EQ(finding.fix_safety == Safety::kSafe, half.is_safe) << half.what;
  EXPECT_EQ(
      WritePatch(finding.fix),
      R"([{"op":"replace","path":"/spec/http/0/route/0/destination/host",)"
      R"("value":")" +
          half.full + R"("}])")
      << half.what;
  // Where this rule speaks, the other is silent.
  EXPECT_THAT(Says(kHost, half.scene), IsEmpty()) << half.what;
}

INSTANTIATE_TEST_SUITE_P(
    All, HalfQualified,
    ::testing::Values(
        Half{"name.ns, known", RouteTo("ledger.pay") + Service("ledger", "pay"),
             kLedger, true},
        Half{"name.ns, unknown", RouteTo("ledger.pay"), kLedger},
        Half{"name.ns.svc, known",
             RouteTo("ledger.pay.svc") + Service("ledger", "pay"), kLedger,
             true},
        Half{"name.ns.svc, unknown", RouteTo("ledger.pay.svc"), kLedger},
        Half{"a trailing dot, known",
             RouteTo(kLedger + ".") + Service("ledger", "pay"), kLedger, true},
        Half{"a trailing dot, unknown", RouteTo(kLedger + "."), kLedger},
        Half{"name.ns. with a dot", RouteTo("ledger.pay."), kLedger},
        Half{"a short name with a dot, known",
             RouteTo("ledger.") + Service("ledger", "shop"),
             "ledger.shop.svc.cluster.local", true},
        Half{"a short name with a dot, unknown", RouteTo("ledger."),
             "ledger.shop.svc.cluster.local"},
        Half{"an entry defines the literal",
             RouteTo("ledger.pay") + Entry("shop", "ledger.pay"), ""},
        Half{"short", RouteTo("ledger"), ""},
        Half{"in full", RouteTo(kLedger), ""},
        Half{"an address", RouteTo("10.0.0.1"), ""},
        Half{"a name of the internet", RouteTo("api.partner.example"), ""},
        Half{"a short name of the internet", RouteTo("partner.example"), ""},
        Half{"the same where such a namespace is known",
             RouteTo("partner.example") + Service("other", "example"),
             "partner.example.svc.cluster.local"},
        Half{"another domain", RouteTo("ledger.pay.svc.other.domain"), ""},
        Half{"a wildcard", RouteTo("*.pay"), ""}));

TEST(HalfQualified, AreAskedForConsentByTheirMeaning) {
  for (const std::string& host :
       {std::string("ledger.pay"), std::string("ledger.pay.svc"),
        kLedger + "."}) {
    EXPECT_THAT(Says(kCrossNamespace, RouteTo(host)),
                ElementsAre(HasSubstr("of namespace pay")))
        << host;
  }
  EXPECT_THAT(Says(kCrossNamespace, RouteTo("ledger.")), IsEmpty());
}

struct Allowed {
  std::string host;
  std::string options;
  bool is_allowed;
};

TEST(AllowList, HoldsEveryDestination) {
  for (const Allowed& each : std::vector<Allowed>{
           {"api.example", "", true},  // without an option it is silent
           {"api.example", "{}", true},
           {"api.example", "{allow: []}", false},
           {"api.example", "{allow: [\"*.svc.cluster.local\"]}", false},
           {"ledger", "{allow: [\"*.svc.cluster.local\"]}", true},
           {"api.example", "{allow: [api.example]}", true},
           {"api.example", "{allow: api.*}", true},
           {"api.example", "{allow: [\"*\", \"!api.*\"]}", false},
           {"api.example", "{namespaces: {shop: [api.*]}}", true},
           {"api.example", "{namespaces: {pay: [api.*]}}", false},
           {"api.example", "{allow: [a], namespaces: {shop: api.*}}", true},
           {"tunnel", "{allow: [\"*.svc.cluster.local\"]}", false},
           {"tunnel", "{allow: [hidden.example]}", true},
           {"ledger.pay", "{allow: [\"*.svc.cluster.local\"]}", false}}) {
    const std::string scene =
        RouteTo(each.host) + Alias("tunnel", "shop", "hidden.example");
    EXPECT_THAT(Says(kNotAllowed, scene, each.options),
                SizeIs(each.is_allowed ? 0 : 1))
        << each.host << " " << each.options;
  }
}

TEST(AllowList, IsOffUntilThePolicyNamesIt) {
  const Rule& rule = *FindRule(kNotAllowed);
  EXPECT_TRUE(rule.off_by_default);
  EXPECT_TRUE(rule.locked);
}

TEST(AllowList, HoldsMirrorsAndRoutesOfEveryKind) {
  EXPECT_THAT(test::Pointers(test::Judge(
                  kNotAllowed,
                  test::Scene(Shop(
                      "http: [{route: [{destination: {host: a}}], mirror: "
                      "{host: b}}], tls: [{route: [{destination: {host: "
                      "c}}]}], tcp: [{route: [{destination: {host: d}}]}]")),
                  "{allow: [a.*]}")),
              ElementsAre("/spec/http/0/mirror/host",
                          "/spec/tcp/0/route/0/destination/host",
                          "/spec/tls/0/route/0/destination/host"));
}

std::string Gateway(const std::string& name, const std::string& ns) {
  return NetworkingObject("Gateway", name, ns, "servers: []");
}

struct GatewayCase {
  std::string written;
  std::string mesh;
  std::string message;  // empty for no finding
};

TEST(UnknownGateways, AreThoseThatAreNotThere) {
  for (const GatewayCase& each : std::vector<GatewayCase>{
           {"mesh", "", ""},
           {"edge", Gateway("edge", "shop"), ""},
           {"./edge", Gateway("edge", "shop"), ""},
           {"shop/edge", Gateway("edge", "shop"), ""},
           {"ingress/edge", Gateway("edge", "ingress"), ""},
           {"edge.ingress", Gateway("edge", "ingress"), ""},
           {"edge.ingress.svc.cluster.local", Gateway("edge", "ingress"), ""},
           {"k8s/a-istio-autogenerated-k8s-gateway-http", "", ""},
           {"edge", Gateway("edge", "ingress"),
            "Gateway shop/edge does not exist, so nothing that reaches it "
            "follows these routes (did you mean \"ingress/edge\"?)"},
           {"egde", Gateway("edge", "shop"),
            "Gateway shop/egde does not exist, so nothing that reaches it "
            "follows these routes (did you mean \"shop/edge\"?)"},
           {"ingress/edge", Gateway("edge", "shop"),
            "Gateway ingress/edge does not exist, so nothing that reaches it "
            "follows these routes (did you mean \"shop/edge\"?)"},
           {"edge", "",
            "Gateway shop/edge does not exist, so nothing that reaches it "
            "follows these routes"}}) {
    const std::vector<std::string> said =
        Says(kGatewayRule, VirtualService("hosts: [a.example], gateways: [\"" +
                                          each.written + "\"]") +
                               each.mesh);
    if (each.message.empty()) {
      EXPECT_THAT(said, IsEmpty()) << each.written;
    } else {
      EXPECT_THAT(said, ElementsAre("error /spec/gateways/0: " + each.message))
          << each.written;
    }
  }
}

TEST(UnknownGateways, AreLookedForInEveryMatch) {
  EXPECT_THAT(
      test::Pointers(test::Judge(
          kGatewayRule,
          test::Scene(VirtualService(
              "hosts: [a.example], gateways: [mesh], http: [{match: [{uri: "
              "{prefix: /}}, {gateways: [mesh, a]}]}], tls: [{match: "
              "[{gateways: [b]}]}], tcp: [{match: [{gateways: [c]}]}]")))),
      ElementsAre("/spec/http/0/match/1/gateways/1",
                  "/spec/tcp/0/match/0/gateways/0",
                  "/spec/tls/0/match/0/gateways/0"));
}

struct DelegateCase {
  std::string delegate;
  std::string mesh;
  std::string reason;  // empty for no finding
};

std::string Routes(const std::string& ns, const std::string& spec) {
  return NetworkingObject("VirtualService", "routes", ns, spec);
}

TEST(UnknownDelegates, AreThoseThatAreNotThereOrNotFit) {
  for (const DelegateCase& each : std::vector<DelegateCase>{
           {"name: routes", Routes("shop", "http: []"), ""},
           {"name: routes, namespace: shop", Routes("shop", "http: []"), ""},
           {"name: routes, namespace: pay", Routes("pay", "http: []"), ""},
           {"name: routes, namespace: pay",
            Routes("pay", "exportTo: [shop], http: []"), ""},
           {"name: routes", Routes("shop", "exportTo: [\".\"], http: []"), ""},
           {"namespace: pay", "", ""},
           {"name: routes", "", "shop/routes does not exist"},
           {"name: routes", Routes("pay", "http: []"),
            "shop/routes does not exist (did you mean \"pay/routes\"?)"},
           {"name: routes, namespace: pay",
            Routes("pay", "exportTo: [\".\"], http: []"),
            "pay/routes is not exported to namespace shop"},
           {"name: routes, namespace: pay",
            Routes("pay", "exportTo: [web], http: []"),
            "pay/routes is not exported to namespace shop"},
           {"name: routes", Routes("shop", "hosts: [a], http: []"),
            "shop/routes has hosts of its own"},
           {"name: routes", Routes("shop", "http: [{delegate: {name: more}}]"),
            "shop/routes delegates again, which Istio ignores"}}) {
    const std::vector<std::string> said =
        Says(kDelegate, VirtualService("hosts: [a.example], http: [{delegate: "
                                       "{" +
                                       each.delegate + "}}]") +
                            each.mesh);
    if (each.reason.empty()) {
      EXPECT_THAT(said, IsEmpty()) << each.delegate << each.mesh;
    } else {
      EXPECT_THAT(
          said,
          ElementsAre("error /spec/http/0/delegate/name: delegate "
                      "VirtualService " +
                      each.reason + ": this route is dropped without a word"))
          << each.delegate << each.mesh;
    }
  }
}

TEST(UnknownDelegates, GoByTheMeshsDefaultExport) {
  const test::Scene scene(
      VirtualService("hosts: [a.example], http: [{delegate: {name: routes, "
                     "namespace: pay}}]") +
          Routes("pay", "http: []"),
      {.complete = true}, {.default_virtual_service_export_to = {"."}});
  EXPECT_THAT(test::Judge(kDelegate, scene).findings, SizeIs(1));
}

TEST(References, AreNotClaimedWhereNotAllIsKnown) {
  const test::Scene scene(
      VirtualService("hosts: [a.example], gateways: [edge], http: [{delegate: "
                     "{name: routes}}]"),
      Coverage{});
  for (const std::string_view rule : {kGatewayRule, kDelegate}) {
    const Evaluation judged = test::Judge(rule, scene);
    EXPECT_THAT(judged.findings, IsEmpty()) << rule;
    EXPECT_THAT(judged.not_run, SizeIs(1)) << rule;
  }
}

}  // namespace
}  // namespace meshvet::rules

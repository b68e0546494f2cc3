// The port and the subset of a destination: what the Service has, what an
// omitted port comes to, and which DestinationRule applies.

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

constexpr std::string_view kUnknownPort = "virtual-service-unknown-port";
constexpr std::string_view kAmbiguous = "virtual-service-ambiguous-port";
constexpr std::string_view kSubset = "virtual-service-unknown-subset";

struct PortCase {
  std::string what;
  std::string scene;
  std::string problem;  // empty for no finding
};

class UnknownPorts : public ::testing::TestWithParam<PortCase> {};

TEST_P(UnknownPorts, AreThoseTheServiceDoesNotHave) {
  const auto said =
      test::Lines(test::Judge(kUnknownPort, test::Scene(GetParam().scene)));
  if (GetParam().problem.empty()) {
    EXPECT_THAT(said, IsEmpty()) << GetParam().what;
  } else {
    EXPECT_THAT(said, ElementsAre("error /spec/http/0/route/0/destination/port/"
                                  "number: port " +
                                  GetParam().problem))
        << GetParam().what;
  }
}

std::string ToPort(const std::string& host, const std::string& port) {
  return RouteTo(host, ", port: {number: " + port + "}");
}

const std::string kTwoPorts =
    "ports: [{port: 80, name: http, targetPort: 8080}, {port: 443, name: "
    "https}]";

INSTANTIATE_TEST_SUITE_P(
    All, UnknownPorts,
    ::testing::Values(
        PortCase{"there", ToPort("a", "443") + Service("a", "shop", kTwoPorts),
                 ""},
        PortCase{"not there",
                 ToPort("a", "90") + Service("a", "shop", kTwoPorts),
                 "90 of host \"a\" does not exist; Service shop/a has 80 "
                 "(http), 443 (https)"},
        PortCase{"the pods' own",
                 ToPort("a", "8080") + Service("a", "shop", kTwoPorts),
                 "8080 of host \"a\" does not exist; Service shop/a has 80 "
                 "(http), 443 (https)"},
        PortCase{"UDP",
                 ToPort("a", "53") + Service("a", "shop",
                                             "ports: [{port: 53, protocol: "
                                             "UDP}]"),
                 "53 of host \"a\" is UDP, which Istio does not proxy; Service "
                 "shop/a has no port that Istio proxies"},
        PortCase{"of an entry",
                 ToPort("b.example", "80") + Entry("shop", "b.example"), ""},
        PortCase{"not of an entry",
                 ToPort("b.example", "443") + Entry("shop", "b.example"),
                 "443 of host \"b.example\" does not exist; ServiceEntry "
                 "shop/entry has 80 (http)"},
        PortCase{"of what an alias stands for",
                 ToPort("tunnel", "80") +
                     Alias("tunnel", "shop", "a.shop.svc.cluster.local") +
                     Service("a", "shop"),
                 ""},
        PortCase{"not of what an alias stands for",
                 ToPort("tunnel", "90") +
                     Alias("tunnel", "shop", "a.shop.svc.cluster.local") +
                     Service("a", "shop"),
                 "90 of host \"tunnel\" does not exist; Service shop/a has 80"},
        PortCase{"its own entry shadows another's Service",
                 ToPort("a.pay.svc.cluster.local", "90") +
                     Service("a", "pay", "ports: [{port: 90}]") +
                     Entry("shop", "a.pay.svc.cluster.local"),
                 "90 of host \"a.pay.svc.cluster.local\" does not exist; "
                 "ServiceEntry shop/entry has 80 (http)"},
        PortCase{"of a host that is not there", ToPort("gone", "80"), ""},
        PortCase{"a text is no number",
                 ToPort("a", "\"90\"") + Service("a", "shop"), ""},
        PortCase{"none given", RouteTo("a") + Service("a", "shop"), ""}));

// Service checkout, whose calls are captured, and `to`, with these ports.
std::string Ports(const std::string& checkout, const std::string& to) {
  return Service("checkout", "shop", "ports: [" + checkout + "]") +
         Service("to", "shop", "ports: [" + to + "]");
}

std::string Gateway(const std::string& ports) {
  return NetworkingObject("Gateway", "edge", "ingress",
                          "servers: [" + ports + "]");
}

std::string AtEdge(const std::string& routes) {
  return VirtualService("hosts: [a.example], gateways: [ingress/edge], " +
                        routes);
}

const std::string kHttp80 = "{port: 80, name: http}";
const std::string kHttp8080 = "{port: 8080, name: http}";
const std::string kBoth = "{port: 80, name: http}, {port: 8080, name: http-b}";
const std::string kToRoute = "route: [{destination: {host: to}}]";
const std::string kServer443 = "{port: {number: 443, protocol: HTTPS}}";

struct ListenerCase {
  std::string what;
  std::string scene;
  // "error 80": requests come in on 80 and end in a 503; "info"; or nothing.
  std::string verdict;
};

class OmittedPorts : public ::testing::TestWithParam<ListenerCase> {};

TEST_P(OmittedPorts, AreThoseOfTheListener) {
  const Evaluation judged =
      test::Judge(kAmbiguous, test::Scene(GetParam().scene));
  std::string verdict;
  for (const Finding& finding : judged.findings) {
    verdict += ToString(finding.severity);
    const size_t from = finding.about.find(" from ");
    if (from != std::string::npos) verdict += finding.about.substr(from + 5);
  }
  EXPECT_EQ(verdict, GetParam().verdict) << GetParam().what;
  EXPECT_THAT(judged.not_run, IsEmpty()) << GetParam().what;
}

INSTANTIATE_TEST_SUITE_P(
    SidecarHttp, OmittedPorts,
    ::testing::Values(
        ListenerCase{
            "the same port",
            Shop("http: [{" + kToRoute + "}]") + Ports(kHttp80, kHttp80), ""},
        ListenerCase{
            "one port is no safety",
            Shop("http: [{" + kToRoute + "}]") + Ports(kHttp80, kHttp8080),
            "error 80"},
        ListenerCase{"several are no error",
                     Shop("http: [{" + kToRoute + "}]") + Ports(kHttp80, kBoth),
                     "info"},
        ListenerCase{"several, none of them the caller's",
                     Shop("http: [{" + kToRoute + "}]") +
                         Ports("{port: 90, name: http}", kBoth),
                     "error 90"},
        ListenerCase{"two listeners, one of which fails",
                     Shop("http: [{" + kToRoute + "}]") + Ports(kBoth, kHttp80),
                     "error 8080"},
        ListenerCase{"a sniffed port counts",
                     Shop("http: [{" + kToRoute + "}]") +
                         Ports("{port: 90, name: web}", kHttp80),
                     "error 90"},
        ListenerCase{"a TCP port does not",
                     Shop("http: [{" + kToRoute + "}]") +
                         Ports("{port: 90, name: tcp}, " + kHttp80, kHttp80),
                     ""},
        ListenerCase{"a port is given",
                     Shop("http: [{route: [{destination: {host: to, port: "
                          "{number: 8080}}}]}]") +
                         Ports(kHttp80, kBoth),
                     ""},
        ListenerCase{
            "a host outside the registry is on port 80",
            VirtualService("hosts: [a.example], http: [{" + kToRoute + "}]") +
                Ports(kHttp80, kHttp8080),
            "error 80"},
        ListenerCase{"weight 0 sends nothing",
                     Shop("http: [{route: [{destination: {host: checkout}}, "
                          "{destination: {host: to}, weight: 0}]}]") +
                         Ports(kHttp80, kHttp8080),
                     ""},
        ListenerCase{"a mirror is no different",
                     Shop("http: [{route: [{destination: {host: checkout}}], "
                          "mirror: {host: to}}]") +
                         Ports(kHttp80, kHttp8080),
                     "error 80"},
        ListenerCase{"a match that is for one of the ports",
                     Shop("http: [{match: [{port: 80}], " + kToRoute + "}]") +
                         Ports(kBoth, kHttp80),
                     ""},
        ListenerCase{"a match that is for the other",
                     Shop("http: [{match: [{port: 8080}], " + kToRoute + "}]") +
                         Ports(kBoth, kHttp80),
                     "error 8080"},
        ListenerCase{"a match for a port nobody calls",
                     Shop("http: [{match: [{port: 90}], " + kToRoute + "}]") +
                         Ports(kBoth, kHttp80),
                     ""},
        ListenerCase{"one match of two names a port",
                     Shop("http: [{match: [{port: 80}, {uri: {exact: /}}], " +
                          kToRoute + "}]") +
                         Ports(kBoth, kHttp80),
                     "error 8080"},
        ListenerCase{"a delegate's root decides",
                     VirtualService("http: [{" + kToRoute + "}]") +
                         Ports(kHttp80, kHttp8080),
                     ""},
        ListenerCase{"UDP ports do not count",
                     Shop("http: [{" + kToRoute + "}]") +
                         Ports(kHttp80, kHttp80 + ", {port: 53, protocol: "
                                                  "UDP}"),
                     ""}));

INSTANTIATE_TEST_SUITE_P(
    Gateways, OmittedPorts,
    ::testing::Values(
        ListenerCase{"fall back to the only port",
                     AtEdge("http: [{" + kToRoute + "}]") +
                         Gateway(kServer443) + Ports(kHttp80, kHttp8080),
                     ""},
        ListenerCase{
            "also where a match names the server's port",
            AtEdge("http: [{match: [{port: 443}], " + kToRoute + "}]") +
                Gateway(kServer443) + Ports(kHttp80, kHttp8080),
            ""},
        ListenerCase{"take the server's number of several",
                     AtEdge("http: [{" + kToRoute + "}]") +
                         Gateway("{port: {number: 8080}}") +
                         Ports(kHttp80, kBoth),
                     "info"},
        ListenerCase{"whose number is none of several",
                     AtEdge("http: [{" + kToRoute + "}]") +
                         Gateway(kServer443) + Ports(kHttp80, kBoth),
                     "error 443"},
        ListenerCase{"and the mesh: the sidecars fail",
                     VirtualService("hosts: [checkout], gateways: [mesh, "
                                    "ingress/edge], http: [{" +
                                    kToRoute + "}]") +
                         Gateway(kServer443) + Ports(kHttp80, kHttp8080),
                     "error 80"},
        ListenerCase{"a match that keeps the sidecars out",
                     VirtualService("hosts: [checkout], gateways: [mesh, "
                                    "ingress/edge], http: [{match: [{gateways: "
                                    "[ingress/edge]}], " +
                                    kToRoute + "}]") +
                         Gateway(kServer443) + Ports(kHttp80, kHttp8080),
                     ""}));

INSTANTIATE_TEST_SUITE_P(
    TcpAndTls, OmittedPorts,
    ::testing::Values(
        ListenerCase{
            "fall back to the only port",
            Shop("tcp: [{" + kToRoute + "}]") +
                Ports("{port: 3306, name: tcp}", "{port: 3307, name: tcp}"),
            ""},
        ListenerCase{
            "also where a match names the listener's port",
            Shop("tcp: [{match: [{port: 3306}], " + kToRoute + "}]") +
                Ports("{port: 3306, name: tcp}", "{port: 3307, name: tcp}"),
            ""},
        ListenerCase{
            "take the listener's of several",
            Shop("tls: [{match: [{sniHosts: [checkout]}], " + kToRoute + "}]") +
                Ports("{port: 443, name: tls}",
                      "{port: 443, name: tls}, {port: 8443, name: "
                      "tls-b}"),
            "info"},
        ListenerCase{"which is none of several",
                     Shop("tcp: [{" + kToRoute + "}]") +
                         Ports("{port: 3306, name: tcp}",
                               "{port: 1, name: tcp}, {port: 2, name: tcp-b}"),
                     "error 3306"}));

TEST(OmittedPorts, CannotBeJudgedWhereAListenerIsUnknown) {
  const auto not_run = [](const std::string& yaml, Coverage coverage) {
    const Evaluation judged =
        test::Judge(kAmbiguous, test::Scene(yaml, std::move(coverage)));
    EXPECT_THAT(judged.findings, IsEmpty());
    return judged.not_run;
  };
  EXPECT_THAT(not_run(Shop("http: [{" + kToRoute + "}]") +
                          Service("to", "shop", "ports: [" + kBoth + "]"),
                      {}),
              SizeIs(1));
  EXPECT_THAT(not_run(AtEdge("http: [{" + kToRoute + "}]") +
                          Service("to", "shop", "ports: [" + kBoth + "]"),
                      {.complete = true}),
              SizeIs(1));
}

TEST(OmittedPorts, SayWhereTheRequestEnds) {
  EXPECT_THAT(
      test::Lines(test::Judge(kAmbiguous,
                              test::Scene(Shop("http: [{" + kToRoute + "}]") +
                                          Ports(kHttp80, kHttp8080)))),
      ElementsAre("error /spec/http/0/route/0/destination/host: no port is "
                  "given, so requests that come in on port 80 go to port 80 of "
                  "\"to.shop.svc.cluster.local\", which has only 8080: they "
                  "end in a 503"));
}

// DestinationRule `name` of `ns` for Service ledger of pay, with subset v1.
std::string RuleOf(const std::string& ns, const std::string& name,
                   const std::string& more = "",
                   const std::string& host = "ledger.pay.svc.cluster.local") {
  return NetworkingObject("DestinationRule", name, ns,
                          "host: \"" + host +
                              "\", subsets: [{name: v1, labels: {version: "
                              "v1}}]" +
                              more);
}

std::string EmptyRule(const std::string& ns, const std::string& more = "") {
  return NetworkingObject("DestinationRule", "timeouts", ns,
                          "host: ledger.pay.svc.cluster.local" + more);
}

const std::string kToV1 =
    RouteTo("ledger.pay.svc.cluster.local", ", subset: v1") +
    Service("ledger", "pay");

struct SubsetCase {
  std::string what;
  std::string scene;
  std::string reason;  // empty for no finding
};

class Subsets : public ::testing::TestWithParam<SubsetCase> {};

TEST_P(Subsets, AreThoseOfTheRuleThatApplies) {
  const auto said =
      test::Lines(test::Judge(kSubset, test::Scene(GetParam().scene)));
  if (GetParam().reason.empty()) {
    EXPECT_THAT(said, IsEmpty()) << GetParam().what;
  } else {
    EXPECT_THAT(said, ElementsAre(HasSubstr(GetParam().reason)))
        << GetParam().what;
  }
}

const std::string kNone =
    "no DestinationRule applies to \"ledger.pay.svc.cluster.local\"";
std::string DefinesNone(const std::string& rule) {
  return "DestinationRule " + rule +
         ", which applies to \"ledger.pay.svc.cluster.local\", does not define "
         "it";
}

INSTANTIATE_TEST_SUITE_P(
    Levels, Subsets,
    ::testing::Values(
        SubsetCase{"no rule", kToV1, kNone},
        SubsetCase{"the Service's own", kToV1 + RuleOf("pay", "a"), ""},
        SubsetCase{"the client's own", kToV1 + RuleOf("shop", "a"), ""},
        SubsetCase{"the root namespace's", kToV1 + RuleOf("istio-system", "a"),
                   ""},
        SubsetCase{"a third's is never used", kToV1 + RuleOf("web", "a"),
                   kNone},
        SubsetCase{"the client's hides the Service's",
                   kToV1 + RuleOf("pay", "a") + EmptyRule("shop"),
                   DefinesNone("shop/timeouts")},
        SubsetCase{"the Service's hides the root's",
                   kToV1 + RuleOf("istio-system", "a") + EmptyRule("pay"),
                   DefinesNone("pay/timeouts")},
        SubsetCase{"the Service's is not exported",
                   kToV1 + RuleOf("pay", "a", ", exportTo: [\".\"]"), kNone},
        SubsetCase{"the Service's is exported to the client",
                   kToV1 + RuleOf("pay", "a", ", exportTo: [shop]"), ""},
        SubsetCase{"the client's that is not exported to itself",
                   kToV1 + RuleOf("shop", "a", ", exportTo: [web]"), kNone},
        SubsetCase{"another subset",
                   RouteTo("ledger.pay.svc.cluster.local", ", subset: v11") +
                       Service("ledger", "pay") + RuleOf("pay", "a"),
                   DefinesNone("pay/a") + " (did you mean \"v1\"?)"}));

INSTANTIATE_TEST_SUITE_P(
    Rules, Subsets,
    ::testing::Values(
        SubsetCase{"a wildcard's subsets are each Service's",
                   kToV1 + RuleOf("pay", "a", "", "*.pay.svc.cluster.local"),
                   ""},
        SubsetCase{"a more specific rule hides a wildcard",
                   kToV1 + RuleOf("pay", "a", "", "*.pay.svc.cluster.local") +
                       EmptyRule("pay"),
                   DefinesNone("pay/timeouts")},
        SubsetCase{"two rules for one host are merged",
                   kToV1 + RuleOf("pay", "a") + EmptyRule("pay"), ""},
        SubsetCase{
            "rules of unlike export are not: the newest wins",
            kToV1 + RuleOf("pay", "a", ", exportTo: [shop]") + EmptyRule("pay"),
            DefinesNone("pay/timeouts")},
        SubsetCase{"a hidden specific rule hides the wildcard too",
                   kToV1 + RuleOf("pay", "a", "", "*.pay.svc.cluster.local") +
                       EmptyRule("pay", ", exportTo: [web]"),
                   kNone},
        SubsetCase{"a private specific rule hides nothing from others",
                   kToV1 + RuleOf("pay", "a", "", "*.pay.svc.cluster.local") +
                       EmptyRule("pay", ", exportTo: [\".\"]"),
                   ""},
        SubsetCase{"a rule for some pods is not for all",
                   kToV1 + RuleOf("pay", "a",
                                  ", workloadSelector: {matchLabels: {a: b}}"),
                   kNone},
        SubsetCase{"a rule on an alias has no effect",
                   RouteTo("tunnel", ", subset: v1") +
                       Alias("tunnel", "shop", "ledger.pay.svc.cluster.local") +
                       Service("ledger", "pay") +
                       RuleOf("shop", "a", "", "tunnel.shop.svc.cluster.local"),
                   kNone},
        SubsetCase{"a rule on what it stands for has",
                   RouteTo("tunnel", ", subset: v1") +
                       Alias("tunnel", "shop", "ledger.pay.svc.cluster.local") +
                       Service("ledger", "pay") + RuleOf("shop", "a"),
                   ""},
        SubsetCase{"of a host that is not there",
                   RouteTo("gone.example", ", subset: v1"), ""}));

std::string ToV1At(const std::string& gateways) {
  return VirtualService("hosts: [a.example], gateways: [" + gateways +
                        "], http: [{route: [{destination: {host: "
                        "ledger.pay.svc.cluster.local, subset: v1}}]}]") +
         Service("ledger", "pay");
}

INSTANTIATE_TEST_SUITE_P(
    Clients, Subsets,
    ::testing::Values(
        SubsetCase{"a gateway does not see the author's rule",
                   ToV1At("ingress/edge") + RuleOf("shop", "a"),
                   "not defined for clients in namespace ingress"},
        SubsetCase{"a gateway sees its own namespace's",
                   ToV1At("ingress/edge") + RuleOf("ingress", "a"), ""},
        SubsetCase{"the sidecars do not see the gateway's",
                   ToV1At("mesh, ingress/edge") + RuleOf("ingress", "a"),
                   "not defined for clients in namespace shop"},
        SubsetCase{"both see the Service's",
                   ToV1At("mesh, ingress/edge") + RuleOf("pay", "a"), ""},
        SubsetCase{"one gateway of two is enough to be unsure",
                   ToV1At("ingress/edge, egress/edge") + RuleOf("egress", "a"),
                   ""},
        SubsetCase{"a match of its own gateway",
                   VirtualService(
                       "hosts: [a.example], gateways: [mesh, ingress/edge], "
                       "http: [{match: [{gateways: [ingress/edge]}], route: "
                       "[{destination: {host: ledger.pay.svc.cluster.local, "
                       "subset: v1}}]}]") +
                       Service("ledger", "pay") + RuleOf("ingress", "a"),
                   ""}));

TEST(Subsets, AreNotClaimedWhereARuleMayBeUnknown) {
  const auto judge = [](Coverage coverage) {
    return test::Judge(kSubset, test::Scene(kToV1, std::move(coverage)));
  };
  EXPECT_THAT(judge({}).findings, IsEmpty());
  EXPECT_THAT(judge({}).not_run, SizeIs(1));
  EXPECT_THAT(judge({.closed_namespaces = {"shop", "pay"}}).not_run, SizeIs(1));
  EXPECT_THAT(
      judge({.closed_namespaces = {"shop", "pay", "istio-system"}}).findings,
      SizeIs(1));
}

}  // namespace
}  // namespace meshvet::rules

// virtual-service-cross-namespace-host: whose host it is, and where it stands.
// Consent has its own file.

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

constexpr std::string_view kRule = "virtual-service-cross-namespace-host";

std::string Consenting(const std::string& ns) {
  return "---\napiVersion: v1\nkind: Namespace\nmetadata: {name: " + ns +
         ", annotations: {meshvet.dev/allow-routes-from: shop}}\n";
}

// "pointer about", one for each finding.
std::vector<std::string> Says(const std::string& yaml, MeshConfig config = {},
                              Coverage coverage = {.complete = true}) {
  const test::Scene scene(yaml, std::move(coverage), std::move(config));
  const Evaluation judged = test::Judge(kRule, scene);
  std::vector<std::string> said;
  for (const Finding& finding : judged.findings) {
    EXPECT_EQ(finding.action, Action::kDeny);
    said.push_back(finding.pointer + " " + finding.about);
  }
  return said;
}

const std::string kLedger = "ledger.pay.svc.cluster.local";

struct Place {
  std::string spec;
  std::string pointer;
};

class Places : public ::testing::TestWithParam<Place> {};

TEST_P(Places, AreAllJudged) {
  EXPECT_THAT(Says(Shop(GetParam().spec)),
              ElementsAre(GetParam().pointer + " destination pay/" + kLedger));
}

INSTANTIATE_TEST_SUITE_P(
    All, Places,
    ::testing::Values(
        Place{"http: [{route: [{destination: {host: " + kLedger + "}}]}]",
              "/spec/http/0/route/0/destination/host"},
        Place{"http: [{route: [{destination: {host: checkout}}, {destination: "
              "{host: " +
                  kLedger + "}, weight: 0}]}]",
              "/spec/http/0/route/1/destination/host"},
        Place{"http: [{route: [{destination: {host: checkout}}], mirror: "
              "{host: " +
                  kLedger + "}}]",
              "/spec/http/0/mirror/host"},
        Place{"http: [{route: [{destination: {host: checkout}}]}, {mirrors: "
              "[{destination: {host: checkout}}, {destination: {host: " +
                  kLedger + "}}]}]",
              "/spec/http/1/mirrors/1/destination/host"},
        Place{"tls: [{match: [{sniHosts: [a.example]}], route: [{destination: "
              "{host: " +
                  kLedger + "}}]}]",
              "/spec/tls/0/route/0/destination/host"},
        Place{"tcp: [{route: [{destination: {host: " + kLedger + "}}]}]",
              "/spec/tcp/0/route/0/destination/host"}));

TEST(Places, EachHaveTheirFinding) {
  EXPECT_THAT(
      Says(Shop("http: [{route: [{destination: {host: " + kLedger +
                "}}]}], tcp: [{route: [{destination: {host: " + kLedger +
                "}}, {destination: {host: cash.bank.svc.cluster.local}}]}]")),
      ElementsAre(
          "/spec/http/0/route/0/destination/host destination pay/" + kLedger,
          "/spec/tcp/0/route/0/destination/host destination pay/" + kLedger,
          "/spec/tcp/0/route/1/destination/host destination "
          "bank/cash.bank.svc.cluster.local"));
}

struct Owner {
  std::string what;
  std::string scene;
  std::string about;  // empty: nothing is found
};

class Owners : public ::testing::TestWithParam<Owner> {};

TEST_P(Owners, DecideWhoIsAsked) {
  const auto said = Says(GetParam().scene);
  if (GetParam().about.empty()) {
    EXPECT_THAT(said, IsEmpty()) << GetParam().what;
  } else {
    EXPECT_THAT(said, ElementsAre("/spec/http/0/route/0/destination/host "
                                  "destination " +
                                  GetParam().about))
        << GetParam().what;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Names, Owners,
    ::testing::Values(
        Owner{"a short name", RouteTo("ledger"), ""},
        Owner{"its own in full", RouteTo("ledger.shop.svc.cluster.local"), ""},
        Owner{"its own with capitals", RouteTo("Ledger.SHOP.svc.cluster.local"),
              ""},
        Owner{"another's, known", RouteTo(kLedger) + Service("ledger", "pay"),
              "pay/" + kLedger},
        Owner{"another's, not known", RouteTo(kLedger), "pay/" + kLedger},
        Owner{"another's with capitals",
              RouteTo("Ledger.Pay.svc.cluster.local"),
              "pay/Ledger.Pay.svc.cluster.local"},
        Owner{"half-qualified", RouteTo("ledger.pay"), "pay/" + kLedger},
        Owner{"half-qualified, known",
              RouteTo("ledger.pay") + Service("ledger", "pay"),
              "pay/" + kLedger},
        Owner{"half-qualified with svc", RouteTo("ledger.pay.svc"),
              "pay/" + kLedger},
        Owner{"a trailing dot", RouteTo(kLedger + "."), "pay/" + kLedger},
        Owner{"its own, half-qualified", RouteTo("ledger.shop"), ""},
        Owner{"its own with a trailing dot",
              RouteTo("ledger.shop.svc.cluster.local."), ""},
        Owner{"all of another's", RouteTo("*.pay.svc.cluster.local"),
              "pay/*.pay.svc.cluster.local"},
        Owner{"all of its own", RouteTo("*.shop.svc.cluster.local"), ""},
        Owner{"IPv4", RouteTo("10.0.0.1"), ""},
        Owner{"IPv6", RouteTo("2001:db8::1"), ""},
        Owner{"another domain", RouteTo("ledger.pay.svc.other.domain"), ""},
        Owner{"the internet", RouteTo("api.partner.example"), ""},
        Owner{"everything", RouteTo("*"), ""},
        Owner{"nothing", RouteTo(""), ""},
        Owner{"a deeper name", RouteTo("a.ledger.pay.svc.cluster.local"), ""}));

INSTANTIATE_TEST_SUITE_P(
    Entries, Owners,
    ::testing::Values(
        Owner{"its own entry",
              RouteTo("bank.example") + Entry("shop", "bank.example"), ""},
        Owner{"another's",
              RouteTo("bank.example") + Entry("pay", "bank.example"),
              "pay/bank.example"},
        Owner{"its own beside another's",
              RouteTo("bank.example") + Entry("pay", "bank.example") +
                  Entry("shop", "bank.example"),
              ""},
        Owner{"another's that it does not see",
              RouteTo("bank.example") +
                  Entry("pay", "bank.example", ", exportTo: [\".\"]"),
              ""},
        Owner{"its own that it does not export to itself",
              RouteTo("bank.example") + Entry("pay", "bank.example") +
                  Entry("shop", "bank.example", ", exportTo: [web]"),
              "pay/bank.example"},
        Owner{"another's by name",
              RouteTo("bank.example") +
                  Entry("pay", "bank.example", ", exportTo: [shop]"),
              "pay/bank.example"},
        Owner{"a wildcard entry does not serve a name",
              RouteTo("api.bank.example") + Entry("pay", "*.bank.example"), ""},
        Owner{"the wildcard itself",
              RouteTo("*.bank.example") + Entry("pay", "*.bank.example"),
              "pay/*.bank.example"},
        Owner{"a Service's name stays its namespace's",
              RouteTo(kLedger) + Entry("shop", kLedger), "pay/" + kLedger},
        Owner{"an entry of a third with a Service's name",
              RouteTo(kLedger) + Entry("web", kLedger) + Consenting("web"),
              "pay/" + kLedger},
        Owner{"an entry that defines a half-qualified name",
              RouteTo("ledger.pay") + Entry("shop", "ledger.pay"), ""}));

INSTANTIATE_TEST_SUITE_P(
    Aliases, Owners,
    ::testing::Values(
        Owner{"to another namespace",
              RouteTo("tunnel") + Alias("tunnel", "shop", kLedger),
              "pay/" + kLedger},
        Owner{"to another namespace, in full",
              RouteTo("tunnel.shop.svc.cluster.local") +
                  Alias("tunnel", "shop", kLedger),
              "pay/" + kLedger},
        Owner{"home",
              RouteTo("tunnel") +
                  Alias("tunnel", "shop", "ledger.shop.svc.cluster.local"),
              ""},
        Owner{"to another's entry",
              RouteTo("tunnel") + Alias("tunnel", "shop", "bank.example") +
                  Entry("pay", "bank.example"),
              "pay/bank.example"},
        Owner{"out of the mesh",
              RouteTo("tunnel") + Alias("tunnel", "shop", "api.example"), ""},
        Owner{"another's alias is another's",
              RouteTo("tunnel.pay.svc.cluster.local") +
                  Alias("tunnel", "pay", "api.example"),
              "pay/tunnel.pay.svc.cluster.local"},
        Owner{"another's alias back home",
              RouteTo("tunnel.pay.svc.cluster.local") +
                  Alias("tunnel", "pay", "ledger.shop.svc.cluster.local"),
              "pay/tunnel.pay.svc.cluster.local"},
        Owner{"another's alias within it",
              RouteTo("tunnel.pay.svc.cluster.local") +
                  Alias("tunnel", "pay", kLedger),
              "pay/tunnel.pay.svc.cluster.local"},
        Owner{"through one that consents to one that does not",
              RouteTo("tunnel.web.svc.cluster.local") +
                  Alias("tunnel", "web", kLedger) + Consenting("web"),
              "pay/" + kLedger}));

TEST(Owners, OfOneHostAreAllAsked) {
  const std::string scene = RouteTo("bank.example") +
                            Entry("pay", "bank.example") +
                            Entry("web", "bank.example");
  const std::string at = "/spec/http/0/route/0/destination/host destination ";
  EXPECT_THAT(Says(scene),
              ElementsAre(at + "pay/bank.example", at + "web/bank.example"));
  EXPECT_THAT(Says(scene + Consenting("pay")),
              ElementsAre(at + "web/bank.example"));
  EXPECT_THAT(Says(scene + Consenting("pay") + Consenting("web")), IsEmpty());
}

TEST(Owners, GoByTheDomainOfTheMesh) {
  const MeshConfig corp{.domain = "corp.local"};
  EXPECT_THAT(Says(RouteTo("ledger.pay.svc.corp.local"), corp), SizeIs(1));
  EXPECT_THAT(Says(RouteTo(kLedger), corp), IsEmpty());
  EXPECT_THAT(Says(RouteTo("ledger.pay"), corp),
              ElementsAre("/spec/http/0/route/0/destination/host destination "
                          "pay/ledger.pay.svc.corp.local"));
}

TEST(Owners, AreNamedInTheMessage) {
  const auto lines = test::Lines(test::Judge(
      kRule,
      test::Scene(RouteTo("tunnel") + Alias("tunnel", "shop", kLedger))));
  EXPECT_THAT(
      lines,
      ElementsAre("error /spec/http/0/route/0/destination/host: namespace shop "
                  "routes to host \"tunnel\", which Service tunnel makes an "
                  "alias of \"ledger.pay.svc.cluster.local\", of namespace pay "
                  "without the consent of namespace pay: annotate Namespace "
                  "pay with meshvet.dev/allow-routes-from: \"shop\", add a "
                  "ReferenceGrant in pay, or allow {from: shop, to: pay} in "
                  "the policy"));
}

TEST(WaysToConsent, HoldTheAuthorsOwnWhereItCounts) {
  const auto lines = test::Lines(
      test::Judge(kRule, test::Scene(RouteTo(kLedger)), "{selfConsent: true}"));
  ASSERT_THAT(lines, SizeIs(1));
  EXPECT_THAT(lines[0],
              HasSubstr("annotate this VirtualService with "
                        "meshvet.dev/allow-cross-namespace-hosts: \"pay\""));
}

std::string DelegateTo(const std::string& delegate) {
  return Shop("http: [{match: [{uri: {prefix: /a}}], delegate: {" + delegate +
              "}}]");
}

TEST(Delegates, OfOtherNamespacesNeedConsent) {
  EXPECT_THAT(Says(DelegateTo("name: routes")), IsEmpty());
  EXPECT_THAT(Says(DelegateTo("name: routes, namespace: shop")), IsEmpty());
  EXPECT_THAT(Says(DelegateTo("name: routes, namespace: \"\"")), IsEmpty());
  EXPECT_THAT(Says(DelegateTo("name: routes, namespace: pay")),
              ElementsAre("/spec/http/0/delegate/namespace delegate "
                          "pay/routes"));
  EXPECT_THAT(
      test::Lines(test::Judge(
          kRule, test::Scene(DelegateTo("name: routes, namespace: pay")))),
      ElementsAre("error /spec/http/0/delegate/namespace: namespace shop "
                  "delegates to VirtualService routes of namespace pay without "
                  "the consent of namespace pay: annotate Namespace pay with "
                  "meshvet.dev/allow-routes-from: \"shop\", add a "
                  "ReferenceGrant in pay, or allow {from: shop, to: pay} in "
                  "the policy"));
}

struct Capture {
  std::string what;
  std::string spec;      // of a VirtualService of shop
  std::string findings;  // "pointer about" of each, with blanks between
  std::string mesh = "";
};

class Captures : public ::testing::TestWithParam<Capture> {};

TEST_P(Captures, TakeTheCallsOfOthers) {
  std::string all;
  for (const std::string& said : Says(R"(
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: canary, namespace: shop}
spec: {)" + GetParam().spec + "}\n" + GetParam().mesh)) {
    all += (all.empty() ? "" : " | ") + said;
  }
  EXPECT_EQ(all, GetParam().findings) << GetParam().what;
}

const std::string kFound = "/spec/hosts/0 hosts pay/" + kLedger;
const std::string kHosts = "hosts: [" + kLedger + "]";

INSTANTIATE_TEST_SUITE_P(
    Bound, Captures,
    ::testing::Values(
        Capture{"exported by default", kHosts, kFound},
        Capture{"to all", kHosts + ", exportTo: [\"*\"]", kFound},
        Capture{"to the owner", kHosts + ", exportTo: [pay]", kFound},
        Capture{"to a third", kHosts + ", exportTo: [\".\", web]", kFound},
        Capture{"to itself", kHosts + ", exportTo: [\".\"]", ""},
        Capture{"to itself by name", kHosts + ", exportTo: [shop]", ""},
        Capture{"to nobody", kHosts + ", exportTo: [\"~\"]", ""},
        Capture{"to the default", kHosts + ", exportTo: []", kFound},
        Capture{"at a gateway alone", kHosts + ", gateways: [edge]", ""},
        Capture{"at a gateway and in the mesh",
                kHosts + ", gateways: [edge, mesh]", kFound},
        Capture{"in the mesh", kHosts + ", gateways: [mesh]", kFound},
        Capture{"no gateways", kHosts + ", gateways: []", kFound},
        Capture{"a match at the mesh",
                kHosts + ", gateways: [edge, mesh], http: [{match: [{gateways: "
                         "[mesh]}]}]",
                kFound},
        Capture{"matches at gateways alone",
                kHosts + ", gateways: [edge, mesh], http: [{match: [{gateways: "
                         "[edge]}], route: [{destination: {host: a}}]}]",
                ""},
        Capture{"one match of two at the mesh",
                kHosts + ", gateways: [edge, mesh], tcp: [{match: [{gateways: "
                         "[edge]}, {port: 80}]}]",
                kFound}));

INSTANTIATE_TEST_SUITE_P(
    Hosts, Captures,
    ::testing::Values(
        Capture{"short", "hosts: [ledger]", ""},
        Capture{"its own in full", "hosts: [ledger.shop.svc.cluster.local]",
                ""},
        Capture{"the second of two", "hosts: [ledger, " + kLedger + "]",
                "/spec/hosts/1 hosts pay/" + kLedger},
        Capture{"with capitals", "hosts: [Ledger.Pay.svc.Cluster.local]",
                kFound},
        Capture{"all of a namespace", "hosts: [\"*.pay.svc.cluster.local\"]",
                "/spec/hosts/0 hosts pay/*.pay.svc.cluster.local"},
        Capture{"all of its own", "hosts: [\"*.shop.svc.cluster.local\"]", ""},
        Capture{"an entry's", "hosts: [bank.example]",
                "/spec/hosts/0 hosts pay/bank.example",
                Entry("pay", "bank.example")},
        Capture{"its own entry's", "hosts: [bank.example]", "",
                Entry("shop", "bank.example") + Entry("pay", "bank.example")},
        Capture{"nobody's", "hosts: [www.example]", ""},
        Capture{"an address", "hosts: [10.0.0.1]", ""},
        Capture{"consented to", kHosts, "", Consenting("pay")}));

// A wildcard over several namespaces captures what it covers.
INSTANTIATE_TEST_SUITE_P(
    Wildcards, Captures,
    ::testing::Values(
        Capture{"all Services", "hosts: [\"*.svc.cluster.local\"]",
                "/spec/hosts/0 hosts *.svc.cluster.local",
                Service("ledger", "pay") + Service("cash", "bank")},
        Capture{"everything", "hosts: [\"*\"]", "/spec/hosts/0 hosts *",
                Service("ledger", "pay")},
        Capture{"none but its own", "hosts: [\"*.svc.cluster.local\"]", "",
                Service("ledger", "shop")},
        Capture{"another's entry", "hosts: [\"*.example\"]",
                "/spec/hosts/0 hosts *.example", Entry("pay", "bank.example")},
        Capture{"its own entry", "hosts: [\"*.example\"]", "",
                Entry("shop", "bank.example")},
        Capture{"nobody's", "hosts: [\"*.example\"]", "",
                Service("ledger", "pay")},
        Capture{"all consent", "hosts: [\"*.svc.cluster.local\"]", "",
                Service("ledger", "pay") + Consenting("pay")},
        Capture{"one of two consents", "hosts: [\"*.svc.cluster.local\"]",
                "/spec/hosts/0 hosts *.svc.cluster.local",
                Service("ledger", "pay") + Consenting("pay") +
                    Service("cash", "bank")},
        Capture{"it stays at home",
                "hosts: [\"*.svc.cluster.local\"], exportTo: [\".\"]", "",
                Service("ledger", "pay")}));

TEST(Captures, SayHowManyMoreTheyCover) {
  const test::Scene scene(R"(
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: all, namespace: shop}
spec: {hosts: ["*.svc.cluster.local"]}
)" + Service("cash", "bank") +
                          Service("ledger", "pay") + Service("front", "web"));
  const Evaluation judged = test::Judge(kRule, scene);
  EXPECT_THAT(test::Lines(judged),
              ElementsAre(HasSubstr("hosts names \"*.svc.cluster.local\" of "
                                    "namespace bank and is exported beyond "
                                    "namespace shop")));
  EXPECT_THAT(judged.findings.at(0).notes,
              ElementsAre("it covers hosts of 2 further namespaces that do not "
                          "consent"));
}

TEST(Captures, CannotBeJudgedWithoutTheServices) {
  const test::Scene scene(R"(
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: all, namespace: shop}
spec: {hosts: ["*.svc.cluster.local"]}
)",
                          Coverage{});
  const Evaluation judged = test::Judge(kRule, scene);
  EXPECT_THAT(judged.findings, IsEmpty());
  EXPECT_THAT(judged.not_run, SizeIs(1));
}

TEST(Captures, AreMendedByKeepingTheObjectAtHome) {
  const std::string head = R"(
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: canary, namespace: shop}
spec: {hosts: [ledger.pay.svc.cluster.local])";
  for (const auto& [more, patch] :
       {std::pair(std::string("}"),
                  R"([{"op":"add","path":"/spec/exportTo","value":["."]}])"),
        std::pair(
            std::string(", exportTo: [web]}"),
            R"([{"op":"replace","path":"/spec/exportTo","value":["."]}])")}) {
    const test::Scene scene(head + more);
    const Evaluation judged = test::Judge(kRule, scene);
    ASSERT_THAT(judged.findings, SizeIs(1));
    const Finding& finding = judged.findings[0];
    EXPECT_EQ(WritePatch(finding.fix), patch);
    EXPECT_EQ(finding.fix_safety, Safety::kUnsafe);
  }
}

TEST(Captures, GoByTheMeshsDefault) {
  const std::string scene = R"(
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: canary, namespace: shop}
spec: {hosts: [ledger.pay.svc.cluster.local]}
)";
  EXPECT_THAT(Says(scene, {.default_virtual_service_export_to = {"."}}),
              IsEmpty());
}

// generateName: the object has no name yet.
TEST(Nameless, AreJudgedAllTheSame) {
  EXPECT_THAT(Says(R"(
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {generateName: checkout-, namespace: shop}
spec: {http: [{route: [{destination: {host: ledger.pay.svc.cluster.local}}]}]}
)"),
              SizeIs(1));
}

}  // namespace
}  // namespace meshvet::rules

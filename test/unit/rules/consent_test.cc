// Who may route where: each form of consent, and what none of them allows.

#include "rules/consent.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "test/support/scene.h"

namespace meshvet::rules {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr std::string_view kRule = "virtual-service-cross-namespace-host";

struct GlobCase {
  std::string_view globs;  // JSON
  std::string_view text;
  bool matches;
};

TEST(MatchesGlobs, TakesAGlobOrAListAndExcludesAfterABang) {
  for (const GlobCase& each : std::vector<GlobCase>{
           {R"("shop")", "shop", true},
           {R"("shop")", "shops", false},
           {R"("team-*")", "team-a", true},
           {R"("*")", "anything", true},
           {R"("*")", "", true},
           {R"(["shop", "team-*"])", "team-a", true},
           {R"(["shop", "team-*"])", "pay", false},
           {R"("!pay")", "pay", false},
           {R"("!pay")", "shop", true},
           {R"(["!pay", "!bank"])", "shop", true},
           {R"(["!pay", "!bank"])", "bank", false},
           {R"(["team-*", "!team-x"])", "team-a", true},
           {R"(["team-*", "!team-x"])", "team-x", false},
           {R"(["!team-x", "team-*"])", "team-x", false},
           {R"(["team-*", "!team-x"])", "shop", false},
           {R"("!*")", "shop", false},
           {R"([])", "shop", false},
           {R"(null)", "shop", false},
           {R"("")", "shop", false},
           {R"({})", "shop", false},
       }) {
    const auto document = ParseJson(each.globs, {});
    ASSERT_TRUE(document);
    EXPECT_EQ(MatchesGlobs((*document).root(), each.text), each.matches)
        << each.globs << " " << each.text;
  }
}

TEST(MatchesCommaList, TakesGlobsBetweenCommas) {
  for (const GlobCase& each :
       std::vector<GlobCase>{{"shop", "shop", true},
                             {"shop, team-*", "team-a", true},
                             {" \t shop\n", "shop", true},
                             {"a,,shop,", "shop", true},
                             {"*", "shop", true},
                             {"", "shop", false},
                             {",", "", false},
                             {"shop team", "shop", false},
                             {"sho", "shop", false}}) {
    EXPECT_EQ(MatchesCommaList(each.globs, each.text), each.matches)
        << each.globs;
  }
}

// Routes from `ns` to Service ledger of namespace pay.
std::string RouteFrom(const std::string& ns, const std::string& metadata = "") {
  return R"(
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: checkout, namespace: )" +
         ns + metadata + R"(}
spec:
  hosts: [checkout]
  exportTo: ["."]
  http: [{route: [{destination: {host: ledger.pay.svc.cluster.local}}]}]
)";
}

std::string Delegate() {
  return R"(
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: edge, namespace: shop}
spec:
  hosts: [shop.example]
  gateways: [edge]
  http: [{delegate: {name: routes, namespace: pay}}]
)";
}

std::string Namespace(const std::string& name, const std::string& from) {
  return "---\napiVersion: v1\nkind: Namespace\nmetadata: {name: " + name +
         ", annotations: {meshvet.dev/allow-routes-from: " + from + "}}\n";
}

std::string Grant(const std::string& version, const std::string& ns,
                  const std::string& from, const std::string& to) {
  return "---\napiVersion: gateway.networking.k8s.io/" + version +
         "\nkind: ReferenceGrant\nmetadata: {name: grant, namespace: " + ns +
         "}\nspec: {from: [" + from + "], to: [" + to + "]}\n";
}

const std::string kFromShop =
    "{group: networking.istio.io, kind: VirtualService, namespace: shop}";
const std::string kToServices = "{group: \"\", kind: Service}";
const std::string kToVirtualServices =
    "{group: networking.istio.io, kind: VirtualService}";

struct ConsentCase {
  std::string what;
  std::string scene;
  std::string options;
  bool given;
};

class Consents : public ::testing::TestWithParam<ConsentCase> {};

TEST_P(Consents, AreGivenOrNot) {
  const test::Scene scene(GetParam().scene);
  EXPECT_THAT(test::Lines(test::Judge(kRule, scene, GetParam().options)),
              SizeIs(GetParam().given ? 0 : 1))
      << GetParam().what;
}

INSTANTIATE_TEST_SUITE_P(
    Policy, Consents,
    ::testing::Values(
        ConsentCase{"nothing said", RouteFrom("shop"), "", false},
        ConsentCase{"an empty list", RouteFrom("shop"), "{allow: []}", false},
        ConsentCase{"from and to", RouteFrom("shop"),
                    "{allow: [{from: shop, to: pay}]}", true},
        ConsentCase{"globs", RouteFrom("shop"),
                    "{allow: [{from: [web, sh*], to: [\"p?y\"]}]}", true},
        ConsentCase{"another from", RouteFrom("shop"),
                    "{allow: [{from: web, to: pay}]}", false},
        ConsentCase{"another to", RouteFrom("shop"),
                    "{allow: [{from: shop, to: bank}]}", false},
        ConsentCase{"the wrong way round", RouteFrom("shop"),
                    "{allow: [{from: pay, to: shop}]}", false},
        ConsentCase{"all but pay", RouteFrom("shop"),
                    "{allow: [{from: \"*\", to: \"!pay\"}]}", false},
        ConsentCase{"all but bank", RouteFrom("shop"),
                    "{allow: [{from: \"*\", to: \"!bank\"}]}", true},
        ConsentCase{"from all but shop", RouteFrom("shop"),
                    "{allow: [{from: [\"*\", \"!shop\"], to: pay}]}", false},
        ConsentCase{"the second entry", RouteFrom("shop"),
                    "{allow: [{from: a, to: b}, {from: shop, to: pay}]}", true},
        ConsentCase{"halves of two entries", RouteFrom("shop"),
                    "{allow: [{from: shop, to: b}, {from: a, to: pay}]}",
                    false},
        ConsentCase{"this host", RouteFrom("shop"),
                    "{allow: [{from: shop, to: pay, hosts: "
                    "[\"ledger.pay.svc.cluster.local\"]}]}",
                    true},
        ConsentCase{"hosts by glob", RouteFrom("shop"),
                    "{allow: [{from: shop, to: pay, hosts: \"led*\"}]}", true},
        ConsentCase{"another host", RouteFrom("shop"),
                    "{allow: [{from: shop, to: pay, hosts: [\"cash.*\"]}]}",
                    false},
        ConsentCase{"all hosts but this", RouteFrom("shop"),
                    "{allow: [{from: shop, to: pay, hosts: \"!ledger.*\"}]}",
                    false},
        ConsentCase{"a delegate", Delegate(),
                    "{allow: [{from: shop, to: pay}]}", true},
        ConsentCase{"a delegate is no host", Delegate(),
                    "{allow: [{from: shop, to: pay, hosts: [\"ledger.*\"]}]}",
                    false}));

INSTANTIATE_TEST_SUITE_P(
    Trust, Consents,
    ::testing::Values(
        ConsentCase{"the root namespace", RouteFrom("istio-system"), "", true},
        ConsentCase{"trusted by name", RouteFrom("shop"),
                    "{trustedNamespaces: [shop]}", true},
        ConsentCase{"trusted by glob", RouteFrom("shop"),
                    "{trustedNamespaces: \"sh*\"}", true},
        ConsentCase{"others are trusted", RouteFrom("shop"),
                    "{trustedNamespaces: [web]}", false},
        ConsentCase{"a list of its own replaces the root namespace",
                    RouteFrom("istio-system"), "{trustedNamespaces: [web]}",
                    false},
        ConsentCase{"nobody is trusted", RouteFrom("istio-system"),
                    "{trustedNamespaces: []}", false}));

INSTANTIATE_TEST_SUITE_P(
    NamespaceAnnotation, Consents,
    ::testing::Values(
        ConsentCase{"named", RouteFrom("shop") + Namespace("pay", "shop"), "",
                    true},
        ConsentCase{"all", RouteFrom("shop") + Namespace("pay", "\"*\""), "",
                    true},
        ConsentCase{"a comma list of globs",
                    RouteFrom("shop") + Namespace("pay", "\"web, sh*\""), "",
                    true},
        ConsentCase{"others", RouteFrom("shop") + Namespace("pay", "web"), "",
                    false},
        ConsentCase{"nobody", RouteFrom("shop") + Namespace("pay", "\"\""), "",
                    false},
        ConsentCase{"no text", RouteFrom("shop") + Namespace("pay", "[shop]"),
                    "", false},
        ConsentCase{"the author's own Namespace",
                    RouteFrom("shop") + Namespace("shop", "\"*\""), "", false},
        ConsentCase{"of a third", RouteFrom("shop") + Namespace("bank", "shop"),
                    "", false},
        ConsentCase{"for a delegate", Delegate() + Namespace("pay", "shop"), "",
                    true}));

INSTANTIATE_TEST_SUITE_P(
    ReferenceGrant, Consents,
    ::testing::Values(
        ConsentCase{
            "v1beta1",
            RouteFrom("shop") + Grant("v1beta1", "pay", kFromShop, kToServices),
            "", true},
        ConsentCase{
            "v1",
            RouteFrom("shop") + Grant("v1", "pay", kFromShop, kToServices), "",
            true},
        ConsentCase{"this name",
                    RouteFrom("shop") +
                        Grant("v1", "pay", kFromShop,
                              "{group: \"\", kind: Service, name: ledger}"),
                    "", true},
        ConsentCase{"another name",
                    RouteFrom("shop") +
                        Grant("v1", "pay", kFromShop,
                              "{group: \"\", kind: Service, name: cash}"),
                    "", false},
        ConsentCase{"the second of each",
                    RouteFrom("shop") +
                        Grant("v1", "pay",
                              "{group: a, kind: B, namespace: c}, " + kFromShop,
                              "{group: a, kind: B}, " + kToServices),
                    "", true},
        ConsentCase{
            "in another namespace",
            RouteFrom("shop") + Grant("v1", "shop", kFromShop, kToServices), "",
            false},
        ConsentCase{
            "from another namespace",
            RouteFrom("web") + Grant("v1", "pay", kFromShop, kToServices), "",
            false},
        ConsentCase{"from another kind",
                    RouteFrom("shop") +
                        Grant("v1", "pay",
                              "{group: gateway.networking.k8s.io, kind: "
                              "HTTPRoute, namespace: shop}",
                              kToServices),
                    "", false},
        ConsentCase{"to another kind",
                    RouteFrom("shop") + Grant("v1", "pay", kFromShop,
                                              "{group: \"\", kind: Secret}"),
                    "", false},
        ConsentCase{"to delegates is not to Services",
                    RouteFrom("shop") +
                        Grant("v1", "pay", kFromShop, kToVirtualServices),
                    "", false},
        ConsentCase{
            "a delegate",
            Delegate() + Grant("v1", "pay", kFromShop, kToVirtualServices), "",
            true},
        ConsentCase{"a delegate by name",
                    Delegate() + Grant("v1", "pay", kFromShop,
                                       "{group: networking.istio.io, kind: "
                                       "VirtualService, name: routes}"),
                    "", true},
        ConsentCase{"another delegate",
                    Delegate() + Grant("v1", "pay", kFromShop,
                                       "{group: networking.istio.io, kind: "
                                       "VirtualService, name: other}"),
                    "", false},
        ConsentCase{"to Services is not to delegates",
                    Delegate() + Grant("v1", "pay", kFromShop, kToServices), "",
                    false}));

std::string Own(const std::string& value) {
  return ", annotations: {meshvet.dev/allow-cross-namespace-hosts: " + value +
         "}";
}

INSTANTIATE_TEST_SUITE_P(
    SelfConsent, Consents,
    ::testing::Values(
        ConsentCase{"does not count by itself",
                    RouteFrom("shop", Own("\"true\"")), "", false},
        ConsentCase{"is switched off", RouteFrom("shop", Own("\"true\"")),
                    "{selfConsent: false}", false},
        ConsentCase{"says true", RouteFrom("shop", Own("\"true\"")),
                    "{selfConsent: true}", true},
        ConsentCase{"says false", RouteFrom("shop", Own("\"false\"")),
                    "{selfConsent: true}", false},
        ConsentCase{"names the namespace", RouteFrom("shop", Own("pay")),
                    "{selfConsent: true}", true},
        ConsentCase{"names the host",
                    RouteFrom("shop", Own("\"a, ledger.pay.*\"")),
                    "{selfConsent: true}", true},
        ConsentCase{"names another", RouteFrom("shop", Own("bank")),
                    "{selfConsent: true}", false},
        ConsentCase{"is not there", RouteFrom("shop"), "{selfConsent: true}",
                    false}));

// A host owned through a ServiceEntry has no such grant.
TEST(EntryHosts, AreConsentedToByAnnotationOrPolicyAlone) {
  const std::string scene = R"(
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: bank, namespace: shop}
spec:
  hosts: [checkout]
  http: [{route: [{destination: {host: bank.example}}]}]
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: bank, namespace: pay}
spec: {hosts: [bank.example], ports: [{number: 80, name: http}]}
)";
  const auto says = [](const std::string& yaml, std::string_view options = "") {
    return test::Lines(test::Judge(kRule, test::Scene(yaml), options));
  };
  EXPECT_THAT(says(scene),
              ElementsAre("error /spec/http/0/route/0/destination/host: "
                          "namespace shop routes to host \"bank.example\" of "
                          "namespace pay without the consent of namespace pay: "
                          "annotate Namespace pay with "
                          "meshvet.dev/allow-routes-from: \"shop\", or allow "
                          "{from: shop, to: pay} in the policy"));
  EXPECT_THAT(says(scene + Grant("v1", "pay", kFromShop, kToServices)),
              SizeIs(1));
  EXPECT_THAT(says(scene + Namespace("pay", "shop")), IsEmpty());
  EXPECT_THAT(says(scene, "{allow: [{from: shop, to: pay, hosts: bank.*}]}"),
              IsEmpty());
}

// Consent that nobody can have seen is unknown: the finding stands and says so.
TEST(UnknownConsent, IsNotedNotAssumed) {
  const auto notes = [](const std::string& yaml, Coverage coverage) {
    const Evaluation judged =
        test::Judge(kRule, test::Scene(yaml, std::move(coverage)));
    EXPECT_EQ(judged.strictest(), Action::kDeny);
    std::vector<std::string> all;
    for (const Finding& finding : judged.findings) {
      all.insert(all.end(), finding.notes.begin(), finding.notes.end());
    }
    return all;
  };
  const std::string note =
      "Namespace pay or its ReferenceGrants are not known here: it may have "
      "consented already";
  const std::string known = RouteFrom("shop") + Namespace("pay", "web");
  EXPECT_THAT(notes(RouteFrom("shop"), {}), ElementsAre(note));
  EXPECT_THAT(notes(known, {}), ElementsAre(note));  // a grant may give it
  EXPECT_THAT(notes(known, {.complete_kinds = {kReferenceGrant}}), IsEmpty());
  EXPECT_THAT(notes(RouteFrom("shop"), {.complete_kinds = {kReferenceGrant}}),
              ElementsAre(note));
  EXPECT_THAT(notes(RouteFrom("shop"), {.closed_namespaces = {"pay"}}),
              IsEmpty());
  EXPECT_THAT(notes(RouteFrom("shop"), {.complete = true}), IsEmpty());
}

TEST(UnknownConsent, IsNoObstacleToOneThatIsKnown) {
  for (const std::string& consent :
       {Namespace("pay", "shop"), Grant("v1", "pay", kFromShop, kToServices)}) {
    const test::Scene scene(RouteFrom("shop") + consent, Coverage{});
    EXPECT_THAT(test::Lines(test::Judge(kRule, scene)), IsEmpty()) << consent;
  }
}

}  // namespace
}  // namespace meshvet::rules

// Istio's mTLS on both sides or on neither: T8, T9, T11, T13, T26.

#include "test/unit/rules/destination_rule_case.h"

namespace meshvet::rules {
namespace {

void Check(const RuleCase& c) {
  rules::Check("destination-rule-mtls-mismatch", c);
}

std::string CartTls(std::string_view tls) {
  return TheRule("host: cart, trafficPolicy: {tls: " + std::string(tls) + "}");
}

const std::string kHttp = Cart("{name: http, port: 80, targetPort: 8080}");
const std::string kTwoPorts = Cart(
    "{name: http, port: 80, targetPort: 8080}, "
    "{name: admin, port: 81, targetPort: 9090}");
constexpr std::string_view kError = "error deny /spec/trafficPolicy/tls/mode";
constexpr std::string_view kToMutual =
    R"([{"op":"replace","path":"/spec/trafficPolicy/tls/mode","value":"ISTIO_MUTUAL"}])";
constexpr std::string_view kToDisable =
    R"([{"op":"replace","path":"/spec/trafficPolicy/tls/mode","value":"DISABLE"}])";
const std::string kCartPods =
    "selector: {matchLabels: {app: cart}}, mtls: {mode: STRICT}";

TEST(MtlsMismatchTest, PlaintextToStrict) {
  const std::string safe = "safe " + std::string(kToMutual);
  const std::vector<std::string_view> words = {
      "mode DISABLE sends plaintext to port 80 of cart.shop.svc.cluster.local",
      "STRICT", "503"};
  const RuleCase cases[] = {
      {"of the namespace",
       CartTls("{mode: DISABLE}") + kHttp + Mtls("STRICT"),
       {{kError, words, safe}}},
      {"of the mesh",
       CartTls("{mode: DISABLE}") + kHttp +
           Peer("istio-system", "mtls: {mode: STRICT}"),
       {{kError, words, safe}}},
      {"of the workload",
       CartTls("{mode: DISABLE}") + kHttp + Peer("shop", kCartPods),
       {{kError, words, safe}}},
      {"of the port: no safe fix for the other one, which stays as it is",
       CartTls("{mode: DISABLE}") + kTwoPorts +
           Peer("shop",
                "selector: {matchLabels: {app: cart}}, mtls: {mode: DISABLE}, "
                "portLevelMtls: {\"8080\": {mode: STRICT}}"),
       {{kError, words,
         R"(unsafe [{"op":"add","path":"/spec/trafficPolicy/portLevelSettings","value":[{"port":{"number":80},"tls":{"mode":"ISTIO_MUTUAL"}}]}])"}}},
      {"tls: {} is DISABLE",
       CartTls("{}") + kHttp + Mtls("STRICT"),
       {{"error deny /spec/trafficPolicy/tls",
         {"tls without a mode is DISABLE and sends plaintext"},
         R"(safe [{"op":"add","path":"/spec/trafficPolicy/tls/mode","value":"ISTIO_MUTUAL"}])"}}},
      {"so are settings without a mode, but ISTIO_MUTUAL would use the sni",
       CartTls("{sni: cart}") + kHttp + Mtls("STRICT"),
       {{"error deny /spec/trafficPolicy/tls",
         {"tls without a mode is DISABLE"},
         R"(unsafe [{"op":"add","path":"/spec/trafficPolicy/tls/mode","value":"ISTIO_MUTUAL"}])"}}},
      {"and the names",
       CartTls("{mode: DISABLE, subjectAltNames: [cart]}") + kHttp +
           Mtls("STRICT"),
       {{kError, words, "unsafe " + std::string(kToMutual)}}},
      {"certificates stay ignored",
       CartTls("{mode: DISABLE, caCertificates: /x}") + kHttp + Mtls("STRICT"),
       {{kError, words, safe}}},
      {"PERMISSIVE takes it", CartTls("{mode: DISABLE}") + kHttp},
      {"DISABLE takes it",
       CartTls("{mode: DISABLE}") + kHttp + Mtls("DISABLE")},
      {"so does a workload without a sidecar",
       CartTls("{mode: DISABLE}") + kHttp + Mtls("STRICT") +
           Deployment("a", "app: cart, sidecar.istio.io/inject: \"false\"")},
      {"but not if only some have none",
       CartTls("{mode: DISABLE}") + kHttp + Mtls("STRICT") +
           Deployment("a", "app: cart, sidecar.istio.io/inject: \"false\"") +
           Deployment("b", "app: cart"),
       {{kError, words, safe}}},
      {"and an endpoint without one",
       TheRule("host: bank.example, trafficPolicy: {tls: {mode: DISABLE}}") +
           Bank("{number: 80, protocol: HTTP}",
                ", location: MESH_INTERNAL, endpoints: [{address: 10.0.0.1}]") +
           Mtls("STRICT")},
      {"and a service outside",
       TheRule("host: bank.example, trafficPolicy: {tls: {mode: DISABLE}}") +
           Bank("{number: 80, protocol: HTTP}") + Mtls("STRICT")},
      {"auto mTLS suits all",
       TheRule("host: cart, trafficPolicy: {connectionPool: {}}") + kHttp +
           Mtls("STRICT")},
      {"TLS of the client's own is another rule's",
       CartTls("{mode: SIMPLE}") + kHttp + Mtls("STRICT")},
  };
  for (const RuleCase& c : cases) Check(c);
}

TEST(MtlsMismatchTest, MtlsToDisabled) {
  const std::vector<std::string_view> words = {
      "mode ISTIO_MUTUAL sends mTLS to port 80 of cart.shop.svc.cluster.local",
      "DISABLE", "503"};
  const RuleCase cases[] = {
      {"of the whole service",
       CartTls("{mode: ISTIO_MUTUAL}") + kHttp + Mtls("DISABLE"),
       {{kError, words, "safe " + std::string(kToDisable)}}},
      {"of one port: the other keeps its mTLS, and what was in force",
       TheRule("host: cart, trafficPolicy: {connectionPool: {a: 1}, tls: "
               "{mode: ISTIO_MUTUAL}}") +
           kTwoPorts +
           Peer("shop", kCartPods + ", portLevelMtls: {\"8080\": {mode: "
                                    "DISABLE}}"),
       {{kError, words,
         R"(unsafe [{"op":"add","path":"/spec/trafficPolicy/portLevelSettings","value":[{"port":{"number":80},"connectionPool":{"a":1},"tls":{"mode":"DISABLE"}}]}])"}}},
      {"STRICT and PERMISSIVE take it",
       CartTls("{mode: ISTIO_MUTUAL}") + kHttp + Mtls("STRICT")},
      {"as by default", CartTls("{mode: ISTIO_MUTUAL}") + kHttp},
  };
  for (const RuleCase& c : cases) Check(c);
}

TEST(MtlsMismatchTest, MtlsToWhereItIsNotSpoken) {
  const std::string bank =
      TheRule("host: bank.example, trafficPolicy: {tls: {mode: ISTIO_MUTUAL}}");
  const std::string cart = CartTls("{mode: ISTIO_MUTUAL}");
  const auto entry = [&](std::string_view spec) {
    return Istio("networking.istio.io", "WorkloadEntry",
                 "namespace: shop, name: vm",
                 "address: 10.0.0.1, labels: {app: cart}" + std::string(spec));
  };
  const RuleCase cases[] = {
      {"an entry outside the mesh",
       bank + Bank("{number: 443, protocol: TLS}"),
       {{kError,
         {"mode ISTIO_MUTUAL sends Istio's mTLS to port 443 of bank.example",
          "MESH_EXTERNAL", "503"}}}},
      {"inside, nothing is known against it",
       bank + Bank("{number: 443, protocol: TLS}",
                   ", location: "
                   "MESH_INTERNAL")},
      {"an endpoint without a service account",
       bank + Bank("{number: 80, protocol: HTTP}",
                   ", location: MESH_INTERNAL, endpoints: [{address: "
                   "10.0.0.1}]"),
       {{kError, {"whose workloads have no sidecar"}}}},
      {"with one",
       bank + Bank("{number: 80, protocol: HTTP}",
                   ", location: MESH_INTERNAL, endpoints: [{address: 10.0.0.1,"
                   " serviceAccount: bank}]")},
      {"pods that refuse injection",
       cart + kHttp +
           Deployment("a", "app: cart, sidecar.istio.io/inject: \"false\""),
       {{kError, {"whose workloads have no sidecar"}}}},
      {"not all of them",
       cart + kHttp +
           Deployment("a", "app: cart, sidecar.istio.io/inject: \"false\"") +
           Deployment("b", "app: cart")},
      {"other people's pods",
       cart + kHttp +
           Deployment("a", "app: pay, sidecar.istio.io/inject: \"false\"")},
      {"a machine without a service account",
       cart + kHttp + entry(""),
       {{kError, {"whose workloads have no sidecar"}}}},
      {"with one", cart + kHttp + entry(", serviceAccount: cart")},
      {"a subset of them alone",
       TheRule("host: cart, trafficPolicy: {tls: {mode: ISTIO_MUTUAL}}, "
               "subsets: [{name: v1, labels: {version: v1}}, {name: v2, "
               "labels: {version: v2}}]") +
           kHttp + Deployment("a", "app: cart, version: v1") +
           Deployment("b",
                      "app: cart, version: v2, sidecar.istio.io/inject: "
                      "\"false\""),
       {{kError, {"whose workloads have no sidecar"}}}},
  };
  for (const RuleCase& c : cases) Check(c);
}

TEST(MtlsMismatchTest, NotesThatHeadlessCallsAllFail) {
  const test::Scene scene(
      CartTls("{mode: ISTIO_MUTUAL}") +
      Cart("{name: http, port: 80}", ", clusterIP: None") +
      Deployment("a", "app: cart, sidecar.istio.io/inject: \"false\""));
  const auto said = test::Judge("destination-rule-mtls-mismatch", scene);
  ASSERT_EQ(said.findings.size(), 1U);
  EXPECT_THAT(said.findings[0].notes,
              ::testing::ElementsAre(
                  "calls go straight to the address the client asked for, so "
                  "every one of them fails"));
}

TEST(MtlsMismatchTest, UnsetWhereAutoMtlsIsOff) {
  MeshConfig off;
  off.enable_auto_mtls = false;
  const RuleCase cases[] = {
      {"without a policy",
       TheRule("host: cart") + kHttp + Mtls("STRICT"),
       {{"error deny /spec",
         {"no tls is set", "auto mTLS turned off", "port 80", "STRICT"},
         R"(unsafe [{"op":"add","path":"/spec/trafficPolicy","value":{"tls":{"mode":"ISTIO_MUTUAL"}}}])"}},
       "",
       {.complete = true},
       off},
      {"by a port entry without tls",
       TheRule("host: cart, trafficPolicy: {tls: {mode: ISTIO_MUTUAL}, "
               "portLevelSettings: [{port: {number: 80}}]}") +
           kTwoPorts + Mtls("STRICT"),
       {{"error deny /spec/trafficPolicy/portLevelSettings/0",
         {"no tls is set"},
         R"(unsafe [{"op":"add","path":"/spec/trafficPolicy/portLevelSettings/0/tls","value":{"mode":"ISTIO_MUTUAL"}}])"}},
       "",
       {.complete = true},
       off},
      {"PERMISSIVE does not mind",
       TheRule("host: cart") + kHttp,
       {},
       "",
       {.complete = true},
       off},
  };
  for (const RuleCase& c : cases) Check(c);
}

TEST(MtlsMismatchTest, LooksAtAllFourPlaces) {
  const std::string strict = kTwoPorts + Mtls("STRICT");
  const RuleCase cases[] = {
      {"portLevelSettings",
       TheRule("host: cart, trafficPolicy: {portLevelSettings: [{port: "
               "{number: 81}, tls: {mode: DISABLE}}]}") +
           strict,
       {{"error deny /spec/trafficPolicy/portLevelSettings/0/tls/mode",
         {"port 81"},
         R"(safe [{"op":"replace","path":"/spec/trafficPolicy/portLevelSettings/0/tls/mode","value":"ISTIO_MUTUAL"}])"}}},
      {"a subset",
       TheRule("host: cart, trafficPolicy: {tls: {mode: ISTIO_MUTUAL}}, "
               "subsets: [{name: v1}, {name: v2, trafficPolicy: {tls: "
               "{}, portLevelSettings: [{port: {number: 81}, tls: {mode: "
               "ISTIO_MUTUAL}}]}}]") +
           strict,
       {{"error deny /spec/subsets/1/trafficPolicy/tls",
         {"port 80"},
         R"(safe [{"op":"add","path":"/spec/subsets/1/trafficPolicy/tls/mode","value":"ISTIO_MUTUAL"}])"}}},
      {"a subset's portLevelSettings",
       TheRule("host: cart, subsets: [{name: v2, trafficPolicy: "
               "{portLevelSettings: [{port: {number: 81}, tls: {mode: "
               "DISABLE}}]}}]") +
           strict,
       {{"error deny "
         "/spec/subsets/0/trafficPolicy/portLevelSettings/0/tls/mode",
         {"port 81"},
         R"(safe [{"op":"replace","path":"/spec/subsets/0/trafficPolicy/portLevelSettings/0/tls/mode","value":"ISTIO_MUTUAL"}])"}}},
      {"what a subset inherits is said once",
       TheRule("host: cart, trafficPolicy: {tls: {mode: DISABLE}}, subsets: "
               "[{name: v1}, {name: v2}]") +
           kHttp + Mtls("STRICT"),
       {{kError, {"port 80"}, "safe " + std::string(kToMutual)}}},
      {"each port is a problem of its own",
       TheRule("host: cart, trafficPolicy: {tls: {mode: DISABLE}}") + strict,
       {{kError, {"port 80"}, "safe " + std::string(kToMutual)},
        {kError, {"port 81"}, "safe " + std::string(kToMutual)}}},
  };
  for (const RuleCase& c : cases) Check(c);
}

TEST(MtlsMismatchTest, JudgesAWildcardByWhatItCovers) {
  const std::string all = TheRule(
      "host: \"*.shop.svc.cluster.local\", trafficPolicy: {tls: "
      "{mode: DISABLE}}");
  const RuleCase cases[] = {
      {"each known Service",
       all + kHttp + Mtls("STRICT"),
       {{kError,
         {"port 80 of cart.shop.svc.cluster.local"},
         "safe " + std::string(kToMutual)}}},
      {"those not known make the fix unsafe and the rest unknown",
       all + kHttp + Mtls("STRICT"),
       {{kError,
         {"port 80 of cart.shop.svc.cluster.local"},
         R"(unsafe [{"op":"add","path":"/spec/trafficPolicy/portLevelSettings","value":[{"port":{"number":80},"tls":{"mode":"ISTIO_MUTUAL"}}]}])"}},
       "not every service that \"*.shop.svc.cluster.local\" covers is known",
       {.complete_kinds = {kPeerAuthentication}}},
      {"the star is unknown",
       TheRule("host: \"*\", trafficPolicy: {tls: {mode: DISABLE}}") + kHttp +
           Mtls("STRICT"),
       {},
       "host \"*\" covers more than can be listed"},
  };
  for (const RuleCase& c : cases) Check(c);
}

TEST(MtlsMismatchTest, IsUnknownRatherThanGuessed) {
  const std::string_view peers =
      "the PeerAuthentications that govern cart.shop.svc.cluster.local are "
      "not all known";
  const RuleCase cases[] = {
      {"unknown PeerAuthentications",
       CartTls("{mode: DISABLE}") + kHttp,
       {},
       peers,
       {}},
      {"workloads that differ",
       CartTls("{mode: DISABLE}") + kHttp +
           Deployment("a", "app: cart, version: v1") +
           Deployment("b", "app: cart, version: v2") +
           Peer("shop",
                "selector: {matchLabels: {version: v2}}, mtls: {mode: "
                "STRICT}"),
       {},
       peers},
      {"an unknown Service",
       CartTls("{mode: DISABLE}"),
       {},
       "what serves \"cart.shop.svc.cluster.local\" is not known",
       {}},
      {"which auto mTLS would suit", TheRule("host: cart"), {}, "", {}},
      {"a word that is no mode",
       CartTls("{mode: strict}") + kHttp,
       {},
       "\"strict\" is no TLS mode"},
  };
  for (const RuleCase& c : cases) Check(c);
}

// Two rules for one host: what istiod makes of them is judged.
TEST(MtlsMismatchTest, JudgesMergedRulesAsOne) {
  const auto named = [](std::string_view name, std::string_view spec) {
    return Istio("networking.istio.io", "DestinationRule",
                 "namespace: shop, name: " + std::string(name), spec);
  };
  const std::string disable =
      "host: cart, trafficPolicy: {tls: {mode: DISABLE}}";
  const std::string mutual =
      "host: cart, trafficPolicy: {tls: {mode: ISTIO_MUTUAL}}";
  const RuleCase cases[] = {
      {"the older policy counts",
       named("a", disable) + named("b", mutual) + kHttp + Mtls("STRICT"),
       {{kError, {"port 80"}, "safe " + std::string(kToMutual)}}},
      {"the newer one is dead",
       named("b", disable) + named("a", mutual) + kHttp + Mtls("STRICT")},
      {"a subset under the older one's policy is the older one's",
       named("b", "host: cart, subsets: [{name: v1}]") + named("a", disable) +
           kHttp + Mtls("STRICT")},
  };
  for (const RuleCase& c : cases) Check(c);
}

}  // namespace
}  // namespace meshvet::rules

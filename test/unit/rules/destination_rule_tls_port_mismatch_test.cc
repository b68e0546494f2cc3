// TLS that the client starts, against the protocol of the port: T1, T2, T3,
// T10.

#include "test/unit/rules/destination_rule_case.h"

namespace meshvet::rules {
namespace {

void Check(const RuleCase& c) {
  rules::Check("destination-rule-tls-port-mismatch", c);
}

const std::string kSimple =
    TheRule("host: bank.example, trafficPolicy: {tls: {mode: SIMPLE}}");
const std::string kBankTls = Bank("{number: 443, name: tls, protocol: TLS}");
constexpr std::string_view kToBank =
    "{host: bank.example, port: {number: 443}}";

constexpr std::string_view kToEu =
    "{host: bank.example, subset: eu, port: {number: 443}}";

std::string RoutesBy(std::string_view protocol,
                     std::string_view destination = kToBank,
                     std::string_view gateways = "") {
  std::string spec = "hosts: [bank.example], ";
  spec.append(gateways).append(protocol).append(
      ": [{match: [{port: 443}], route: [{destination: ");
  return Routes(spec.append(destination).append("}]}]"));
}

constexpr std::string_view kOff443 =
    R"([{"op":"add","path":"/spec/trafficPolicy/portLevelSettings","value":[{"port":{"number":443},"tls":{"mode":"DISABLE"}}]}])";

TEST(TlsPortMismatchTest, DoubleTlsHasThreeShades) {
  const std::string safe = "safe " + std::string(kOff443);
  const std::string unsafe = "unsafe " + std::string(kOff443);
  const std::vector<std::string_view> proven = {
      "mode SIMPLE starts TLS towards port 443 (TLS) of bank.example",
      "a tls route brings TLS to it", "503", "wrong version number"};
  const std::vector<std::string_view> unfed = {
      "port 443 (TLS) of bank.example", "nothing known brings plain HTTP"};
  const RuleCase cases[] = {
      {"a tls route feeds it: an error, and the fix is safe",
       kSimple + kBankTls + RoutesBy("tls"),
       {{"error deny /spec/trafficPolicy/tls/mode", proven, safe}}},
      {"a PASSTHROUGH gateway feeds it",
       kSimple + kBankTls + RoutesBy("tls", kToBank, "gateways: [egress], "),
       {{"error deny /spec/trafficPolicy/tls/mode", proven, safe}}},
      {"nothing feeds it: a warning",
       kSimple + kBankTls,
       {{"warning warn /spec/trafficPolicy/tls/mode", unfed, unsafe}}},
      {"an http route of sidecars feeds it: nothing",
       kSimple + kBankTls + RoutesBy("http")},
      {"an http route of a gateway feeds it: nothing",
       kSimple + kBankTls + RoutesBy("http", kToBank, "gateways: [egress], ")},
      {"a mirror feeds it with http",
       kSimple + kBankTls +
           Routes("hosts: [x.example], http: [{route: [{destination: {host: "
                  "x.example}}], mirror: " +
                  std::string(kToBank) + "}]")},
      {"both feed it: an error, with no safe way out",
       kSimple + kBankTls +
           Routes("hosts: [bank.example], http: [{route: [{destination: " +
                  std::string(kToBank) + "}]}], tls: [{match: [{port: 443}], " +
                  "route: [{destination: " + std::string(kToBank) + "}]}]"),
       {{"error deny /spec/trafficPolicy/tls/mode", proven, unsafe}}},
      {"a tcp route proves neither",
       kSimple + kBankTls + RoutesBy("tcp"),
       {{"warning warn /spec/trafficPolicy/tls/mode", unfed, unsafe}}},
      {"a tls route of weight 0 brings nothing",
       kSimple + kBankTls +
           Routes("hosts: [bank.example], tls: [{match: [{port: 443}], route: "
                  "[{weight: 0, destination: " +
                  std::string(kToBank) +
                  "}, {weight: 100, destination: {host: x.example}}]}]"),
       {{"warning warn /spec/trafficPolicy/tls/mode", unfed, unsafe}}},
      {"a tls route without a port goes to the only one",
       kSimple + kBankTls + RoutesBy("tls", "{host: bank.example}"),
       {{"error deny /spec/trafficPolicy/tls/mode", proven, safe}}},
      {"a tls route to another subset",
       kSimple + kBankTls +
           RoutesBy("tls",
                    "{host: bank.example, subset: eu, port: {number: 443}}"),
       {{"warning warn /spec/trafficPolicy/tls/mode", unfed, unsafe}}},
      {"a Service of the mesh: never safe",
       TheRule("host: cart, trafficPolicy: {tls: {mode: SIMPLE}}") +
           Cart("{name: https, port: 443}") +
           RoutesBy("tls", "{host: cart, port: {number: 443}}"),
       {{"error deny /spec/trafficPolicy/tls/mode",
         {"port 443 (HTTPS) of cart.shop.svc.cluster.local"},
         unsafe}}},
      {"MUTUAL is no better",
       TheRule("host: bank.example, trafficPolicy: {tls: {mode: MUTUAL, "
               "credentialName: c}}") +
           kBankTls + RoutesBy("tls"),
       {{"error deny /spec/trafficPolicy/tls/mode", {"mode MUTUAL"}, safe}}},
      {"ISTIO_MUTUAL is another rule's",
       TheRule("host: bank.example, trafficPolicy: {tls: {mode: "
               "ISTIO_MUTUAL}}") +
           kBankTls + RoutesBy("tls")},
      {"nor DISABLE",
       TheRule("host: bank.example, trafficPolicy: {tls: {mode: DISABLE}}") +
           kBankTls + RoutesBy("tls")},
  };
  for (const RuleCase& c : cases) Check(c);
}

// What istiod takes the port to speak decides, however that is said.
TEST(TlsPortMismatchTest, ReadsTheProtocolAsIstiodDoes) {
  struct PortCase {
    std::string_view port;
    bool is_tls;
  };
  const PortCase cases[] = {
      {"{name: https, port: 8443}", true},
      {"{name: https-admin, port: 8443}", true},
      {"{name: HTTPS-admin, port: 8443}", true},
      {"{name: tls, port: 8443}", true},
      {"{name: https8443, port: 8443}", false},
      {"{name: web, port: 443}", false},
      {"{name: mysql, port: 3306}", false},
      {"{name: db, port: 3306}", false},
      {"{name: web, port: 80, appProtocol: https}", true},
      {"{name: web, port: 80, appProtocol: kubernetes.io/wss}", true},
      {"{name: https, port: 443, appProtocol: tcp}", false},
      {"{name: https, port: 443, protocol: UDP}", false},
  };
  for (const PortCase& c : cases) {
    const test::Scene scene(
        TheRule("host: cart, trafficPolicy: {tls: {mode: SIMPLE}}") +
        Cart(c.port));
    const auto said = test::Judge("destination-rule-tls-port-mismatch", scene);
    EXPECT_EQ(said.findings.size(), c.is_tls ? 1U : 0U) << c.port;
    EXPECT_TRUE(said.not_run.empty()) << c.port;
  }
  for (const char* protocol : {"https", "HTTPS", "tls", "Tls"}) {
    const test::Scene scene(kSimple + Bank("{number: 443, protocol: " +
                                           std::string(protocol) + "}"));
    EXPECT_EQ(test::Judge("destination-rule-tls-port-mismatch", scene)
                  .findings.size(),
              1U)
        << protocol;
  }
}

TEST(TlsPortMismatchTest, LooksAtAllFourPlaces) {
  const RuleCase cases[] = {
      {"portLevelSettings: the entry is changed",
       TheRule("host: bank.example, trafficPolicy: {portLevelSettings: "
               "[{port: {number: 443}, tls: {mode: SIMPLE, sni: x}}]}") +
           kBankTls + RoutesBy("tls"),
       {{"error deny /spec/trafficPolicy/portLevelSettings/0/tls/mode",
         {"port 443"},
         R"(safe [{"op":"replace","path":"/spec/trafficPolicy/portLevelSettings/0/tls","value":{"mode":"DISABLE"}}])"}}},
      {"a subset's policy: an entry with all that was in force",
       TheRule("host: bank.example, trafficPolicy: {connectionPool: {a: 1}, "
               "outlierDetection: {b: 2}}, subsets: [{name: eu, "
               "trafficPolicy: {outlierDetection: {c: 3}, tls: {mode: "
               "SIMPLE}}}]") +
           kBankTls +
           RoutesBy("tls",
                    "{host: bank.example, subset: eu, port: {number: 443}}"),
       {{"error deny /spec/subsets/0/trafficPolicy/tls/mode",
         {"port 443"},
         R"(safe [{"op":"add","path":"/spec/subsets/0/trafficPolicy/portLevelSettings","value":[{"port":{"number":443},"connectionPool":{"a":1},"outlierDetection":{"c":3},"tls":{"mode":"DISABLE"}}]}])"}}},
      {"a subset's portLevelSettings",
       TheRule("host: bank.example, subsets: [{name: eu, trafficPolicy: "
               "{portLevelSettings: [{port: {number: 443}, tls: {mode: "
               "SIMPLE}}]}}]") +
           kBankTls,
       {{"warning warn "
         "/spec/subsets/0/trafficPolicy/portLevelSettings/0/tls/mode",
         {"nothing known"},
         R"(unsafe [{"op":"replace","path":"/spec/subsets/0/trafficPolicy/portLevelSettings/0/tls","value":{"mode":"DISABLE"}}])"}}},
      {"a subset that inherits is proven by its own route",
       TheRule("host: bank.example, trafficPolicy: {connectionPool: {a: 1}, "
               "tls: {mode: SIMPLE}}, subsets: [{name: eu}]") +
           kBankTls + RoutesBy("tls", kToEu),
       {{"error deny /spec/trafficPolicy/tls/mode",
         {"a tls route"},
         R"(safe [{"op":"add","path":"/spec/trafficPolicy/portLevelSettings","value":[{"port":{"number":443},"connectionPool":{"a":1},"tls":{"mode":"DISABLE"}}]}])"}}},
      {"and mended alone where others need their TLS",
       TheRule("host: bank.example, trafficPolicy: {connectionPool: {a: 1}, "
               "tls: {mode: SIMPLE}}, subsets: [{name: eu}]") +
           kBankTls +
           Routes("hosts: [bank.example], http: [{route: [{destination: " +
                  std::string(kToBank) + "}]}], tls: [{match: [{port: 443}], " +
                  "route: [{destination: " + std::string(kToEu) + "}]}]"),
       {{"error deny /spec/trafficPolicy/tls/mode",
         {"a tls route"},
         R"(safe [{"op":"add","path":"/spec/subsets/0/trafficPolicy","value":{"portLevelSettings":[{"port":{"number":443},"connectionPool":{"a":1},"tls":{"mode":"DISABLE"}}]}}])"}}},
      {"an http route to a subset shows what the rule's own TLS is for",
       TheRule("host: bank.example, trafficPolicy: {tls: {mode: SIMPLE}}, "
               "subsets: [{name: eu}]") +
           kBankTls +
           RoutesBy("http",
                    "{host: bank.example, subset: eu, port: {number: 443}}")},
      {"what a port entry cannot hold makes the fix unsafe",
       TheRule("host: bank.example, trafficPolicy: {proxyProtocol: {version: "
               "V2}, tls: {mode: SIMPLE}}") +
           kBankTls + RoutesBy("tls"),
       {{"error deny /spec/trafficPolicy/tls/mode",
         {"a tls route"},
         "unsafe "
         R"([{"op":"add","path":"/spec/trafficPolicy/portLevelSettings","value":[{"port":{"number":443},"tls":{"mode":"DISABLE"}}]}])"}}},
  };
  for (const RuleCase& c : cases) Check(c);
}

TEST(TlsPortMismatchTest, PlainHttpToATlsPort) {
  const std::string kFix80 =
      R"(unsafe [{"op":"add","path":"/spec/trafficPolicy/portLevelSettings","value":[{"port":{"number":80},"connectionPool":{"a":1},"tls":{"mode":"SIMPLE","sni":"bank.example"}}]}])";
  const std::string pool =
      TheRule("host: bank.example, trafficPolicy: {connectionPool: {a: 1}}");
  const std::vector<std::string_view> words = {"plain HTTP goes to port 80",
                                               "bank.example", "TLS port 443",
                                               "400", "mode SIMPLE"};
  const RuleCase cases[] = {
      {"targetPort 443 (T3)",
       pool + Bank("{number: 80, protocol: HTTP, targetPort: 443}"),
       {{"warning warn /spec/trafficPolicy", words, kFix80}}},
      {"HTTP2 and GRPC are HTTP too",
       pool + Bank("{number: 80, protocol: grpc, targetPort: 443}"),
       {{"warning warn /spec/trafficPolicy", {"(GRPC)"}, kFix80}}},
      {"number 443 (T2)",
       TheRule("host: bank.example") + Bank("{number: 443, protocol: http}"),
       {{"warning warn /spec",
         {"port 443 (HTTP)"},
         R"(unsafe [{"op":"add","path":"/spec/trafficPolicy","value":{"portLevelSettings":[{"port":{"number":443},"tls":{"mode":"SIMPLE","sni":"bank.example"}}]}}])"}}},
      {"DISABLE says the same",
       TheRule("host: bank.example, trafficPolicy: {portLevelSettings: "
               "[{port: {number: 80}, tls: {mode: DISABLE}}]}") +
           Bank("{number: 80, protocol: HTTP, targetPort: 443}"),
       {{"warning warn /spec/trafficPolicy/portLevelSettings/0/tls/mode", words,
         R"(unsafe [{"op":"replace","path":"/spec/trafficPolicy/portLevelSettings/0/tls","value":{"mode":"SIMPLE","sni":"bank.example"}}])"}}},
      {"a wildcard rule has no one name to send",
       TheRule("host: \"*.example\", trafficPolicy: {}") +
           Bank("{number: 80, protocol: HTTP, targetPort: 443}"),
       {{"warning warn /spec/trafficPolicy",
         {"bank.example"},
         R"(unsafe [{"op":"add","path":"/spec/trafficPolicy/portLevelSettings","value":[{"port":{"number":80},"tls":{"mode":"SIMPLE"}}]}])"}}},
      {"TLS is started", kSimple + Bank("{number: 80, protocol: HTTP, "
                                        "targetPort: 443}")},
      {"another target", pool + Bank("{number: 80, protocol: HTTP, "
                                     "targetPort: 8080}")},
      {"not HTTP", pool + Bank("{number: 443, protocol: TCP}")},
      {"inside the mesh sidecars see to it",
       pool +
           Bank("{number: 443, protocol: HTTP}", ", location: MESH_INTERNAL")},
      {"a Service is not judged",
       TheRule("host: cart, trafficPolicy: {tls: {mode: DISABLE}}") +
           Cart("{name: http, port: 443}")},
  };
  for (const RuleCase& c : cases) Check(c);
}

TEST(TlsPortMismatchTest, ForeignTlsToSidecars) {
  const std::string simple =
      TheRule("host: cart, trafficPolicy: {tls: {mode: SIMPLE}}");
  const std::string http = Cart("{name: http, port: 80}");
  const std::vector<std::string_view> strict = {
      "mode SIMPLE sends TLS that is not Istio's to port 80",
      "cart.shop.svc.cluster.local", "STRICT", "reset", "503"};
  const std::vector<std::string_view> permissive = {
      "port 80", "application reads TLS where it expects HTTP"};
  constexpr std::string_view kError = "error deny /spec/trafficPolicy/tls/mode";
  constexpr std::string_view kWarning =
      "warning warn /spec/trafficPolicy/tls/mode";
  const RuleCase cases[] = {
      {"STRICT refuses it", simple + http + Mtls("STRICT"), {{kError, strict}}},
      {"PERMISSIVE passes it on", simple + http, {{kWarning, permissive}}},
      {"which a TCP port may want",
       simple + Cart("{name: tcp, port: 80}") + Mtls("PERMISSIVE")},
      {"and a sniffed one", simple + Cart("{name: web, port: 80}")},
      {"STRICT refuses it on every port",
       simple + Cart("{name: tcp, port: 80}") + Mtls("STRICT"),
       {{kError, {"STRICT"}}}},
      {"on TLS ports too, whatever feeds them",
       simple + Cart("{name: https, port: 443}") + Mtls("STRICT") +
           RoutesBy("http", "{host: cart, port: {number: 443}}"),
       {{kError, {"STRICT"}}}},
      {"DISABLE lets it in", simple + http + Mtls("DISABLE")},
      {"no sidecar, no quarrel",
       simple + http + Mtls("STRICT") +
           Deployment("cart", "app: cart, sidecar.istio.io/inject: \"false\"")},
      {"nothing known of the pods means sidecars",
       simple + http + Mtls("STRICT"),
       {{kError, strict}}},
      {"an entry must show its sidecars",
       kSimple +
           Bank("{number: 80, protocol: HTTP}", ", location: MESH_INTERNAL") +
           Mtls("STRICT")},
      {"as by a service account",
       kSimple +
           Bank("{number: 80, protocol: HTTP}",
                ", location: MESH_INTERNAL, endpoints: [{address: 10.0.0.1, "
                "serviceAccount: bank}]") +
           Mtls("STRICT"),
       {{kError, {"STRICT"}}}},
      {"unknown PeerAuthentications are no guess",
       simple + http,
       {},
       "the PeerAuthentications that govern cart.shop.svc.cluster.local are "
       "not all known",
       {}},
      {"nor for a TLS port that http feeds",
       simple + Cart("{name: https, port: 443}") +
           RoutesBy("http", "{host: cart, port: {number: 443}}"),
       {},
       "the PeerAuthentications that govern cart.shop.svc.cluster.local are "
       "not all known",
       {}},
  };
  for (const RuleCase& c : cases) Check(c);
}

TEST(TlsPortMismatchTest, IsUnknownRatherThanGuessed) {
  const RuleCase cases[] = {
      {"the star",
       TheRule("host: \"*\", trafficPolicy: {tls: {mode: SIMPLE}}") + kBankTls,
       {},
       "host \"*\" covers more than can be listed"},
      {"an unknown Service",
       TheRule("host: cart, trafficPolicy: {tls: {mode: SIMPLE}}"),
       {},
       "what serves \"cart.shop.svc.cluster.local\" is not known",
       {}},
      {"an unknown entry, even for a rule without tls",
       TheRule("host: bank.example"),
       {},
       "what serves \"bank.example\" is not known",
       {}},
      {"a Service without tls needs no answer",
       TheRule("host: cart"),
       {},
       "",
       {}},
      {"a word that is no mode",
       TheRule("host: bank.example, trafficPolicy: {tls: {mode: TLS}}") +
           kBankTls,
       {},
       "\"TLS\" is no TLS mode"},
      {"a wildcard is judged where it is known",
       TheRule("host: \"*.example\", trafficPolicy: {tls: {mode: SIMPLE}}") +
           kBankTls,
       {{"warning warn /spec/trafficPolicy/tls/mode",
         {"bank.example"},
         "unsafe "
         R"([{"op":"add","path":"/spec/trafficPolicy/portLevelSettings","value":[{"port":{"number":443},"tls":{"mode":"DISABLE"}}]}])"}},
       "not every service that \"*.example\" covers is known",
       {}},
  };
  for (const RuleCase& c : cases) Check(c);
}

}  // namespace
}  // namespace meshvet::rules

// A port entry without tls loses the settings above it: T12.

#include "test/unit/rules/destination_rule_case.h"

namespace meshvet::rules {
namespace {

void Check(const RuleCase& c) {
  rules::Check("destination-rule-port-tls-not-inherited", c);
}

std::string Loses(std::string_view host, std::string_view tls) {
  std::string spec = "host: ";
  spec.append(host).append(", trafficPolicy: {tls: ").append(tls);
  return TheRule(spec.append(", portLevelSettings: [{port: {number: 80}}]}"));
}

constexpr std::string_view kEntry =
    "warning warn /spec/trafficPolicy/portLevelSettings/0";

std::string Copy(std::string_view safety, std::string_view tls) {
  std::string fix(safety);
  fix +=
      R"( [{"op":"add","path":"/spec/trafficPolicy/portLevelSettings/0/tls","value":)";
  return fix.append(tls) + "}]";
}

TEST(PortTlsNotInheritedTest, CopiesTheSettingsDown) {
  const std::string http = Cart("{name: http, port: 80}");
  const std::string mutual = R"({"mode":"ISTIO_MUTUAL"})";
  const std::string disable = R"({"mode":"DISABLE"})";
  const std::string safe_mutual = Copy("safe", mutual);
  const std::string unsafe_mutual = Copy("unsafe", mutual);
  const std::string safe_disable = Copy("safe", disable);
  const std::string unsafe_disable = Copy("unsafe", disable);
  const std::string safe_simple =
      Copy("safe", R"({"mode":"SIMPLE","sni":"bank.example"})");
  const std::string unsafe_simple = Copy("unsafe", R"({"mode":"SIMPLE"})");
  const std::string unsafe_empty = Copy("unsafe", "{}");
  const std::vector<std::string_view> plaintext = {
      "the entry for port 80 has no tls", "every endpoint gets plaintext"};
  const RuleCase cases[] = {
      {"ISTIO_MUTUAL leaves auto mTLS",
       Loses("cart", "{mode: ISTIO_MUTUAL}") + http,
       {{kEntry,
         {"does not inherit mode ISTIO_MUTUAL", "with a sidecar get mTLS"},
         safe_mutual}}},
      {"towards DISABLE the copy would clash",
       Loses("cart", "{mode: ISTIO_MUTUAL}") + http + Mtls("DISABLE"),
       {{kEntry, {"ISTIO_MUTUAL"}, unsafe_mutual}}},
      {"outside the mesh there is no auto mTLS",
       Loses("bank.example", "{mode: ISTIO_MUTUAL}") +
           Bank("{number: 80, protocol: HTTP}"),
       {{kEntry, plaintext, unsafe_mutual}}},
      {"DISABLE leaves plaintext",
       Loses("cart", "{mode: DISABLE}") + http,
       {{kEntry, plaintext, safe_disable}}},
      {"as the copy would, to STRICT servers",
       Loses("cart", "{mode: DISABLE}") + http + Mtls("STRICT"),
       {{kEntry, plaintext, unsafe_disable}}},
      {"tls: {} is DISABLE",
       Loses("cart", "{}") + http + Mtls("STRICT"),
       {{kEntry, {"mode DISABLE"}, unsafe_empty}}},
      {"SIMPLE leaves plaintext, all its fields go along",
       Loses("bank.example", "{mode: SIMPLE, sni: bank.example}") +
           Bank("{number: 80, protocol: HTTP}"),
       {{kEntry, plaintext, safe_simple}}},
      {"TLS in TLS is not copied unasked",
       Loses("bank.example", "{mode: SIMPLE}") +
           Bank("{number: 80, protocol: TLS}"),
       {{kEntry, plaintext, unsafe_simple}}},
      {"nor foreign TLS to sidecars",
       Loses("cart", "{mode: SIMPLE}") + http,
       {{kEntry, plaintext, unsafe_simple}}},
      {"nor anything to what is unknown",
       Loses("cart", "{mode: DISABLE}"),
       {{kEntry, plaintext, unsafe_disable}},
       "",
       {}},
      {"nor where PeerAuthentication is",
       Loses("cart", "{mode: DISABLE}") + http,
       {{kEntry, plaintext, unsafe_disable}},
       "",
       {}},
      {"nor to a port that is not there",
       Loses("cart", "{mode: DISABLE}") + Cart("{name: http, port: 81}"),
       {{kEntry, plaintext, unsafe_disable}}},
      {"a subset that would inherit the copy has a say",
       TheRule("host: cart, trafficPolicy: {tls: {mode: ISTIO_MUTUAL}, "
               "portLevelSettings: [{port: {number: 80}}]}, subsets: [{name: "
               "v1, labels: {version: v1}}]") +
           http + Deployment("a", "app: cart") +
           Deployment("b",
                      "app: cart, version: v1, sidecar.istio.io/inject: "
                      "\"false\""),
       {{kEntry, {"ISTIO_MUTUAL"}, unsafe_mutual}}},
      {"nothing above, nothing lost",
       TheRule("host: cart, trafficPolicy: {portLevelSettings: [{port: "
               "{number: 80}}]}") +
           http},
      {"the entry says it itself",
       TheRule("host: cart, trafficPolicy: {tls: {mode: SIMPLE}, "
               "portLevelSettings: [{port: {number: 80}, tls: {}}]}") +
           http},
      {"of two entries for one port the second is dead",
       TheRule("host: cart, trafficPolicy: {tls: {mode: SIMPLE}, "
               "portLevelSettings: [{port: {number: 80}, tls: {}}, {port: "
               "{number: 80}}]}") +
           http},
      {"a word that is no mode is not spread",
       Loses("cart", "{mode: TLS}") + http},
  };
  for (const RuleCase& c : cases) Check(c);
}

TEST(PortTlsNotInheritedTest, LooksAtSubsets) {
  const std::string http =
      Cart("{name: http, port: 80}, {name: grpc, port: 81}");
  constexpr std::string_view kSubsetEntry =
      "warning warn /spec/subsets/0/trafficPolicy/portLevelSettings/0";
  const auto copy = [](std::string_view mode) {
    return R"(safe [{"op":"add","path":"/spec/subsets/0/trafficPolicy/portLevelSettings/0/tls","value":{"mode":")" +
           std::string(mode) + R"("}}])";
  };
  const std::string disable = copy("DISABLE");
  const std::string mutual = copy("ISTIO_MUTUAL");
  const std::string entry = "portLevelSettings: [{port: {number: 80}}]";
  const RuleCase cases[] = {
      {"the subset's own policy is pushed aside",
       TheRule("host: cart, subsets: [{name: v1, trafficPolicy: {tls: {mode: "
               "DISABLE}, " +
               entry + "}}]") +
           http,
       {{kSubsetEntry, {"mode DISABLE"}, disable}}},
      {"so is the rule's",
       TheRule("host: cart, trafficPolicy: {tls: {mode: ISTIO_MUTUAL}}, "
               "subsets: [{name: v1, trafficPolicy: {" +
               entry + "}}]") +
           http,
       {{kSubsetEntry, {"mode ISTIO_MUTUAL"}, mutual}}},
      {"and the rule's entry for the port",
       TheRule("host: cart, trafficPolicy: {tls: {mode: DISABLE}, "
               "portLevelSettings: [{port: {number: 80}, tls: {mode: "
               "ISTIO_MUTUAL}}]}, subsets: [{name: v1, trafficPolicy: {" +
               entry + "}}]") +
           http,
       {{kSubsetEntry, {"mode ISTIO_MUTUAL"}, mutual}}},
      {"a subset's policy without tls pushes nothing aside",
       TheRule("host: cart, trafficPolicy: {tls: {mode: DISABLE}}, subsets: "
               "[{name: v1, trafficPolicy: {connectionPool: {}}}]") +
           http},
  };
  for (const RuleCase& c : cases) Check(c);
}

TEST(PortTlsNotInheritedTest, KnowsWhenAutoMtlsIsOff) {
  MeshConfig off;
  off.enable_auto_mtls = false;
  Check({"nobody gets mTLS",
         Loses("cart", "{mode: ISTIO_MUTUAL}") + Cart("{name: http, port: 80}"),
         {{kEntry,
           {"every endpoint gets plaintext"},
           Copy("safe", R"({"mode":"ISTIO_MUTUAL"})")}},
         "",
         {.complete = true},
         off});
}

}  // namespace
}  // namespace meshvet::rules

// TLS settings by themselves: fields that the mode ignores (T14, T15), and
// those it lacks (T16, T17, T19, names that nobody compares).

#include "test/unit/rules/destination_rule_case.h"

namespace meshvet::rules {
namespace {

std::string Tls(std::string_view tls) {
  return TheRule("host: bank.example, trafficPolicy: {tls: {" +
                 std::string(tls) + "}}");
}

constexpr std::string_view kWarning =
    "warning warn /spec/trafficPolicy/tls/mode";

void CheckIgnored(const RuleCase& c) {
  Check("destination-rule-tls-fields-ignored", c);
}

TEST(TlsFieldsIgnoredTest, RemovesWhatIstioMutualIgnores) {
  const RuleCase cases[] = {
      {"each field",
       Tls("mode: ISTIO_MUTUAL, clientCertificate: a, privateKey: b, "
           "caCertificates: c, caCrl: d, credentialName: e"),
       {{kWarning,
         {"mode ISTIO_MUTUAL",
          "ignores clientCertificate, privateKey, "
          "caCertificates, caCrl, credentialName"},
         R"(safe [{"op":"remove","path":"/spec/trafficPolicy/tls/credentialName"},{"op":"remove","path":"/spec/trafficPolicy/tls/caCrl"},{"op":"remove","path":"/spec/trafficPolicy/tls/caCertificates"},{"op":"remove","path":"/spec/trafficPolicy/tls/privateKey"},{"op":"remove","path":"/spec/trafficPolicy/tls/clientCertificate"}])"}}},
      {"not those it honours",
       Tls("mode: ISTIO_MUTUAL, sni: a, subjectAltNames: [b], "
           "insecureSkipVerify: true")},
      {"nor what says nothing",
       Tls("mode: ISTIO_MUTUAL, caCertificates: \"\", credentialName: null")},
      {"SIMPLE and MUTUAL use them",
       Tls("mode: MUTUAL, clientCertificate: a, privateKey: b, "
           "caCertificates: c, caCrl: d")},
      {"a subset's port entry",
       TheRule("host: a.example, subsets: [{name: v1, trafficPolicy: "
               "{portLevelSettings: [{port: {number: 80}, tls: {mode: "
               "ISTIO_MUTUAL, caCrl: x}}]}}]"),
       {{"warning warn "
         "/spec/subsets/0/trafficPolicy/portLevelSettings/0/tls/mode",
         {"caCrl"},
         R"(safe [{"op":"remove","path":"/spec/subsets/0/trafficPolicy/portLevelSettings/0/tls/caCrl"}])"}}},
  };
  for (const RuleCase& c : cases) CheckIgnored(c);
}

TEST(TlsFieldsIgnoredTest, SuspectsAForgottenMode) {
  const std::string set_simple =
      R"(unsafe [{"op":"replace","path":"/spec/trafficPolicy/tls/mode","value":"SIMPLE"}])";
  const std::string add_simple =
      R"(unsafe [{"op":"add","path":"/spec/trafficPolicy/tls/mode","value":"SIMPLE"}])";
  const RuleCase cases[] = {
      {"DISABLE with certificates",
       Tls("mode: DISABLE, caCertificates: c"),
       {{kWarning,
         {"mode DISABLE sends plaintext and ignores caCertificates"},
         set_simple}}},
      {"no mode at all",
       Tls("sni: x, subjectAltNames: [y]"),
       {{"warning warn /spec/trafficPolicy/tls",
         {"without a mode TLS is DISABLEd", "subjectAltNames, sni"},
         add_simple}}},
      {"even the wish not to verify",
       Tls("insecureSkipVerify: true"),
       {{"warning warn /spec/trafficPolicy/tls",
         {"insecureSkipVerify"},
         add_simple}}},
      {"which false is not", Tls("mode: DISABLE, insecureSkipVerify: false")},
      {"tls: {} ignores nothing", Tls("")},
      {"nor does a word that is no mode", Tls("mode: TLS, sni: x")},
      {"each place by itself",
       TheRule("host: a.example, trafficPolicy: {tls: {sni: x}, "
               "portLevelSettings: [{port: {number: 80}, tls: {mode: SIMPLE, "
               "sni: x}}]}, subsets: [{name: v1, trafficPolicy: {tls: {mode: "
               "DISABLE, sni: x}}}]"),
       {{"warning warn /spec/subsets/0/trafficPolicy/tls/mode",
         {"sni"},
         R"(unsafe [{"op":"replace","path":"/spec/subsets/0/trafficPolicy/tls/mode","value":"SIMPLE"}])"},
        {"warning warn /spec/trafficPolicy/tls", {"sni"}, add_simple}}},
  };
  for (const RuleCase& c : cases) CheckIgnored(c);
}

void CheckIncomplete(const RuleCase& c) {
  Check("destination-rule-tls-incomplete", c);
}

TEST(TlsIncompleteTest, MutualNeedsCertificates) {
  const std::vector<Want> missing = {
      {"error deny /spec/trafficPolicy/tls/mode",
       {"mode MUTUAL has neither credentialName nor clientCertificate and "
        "privateKey",
        "plaintext"}}};
  const RuleCase cases[] = {
      {"none", Tls("mode: MUTUAL"), missing},
      {"a certificate without its key",
       Tls("mode: MUTUAL, clientCertificate: a"), missing},
      {"a key alone", Tls("mode: MUTUAL, privateKey: a"), missing},
      {"empty ones",
       Tls("mode: MUTUAL, clientCertificate: \"\", privateKey: \"\", "
           "credentialName: \"\""),
       missing},
      {"both", Tls("mode: MUTUAL, clientCertificate: a, privateKey: b")},
      {"SIMPLE needs none", Tls("mode: SIMPLE")},
      {"a port entry",
       TheRule("host: a.example, trafficPolicy: {portLevelSettings: [{port: "
               "{number: 80}, tls: {mode: MUTUAL}}]}"),
       {{"error deny /spec/trafficPolicy/portLevelSettings/0/tls/mode",
         {"MUTUAL"}}}},
  };
  for (const RuleCase& c : cases) CheckIncomplete(c);
}

TEST(TlsIncompleteTest, SidecarsDoNotFetchSecrets) {
  const std::vector<Want> ignored = {
      {kWarning,
       {"credentialName", "by sidecars only with a workloadSelector",
        "plaintext"}}};
  const std::string secret = Tls("mode: SIMPLE, credentialName: ca");
  const std::string destination =
      "[{destination: {host: bank.example, port: {number: 443}}}]";
  const RuleCase cases[] = {
      {"SIMPLE", secret, ignored},
      {"MUTUAL", Tls("mode: MUTUAL, credentialName: ca"), ignored},
      {"with a workloadSelector they do",
       TheRule("host: bank.example, workloadSelector: {matchLabels: {app: "
               "web}}, trafficPolicy: {tls: {mode: SIMPLE, credentialName: "
               "ca}}")},
      {"a ConfigMap they read",
       Tls("mode: SIMPLE, credentialName: \"configmap://ca\"")},
      {"gateways do, where only they route there",
       secret + Routes("hosts: [bank.example], gateways: [egress], http: "
                       "[{route: " +
                       destination + "}]")},
      {"not where sidecars route there too",
       secret + Routes("hosts: [bank.example], gateways: [egress, mesh], http:"
                       " [{route: " +
                       destination + "}]"),
       ignored},
      {"what sidecars send elsewhere is nothing to it",
       secret +
           Routes("hosts: [bank.example], gateways: [egress, mesh], http: "
                  "[{match: [{gateways: [mesh]}], route: [{destination: "
                  "{host: egress.istio-system.svc.cluster.local}}]}, {match: "
                  "[{gateways: [egress]}], route: " +
                  destination + "}]")},
  };
  for (const RuleCase& c : cases) CheckIncomplete(c);
}

TEST(TlsIncompleteTest, SomebodyMustCompareTheName) {
  const std::string expect_sni =
      R"(unsafe [{"op":"add","path":"/spec/trafficPolicy/tls/subjectAltNames","value":["bank.example"]}])";
  const std::vector<Want> uncompared = {
      {"warning warn /spec/trafficPolicy/tls/sni",
       {"sni is set without subjectAltNames", "any certificate"},
       expect_sni}};
  const std::string sni = Tls("mode: SIMPLE, sni: bank.example");
  const RuleCase cases[] = {
      {"sni alone", sni, uncompared},
      {"an empty list of names",
       Tls("mode: SIMPLE, sni: bank.example, subjectAltNames: []"),
       {{"warning warn /spec/trafficPolicy/tls/sni",
         {"sni is set without subjectAltNames"},
         R"(unsafe [{"op":"replace","path":"/spec/trafficPolicy/tls/subjectAltNames","value":["bank.example"]}])"}}},
      {"with names",
       Tls("mode: SIMPLE, sni: bank.example, subjectAltNames: [bank.example]")},
      {"neither: Istio compares the authority", Tls("mode: SIMPLE")},
      {"the entry has names of its own",
       sni + Bank("{number: 443, protocol: HTTPS}",
                  ", subjectAltNames: [bank.example]")},
      {"an entry without", sni + Bank("{number: 443, protocol: HTTPS}"),
       uncompared},
      {"Istio's own identities are always compared",
       Tls("mode: ISTIO_MUTUAL, sni: bank.example")},
      {"DISABLE compares nothing anyway", Tls("sni: bank.example")},
  };
  for (const RuleCase& c : cases) CheckIncomplete(c);
}

TEST(TlsIncompleteTest, SomebodyMustVerify) {
  const std::vector<Want> unverified = {
      {"warning warn /spec/trafficPolicy/tls/insecureSkipVerify",
       {"not verified at all"}}};
  const RuleCase cases[] = {
      {"SIMPLE", Tls("mode: SIMPLE, insecureSkipVerify: true"), unverified},
      {"whatever the sni",
       Tls("mode: SIMPLE, sni: x, insecureSkipVerify: true"), unverified},
      {"ISTIO_MUTUAL keeps it too",
       Tls("mode: ISTIO_MUTUAL, insecureSkipVerify: true"), unverified},
      {"false", Tls("mode: SIMPLE, insecureSkipVerify: false")},
      {"without TLS there is nothing to verify",
       Tls("mode: DISABLE, insecureSkipVerify: true")},
  };
  for (const RuleCase& c : cases) CheckIncomplete(c);
}

}  // namespace
}  // namespace meshvet::rules

// TLS fields that the mode makes Istio ignore.

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "mesh/client_tls.h"
#include "mesh/destination_rule.h"
#include "rules/rule.h"

namespace meshvet::rules {
namespace {

constexpr std::array<std::string_view, 5> kIgnoredByIstioMutual = {
    "clientCertificate", "privateKey", "caCertificates", "caCrl",
    "credentialName"};
constexpr std::array<std::string_view, 8> kIgnoredByDisable = {
    "clientCertificate",
    "privateKey",
    "caCertificates",
    "caCrl",
    "credentialName",
    "subjectAltNames",
    "sni",
    "insecureSkipVerify"};

// Whether the field says anything: "", [] and false are what is meant without
// it.
bool IsSet(Node field) {
  return !field.Text().empty() ? field.Text() != "false" : !field.empty();
}

template <size_t N>
std::vector<Node> Present(Node tls,
                          const std::array<std::string_view, N>& fields) {
  std::vector<Node> present;
  for (const std::string_view field : fields) {
    if (IsSet(tls[field])) present.push_back(tls[field]);
  }
  return present;
}

template <size_t N>
std::string Names(Node tls, const std::array<std::string_view, N>& fields) {
  std::string names;
  for (const std::string_view field : fields) {
    if (!IsSet(tls[field])) continue;
    if (!names.empty()) names += ", ";
    names += field;
  }
  return names;
}

std::string Where(const PolicyScope& scope) {
  std::string where(scope.subset);
  if (scope.is_port_level) where += " port " + scope.port.Text();
  return where;
}

void CheckIstioMutual(const PolicyScope& scope, RuleContext& ctx) {
  const Node tls = scope.policy["tls"];
  const std::vector<Node> ignored = Present(tls, kIgnoredByIstioMutual);
  if (ignored.empty()) return;
  std::vector<Edit> edits;
  edits.reserve(ignored.size());
  for (const Node& field : ignored) edits.push_back(Remove(field));
  const std::string names = Names(tls, kIgnoredByIstioMutual);
  ctx.Report(tls["mode"],
             "mode ISTIO_MUTUAL uses Istio's own certificates and "
             "ignores " +
                 names)
      .About("ISTIO_MUTUAL " + names + " " + Where(scope))
      .Fix(Safety::kSafe, "remove " + names, std::move(edits));
}

void CheckDisable(const PolicyScope& scope, RuleContext& ctx) {
  const Node tls = scope.policy["tls"];
  if (Present(tls, kIgnoredByDisable).empty()) return;
  const std::string names = Names(tls, kIgnoredByDisable);
  const std::string mode = tls["mode"].exists()
                               ? "mode DISABLE"
                               : "without a mode TLS is DISABLEd, which";
  ctx.Report(tls["mode"], mode + " sends plaintext and ignores " + names)
      .About("DISABLE " + names + " " + Where(scope))
      .Fix(Safety::kUnsafe, "set mode SIMPLE", {Set(tls["mode"], "SIMPLE")});
}

void Check(const Object& rule, RuleContext& ctx) {
  ForEachPolicyScope(rule, [&](const PolicyScope& scope) {
    const TlsMode mode = ReadTlsMode(scope.policy["tls"]);
    if (mode == TlsMode::kIstioMutual) CheckIstioMutual(scope, ctx);
    if (mode == TlsMode::kDisable) CheckDisable(scope, ctx);
  });
}

}  // namespace

extern constinit const Rule destination_rule_tls_fields_ignored = {
    .id = "destination-rule-tls-fields-ignored",
    .title = "DestinationRule has TLS fields that its mode ignores",
    .severity = Severity::kWarning,
    .rationale =
        R"(ISTIO_MUTUAL takes certificates, keys and trust from Istio itself and silently
drops `clientCertificate`, `privateKey`, `caCertificates`, `caCrl` and
`credentialName`; the fix removes them, which changes nothing. DISABLE, which is
also what settings without a `mode` mean, ignores everything: certificates or an
`sni` beside it mostly mean that the mode was forgotten and plaintext is sent
where nobody expects it.)",
    .kinds = {kDestinationRule},
    .auto_fix = true,
    .bad = {{"Certificates beside ISTIO_MUTUAL", R"(
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: cart, namespace: shop}
spec:
  host: cart
  trafficPolicy:
    tls: {mode: ISTIO_MUTUAL, caCertificates: /etc/certs/ca.pem, credentialName: cart}
)"},
            {"The mode was forgotten", R"(
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: bank, namespace: shop}
spec:
  host: bank.partner.example
  subsets:
  - name: eu
    trafficPolicy:
      portLevelSettings:
      - {port: {number: 443}, tls: {sni: bank.partner.example}}
)"}},
    .good = {{"Fields the modes do use", R"(
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: cart, namespace: shop}
spec:
  host: cart
  trafficPolicy:
    tls: {mode: ISTIO_MUTUAL, sni: cart.shop, subjectAltNames: [cart.shop]}
    portLevelSettings:
    - {port: {number: 80}, tls: {mode: DISABLE}}
)"}},
    .check = Check,
};

}  // namespace meshvet::rules

// TLS settings that lack what their mode needs to be TLS, or to be safe.

#include <string>
#include <string_view>

#include "mesh/client_tls.h"
#include "mesh/destination_rule.h"
#include "mesh/host_name.h"
#include "mesh/registry.h"
#include "mesh/virtual_service.h"
#include "rules/rule.h"

namespace meshvet::rules {
namespace {

struct Settings {
  Node tls;
  TlsMode mode;
  std::string where;  // for the identity: subset and port
};

void CheckMutualHasCertificates(const Settings& settings, RuleContext& ctx) {
  if (settings.mode != TlsMode::kMutual) return;
  const Node tls = settings.tls;
  const auto has = [&](std::string_view field) {
    return !tls[field].Str().empty();
  };
  if (has("credentialName")) return;
  if (has("clientCertificate") && has("privateKey")) return;
  ctx.Report(tls["mode"],
             "mode MUTUAL has neither credentialName nor "
             "clientCertificate and privateKey: Istio leaves TLS "
             "out and sends plaintext")
      .About("certificates" + settings.where);
}

// Whether the only known callers of the rule's host are gateways, which do
// honour credentialName.
bool IsForGatewaysOnly(const Object& rule, const MeshView& mesh) {
  bool any = false;
  bool from_mesh = false;
  const std::string host = HostOf(rule, mesh.config());
  mesh.ForEachReferrer(kVirtualService, kService, host, [&](const Object& vs) {
    ForEachDestination(vs, [&](const Destination& destination) {
      if (ResolveHost(destination.node["host"].Str(), vs.ns(),
                      mesh.config().domain) != host) {
        return;
      }
      any = true;
      from_mesh |= IsBoundToMesh(vs, destination.route);
    });
  });
  return any && !from_mesh;
}

void CheckCredentialIsHonoured(const Object& rule, const Settings& settings,
                               RuleContext& ctx) {
  const Node credential = settings.tls["credentialName"];
  if (!OriginatesTls(settings.mode)) return;
  if (credential.Str().empty() ||
      credential.Str().starts_with("configmap://")) {
    return;
  }
  if (rule.spec()["workloadSelector"].exists()) return;
  if (IsForGatewaysOnly(rule, ctx.mesh())) return;
  ctx.Report(settings.tls["mode"],
             "credentialName is honoured by gateways, and by sidecars only "
             "with a workloadSelector: sidecars send plaintext")
      .As(Severity::kWarning)
      .About("credentialName" + settings.where);
}

// Without subjectAltNames in the rule, those of the ServiceEntry are expected
// (networking/core/cluster_tls.go:201-203).
bool HasNamesOfItsOwn(const Object& rule, const MeshView& mesh) {
  const HostLookup& found =
      FindHost(mesh, HostOf(rule, mesh.config()), rule.ns());
  return !found.services.empty() && found.services.front().is_entry() &&
         !found.services.front().object->spec()["subjectAltNames"].empty();
}

void CheckNameIsCompared(const Object& rule, const Settings& settings,
                         RuleContext& ctx) {
  const Node tls = settings.tls;
  if (!OriginatesTls(settings.mode) || tls["insecureSkipVerify"].Bool()) return;
  if (tls["sni"].Str().empty() || !tls["subjectAltNames"].empty()) return;
  if (HasNamesOfItsOwn(rule, ctx.mesh())) return;
  ctx.Report(tls["sni"],
             "sni is set without subjectAltNames, so Istio does "
             "not compare the name in the server's certificate: "
             "any certificate of a trusted CA will do")
      .As(Severity::kWarning)
      .About("sni" + settings.where)
      .Fix(Safety::kUnsafe, "expect the name in sni",
           {SetJson(tls["subjectAltNames"],
                    "[" + Quote(tls["sni"].Str()) + "]")});
}

void CheckServerIsVerified(const Settings& settings, RuleContext& ctx) {
  const Node skip = settings.tls["insecureSkipVerify"];
  if (!skip.Bool()) return;
  ctx.Report(skip,
             "the server's certificate is not verified at all: anyone on the "
             "way can read and change what is sent")
      .As(Severity::kWarning)
      .About("insecureSkipVerify" + settings.where);
}

void Check(const Object& rule, RuleContext& ctx) {
  ForEachPolicyScope(rule, [&](const PolicyScope& scope) {
    Settings settings{scope.policy["tls"], ReadTlsMode(scope.policy["tls"]),
                      " " + std::string(scope.subset)};
    const bool starts_tls =
        OriginatesTls(settings.mode) || settings.mode == TlsMode::kIstioMutual;
    if (!starts_tls) return;
    if (scope.is_port_level) settings.where += ":" + scope.port.Text();
    CheckMutualHasCertificates(settings, ctx);
    CheckCredentialIsHonoured(rule, settings, ctx);
    // ISTIO_MUTUAL honours this one too (cluster_tls.go:493-500).
    CheckServerIsVerified(settings, ctx);
    CheckNameIsCompared(rule, settings, ctx);
  });
}

}  // namespace

extern constinit const Rule destination_rule_tls_incomplete = {
    .id = "destination-rule-tls-incomplete",
    .title = "DestinationRule TLS lacks what it needs",
    .severity = Severity::kError,
    .rationale =
        R"(MUTUAL without a certificate of the client: istiod skips TLS altogether and
the proxy sends plaintext (an error).

`credentialName` without a `workloadSelector`: gateways fetch the secret, sidecars
do not and send plaintext. It is not reported where only gateways are known to
route to the host.

`insecureSkipVerify`, and `sni` without `subjectAltNames`, leave the server's name
unverified. Istio compares it with the requested authority by itself only when
both `sni` and `subjectAltNames` are left out; a ServiceEntry's own
`subjectAltNames` stand in for the rule's.)",
    .aliases = {"IST0128", "IST0129"},
    .kinds = {kDestinationRule},
    .needs = {kService, kServiceEntry, kVirtualService},
    .bad = {{"MUTUAL without certificates", R"(
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: bank, namespace: shop}
spec:
  host: bank.partner.example
  trafficPolicy: {tls: {mode: MUTUAL, caCertificates: /etc/ca.pem}}
)"},
            {"A secret that sidecars do not fetch", R"(
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: bank, namespace: shop}
spec:
  host: bank.partner.example
  trafficPolicy: {tls: {mode: MUTUAL, credentialName: bank-client}}
)"},
            {"Nobody compares the server's name", R"(
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: bank, namespace: shop}
spec:
  host: bank.partner.example
  trafficPolicy:
    portLevelSettings:
    - {port: {number: 443}, tls: {mode: SIMPLE, sni: bank.partner.example}}
    - {port: {number: 444}, tls: {mode: SIMPLE, insecureSkipVerify: true}}
)"},
            {"A Service that serves its own TLS under another name", R"(
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: ledger, namespace: shop}
spec:
  host: ledger
  trafficPolicy: {tls: {mode: SIMPLE, sni: ledger.partner.example}}
---
apiVersion: v1
kind: Service
metadata: {name: ledger, namespace: shop}
spec: {ports: [{name: tcp-tls, port: 9443}]}
)"}},
    .good = {{"Complete settings", R"(
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: bank, namespace: shop}
spec:
  host: bank.partner.example
  trafficPolicy:
    tls:
      mode: MUTUAL
      clientCertificate: /etc/certs/client.pem
      privateKey: /etc/certs/key.pem
      sni: bank.partner.example
      subjectAltNames: [bank.partner.example]
)"},
             {"Istio compares the authority by itself", R"(
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: bank, namespace: shop}
spec:
  host: bank.partner.example
  trafficPolicy: {tls: {mode: SIMPLE}}
)"},
             {"The ServiceEntry says whom to expect", R"(
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: bank, namespace: shop}
spec:
  host: bank.partner.example
  trafficPolicy: {tls: {mode: SIMPLE, sni: bank.partner.example}}
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: bank, namespace: shop}
spec:
  hosts: [bank.partner.example]
  ports: [{number: 443, name: https, protocol: HTTPS}]
  resolution: DNS
  subjectAltNames: [bank.partner.example]
)"},
             {"Only an egress gateway routes there", R"(
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: bank, namespace: shop}
spec:
  host: bank.partner.example
  trafficPolicy: {tls: {mode: SIMPLE, credentialName: bank-ca}}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: bank, namespace: shop}
spec:
  hosts: [bank.partner.example]
  gateways: [egress]
  http: [{route: [{destination: {host: bank.partner.example, port: {number: 443}}}]}]
)"}},
    .check = Check,
};

}  // namespace meshvet::rules

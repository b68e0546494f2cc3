// Istio's mTLS must be spoken on both sides or on neither.

#include <string>
#include <string_view>

#include "mesh/client_tls.h"
#include "rules/port_entry.h"
#include "rules/rule.h"
#include "rules/tls_clash.h"

namespace meshvet::rules {
namespace {

std::string Target(const Cluster& cluster) {
  return "port " + std::to_string(cluster.port.number) + " of " + cluster.host;
}

void ReportNowhere(const Cluster& cluster, std::string_view why,
                   RuleContext& ctx) {
  ReportBuilder report = ctx.Report(
      cluster.tls.place(), "mode ISTIO_MUTUAL sends Istio's mTLS to " +
                               Target(cluster) + ", " + std::string(why) +
                               ": the handshake fails, callers see a 503");
  report.About(cluster.Title() + " ISTIO_MUTUAL");
  if (cluster.service.is_passthrough()) {
    report.Note(
        "calls go straight to the address the client asked for, so "
        "every one of them fails");
  }
}

// Mends `report` by setting `mode`. One mode stands for all that its policy
// decides for: where it does not suit them all, the port gets its own.
void FixMode(const Object& rule, const Cluster& cluster, TlsMode mode,
             bool is_sure, ReportBuilder report, const MeshView& mesh) {
  const std::string word(ToString(mode));
  if (SuitsAllClusters(rule, cluster.tls.policy, mode, mesh)) {
    report.Fix(is_sure ? Safety::kSafe : Safety::kUnsafe, "set mode " + word,
               {Set(cluster.tls.tls["mode"], word)});
  } else {
    report.Fix(
        Safety::kUnsafe,
        "set mode " + word + " for port " + std::to_string(cluster.port.number),
        SetPortTls(rule, cluster, R"({"mode":)" + Quote(word) + "}"));
  }
}

// DISABLE ignores these, ISTIO_MUTUAL does not: names that were written for
// another mode would come to life.
bool HasSleepingFields(Node tls) {
  return !tls["sni"].Str().empty() || !tls["subjectAltNames"].empty() ||
         tls["insecureSkipVerify"].Bool();
}

void ReportPlaintext(const Object& rule, const Cluster& cluster,
                     RuleContext& ctx) {
  const std::string written = cluster.tls.tls["mode"].exists()
                                  ? "mode DISABLE"
                                  : "tls without a mode is DISABLE and";
  ReportBuilder report =
      ctx.Report(cluster.tls.place(),
                 written + " sends plaintext to " + Target(cluster) +
                     ", where PeerAuthentication demands mTLS (STRICT): the "
                     "connection is reset, callers see a 503");
  report.About(cluster.Title() + " DISABLE");
  FixMode(rule, cluster, TlsMode::kIstioMutual,
          !HasSleepingFields(cluster.tls.tls), report, ctx.mesh());
}

void ReportDisabled(const Object& rule, const Cluster& cluster,
                    RuleContext& ctx) {
  ReportBuilder report = ctx.Report(
      cluster.tls.place(),
      "mode ISTIO_MUTUAL sends mTLS to " + Target(cluster) +
          ", where PeerAuthentication has turned it off (DISABLE): the "
          "handshake fails, callers see a 503");
  report.About(cluster.Title() + " ISTIO_MUTUAL");
  FixMode(rule, cluster, TlsMode::kDisable, true, report, ctx.mesh());
}

void ReportUnset(const Object& rule, const Cluster& cluster, RuleContext& ctx) {
  const Node policy = cluster.tls.policy.exists()
                          ? cluster.tls.policy
                          : rule.spec()["trafficPolicy"];
  ctx.Report(policy["tls"],
             "no tls is set and the mesh has auto mTLS turned off, so " +
                 Target(cluster) +
                 " gets plaintext where PeerAuthentication "
                 "demands mTLS (STRICT): callers see a 503")
      .About(cluster.Title() + " unset")
      .Fix(Safety::kUnsafe, "set mode ISTIO_MUTUAL",
           {SetJson(policy["tls"], R"({"mode":"ISTIO_MUTUAL"})")});
}

void Report(const Object& rule, const Cluster& cluster, MtlsClash clash,
            RuleContext& ctx) {
  switch (clash) {
    case MtlsClash::kNone:
      return;
    case MtlsClash::kUnknown:
      return ctx.NotRun(WhyUnknown(cluster));
    case MtlsClash::kMtlsToExternal:
      return ReportNowhere(cluster,
                           "which is outside the mesh "
                           "(location: MESH_EXTERNAL)",
                           ctx);
    case MtlsClash::kMtlsToOutside:
      return ReportNowhere(cluster, "whose workloads have no sidecar", ctx);
    case MtlsClash::kPlaintextToStrict:
      return ReportPlaintext(rule, cluster, ctx);
    case MtlsClash::kMtlsToDisabled:
      return ReportDisabled(rule, cluster, ctx);
    case MtlsClash::kUnsetToStrict:
      return ReportUnset(rule, cluster, ctx);
  }
}

// One report for all that inherit: the first sure clash, else the first doubt.
void CheckGroup(const Object& rule, const ClusterGroup& group,
                RuleContext& ctx) {
  const Cluster* doubtful = nullptr;
  for (const Cluster& cluster : group) {
    const MtlsClash clash = FindMtlsClash(cluster, ctx.mesh());
    if (clash == MtlsClash::kUnknown) {
      if (doubtful == nullptr) doubtful = &cluster;
    } else if (clash != MtlsClash::kNone) {
      return Report(rule, cluster, clash, ctx);
    }
  }
  if (doubtful != nullptr) Report(rule, *doubtful, MtlsClash::kUnknown, ctx);
}

void Check(const Object& rule, RuleContext& ctx) {
  // Auto mTLS suits every server.
  if (!MentionsTls(rule) && ctx.config().enable_auto_mtls) return;
  const ClusterGroups clusters = GroupClusters(rule, ctx.mesh());
  for (const ClusterGroup& group : clusters.groups) {
    CheckGroup(rule, group, ctx);
  }
  if (!clusters.unknown.empty()) ctx.NotRun(clusters.unknown);
}

}  // namespace

extern constinit const Rule destination_rule_mtls_mismatch = {
    .id = "destination-rule-mtls-mismatch",
    .title = "DestinationRule and PeerAuthentication disagree about mTLS",
    .severity = Severity::kError,
    .rationale =
        R"(A DestinationRule with TLS settings decides for every endpoint: istiod no
longer falls back to plaintext or mTLS by what the endpoint can do. So DISABLE
(which is also what `tls: {}` and settings without a mode mean) fails at servers
that demand mTLS, and ISTIO_MUTUAL fails at servers that turned it off, at
external services and at workloads without a sidecar. With auto mTLS turned off
in the mesh, no settings at all fail at STRICT servers too.

The server's side is the PeerAuthentication in force for the port: the mesh's,
the namespace's, a workload's, and its portLevelMtls. A workload counts as
outside the mesh only on evidence, `sidecar.istio.io/inject: "false"` on all its
known pods or a WorkloadEntry without a service account. A wildcard rule is
judged for each known Service it covers.

A fix is safe where the new mode suits every port it decides for and wakes no
`sni` or `subjectAltNames` that DISABLE ignored. Otherwise, say where
PeerAuthentication differs by port, it is a suggestion for the one port.)",
    .aliases = {"KIA0206", "KIA0207", "KIA0208", "KIA0505"},
    .kinds = {kDestinationRule},
    .needs = {kService, kServiceEntry, kDestinationRule, kPeerAuthentication,
              kWorkloadEntry, kPod, kReplicationController, kDeployment,
              kStatefulSet, kDaemonSet, kReplicaSet, kJob, kCronJob},
    .auto_fix = true,
    .bad = {{"Plaintext to STRICT servers", R"(
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: cart, namespace: shop}
spec:
  host: cart
  trafficPolicy: {tls: {mode: DISABLE}}
---
apiVersion: v1
kind: Service
metadata: {name: cart, namespace: shop}
spec: {selector: {app: cart}, ports: [{name: http, port: 80}]}
---
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {name: default, namespace: istio-system}
spec: {mtls: {mode: STRICT}}
)"},
            {"mTLS to a port that turned it off", R"(
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: cart, namespace: shop}
spec:
  host: cart
  trafficPolicy: {tls: {mode: ISTIO_MUTUAL}}
---
apiVersion: v1
kind: Service
metadata: {name: cart, namespace: shop}
spec:
  selector: {app: cart}
  ports: [{name: http, port: 80, targetPort: 8080}]
---
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {name: cart, namespace: shop}
spec:
  selector: {matchLabels: {app: cart}}
  portLevelMtls: {"8080": {mode: DISABLE}}
)"},
            {"mTLS to a service outside the mesh", R"(
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: bank, namespace: shop}
spec:
  host: bank.partner.example
  trafficPolicy: {tls: {mode: ISTIO_MUTUAL}}
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: bank, namespace: shop}
spec:
  hosts: [bank.partner.example]
  ports: [{number: 443, name: tls, protocol: TLS}]
  resolution: DNS
)"},
            {"mTLS to machines without a sidecar", R"(
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: ledger, namespace: legacy}
spec:
  host: ledger
  subsets: [{name: v3, trafficPolicy: {tls: {mode: ISTIO_MUTUAL}}}]
---
apiVersion: v1
kind: Service
metadata: {name: ledger, namespace: legacy}
spec: {selector: {app: ledger}, ports: [{name: tcp, port: 9000}]}
---
apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata: {name: ledger-1, namespace: legacy}
spec: {address: 10.0.0.12, labels: {app: ledger, version: v3}}
)"}},
    .good = {{"mTLS to STRICT servers", R"(
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: cart, namespace: shop}
spec:
  host: cart
  trafficPolicy: {tls: {mode: ISTIO_MUTUAL}}
---
apiVersion: v1
kind: Service
metadata: {name: cart, namespace: shop}
spec: {selector: {app: cart}, ports: [{name: http, port: 80}]}
---
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {name: default, namespace: shop}
spec: {mtls: {mode: STRICT}}
)"},
             {"A wildcard that a more specific rule overrides", R"(
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: all, namespace: shop}
spec:
  host: "*.shop.svc.cluster.local"
  trafficPolicy: {tls: {mode: DISABLE}}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: cart, namespace: shop}
spec:
  host: cart
  trafficPolicy: {tls: {mode: ISTIO_MUTUAL}}
---
apiVersion: v1
kind: Service
metadata: {name: cart, namespace: shop}
spec: {selector: {app: cart}, ports: [{name: http, port: 80}]}
---
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {name: default, namespace: shop}
spec: {mtls: {mode: STRICT}}
)"}},
    .check = Check,
};

}  // namespace meshvet::rules

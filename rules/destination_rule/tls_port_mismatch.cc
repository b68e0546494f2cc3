// TLS that the client starts must suit the protocol of the port.

#include <set>
#include <string>
#include <string_view>

#include "mesh/client_tls.h"
#include "rules/rule.h"
#include "rules/tls_clash.h"

namespace meshvet::rules {
namespace {

// A port entry like the policy around it, with other TLS settings: an entry
// replaces the policy whole, so what it should keep is copied.
std::string PortEntry(const ClientTls& tls, int64_t port,
                      const std::string& settings) {
  std::string entry = R"({"port":{"number":)" + std::to_string(port) + "}";
  for (const std::string_view field :
       {"loadBalancer", "connectionPool", "outlierDetection"}) {
    const Node value = tls.policy[field];
    if (value.exists()) entry += "," + Quote(field) + ":" + value.ToJson();
  }
  return entry + ",\"tls\":" + settings + "}";
}

Edit SetPortTls(const Object& rule, const Cluster& cluster,
                const std::string& settings) {
  const ClientTls& tls = cluster.tls;
  if (tls.is_port_level) return SetJson(tls.policy["tls"], settings);
  const bool is_subsets =
      tls.policy.exists() &&
      tls.policy.value() == cluster.subset["trafficPolicy"].value();
  const Node home = is_subsets ? cluster.subset["trafficPolicy"]
                               : rule.spec()["trafficPolicy"];
  return AppendJson(home["portLevelSettings"],
                    PortEntry(tls, cluster.port.number, settings));
}

std::string Sends(const Cluster& cluster) {
  return "port " + std::to_string(cluster.port.number) + " (" +
         std::string(ToString(cluster.port.protocol)) + ") of " + cluster.host;
}

void ReportDoubleTls(const Object& rule, const Cluster& cluster, bool is_proven,
                     RuleContext& ctx) {
  const std::string mode(ToString(cluster.tls.mode));
  const std::string why = is_proven
                              ? "and a tls route brings TLS to it"
                              : "and nothing known brings plain HTTP to it";
  ctx.Report(cluster.tls.place(),
             "mode " + mode + " starts TLS towards " + Sends(cluster) +
                 ", which speaks TLS already, " + why +
                 ": TLS inside TLS, callers see a 503 or \"wrong version "
                 "number\"")
      .As(is_proven ? Severity::kError : Severity::kWarning)
      .About(cluster.Title() + " double " + mode)
      .Fix(is_proven && cluster.service.is_external() ? Safety::kSafe
                                                      : Safety::kUnsafe,
           "set mode DISABLE for port " + std::to_string(cluster.port.number),
           {SetPortTls(rule, cluster, R"({"mode":"DISABLE"})")});
}

void ReportMissing(const Object& rule, const Cluster& cluster,
                   RuleContext& ctx) {
  const Node place =
      cluster.tls.tls.exists() ? cluster.tls.place() : cluster.tls.policy;
  ctx.Report(
         place.exists() ? place : rule.spec()["trafficPolicy"],
         "plain HTTP goes to " + Sends(cluster) +
             ", which ends at TLS "
             "port 443: callers see \"400 The plain HTTP request was sent to "
             "HTTPS port\" or a reset; start TLS there with mode SIMPLE")
      .As(Severity::kWarning)
      .About(cluster.Title() + " plain")
      .Fix(Safety::kUnsafe,
           "set mode SIMPLE for port " + std::to_string(cluster.port.number),
           {SetPortTls(
               rule, cluster,
               R"({"mode":"SIMPLE","sni":)" + Quote(cluster.host) + "}")});
}

void ReportForeignTls(const Cluster& cluster, bool is_strict,
                      RuleContext& ctx) {
  const std::string mode(ToString(cluster.tls.mode));
  const std::string what =
      is_strict ? "whose sidecars insist on Istio's own mTLS (STRICT): the "
                  "connection is reset, callers see a 503"
                : "whose sidecars pass it on as it is: the application reads "
                  "TLS where it expects HTTP";
  ctx.Report(cluster.tls.place(), "mode " + mode +
                                      " sends TLS that is not "
                                      "Istio's to " +
                                      Sends(cluster) + ", " + what)
      .As(is_strict ? Severity::kError : Severity::kWarning)
      .About(cluster.Title() + " foreign " + mode);
}

void CheckCluster(const Object& rule, const Cluster& cluster,
                  RuleContext& ctx) {
  switch (FindPortClash(cluster, ctx.mesh())) {
    case PortClash::kNone:
      return;
    case PortClash::kUnknown:
      ctx.NotRun("the PeerAuthentications that govern " + cluster.host +
                 " are not all known");
      return;
    case PortClash::kDoubleTls:
      return ReportDoubleTls(rule, cluster, false, ctx);
    case PortClash::kProvenDouble:
      return ReportDoubleTls(rule, cluster, true, ctx);
    case PortClash::kHttpToTlsPort:
      return ReportMissing(rule, cluster, ctx);
    case PortClash::kTlsToStrict:
      return ReportForeignTls(cluster, true, ctx);
    case PortClash::kTlsToSidecar:
      return ReportForeignTls(cluster, false, ctx);
  }
}

void Check(const Object& rule, RuleContext& ctx) {
  ForEachCluster(rule, ctx.mesh(), [&](const Cluster& cluster) {
    // What a subset only inherits is reported once, at the rule's own.
    const bool inherits =
        cluster.subset.exists() &&
        cluster.tls.policy.value() ==
            EffectiveTls(rule, {}, cluster.port.number).policy.value();
    if (inherits && !FindFeed(cluster, ctx.mesh()).any) return;
    CheckCluster(rule, cluster, ctx);
  });
}

}  // namespace

extern constinit const Rule destination_rule_tls_port_mismatch = {
    .id = "destination-rule-tls-port-mismatch",
    .title = "DestinationRule TLS does not suit the protocol of the port",
    .severity = Severity::kError,
    .rationale =
        R"(With mode SIMPLE or MUTUAL the client's proxy starts TLS of its own. Three
things go wrong with that.

*TLS twice.* A port of protocol HTTPS or TLS carries TLS that the application
started. Where a `tls` route feeds the cluster (a gateway's PASSTHROUGH, say) the
second layer is proven: an error. Where an `http` route feeds it, the proxy holds
plain HTTP and this is the only layer: nothing is said. Where no route is known
it is a warning, since the VirtualService often comes later.

*TLS never.* An HTTP port of an external ServiceEntry that ends at port 443 needs
TLS to be started here.

*The wrong TLS.* Sidecars of a STRICT workload refuse TLS that is not Istio's;
PERMISSIVE ones hand it to the application as it is.

Judged are trafficPolicy, each portLevelSettings entry, each subset and its
portLevelSettings, as istiod combines them.)",
    .kinds = {kDestinationRule},
    .needs = {kService, kServiceEntry, kVirtualService, kPeerAuthentication,
              kWorkloadEntry, kPod, kReplicationController, kDeployment,
              kStatefulSet, kDaemonSet, kReplicaSet, kJob, kCronJob},
    .bad = {{"TLS inside TLS, proven by a tls route", R"(
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: bank, namespace: shop}
spec:
  host: bank.partner.example
  trafficPolicy: {tls: {mode: SIMPLE}}
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: bank, namespace: shop}
spec:
  hosts: [bank.partner.example]
  ports: [{number: 443, name: tls, protocol: TLS}]
  resolution: DNS
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: bank, namespace: shop}
spec:
  hosts: [bank.partner.example]
  tls:
  - match: [{port: 443, sniHosts: [bank.partner.example]}]
    route: [{destination: {host: bank.partner.example, port: {number: 443}}}]
)"},
            {"Nothing starts TLS towards port 443", R"(
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: bank, namespace: shop}
spec:
  host: bank.partner.example
  trafficPolicy: {connectionPool: {tcp: {connectTimeout: 1s}}}
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: bank, namespace: shop}
spec:
  hosts: [bank.partner.example]
  ports: [{number: 80, name: http, protocol: HTTP, targetPort: 443}]
  resolution: DNS
)"},
            {"Foreign TLS to sidecars that insist on mTLS", R"(
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: cart, namespace: shop}
spec:
  host: cart
  trafficPolicy: {tls: {mode: SIMPLE}}
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
    .good = {{"Plain HTTP that becomes TLS here, the only layer", R"(
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: bank, namespace: shop}
spec:
  host: bank.partner.example
  trafficPolicy:
    portLevelSettings: [{port: {number: 443}, tls: {mode: SIMPLE}}]
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: bank, namespace: shop}
spec:
  hosts: [bank.partner.example]
  ports:
  - {number: 80, name: http, protocol: HTTP}
  - {number: 443, name: https, protocol: HTTPS}
  resolution: DNS
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: bank, namespace: shop}
spec:
  hosts: [bank.partner.example]
  http:
  - match: [{port: 80}]
    route: [{destination: {host: bank.partner.example, port: {number: 443}}}]
)"},
             {"TLS that the workload itself serves, outside the mesh", R"(
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: cart, namespace: shop}
spec:
  host: cart
  trafficPolicy: {tls: {mode: SIMPLE}}
---
apiVersion: v1
kind: Service
metadata: {name: cart, namespace: shop}
spec: {selector: {app: cart}, ports: [{name: http, port: 80}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: cart, namespace: shop}
spec:
  template:
    metadata: {labels: {app: cart, sidecar.istio.io/inject: "false"}}
)"}},
    .check = Check,
};

}  // namespace meshvet::rules

// TLS that the client starts must suit the protocol of the port.

#include <string>
#include <string_view>

#include "mesh/client_tls.h"
#include "mesh/destination_rule.h"
#include "mesh/host_name.h"
#include "rules/port_entry.h"
#include "rules/rule.h"
#include "rules/tls_clash.h"

namespace meshvet::rules {
namespace {

// Whether DISABLE for the port of a proven double TLS takes TLS from nothing
// else: no cluster that the settings decide for gets plain HTTP, and all are
// outside the mesh.
bool IsSafeToDisable(const Object& rule, const Cluster& proven,
                     const MeshView& mesh) {
  if (LosesByPortEntry(proven)) return false;
  bool safe = true;
  const std::string unknown =
      ForEachCluster(rule, mesh, [&](const Cluster& cluster) {
        if (cluster.port.number != proven.port.number) return;
        if (cluster.tls.policy.value() != proven.tls.policy.value()) return;
        if (Inherits(proven) &&
            cluster.subset.value() != proven.subset.value()) {
          return;
        }
        safe = safe && cluster.service.is_external() &&
               IsTls(cluster.port.protocol) && !FindFeed(cluster, mesh).http;
      });
  return safe && unknown.empty();
}

std::string Sends(const Cluster& cluster) {
  return "port " + std::to_string(cluster.port.number) + " (" +
         std::string(ToString(cluster.port.protocol)) + ") of " + cluster.host;
}

// `mend` is the cluster whose settings the fix changes, and with them those
// that inherit.
void ReportDoubleTls(const Object& rule, const Cluster& cluster,
                     const Cluster& mend, bool is_proven, RuleContext& ctx) {
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
      .Fix(is_proven && IsSafeToDisable(rule, mend, ctx.mesh())
               ? Safety::kSafe
               : Safety::kUnsafe,
           "set mode DISABLE for port " + std::to_string(cluster.port.number),
           SetPortTls(rule, mend, R"({"mode":"DISABLE"})"));
}

// Settings that start TLS towards the cluster. A wildcard rule has no one name
// to send; the proxy then takes that of the request.
std::string SimpleTls(const Object& rule, const Cluster& cluster) {
  if (IsWildcard(rule.spec()["host"].Str())) return R"({"mode":"SIMPLE"})";
  return R"({"mode":"SIMPLE","sni":)" + Quote(cluster.host) + "}";
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
           SetPortTls(rule, cluster, SimpleTls(rule, cluster)));
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

void Report(const Object& rule, const Cluster& cluster, PortClash clash,
            RuleContext& ctx) {
  switch (clash) {
    case PortClash::kNone:
    case PortClash::kProvenDouble:  // see ReportProven
      return;
    case PortClash::kUnknown:
      return ctx.NotRun(WhyUnknown(cluster));
    case PortClash::kDoubleTls:
      return ReportDoubleTls(rule, cluster, cluster, false, ctx);
    case PortClash::kHttpToTlsPort:
      return ReportMissing(rule, cluster, ctx);
    case PortClash::kTlsToStrict:
      return ReportForeignTls(cluster, true, ctx);
    case PortClash::kTlsToSidecar:
      return ReportForeignTls(cluster, false, ctx);
  }
}

// How grave a clash is for the policy: what is proven for one cluster counts,
// and where plain HTTP feeds one of them, the TLS is meant for it.
int Weight(PortClash clash) {
  switch (clash) {
    case PortClash::kProvenDouble:
      return 5;
    case PortClash::kTlsToStrict:
      return 4;
    case PortClash::kHttpToTlsPort:
    case PortClash::kTlsToSidecar:
      return 3;
    case PortClash::kUnknown:
      return 2;
    case PortClash::kNone:
      return 1;
    case PortClash::kDoubleTls:
      return 0;
  }
  return 0;
}

// Double TLS is proven for some of the group. Where plain HTTP feeds others,
// they need their TLS, and each that is proven is mended by itself.
void ReportProven(const Object& rule, const ClusterGroup& group,
                  RuleContext& ctx) {
  const bool http = std::ranges::any_of(group, [&](const Cluster& cluster) {
    return FindFeed(cluster, ctx.mesh()).http;
  });
  for (const Cluster& cluster : group) {
    if (FindPortClash(cluster, ctx.mesh()) != PortClash::kProvenDouble) {
      continue;
    }
    ReportDoubleTls(rule, cluster, http ? cluster : group.front(), true, ctx);
    if (!http) return;
  }
}

// One report for all that inherit.
void CheckGroup(const Object& rule, const ClusterGroup& group,
                RuleContext& ctx) {
  const Cluster* gravest = nullptr;
  PortClash clash = PortClash::kNone;
  for (const Cluster& cluster : group) {
    const PortClash found = FindPortClash(cluster, ctx.mesh());
    if (gravest != nullptr && Weight(found) <= Weight(clash)) continue;
    gravest = &cluster;
    clash = found;
  }
  if (clash == PortClash::kProvenDouble) {
    ReportProven(rule, group, ctx);
  } else if (gravest != nullptr) {
    Report(rule, *gravest, clash, ctx);
  }
}

// Whether there can be anything to say: without TLS settings only an external
// host may want some.
bool IsConcerned(const Object& rule, const MeshConfig& config) {
  return MentionsTls(rule) ||
         !ParseServiceHost(HostOf(rule, config), config.domain);
}

void Check(const Object& rule, RuleContext& ctx) {
  if (!IsConcerned(rule, ctx.config())) return;
  const ClusterGroups clusters = GroupClusters(rule, ctx.mesh());
  for (const ClusterGroup& group : clusters.groups) {
    CheckGroup(rule, group, ctx);
  }
  if (!clusters.unknown.empty()) ctx.NotRun(clusters.unknown);
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
portLevelSettings, as istiod combines them; what subsets inherit is judged once.
Ports of a host `*`, and of services that are not known, cannot be judged.

The fixes give the port an entry of its own, with all else that was in force
there. That which ends a proven double TLS is safe for an external service that
no `http` route needs it for; all others are suggestions.)",
    .kinds = {kDestinationRule},
    .needs = {kService, kServiceEntry, kDestinationRule, kVirtualService,
              kPeerAuthentication, kWorkloadEntry, kPod, kReplicationController,
              kDeployment, kStatefulSet, kDaemonSet, kReplicaSet, kJob,
              kCronJob},
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

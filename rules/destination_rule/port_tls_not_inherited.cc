// A port entry without tls does not inherit the policy's: it has none.

#include <set>
#include <string>
#include <string_view>

#include "mesh/client_tls.h"
#include "mesh/destination_rule.h"
#include "mesh/registry.h"
#include "rules/rule.h"
#include "rules/tls_clash.h"

namespace meshvet::rules {
namespace {

// The settings that an entry of `policy` pushes aside: those of the policy
// around it, and for a subset's entry also those the rule has for the port.
Node PushedAside(const Object& rule, Node policy, Node subset, int64_t port) {
  if (policy["tls"].exists() || !subset.exists()) return policy["tls"];
  return EffectiveTls(rule.spec()["trafficPolicy"], {}, port).tls;
}

// Auto mTLS takes over, but endpoints are marked for it by the policy above:
// none under DISABLE, SIMPLE and MUTUAL (pilot/pkg/xds/endpoints/
// mtls_checker.go:53-113).
std::string Result(TlsMode above, const RuleContext& ctx, bool is_external) {
  if (above == TlsMode::kIstioMutual && ctx.config().enable_auto_mtls &&
      !is_external) {
    return "endpoints with a sidecar get mTLS by auto mTLS, all others "
           "plaintext";
  }
  return "every endpoint gets plaintext";
}

bool IsExternal(const Object& rule, const MeshView& mesh) {
  const HostLookup& found =
      FindHost(mesh, HostOf(rule, mesh.config()), rule.ns());
  return !found.services.empty() && found.services.front().is_external();
}

void CheckEntry(const Object& rule, Node entry, Node above,
                std::string_view subset, RuleContext& ctx) {
  const TlsMode mode = ReadTlsMode(above);
  if (mode == TlsMode::kUnset || mode == TlsMode::kUnknown) return;
  const std::string number = entry["port"]["number"].Text();
  std::string about = std::string(ToString(mode)) + " " + number;
  about.append(" ").append(subset);
  ctx.Report(entry["tls"], "the entry for port " + number +
                               " has no tls and does not "
                               "inherit mode " +
                               std::string(ToString(mode)) +
                               " from the policy above it: " +
                               Result(mode, ctx, IsExternal(rule, ctx.mesh())))
      .About(about)
      .Fix(SuitsAllClusters(rule, entry, mode, ctx.mesh()) ? Safety::kSafe
                                                           : Safety::kUnsafe,
           "copy the tls settings into the entry",
           {SetJson(entry["tls"], above.ToJson())});
}

void CheckPolicy(const Object& rule, Node policy, Node subset,
                 RuleContext& ctx) {
  std::set<int64_t> seen;
  for (const Node entry : policy["portLevelSettings"]) {
    const auto port = entry["port"]["number"].Int();
    // Of two entries for one port the first counts.
    if (!port || !seen.insert(*port).second || entry["tls"].exists()) continue;
    CheckEntry(rule, entry, PushedAside(rule, policy, subset, *port),
               subset["name"].Str(), ctx);
  }
}

void Check(const Object& rule, RuleContext& ctx) {
  CheckPolicy(rule, rule.spec()["trafficPolicy"], {}, ctx);
  for (const Node subset : rule.spec()["subsets"]) {
    CheckPolicy(rule, subset["trafficPolicy"], subset, ctx);
  }
}

}  // namespace

extern constinit const Rule destination_rule_port_tls_not_inherited = {
    .id = "destination-rule-port-tls-not-inherited",
    .title = "DestinationRule port entry loses the TLS settings above it",
    .severity = Severity::kWarning,
    .rationale =
        R"(An entry of `portLevelSettings` replaces the policy around it whole. Fields it
leaves out fall back to Istio's defaults, not to the policy: an entry written to
limit connections on one port also takes that port's TLS away. Under DISABLE,
SIMPLE or MUTUAL every endpoint of the port then gets plaintext, which STRICT
servers refuse; under ISTIO_MUTUAL only endpoints with a sidecar keep mTLS.

The fix copies the settings down. It is safe where the result is known to agree
with the port and its servers.)",
    .kinds = {kDestinationRule},
    .needs = {kService, kServiceEntry, kDestinationRule, kVirtualService,
              kPeerAuthentication, kWorkloadEntry, kPod, kReplicationController,
              kDeployment, kStatefulSet, kDaemonSet, kReplicaSet, kJob,
              kCronJob},
    .auto_fix = true,
    .bad = {{"A connection limit turns TLS off", R"(
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: cart, namespace: shop}
spec:
  host: cart
  trafficPolicy:
    tls: {mode: ISTIO_MUTUAL}
    portLevelSettings:
    - port: {number: 80}
      connectionPool: {tcp: {maxConnections: 100}}
---
apiVersion: v1
kind: Service
metadata: {name: cart, namespace: shop}
spec: {selector: {app: cart}, ports: [{name: http, port: 80}]}
)"},
            {"A subset's entry, under settings of the rule itself", R"(
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: bank, namespace: shop}
spec:
  host: bank.partner.example
  trafficPolicy: {tls: {mode: SIMPLE}}
  subsets:
  - name: eu
    trafficPolicy:
      portLevelSettings:
      - port: {number: 80}
        outlierDetection: {consecutive5xxErrors: 5}
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: bank, namespace: shop}
spec:
  hosts: [bank.partner.example]
  ports: [{number: 80, name: http, protocol: HTTP, targetPort: 443}]
  resolution: DNS
)"},
            {"With a VirtualService and servers to agree with", R"(
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: bank, namespace: shop}
spec:
  host: bank
  trafficPolicy:
    tls: {mode: SIMPLE}
    portLevelSettings:
    - port: {number: 443}
      connectionPool: {tcp: {maxConnections: 100}}
---
apiVersion: v1
kind: Service
metadata: {name: bank, namespace: shop}
spec: {selector: {app: bank}, ports: [{name: https, port: 443}]}
)"}},
    .good = {{"The entry says it again", R"(
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: cart, namespace: shop}
spec:
  host: cart
  trafficPolicy:
    tls: {mode: ISTIO_MUTUAL}
    portLevelSettings:
    - port: {number: 80}
      tls: {mode: ISTIO_MUTUAL}
      connectionPool: {tcp: {maxConnections: 100}}
)"}},
    .check = Check,
};

}  // namespace meshvet::rules

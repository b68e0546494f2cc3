// A VirtualService may not use another namespace's host unless that namespace,
// or the policy, consents.

#include <algorithm>
#include <cctype>
#include <string>
#include <string_view>

#include "mesh/references.h"
#include "mesh/routed_destination.h"
#include "mesh/visibility.h"
#include "rules/consent.h"
#include "rules/rule.h"

namespace meshvet::rules {
namespace {

std::string HowToConsent(const Crossing& crossing) {
  const std::string from(crossing.virtual_service.ns());
  const std::string to(crossing.to);
  std::string ways = "annotate Namespace " + to + " with " +
                     std::string(kAllowRoutesFrom) + ": \"" + from + "\"";
  if (crossing.has_grants) ways += ", add a ReferenceGrant in " + to;
  return ways + ", or allow {from: " + from + ", to: " + to + "} in the policy";
}

ReportBuilder ReportCrossing(RuleContext& ctx, Node place,
                             const Crossing& crossing, const std::string& what,
                             std::string_view field, Consent consent) {
  ReportBuilder report = ctx.Report(
      place, what + " without the consent of namespace " +
                 std::string(crossing.to) + ": " + HowToConsent(crossing));
  report.About(
      std::string(field) + " " + std::string(crossing.to) + "/" +
      std::string(crossing.host.empty() ? crossing.name : crossing.host));
  if (consent == Consent::kUnknown) {
    report.Note("Namespace " + std::string(crossing.to) +
                " or its ReferenceGrants are not known here: it may have "
                "consented already");
  }
  return report;
}

void CheckDestination(const Object& vs, const RoutedDestination& to,
                      RuleContext& ctx) {
  const DestinationHost& host = *to.host;
  std::string target = host.target;
  if (host.intended) {
    target = ServiceHost(host.intended->name, host.intended->ns,
                         ctx.config().domain);
  }
  const auto service = ParseServiceHost(target, ctx.config().domain);
  if (service && service->ns == vs.ns()) return;
  const HostOwners owners = FindOwners(ctx.mesh(), target, vs.ns());
  for (const std::string& owner : owners.namespaces) {
    if (owner == vs.ns()) continue;
    const Crossing crossing{vs,
                            owner,
                            target,
                            kService,
                            service ? service->name : std::string_view(),
                            !owners.through_entries};
    const Consent consent = FindConsent(ctx, crossing);
    if (consent == Consent::kGiven) continue;
    std::string what = "namespace " + std::string(vs.ns()) +
                       (to.is_mirror ? " mirrors to " : " routes to ") +
                       "host \"" + std::string(to.written) + "\"";
    if (host.alias != nullptr) {
      what += ", which Service " + std::string(host.alias->name()) +
              " makes an alias of \"" + target + "\",";
    }
    ReportCrossing(ctx, to.node["host"], crossing,
                   what + " of namespace " + owner, "destination", consent);
  }
}

void CheckDelegate(const Object& vs, Node delegate, RuleContext& ctx) {
  const Node place = delegate["namespace"];
  const std::string_view owner = place.Str();
  if (owner.empty() || owner == vs.ns()) return;
  const Crossing crossing{
      vs, owner, {}, kVirtualService, delegate["name"].Str()};
  const Consent consent = FindConsent(ctx, crossing);
  if (consent == Consent::kGiven) return;
  ReportCrossing(
      ctx, place, crossing,
      "namespace " + std::string(vs.ns()) + " delegates to VirtualService " +
          std::string(crossing.name) + " of namespace " + std::string(owner),
      "delegate", consent);
}

// istiod lower-cases hosts[] (networking/core/httproute.go:348).
std::string LowerCase(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(), [](unsigned char c) {
    return static_cast<char>(std::tolower(c));
  });
  return lower;
}

void CheckCapturedHost(const Object& vs, Node place, RuleContext& ctx) {
  const std::string host =
      ResolveHost(LowerCase(place.Str()), vs.ns(), ctx.config().domain);
  const HostOwners owners = FindOwners(ctx.mesh(), host, vs.ns());
  const auto service = ParseServiceHost(host, ctx.config().domain);
  for (const std::string& owner : owners.namespaces) {
    if (owner == vs.ns()) continue;
    const Crossing crossing{vs,
                            owner,
                            host,
                            kService,
                            service ? service->name : std::string_view(),
                            !owners.through_entries};
    const Consent consent = FindConsent(ctx, crossing);
    if (consent == Consent::kGiven) continue;
    ReportCrossing(ctx, place, crossing,
                   "hosts names \"" + std::string(place.Str()) +
                       "\" of namespace " + owner +
                       " and is exported beyond namespace " +
                       std::string(vs.ns()) +
                       ", so it captures the calls of others to it,",
                   "hosts", consent)
        .Fix(Safety::kUnsafe, "set exportTo to [\".\"]",
             {SetJson(vs.spec()["exportTo"], "[\".\"]")});
  }
}

void Check(const Object& vs, RuleContext& ctx) {
  for (const RoutedDestination& to : DestinationsOf(vs, ctx.mesh())) {
    CheckDestination(vs, to, ctx);
  }
  for (const Node route : vs.spec()["http"]) {
    CheckDelegate(vs, route["delegate"], ctx);
  }
  const ExportTo exported(vs.spec()["exportTo"],
                          ctx.config().default_virtual_service_export_to);
  if (!exported.ReachesBeyond(vs.ns()) || !IsBoundToMesh(vs)) return;
  for (const Node host : vs.spec()["hosts"]) CheckCapturedHost(vs, host, ctx);
}

}  // namespace

extern constinit const Rule virtual_service_cross_namespace_host = {
    .id = "virtual-service-cross-namespace-host",
    .title = "VirtualService uses another namespace's host without consent",
    .severity = Severity::kError,
    .rationale =
        R"(Istio lets any VirtualService route to, mirror to or capture the calls of
any Service in the mesh. One team's typo then sends traffic into another team's
namespace, past its capacity plans and its AuthorizationPolicies, and a
VirtualService that names a foreign Service in `hosts` and is exported takes over
the calls that everyone makes to it.

Judged are the destinations and mirrors of `http`, `tls` and `tcp` routes,
`delegate.namespace`, and `hosts` of a VirtualService that is bound to the mesh
and exported beyond its namespace. A host belongs to the namespace in its name
(`x.B.svc.cluster.local`, known or not), or to the namespaces whose
ServiceEntries define it. An ExternalName Service is followed to the name it
stands for.

The owner consents by the annotation `meshvet.dev/allow-routes-from` on its
Namespace (a comma list of globs), or by a Gateway API ReferenceGrant from
`{group: networking.istio.io, kind: VirtualService, namespace: A}` to
`{kind: Service}` (for a delegate, to the VirtualService). The policy consents by
the options below. The author of the VirtualService cannot consent for others
unless the policy sets `selfConsent`.)",
    .kinds = {kVirtualService},
    .needs = {kService, kServiceEntry, kNamespace, kReferenceGrant},
    .options = {{"allow", OptionType::kConsents, "[]",
                 "Routes that are allowed: {from, to, hosts}, each a glob or a "
                 "list of "
                 "globs; a leading ! excludes"},
                {"trustedNamespaces", OptionType::kGlobs, "[root namespace]",
                 "Namespaces whose VirtualServices may route anywhere"},
                {"selfConsent", OptionType::kBool, "false",
                 "Whether meshvet.dev/allow-cross-namespace-hosts on the "
                 "VirtualService itself (\"true\" or a list of globs) counts"}},
    .locked = true,
    .bad = {{"A route into another namespace", R"(
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: checkout, namespace: shop}
spec:
  hosts: [checkout]
  exportTo: ["."]
  http:
  - route:
    - destination: {host: ledger.payments.svc.cluster.local}
---
apiVersion: v1
kind: Service
metadata: {name: ledger, namespace: payments}
spec: {ports: [{name: http, port: 80}]}
)"},
            {"A mirror, through a name that Istio does not expand", R"(
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: checkout, namespace: shop}
spec:
  hosts: [checkout]
  http:
  - route: [{destination: {host: checkout}}]
    mirror: {host: ledger.payments}
---
apiVersion: v1
kind: Service
metadata: {name: ledger, namespace: payments}
spec: {ports: [{name: http, port: 80}]}
)"},
            {"Exported, it captures everyone's calls to a foreign Service", R"(
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: ledger-canary, namespace: shop}
spec:
  hosts: [ledger.payments.svc.cluster.local]
  http:
  - route: [{destination: {host: fake-ledger}}]
)"},
            {"An ExternalName Service as a tunnel", R"(
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: checkout, namespace: shop}
spec:
  hosts: [checkout]
  tcp:
  - route: [{destination: {host: tunnel, port: {number: 80}}}]
---
apiVersion: v1
kind: Service
metadata: {name: tunnel, namespace: shop}
spec: {type: ExternalName, externalName: ledger.payments.svc.cluster.local}
)"},
            {"A delegate in another namespace", R"(
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: edge, namespace: shop}
spec:
  hosts: [shop.example.com]
  gateways: [edge]
  http:
  - delegate: {name: routes, namespace: payments}
)"},
            {"A host that a ServiceEntry of another namespace defines", R"(
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: checkout, namespace: shop}
spec:
  hosts: [checkout]
  http:
  - route: [{destination: {host: bank.partner.example}}]
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: bank, namespace: payments}
spec:
  hosts: [bank.partner.example]
  ports: [{number: 443, name: tls, protocol: TLS}]
  resolution: DNS
)"}},
    .good = {{"Its own Service, by a short and by a full name", R"(
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: checkout, namespace: shop}
spec:
  hosts: [checkout]
  http:
  - route:
    - destination: {host: checkout}
    - destination: {host: checkout.shop.svc.cluster.local}
)"},
             {"The other namespace consents", R"(
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: checkout, namespace: shop}
spec:
  hosts: [checkout]
  http:
  - route: [{destination: {host: ledger.payments.svc.cluster.local}}]
---
apiVersion: v1
kind: Namespace
metadata:
  name: payments
  annotations: {meshvet.dev/allow-routes-from: "shop, team-*"}
)"},
             {"A ReferenceGrant in the other namespace", R"(
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: checkout, namespace: shop}
spec:
  hosts: [checkout]
  http:
  - route: [{destination: {host: ledger.payments.svc.cluster.local}}]
---
apiVersion: gateway.networking.k8s.io/v1beta1
kind: ReferenceGrant
metadata: {name: from-shop, namespace: payments}
spec:
  from: [{group: networking.istio.io, kind: VirtualService, namespace: shop}]
  to: [{group: "", kind: Service, name: ledger}]
)"},
             {"The policy allows it", R"(
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: checkout, namespace: shop}
spec:
  hosts: [checkout]
  http:
  - route: [{destination: {host: ledger.payments.svc.cluster.local}}]
)",
              R"({"allow": [{"from": ["shop", "team-*"], "to": "!legacy"}]})"},
             {"A trusted namespace", R"(
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: edge, namespace: ingress}
spec:
  hosts: [shop.example.com]
  gateways: [edge]
  http:
  - route: [{destination: {host: checkout.shop.svc.cluster.local}}]
)",
              R"({"trustedNamespaces": ["ingress"]})"},
             {"The author's own word, where the policy takes it", R"(
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: checkout
  namespace: shop
  annotations: {meshvet.dev/allow-cross-namespace-hosts: payments}
spec:
  hosts: [checkout]
  http:
  - route: [{destination: {host: ledger.payments.svc.cluster.local}}]
)",
              R"({"selfConsent": true})"},
             {"Client-side routing that stays at home", R"(
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: ledger-timeouts, namespace: shop}
spec:
  hosts: [ledger.payments.svc.cluster.local]
  exportTo: ["."]
  http:
  - timeout: 2s
    route: [{destination: {host: ledger-cache}}]
)"}},
    .check = Check,
};

}  // namespace meshvet::rules

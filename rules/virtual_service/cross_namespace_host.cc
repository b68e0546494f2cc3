// A VirtualService may not use another namespace's host unless that namespace,
// or the policy, consents.

#include <algorithm>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "mesh/references.h"
#include "mesh/routed_destination.h"
#include "mesh/visibility.h"
#include "rules/consent.h"
#include "rules/rule.h"

namespace meshvet::rules {
namespace {

std::string HowToConsent(const RuleContext& ctx, const Crossing& crossing) {
  const std::string from(crossing.virtual_service.ns());
  const std::string to(crossing.to);
  std::string ways = "annotate Namespace " + to + " with " +
                     std::string(kAllowRoutesFrom) + ": \"" + from + "\"";
  if (crossing.has_grants) ways += ", add a ReferenceGrant in " + to;
  if (ctx.option("selfConsent").Bool()) {
    ways += ", annotate this VirtualService with " +
            std::string(kAllowCrossNamespaceHosts) + ": \"" + to + "\"";
  }
  return ways + ", or allow {from: " + from + ", to: " + to + "} in the policy";
}

ReportBuilder ReportCrossing(RuleContext& ctx, Node place,
                             const Crossing& crossing, const std::string& what,
                             std::string_view field, Consent consent) {
  ReportBuilder report = ctx.Report(
      place, what + " without the consent of namespace " +
                 std::string(crossing.to) + ": " + HowToConsent(ctx, crossing));
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

Crossing CrossingTo(const Object& vs, std::string_view owner,
                    std::string_view host, const HostOwners& owners,
                    const RuleContext& ctx) {
  const auto service = ParseServiceHost(host, ctx.config().domain);
  return {vs,
          owner,
          host,
          kService,
          service ? service->name : std::string_view(),
          !owners.through_entries};
}

// The names whose owners are asked. An alias in another namespace is used like
// any Service there, and so is what it stands for.
std::vector<std::string> NamesUsed(const DestinationHost& host,
                                   const RuleContext& ctx) {
  if (host.intended) {
    return {ServiceHost(host.intended->name, host.intended->ns,
                        ctx.config().domain)};
  }
  if (host.alias == nullptr) return {std::string(host.resolved)};
  return {std::string(host.resolved), std::string(host.target)};
}

std::string DescribeRoute(const Object& vs, const RoutedDestination& to,
                          std::string_view name) {
  std::string what = "namespace " + std::string(vs.ns()) +
                     (to.is_mirror ? " mirrors to " : " routes to ") +
                     "host \"" + std::string(to.written) + "\"";
  if (to.host->alias != nullptr && name != to.host->resolved) {
    what += ", which Service " + std::string(to.host->alias->name()) +
            " makes an alias of \"" + std::string(name) + "\",";
  }
  return what;
}

// Whether it is plain that the host is a Service of the VirtualService's own
// namespace: most are, and then nobody need be asked.
bool IsOwnService(const Object& vs, const DestinationHost& host) {
  if (host.intended || host.alias != nullptr) return false;
  if (!host.service) return false;
  const std::string_view ns = host.service->name.ns;
  // Capitals are FindOwners' matter.
  return ns == vs.ns() &&
         std::ranges::none_of(ns, [](char c) { return c >= 'A' && c <= 'Z'; });
}

void CheckDestination(const Object& vs, const RoutedDestination& to,
                      RuleContext& ctx) {
  if (IsOwnService(vs, *to.host)) return;
  std::set<std::string, std::less<>> asked = {std::string(vs.ns())};
  for (const std::string& name : NamesUsed(*to.host, ctx)) {
    const HostOwners owners = FindOwners(ctx.mesh(), name, vs.ns());
    for (const std::string& owner : owners.namespaces) {
      if (!asked.insert(owner).second) continue;
      const Crossing crossing = CrossingTo(vs, owner, name, owners, ctx);
      const Consent consent = FindConsent(ctx, crossing);
      if (consent == Consent::kGiven) continue;
      ReportCrossing(ctx, to.node["host"], crossing,
                     DescribeRoute(vs, to, name) + " of namespace " + owner,
                     "destination", consent);
    }
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

ReportBuilder ReportCapture(RuleContext& ctx, Node place,
                            const Crossing& crossing, Consent consent) {
  const Object& vs = crossing.virtual_service;
  return ReportCrossing(ctx, place, crossing,
                        "hosts names \"" + std::string(place.Str()) +
                            "\" of namespace " + std::string(crossing.to) +
                            " and is exported beyond namespace " +
                            std::string(vs.ns()) +
                            ", so it captures the calls of others to it,",
                        "hosts", consent)
      .Fix(Safety::kUnsafe, "set exportTo to [\".\"]",
           {SetJson(vs.spec()["exportTo"], "[\".\"]")});
}

// Whether namespace `ns` owns a host that `wildcard` covers.
bool OwnsHostUnder(const MeshView& mesh, std::string_view wildcard,
                   std::string_view ns, std::string_view client_ns) {
  bool owns = false;
  mesh.ForEach(kService, ns, [&](const Object& service) {
    owns = owns ||
           HostSubsetOf(ServiceHost(service.name(), ns, mesh.config().domain),
                        wildcard);
  });
  mesh.ForEach(kServiceEntry, ns, [&](const Object& entry) {
    for (const Node host : entry.spec()["hosts"]) {
      if (owns || !HostSubsetOf(host.Str(), wildcard)) continue;
      const auto owners = FindOwners(mesh, host.Str(), client_ns).namespaces;
      owns = std::ranges::find(owners, ns) != owners.end();
    }
  });
  return owns;
}

// A wildcard over several namespaces ("*.svc.cluster.local", "*.example"): one
// finding, however many of them there are.
void CheckWildcard(const Object& vs, Node place, const std::string& host,
                   RuleContext& ctx) {
  std::vector<std::string> refusing;
  Consent first = Consent::kGiven;
  for (const std::string_view ns : ctx.mesh().namespaces()) {
    if (ns == vs.ns()) continue;
    if (!OwnsHostUnder(ctx.mesh(), host, ns, vs.ns())) continue;
    const Consent consent = FindConsent(ctx, {vs, ns, host, kService, {}});
    if (consent == Consent::kGiven) continue;
    if (refusing.empty()) first = consent;
    refusing.emplace_back(ns);
  }
  if (refusing.empty()) {
    if (!ctx.mesh().Covers(kService, "")) {
      ctx.NotRun("not every host that \"" + host + "\" covers is known");
    }
    return;
  }
  ReportBuilder report = ReportCapture(
      ctx, place, {vs, refusing.front(), host, kService, {}}, first);
  report.About("hosts " + host);
  if (refusing.size() > 1) {
    report.Note("it covers hosts of " + std::to_string(refusing.size() - 1) +
                " further namespaces that do not consent");
  }
}

void CheckCapturedHost(const Object& vs, Node place, RuleContext& ctx) {
  // istiod lower-cases hosts[] (networking/core/httproute.go:348).
  const std::string host =
      ResolveHost(LowerCase(place.Str()), vs.ns(), ctx.config().domain);
  const auto service = ParseServiceHost(host, ctx.config().domain);
  if (service && service->ns == vs.ns()) return;  // as nearly always
  if (IsWildcard(host) && !service) {
    CheckWildcard(vs, place, host, ctx);
    return;
  }
  const HostOwners owners = FindOwners(ctx.mesh(), host, vs.ns());
  for (const std::string& owner : owners.namespaces) {
    if (owner == vs.ns()) continue;
    const Crossing crossing = CrossingTo(vs, owner, host, owners, ctx);
    const Consent consent = FindConsent(ctx, crossing);
    if (consent == Consent::kGiven) continue;
    ReportCapture(ctx, place, crossing, consent);
  }
}

// Whether any call of a sidecar may come this way: the VirtualService is bound
// to the mesh, and not all of its routes are for gateways alone.
bool CapturesMeshCalls(const Object& vs) {
  if (!IsBoundToMesh(vs)) return false;
  bool has_routes = false;
  for (const std::string_view section : {"http", "tls", "tcp"}) {
    for (const Node route : vs.spec()[section]) {
      if (IsBoundToMesh(vs, route)) return true;
      has_routes = true;
    }
  }
  return !has_routes;
}

void Check(const Object& vs, RuleContext& ctx) {
  for (const RoutedDestination& to : DestinationsOf(vs, ctx.mesh())) {
    CheckDestination(vs, to, ctx);
  }
  for (const Node route : vs.spec()["http"]) {
    if (const Node delegate = route["delegate"]) {
      CheckDelegate(vs, delegate, ctx);
    }
  }
  const ExportTo exported(vs.spec()["exportTo"],
                          ctx.config().default_virtual_service_export_to);
  if (!exported.ReachesBeyond(vs.ns()) || !CapturesMeshCalls(vs)) return;
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
stands for. A wildcard in `hosts` over several namespaces needs the consent of
each whose hosts it is known to cover.

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

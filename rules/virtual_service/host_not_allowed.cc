// Destinations may be limited to an allow-list.

#include <string>
#include <string_view>

#include "mesh/routed_destination.h"
#include "rules/consent.h"
#include "rules/rule.h"

namespace meshvet::rules {
namespace {

void CheckDestination(const Object& vs, const RoutedDestination& to,
                      RuleContext& ctx) {
  const std::string target(to.host->target);
  if (MatchesGlobs(ctx.option("allow"), target)) return;
  if (MatchesGlobs(ctx.option("namespaces")[vs.ns()], target)) return;
  ctx.Report(to.node["host"], "host \"" + target +
                                  "\" is not on the list of hosts "
                                  "that namespace " +
                                  std::string(vs.ns()) + " may route to")
      .About(target);
}

void Check(const Object& vs, RuleContext& ctx) {
  if (!ctx.option("allow").exists() && !ctx.option("namespaces").exists()) {
    return;
  }
  for (const RoutedDestination& to : DestinationsOf(vs, ctx.mesh())) {
    CheckDestination(vs, to, ctx);
  }
}

}  // namespace

extern constinit const Rule virtual_service_host_not_allowed = {
    .id = "virtual-service-host-not-allowed",
    .title = "VirtualService routes to a host that is not on the allow-list",
    .severity = Severity::kError,
    .rationale =
        R"(Some teams list every host that traffic may be sent to, names outside the
mesh included. This rule is silent until one of its options holds such a list. A
destination is allowed if its full name (an ExternalName Service is followed to
what it stands for) matches the list for all, or the list of the VirtualService's
own namespace.)",
    .kinds = {kVirtualService},
    .needs = {kService, kServiceEntry, kNamespace},
    .options = {{"allow", OptionType::kGlobs, "[]",
                 "Hosts every namespace may route to"},
                {"namespaces", OptionType::kGlobsByNamespace, "{}",
                 "Further hosts, by the namespace that may route to them"}},
    .off_by_default = true,
    .locked = true,
    .bad = {{"An external name that nobody listed", R"(
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: partner, namespace: shop}
spec:
  hosts: [api.partner.example]
  tls:
  - match: [{sniHosts: [api.partner.example]}]
    route: [{destination: {host: api.partner.example}}]
)",
             R"({"allow": ["*.svc.cluster.local"]})"},
            {"A half-qualified name is judged as it stands", R"(
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: reviews, namespace: shop}
spec:
  hosts: [reviews]
  http: [{route: [{destination: {host: reviews.prod}}]}]
)",
             R"({"allow": ["*.svc.cluster.local"]})"}},
    .good = {{"On the list for all, and on the namespace's own", R"(
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: partner, namespace: shop}
spec:
  hosts: [api.partner.example]
  http:
  - route:
    - destination: {host: shop}
    - destination: {host: api.partner.example}
)",
              R"({"allow": ["*.svc.cluster.local"],
                  "namespaces": {"shop": ["*.partner.example"]}})"}},
    .check = Check,
};

}  // namespace meshvet::rules

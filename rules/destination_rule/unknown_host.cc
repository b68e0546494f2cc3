// A DestinationRule for a host that nobody defines shapes nothing.

#include <string>
#include <string_view>

#include "mesh/destination_host.h"
#include "mesh/destination_rule.h"
#include "mesh/registry.h"
#include "rules/nearest_object.h"
#include "rules/rule.h"

namespace meshvet::rules {
namespace {

std::string Hint(const DestinationHost& host, const Object& rule,
                 const RuleContext& ctx) {
  if (host.intended) {
    return " (did you mean \"" +
           ServiceHost(host.intended->name, host.intended->ns,
                       ctx.config().domain) +
           "\"?)";
  }
  return DidYouMeanHost(ctx.mesh(), host.resolved, rule.ns());
}

void Check(const Object& rule, RuleContext& ctx) {
  const Node place = rule.spec()["host"];
  const std::string written(place.Str());
  if (written.empty() || IsWildcard(written)) return;
  const DestinationHost& host =
      ReadDestinationHost(ctx.mesh(), written, rule.ns());
  const HostLookup& found = FindHost(ctx.mesh(), host.resolved, rule.ns());
  if (!found.services.empty() || !found.hidden.empty() || found.is_assumed) {
    return;
  }
  if (found.presence == Presence::kUnknown && !host.intended) {
    ctx.NotRun("not every Service and ServiceEntry that could define \"" +
               std::string(host.resolved) + "\" is known");
    return;
  }
  ctx.Report(place, "host \"" + written +
                        "\" is neither a Service nor a ServiceEntry host, so "
                        "this rule applies to nothing" +
                        Hint(host, rule, ctx))
      .About(std::string(host.resolved));
}

}  // namespace

extern constinit const Rule destination_rule_unknown_host = {
    .id = "destination-rule-unknown-host",
    .title = "DestinationRule for a host that does not exist",
    .severity = Severity::kWarning,
    .rationale =
        R"(The host of a DestinationRule is a Service (a name without a dot is one of
the rule's own namespace) or a ServiceEntry's host. For any other name the rule is
kept and never used: its TLS settings, limits and subsets are not in force, and
nothing says so. A half-qualified name such as `reviews.prod` is such a name.)",
    .aliases = {"IST0174", "KIA0202"},
    .kinds = {kDestinationRule},
    .needs = {kService, kServiceEntry, kNamespace},
    .strictest = Action::kWarn,
    .bad = {{"A Service of another namespace by its short name", R"(
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: cart, namespace: web}
spec: {host: cart, trafficPolicy: {tls: {mode: ISTIO_MUTUAL}}}
---
apiVersion: v1
kind: Service
metadata: {name: cart, namespace: shop}
spec: {ports: [{name: http, port: 80}]}
)"},
            {"A half-qualified name", R"(
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: cart, namespace: web}
spec: {host: cart.shop, trafficPolicy: {tls: {mode: ISTIO_MUTUAL}}}
---
apiVersion: v1
kind: Service
metadata: {name: cart, namespace: shop}
spec: {ports: [{name: http, port: 80}]}
)"},
            {"A half-qualified name that nobody knows", R"(
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: cart, namespace: web}
spec: {host: cart.shop, trafficPolicy: {tls: {mode: ISTIO_MUTUAL}}}
)"}},
    .good = {{"A Service by its full name", R"(
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: cart, namespace: web}
spec: {host: cart.shop.svc.cluster.local}
---
apiVersion: v1
kind: Service
metadata: {name: cart, namespace: shop}
spec: {ports: [{name: http, port: 80}]}
)"}},
    .check = Check,
};

}  // namespace meshvet::rules
